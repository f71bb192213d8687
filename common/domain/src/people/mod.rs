//! People: who they are, what proves it, and what they are in organizations.

mod email;
mod invitation;
mod key_ring;
mod member;
mod password;
mod phone;
mod secret;
mod session;
mod user;

pub use email::{EmailAddress, InvalidEmailAddress};
pub use invitation::{
    INVITATION_KEPT, INVITATION_LIFE, Invitation, InvitationOutcome, MOST_SENDINGS, RESEND_AFTER,
};
pub use key_ring::{KEY_LIFE, PUBLISHED_AHEAD, is_outlived, is_renewal_due, signing};
pub use member::Member;
pub use password::{InvalidPassword, LONGEST_PASSWORD, Password, SHORTEST_PASSWORD};
pub use phone::{InvalidPhoneNumber, PhoneNumber};
pub use secret::{InvalidSecret, Sealed, Secret, SecretHash};
pub use session::{
    ACCESS_TOKEN_LIFE, InvalidRefreshToken, MOST_SESSIONS, REPEAT_WITHIN, RefreshState, RefreshToken,
    Rotation, SESSION_IDLE_LIFE, SESSION_LIFE, Session,
};
pub use user::{Credentials, Enrolment, InvalidLocale, Locale, SecondFactor, User};
