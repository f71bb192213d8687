//! Who people are: accounts, sign-in, sessions, second factors and the tokens that tell.

mod access_tokens;
mod account;
mod external;
mod me;
mod one_use;
mod password;
mod password_reset;
mod refresh;
mod sessions;
mod set_password;
mod sign_in;
mod sign_up;
mod signing_keys;
mod throttling;
mod totp;

pub use access_tokens::{AUDIENCE, AccessTokens};
pub use external::{ExternalIssuer, ExternalIssuers, VouchedFor};
pub use me::{get_me, update_me};
pub use password_reset::{change_password, request_password_reset, reset_password};
pub use refresh::refresh;
pub use sessions::{list_sessions, revoke_session, sign_out};
pub use set_password::set_password;
pub use sign_in::{second_step, sign_in};
pub use sign_up::{resend_verification, sign_up, verify_email};
pub use signing_keys::{get_jwks, rotate_signing_keys};
pub use totp::{confirm_totp, disable_totp, enrol_totp, renew_recovery_codes};

pub(crate) use account::email_claim;
pub(crate) use throttling::{INVITATIONS, INVITATIONS_TO, address_of_account};

use crate::ports::{Clock, IdSource, Records, Throttle};
use crate::registry::{Registry, settled};

/// What everything about accounts needs.
#[derive(Clone, Copy)]
pub struct Accounts<'a> {
    /// The records.
    pub records: &'a dyn Records,
    /// How often what was tried.
    pub throttle: &'a dyn Throttle,
    /// New identifiers and secrets.
    pub ids: &'a dyn IdSource,
    /// The time.
    pub clock: &'a dyn Clock,
}

impl<'a> Accounts<'a> {
    const fn registry(&self) -> Registry<'a> {
        Registry {
            records: self.records,
            clock: self.clock,
        }
    }
}

#[cfg(test)]
mod chance {
    use crate::ports::IdSource;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// Numbers that never repeat.
    #[derive(Default)]
    pub(super) struct Chance(AtomicU64);

    impl IdSource for Chance {
        fn random(&self) -> u128 {
            let drawn = self.0.fetch_add(1, Ordering::Relaxed);
            u128::from(drawn).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)
        }
    }
}

/// Where a call comes from.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The network address, as the gateway saw it.
    pub address: &'a str,
    /// The program, by its own account.
    pub user_agent: &'a str,
}
