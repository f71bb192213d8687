//! How passwords are kept, and which are good enough.

use crate::error::{PortError, PortErrorKind, Refusal};
use crate::ports::IdSource;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use argon2::{Argon2, Params};
use freshtrack_domain::people::{Credentials, EmailAddress, Password, SHORTEST_PASSWORD};
use freshtrack_domain::text::Name;
use sha2::{Digest, Sha256};
use std::cmp::Reverse;
use zxcvbn::{Score, zxcvbn};

/// Argon2id with 19 MiB, two passes and one lane: the first choice of OWASP's Password Storage Cheat Sheet. Whoever signs
/// in with a hash of other parameters gets one of these.
const PARAMETERS: Params = Params::DEFAULT;
/// At least 10^8 guesses: what zxcvbn calls safely unguessable, also if the hashes are stolen.
const LEAST_SCORE: Score = Score::Three;

/// How many characters must be left of a password without the words that whoever knows the person tries first.
const OWN_CHARACTERS: usize = 6;

/// Passwords of 10 characters and more that appear in lists of leaked passwords, as the first five bytes of their SHA-256,
/// sorted. `breached/README.md` tells where they come from; by chance one good password of 20 million is among them.
static BREACHED: &[u8] = include_bytes!("breached/passwords.bin");
const PREFIX: usize = 5;

/// The hash of `password`, to be kept.
pub(super) fn hash(password: &Password, ids: &dyn IdSource) -> Result<String, PortError> {
    let salt = ids.random().to_be_bytes();
    argon2id()
        .hash_password_with_salt(password.expose().as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|error| broken("passwords.hash", error))
}

fn argon2id() -> Argon2<'static> {
    Argon2::from(PARAMETERS)
}

fn broken(op: &'static str, error: Error) -> PortError {
    PortError::because(op, PortErrorKind::Corrupt, error.to_string())
}

/// How a password compares to what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is another.
    Wrong,
    /// It is the one.
    Right,
    /// It is the one, and is to be hashed anew.
    Outdated,
}

/// Compares `password` with the hash in `credentials`. Without any it does the same work and is wrong: the time must not
/// tell who has an account.
pub(super) fn verify(password: &Password, credentials: Option<&Credentials>) -> Result<Verdict, PortError> {
    const OP: &str = "passwords.verify";
    let Some(credentials) = credentials else {
        let nobody = argon2id().hash_password_with_salt(password.expose().as_bytes(), &[0; 16]);
        let _: PasswordHash = nobody.map_err(|error| broken(OP, error))?;
        return Ok(Verdict::Wrong);
    };
    let kept = PasswordHash::new(&credentials.password).map_err(|error| broken(OP, error.into()))?;
    match argon2id().verify_password(password.expose().as_bytes(), &kept) {
        Ok(()) if is_current(&kept) => Ok(Verdict::Right),
        Ok(()) => Ok(Verdict::Outdated),
        Err(Error::PasswordInvalid) => Ok(Verdict::Wrong),
        Err(error) => Err(broken(OP, error)),
    }
}

fn is_current(kept: &PasswordHash) -> bool {
    let costs = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
    kept.algorithm.as_str() == "argon2id"
        && Params::try_from(kept).is_ok_and(|params| costs(&params) == costs(&PARAMETERS))
}

/// Refuses a new password that is short, known to be leaked or easy to guess, by those too who know the person.
pub(super) fn judge(password: &Password, email: &EmailAddress, name: &Name) -> Result<(), Refusal> {
    let weak = |why: &str| Err(Refusal::invalid(format!("Choose another password. {why}")).about("password"));
    if password.length() < SHORTEST_PASSWORD {
        return weak(&format!("It must have at least {SHORTEST_PASSWORD} characters."));
    }
    if is_breached(password) {
        return weak("This one is in lists of stolen passwords, which are tried first.");
    }
    // Whole parts as well as their words: `lakeside-diner`, `lakeside`, `diner`.
    let known: Vec<&str> = email
        .as_str()
        .split(['@', '.'])
        .chain(email.as_str().split(['@', '.', '+', '-', '_']))
        .chain(email.as_str().split('@'))
        .chain(name.as_str().split_whitespace())
        .chain([email.as_str(), name.as_str(), "freshtrack"])
        .collect();
    if beyond(password, &known) < OWN_CHARACTERS {
        return weak("It is made of your name or address, which are tried first.");
    }
    let estimate = zxcvbn(password.expose(), &known);
    if estimate.score() >= LEAST_SCORE {
        return Ok(());
    }
    let warning = estimate.feedback().and_then(|feedback| feedback.warning());
    weak(&warning.map_or_else(
        || {
            "It is too easy to guess. Several words that have nothing to do with each other make a good one."
                .to_owned()
        },
        |warning| format!("{warning} Several words that have nothing to do with each other make a good one."),
    ))
}

/// How many characters `password` has apart from `known` words of three letters and more (NIST SP 800-63B, 5.1.1.2:
/// context-specific words).
fn beyond(password: &Password, known: &[&str]) -> usize {
    let mut words: Vec<String> = known
        .iter()
        .filter(|word| word.chars().count() > 2)
        .map(|word| word.to_lowercase())
        .collect();
    // The longest first, or parts of it would be left.
    words.sort_by_key(|word| Reverse(word.len()));
    let lower = password.expose().to_lowercase();
    let left = words.iter().fold(lower, |left, word| left.replace(word, ""));
    left.chars().count()
}

fn is_breached(password: &Password) -> bool {
    let digest = Sha256::digest(password.expose().as_bytes());
    let wanted = digest.iter().take(PREFIX);
    let (entries, _) = BREACHED.as_chunks::<PREFIX>();
    entries
        .binary_search_by(|entry| entry.iter().cmp(wanted.clone()))
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::chance::Chance;
    use super::*;
    use freshtrack_domain::ids::{Id, Ulid, UserId};
    use freshtrack_domain::time::Timestamp;

    fn password(text: &str) -> Password {
        Password::new(text).unwrap()
    }

    fn credentials(hash: String) -> Credentials {
        Credentials {
            user_id: UserId::from_ulid(Ulid::from_parts(1, 1)),
            password: hash,
            password_since: Timestamp::from_millis(0),
            second_factor: None,
            enrolment: None,
        }
    }

    #[test]
    fn what_is_kept_names_its_parameters_and_knows_its_password() {
        let ids = Chance::default();
        let kept = credentials(hash(&password("correct horse"), &ids).unwrap());
        assert!(
            kept.password.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{}",
            kept.password
        );
        let verdict = |text| verify(&password(text), Some(&kept)).unwrap();
        assert_eq!(verdict("correct horse"), Verdict::Right);
        assert_eq!(verdict("correct horsf"), Verdict::Wrong);
        assert_eq!(verify(&password("correct horse"), None).unwrap(), Verdict::Wrong);
        assert_ne!(
            hash(&password("correct horse"), &ids).unwrap(),
            kept.password,
            "salted"
        );
    }

    #[test]
    fn other_parameters_still_verify_and_are_outdated() {
        let weaker = Argon2::from(Params::new(8_192, 1, 1, None).unwrap());
        let kept = weaker
            .hash_password_with_salt(b"correct horse", &[7; 16])
            .unwrap();
        let kept = credentials(kept.to_string());
        assert_eq!(
            verify(&password("correct horse"), Some(&kept)).unwrap(),
            Verdict::Outdated
        );
        assert_eq!(verify(&password("wrong"), Some(&kept)).unwrap(), Verdict::Wrong);
        assert!(verify(&password("x"), Some(&credentials("nonsense".to_owned()))).is_err());
    }

    #[test]
    fn weak_passwords_are_told_why() {
        let (email, name) = (
            "ann.smith@lakeside-diner.example".parse().unwrap(),
            Name::new("Ann Smith").unwrap(),
        );
        let judged = |text| judge(&password(text), &email, &name).map_err(|refusal| refusal.detail);
        for (weak, why) in [
            ("k7#Qz!2pw", "at least 10"),
            ("1234567890", "stolen"),
            ("password123", "stolen"),
            ("wxwxwxwxwxwxwx", "Repeats"),
            ("lakeside-diner", "name or address"),
            ("AnnSmith2024", "name or address"),
            ("freshtrack1", "name or address"),
        ] {
            let detail = judged(weak).expect_err(weak);
            assert!(detail.contains(why), "{weak}: {detail}");
        }
        for good in [
            "correct horse battery staple",
            "k7#Qz!2pwX",
            "vier grüne Äpfel am See",
        ] {
            assert_eq!(judged(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn the_list_is_sorted() {
        let (entries, rest) = BREACHED.as_chunks::<PREFIX>();
        assert!(rest.is_empty());
        assert!(entries.is_sorted());
        assert!(entries.len() > 10_000);
    }
}
