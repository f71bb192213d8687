//! The second factor: codes by the clock (RFC 6238) and, for when the authenticator is lost, recovery codes.

use super::password::{self, Verdict};
use super::throttling::{CODE, PASSWORD};
use super::{Accounts, account, me, settled, throttling};
use crate::error::{Failure, PortError, PortErrorKind, Refusal};
use crate::mail::Notice;
use crate::ports::{Clock, IdSource, MailLane, Owner, Vault};
use crate::registry::Change;
use crate::scope::SignedIn;
use freshtrack_contracts::identity::{DisableTotp, RecoveryCodes, Token, TotpCode, TotpEnrolment};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::ids::UserId;
use freshtrack_domain::people::{Credentials, EmailAddress, Enrolment, SecondFactor, Secret, SecretHash};
use freshtrack_domain::time::{Span, Timestamp};
use totp_rs::{Builder, Totp};

/// What authenticators show as the account's provider.
const ISSUER: &str = "FreshTrack";
/// How long a secret that was shown waits for its first code.
const CONFIRM_WITHIN: Span = Span::minutes(10);
/// How many recovery codes there are: as many as the large providers give.
const RECOVERY_CODES: usize = 10;
/// How many characters of five bits a recovery code has: more than the 112 bits from which NIST SP 800-63B (5.1.2.2) lets a
/// plain hash do.
const RECOVERY_LENGTH: usize = 24;
/// The secret of an authenticator, in bytes: what RFC 4226 (4) recommends.
const SECRET_LENGTH: usize = 20;

/// What a wrong code is told, whatever was wrong with it.
pub(super) const WRONG_CODE: &str =
    "The code is wrong or was used before. Wait for the next one; the clock of your phone must be right.";

/// By what a person proved to have the second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Factor {
    Authenticator,
    RecoveryCode,
}

impl Factor {
    /// As the audit chain names it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Authenticator => "totp",
            Self::RecoveryCode => "recovery_code",
        }
    }
}

/// SHA-1, six digits, 30 seconds, one step of tolerance: what every authenticator understands, RFC 6238's defaults.
fn authenticator(secret: &[u8], email: Option<&EmailAddress>) -> Result<Totp, PortError> {
    let account = email.map_or("", EmailAddress::as_str);
    Builder::new()
        .with_secret(secret.to_vec())
        .with_issuer(Some(ISSUER))
        .with_account_name(account)
        .build()
        .map_err(|error| PortError::because("totp.build", PortErrorKind::Corrupt, error.to_string()))
}

fn purpose(user_id: UserId) -> String {
    format!("totp/{user_id}")
}

/// The step whose code `code` is, if it is behind `last`.
fn step_of(totp: &Totp, code: &str, now: Timestamp, last: u64) -> Option<u64> {
    let seconds = u64::try_from(now.as_seconds()).ok()?;
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    totp.check(&digits, seconds).filter(|step| *step > last)
}

/// The hash of what was typed as a recovery code, whatever its case and hyphens.
fn recovery_hash(code: &str) -> SecretHash {
    let typed: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    SecretHash::of(&typed)
}

/// Whether `code` proves that somebody has the second factor in `credentials`; the credentials once it has been used.
pub(super) async fn prove(
    vault: &dyn Vault,
    clock: &dyn Clock,
    credentials: &Credentials,
    code: &str,
) -> Result<Option<(Factor, Credentials)>, PortError> {
    let Some(factor) = &credentials.second_factor else {
        return Ok(None);
    };
    let used = |factor: SecondFactor| Credentials {
        second_factor: Some(factor),
        ..credentials.clone()
    };
    let secret = vault.open(&purpose(credentials.user_id), &factor.secret).await?;
    let totp = authenticator(&secret, None)?;
    if let Some(last_step) = step_of(&totp, code, clock.now(), factor.last_step) {
        let factor = SecondFactor {
            last_step,
            ..factor.clone()
        };
        return Ok(Some((Factor::Authenticator, used(factor))));
    }
    let typed = recovery_hash(code);
    let mut left = factor.recovery_codes.clone();
    left.retain(|hash| *hash != typed);
    if left.len() == factor.recovery_codes.len() {
        return Ok(None);
    }
    let factor = SecondFactor {
        recovery_codes: left,
        ..factor.clone()
    };
    Ok(Some((Factor::RecoveryCode, used(factor))))
}

/// Draws recovery codes: as they are shown, and as they are kept.
fn recovery_codes(ids: &dyn IdSource) -> (RecoveryCodes, Vec<SecretHash>) {
    let code = || -> String {
        let secret = Secret::from_random(ids.random(), ids.random());
        secret.reveal().chars().take(RECOVERY_LENGTH).collect()
    };
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| code()).collect();
    let shown = codes.iter().map(|code| {
        let characters: Vec<char> = code.chars().collect();
        let groups: Vec<String> = characters.chunks(6).map(|group| group.iter().collect()).collect();
        Token(groups.join("-"))
    });
    let hashes = codes.iter().map(|code| recovery_hash(code)).collect();
    (
        RecoveryCodes {
            codes: shown.collect(),
        },
        hashes,
    )
}

/// Draws the secret of a second factor. Nothing is asked for before [`confirm_totp`].
///
/// # Errors
/// Refused when there is a second factor already.
pub async fn enrol_totp(
    accounts: &Accounts<'_>,
    vault: &dyn Vault,
    person: SignedIn,
) -> Result<TotpEnrolment, Failure> {
    let random = [
        accounts.ids.random().to_be_bytes(),
        accounts.ids.random().to_be_bytes(),
    ];
    let secret: Vec<u8> = random.concat().into_iter().take(SECRET_LENGTH).collect();
    let expires_at = accounts.clock.now() + CONFIRM_WITHIN;
    let enrolment = Enrolment {
        secret: vault.seal(&purpose(person.user_id), &secret).await?,
        expires_at,
    };
    let email = settled(|| enrol(accounts, person, &enrolment)).await?;
    let totp = authenticator(&secret, Some(&email))?;
    let uri = totp
        .to_url()
        .map_err(|error| PortError::because("totp.uri", PortErrorKind::Corrupt, error.to_string()))?;
    Ok(TotpEnrolment {
        secret: totp.secret().to_base32().into(),
        uri: uri.into(),
        expires_at: expires_at.into(),
    })
}

/// Keeps a secret until it is confirmed; whose it is.
async fn enrol(
    accounts: &Accounts<'_>,
    person: SignedIn,
    enrolment: &Enrolment,
) -> Result<EmailAddress, Failure> {
    let account = account::of_person(accounts.records, person).await?;
    let credentials = &account.credentials.record;
    if credentials.second_factor.is_some() {
        return Err(is_on().into());
    }
    let enrolling = Credentials {
        enrolment: Some(enrolment.clone()),
        ..credentials.clone()
    };
    let change = change(person, "second_factor.enrolled").replace(&enrolling, account.credentials.rev)?;
    accounts.registry().commit(change).await?;
    Ok(account.user.record.email)
}

/// Turns the second factor on, once a code shows that the authenticator has its secret.
///
/// # Errors
/// Refused when the code is wrong, when there is nothing to confirm, and after too many attempts.
pub async fn confirm_totp(
    accounts: &Accounts<'_>,
    vault: &dyn Vault,
    mail: &dyn MailLane,
    person: SignedIn,
    input: &TotpCode,
) -> Result<RecoveryCodes, Failure> {
    let (throttle, clock) = (accounts.throttle, accounts.clock);
    let subject = throttling::account(person.user_id);
    CODE.take(throttle, clock, &subject).await?;
    let (shown, kept) = recovery_codes(accounts.ids);
    let turned_on = settled(|| confirm(accounts, vault, person, input, &kept)).await?;
    CODE.forget(throttle, clock, &subject).await;
    if let Some(email) = turned_on {
        me::notify(accounts, mail, &email, Notice::SecondFactorOn).await;
    }
    Ok(shown)
}

/// Turns the second factor on; whose, unless it was this very request that did, and its answer was lost.
async fn confirm(
    accounts: &Accounts<'_>,
    vault: &dyn Vault,
    person: SignedIn,
    input: &TotpCode,
    recovery_codes: &[SecretHash],
) -> Result<Option<EmailAddress>, Failure> {
    let account = account::of_person(accounts.records, person).await?;
    let credentials = &account.credentials.record;
    if let Some(factor) = &credentials.second_factor {
        // With the same idempotency key the same codes are drawn.
        return if factor.recovery_codes == recovery_codes {
            Ok(None)
        } else {
            Err(is_on().into())
        };
    }
    let now = accounts.clock.now();
    let enrolment = credentials.enrolment.as_ref();
    let enrolment = enrolment
        .filter(|enrolment| now < enrolment.expires_at)
        .ok_or_else(|| {
            Refusal::new(
                ProblemCode::Conflict,
                "There is no second factor to confirm, or it waited too long. Begin again.",
            )
        })?;
    let secret = vault.open(&purpose(person.user_id), &enrolment.secret).await?;
    let Some(last_step) = step_of(&authenticator(&secret, None)?, &input.code.0, now, 0) else {
        return Err(Refusal::invalid(WRONG_CODE).about("code").into());
    };
    let confirmed = Credentials {
        second_factor: Some(SecondFactor {
            secret: enrolment.secret.clone(),
            last_step,
            since: now,
            recovery_codes: recovery_codes.to_vec(),
        }),
        enrolment: None,
        ..credentials.clone()
    };
    let change = change(person, "second_factor.turned_on").replace(&confirmed, account.credentials.rev)?;
    accounts.registry().commit(change).await?;
    Ok(Some(account.user.record.email))
}

/// Turns the second factor off, for who shows both the password and a code.
///
/// # Errors
/// Refused when one of them is wrong, when there is no second factor, and after too many attempts.
pub async fn disable_totp(
    accounts: &Accounts<'_>,
    vault: &dyn Vault,
    mail: &dyn MailLane,
    person: SignedIn,
    input: DisableTotp,
) -> Result<(), Failure> {
    let (throttle, clock) = (accounts.throttle, accounts.clock);
    let subject = throttling::account(person.user_id);
    PASSWORD.take(throttle, clock, &subject).await?;
    CODE.take(throttle, clock, &subject).await?;
    let email = settled(|| disable(accounts, vault, person, &input)).await?;
    PASSWORD.forget(throttle, clock, &subject).await;
    CODE.forget(throttle, clock, &subject).await;
    me::notify(accounts, mail, &email, Notice::SecondFactorOff).await;
    Ok(())
}

/// Turns the second factor off; whose.
async fn disable(
    accounts: &Accounts<'_>,
    vault: &dyn Vault,
    person: SignedIn,
    input: &DisableTotp,
) -> Result<EmailAddress, Failure> {
    let account = account::of_person(accounts.records, person).await?;
    let credentials = &account.credentials.record;
    if credentials.second_factor.is_none() {
        return Err(is_off().into());
    }
    let is_wrong = password::verify(&input.password, Some(credentials))? == Verdict::Wrong;
    let proven = prove(vault, accounts.clock, credentials, &input.code.0).await?;
    let Some((_, used)) = proven.filter(|_| !is_wrong) else {
        return Err(Refusal::invalid("The password or the code is wrong.").into());
    };
    let without = Credentials {
        second_factor: None,
        ..used
    };
    let change = change(person, "second_factor.turned_off").replace(&without, account.credentials.rev)?;
    accounts.registry().commit(change).await?;
    Ok(account.user.record.email)
}

/// Draws new recovery codes in place of those there are, for who shows a code of the authenticator.
///
/// # Errors
/// Refused when the code is wrong, when there is no second factor, and after too many attempts.
pub async fn renew_recovery_codes(
    accounts: &Accounts<'_>,
    vault: &dyn Vault,
    person: SignedIn,
    input: &TotpCode,
) -> Result<RecoveryCodes, Failure> {
    let (throttle, clock) = (accounts.throttle, accounts.clock);
    let subject = throttling::account(person.user_id);
    CODE.take(throttle, clock, &subject).await?;
    let (shown, kept) = recovery_codes(accounts.ids);
    settled(|| renew(accounts, vault, person, input, &kept)).await?;
    CODE.forget(throttle, clock, &subject).await;
    Ok(shown)
}

async fn renew(
    accounts: &Accounts<'_>,
    vault: &dyn Vault,
    person: SignedIn,
    input: &TotpCode,
    recovery_codes: &[SecretHash],
) -> Result<(), Failure> {
    let account = account::of_person(accounts.records, person).await?;
    let credentials = &account.credentials.record;
    let factor = credentials.second_factor.as_ref().ok_or_else(is_off)?;
    if factor.recovery_codes == recovery_codes {
        return Ok(());
    }
    let proven = prove(vault, accounts.clock, credentials, &input.code.0).await?;
    let Some((Factor::Authenticator, used)) = proven else {
        return Err(Refusal::invalid(WRONG_CODE).about("code").into());
    };
    let renewed = Credentials {
        second_factor: used.second_factor.map(|factor| SecondFactor {
            recovery_codes: recovery_codes.to_vec(),
            ..factor
        }),
        ..used
    };
    let change = change(person, "recovery_codes.renewed").replace(&renewed, account.credentials.rev)?;
    accounts.registry().commit(change).await
}

fn change(person: SignedIn, action: &str) -> Change {
    Change::new(
        Owner::User(person.user_id),
        &person.actor(),
        action,
        person.user_id,
    )
}

fn is_on() -> Refusal {
    Refusal::new(
        ProblemCode::Conflict,
        "There is a second factor already. Turn it off first.",
    )
}

fn is_off() -> Refusal {
    Refusal::new(ProblemCode::Conflict, "There is no second factor.")
}

#[cfg(test)]
mod tests {
    use super::super::chance::Chance;
    use super::*;

    /// RFC 6238, appendix B, the SHA-1 column; six digits are the last of its eight.
    #[test]
    fn the_vectors_of_rfc_6238() {
        let totp = authenticator(b"12345678901234567890", None).unwrap();
        for (seconds, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            let (now, code) = (Timestamp::from_seconds(seconds), &code[2..]);
            let step = u64::try_from(seconds).unwrap() / 30;
            assert_eq!(step_of(&totp, code, now, 0), Some(step), "{seconds}");
            assert_eq!(step_of(&totp, code, now, step), None, "taken once");
            assert_eq!(
                step_of(&totp, code, now + Span::seconds(30), step - 1),
                Some(step)
            );
            assert_eq!(step_of(&totp, code, now + Span::seconds(90), 0), None, "too late");
        }
    }

    #[test]
    fn recovery_codes_are_typed_as_people_type() {
        let (shown, kept) = recovery_codes(&Chance::default());
        assert_eq!((shown.codes.len(), kept.len()), (RECOVERY_CODES, RECOVERY_CODES));
        let code = &shown.codes[0].0;
        assert_eq!(code.len(), 27);
        for typed in [
            code.clone(),
            code.to_uppercase(),
            code.replace('-', " "),
            code.replace('-', ""),
        ] {
            assert_eq!(recovery_hash(&typed), kept[0], "{typed}");
        }
        assert!(kept.iter().skip(1).all(|other| *other != kept[0]));
    }

    #[test]
    fn an_authenticator_is_told_whose_code_it_is() {
        let email = "ann@example.com".parse().unwrap();
        let totp = authenticator(&[7; SECRET_LENGTH], Some(&email)).unwrap();
        assert_eq!(
            totp.to_url().unwrap(),
            format!(
                "otpauth://totp/FreshTrack:ann%40example.com?secret={}&issuer=FreshTrack",
                totp.secret().to_base32()
            )
        );
    }
}
