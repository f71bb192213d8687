//! People: signing up, signing in, their sessions and secrets.
//!
//! What carries a password or a token has no `Debug` that shows it and cannot be written as JSON by accident.

use crate::places::Patch;
use crate::time::Instant;
use freshtrack_domain::access::{Right, Role, Sites};
use freshtrack_domain::ids::{OrgId, SessionId, UserId};
use freshtrack_domain::people::{EmailAddress, Locale, Member, Password, PhoneNumber};
use freshtrack_domain::place::{Organization, Slug};
use freshtrack_domain::text::Name;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// A token or code that proves something: taken and given, never shown in a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct Token(#[schemars(length(max = 256))] pub String);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl From<String> for Token {
    fn from(token: String) -> Self {
        Self(token)
    }
}

/// A signed token by which a person is let in: given, and never shown in a log. Its length is no promise.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct AccessToken(pub String);

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(…)")
    }
}

impl From<String> for AccessToken {
    fn from(token: String) -> Self {
        Self(token)
    }
}

/// `POST /v1/identity/sign-up`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    /// Where the mail goes that has to be answered.
    pub email: EmailAddress,
    /// At least 10 characters, and hard to guess.
    pub password: Password,
    /// What you are called.
    pub name: Name,
    /// The language you want to be written to in; `en` unless given.
    #[serde(default)]
    pub locale: Option<Locale>,
}

/// `POST /v1/identity/verify-email`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyEmail {
    /// The token in the mail.
    pub token: Token,
}

/// `POST /v1/identity/verify-email/resend` and `POST /v1/identity/password-reset`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendMail {
    /// Where the mail goes.
    pub email: EmailAddress,
}

/// `POST /v1/identity/sign-in`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The address of the account.
    pub email: EmailAddress,
    /// Its password.
    pub password: Password,
}

/// The answer to a password that is right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum SignInReply {
    /// You are signed in.
    SignedIn(Tokens),
    /// The account has a second factor: go on at `/v1/identity/sign-in/second-step`.
    SecondFactor {
        /// What ties the code to the password, for five minutes.
        challenge: Token,
    },
}

/// `POST /v1/identity/sign-in/second-step`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondStep {
    /// The challenge of the first step.
    pub challenge: Token,
    /// Six digits of the authenticator, or a recovery code.
    pub code: Token,
}

/// What keeps a person signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tokens {
    /// The credential for every other endpoint: `Authorization: Bearer …`.
    pub access_token: AccessToken,
    /// For how many seconds it is valid.
    pub expires_in: u32,
    /// Good for one refresh. Keep it where scripts of others cannot read it.
    pub refresh_token: Token,
}

/// `POST /v1/identity/refresh`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The newest refresh token.
    pub refresh_token: Token,
}

/// `POST /v1/me/sign-out`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignOut {
    /// Whether every other session ends too.
    #[serde(default)]
    pub everywhere: bool,
}

/// A sign-in that lasts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SessionView {
    /// Its identifier.
    pub id: SessionId,
    /// Whether it is the one that asks.
    pub current: bool,
    /// What program it was, by its own account.
    pub user_agent: String,
    /// Whether a second factor was shown.
    pub second_factor: bool,
    /// When it began.
    pub created_at: Instant,
    /// When it was last used, to within the life of an access token.
    pub last_used_at: Instant,
    /// When it ends unless it is used before.
    pub expires_at: Instant,
}

/// `POST /v1/identity/password-reset/complete`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetPassword {
    /// The token in the mail.
    pub token: Token,
    /// The new password.
    pub password: Password,
}

/// `POST /v1/me/password`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The present password.
    pub current_password: Password,
    /// The new one.
    pub password: Password,
}

/// `POST /v1/me/totp`: a second factor that waits for its first code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TotpEnrolment {
    /// To be typed into an authenticator, in base 32.
    pub secret: Token,
    /// The same as `otpauth://` address, to be shown as a QR code.
    pub uri: Token,
    /// Until when it can be confirmed.
    pub expires_at: Instant,
}

/// `POST /v1/me/totp/confirm` and `POST /v1/me/totp/recovery-codes`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TotpCode {
    /// Six digits of the authenticator.
    pub code: Token,
}

/// Codes for when the authenticator is lost. Shown once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecoveryCodes {
    /// Each is good for one sign-in.
    pub codes: Vec<Token>,
}

/// `POST /v1/me/totp/disable`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DisableTotp {
    /// The password.
    pub password: Password,
    /// Six digits of the authenticator, or a recovery code.
    pub code: Token,
}

/// `GET /v1/me`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Me {
    /// Who you are.
    pub user: UserView,
    /// Where you belong.
    pub memberships: Vec<MembershipView>,
    /// The member in whose place you act at the moment, as an administrator of the platform: what they are, where, and what
    /// that allows. Absent unless you support somebody.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub support: Option<MembershipView>,
}

/// A person, as they see themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UserView {
    /// Their identifier.
    pub id: UserId,
    /// Their address.
    pub email: EmailAddress,
    /// What they are called.
    pub name: Name,
    /// The language they want to be written to in.
    pub locale: Locale,
    /// The number of their telephone; absent unless they gave one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub phone: Option<PhoneNumber>,
    /// Whether a second factor is asked for when they sign in.
    pub second_factor: bool,
    /// How many recovery codes they have left.
    pub recovery_codes_left: usize,
    /// Since when they have the account.
    pub created_at: Instant,
}

/// A person's place in one organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MembershipView {
    /// The organization.
    pub org_id: OrgId,
    /// Its name.
    pub name: Name,
    /// Its short name.
    pub slug: Slug,
    /// What the person is there.
    pub role: Role,
    /// What that allows.
    pub rights: BTreeSet<Right>,
    /// The roles that they may give to others, and change or take away from them.
    pub may_assign: BTreeSet<Role>,
    /// Which sites they work for.
    pub sites: Sites,
    /// Since when.
    pub since: Instant,
}

impl MembershipView {
    /// What `member` is in `organization`.
    #[must_use]
    pub fn new(organization: &Organization, member: &Member) -> Self {
        let Member {
            role, sites, since, ..
        } = member;
        Self {
            org_id: organization.id,
            name: organization.name.clone(),
            slug: organization.slug.clone(),
            role: *role,
            rights: role.rights().iter().collect(),
            may_assign: Role::ALL
                .into_iter()
                .filter(|new| role.may_assign(*new))
                .collect(),
            sites: sites.clone(),
            since: (*since).into(),
        }
    }
}

/// `PATCH /v1/me`: what is not given stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateMe {
    /// What you are called.
    #[serde(default)]
    pub name: Option<Name>,
    /// The language you want to be written to in.
    #[serde(default)]
    pub locale: Option<Locale>,
    /// The number of your telephone; `null` to take it back.
    #[serde(default)]
    pub phone: Patch<PhoneNumber>,
}

/// `GET /.well-known/jwks.json`: the keys that access tokens are signed with (RFC 7517).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Jwks {
    /// The keys, oldest first.
    pub keys: Vec<Jwk>,
}

/// A public key on the curve Ed25519 (RFC 8037).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Jwk {
    /// The kind of key: `OKP`.
    pub kty: String,
    /// The curve: `Ed25519`.
    pub crv: String,
    /// The key, in base 64 for URLs.
    pub x: String,
    /// Its name in the tokens it signs.
    pub kid: String,
    /// What it is for: `sig`.
    #[serde(rename = "use")]
    pub purpose: String,
    /// The algorithm: `EdDSA`.
    pub alg: String,
}

/// What an operator gives to `identity-set-password`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetPassword {
    /// The address of the account.
    pub email: EmailAddress,
    /// Its new password.
    pub password: Password,
    /// What its holder is called. An account is created with it if there is none.
    #[serde(default)]
    pub name: Option<Name>,
}

/// What an operator is told: never the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordSet {
    /// Whose password it is.
    pub user_id: UserId,
    /// Whether the account is new.
    pub created: bool,
    /// How many sessions ended.
    pub sessions_ended: usize,
}
