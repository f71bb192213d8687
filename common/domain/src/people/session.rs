//! Sessions: sign-ins that last, kept alive by refresh tokens that are good for one use each.
//!
//! Whoever presents a refresh token gets its successor. If a token is presented that has been followed by another,
//! somebody else holds a copy: nobody can tell who of the two is the thief, so the session ends (RFC 9700, 4.14.2).
//! The exception is the token just before the newest, for [`REPEAT_WITHIN`]: the reply that carried its successor may
//! have been lost, or two tabs may have asked at once. It gets the same successor again, so that repeating changes
//! nothing and gives a thief no second line of tokens.

use super::secret::{Secret, SecretHash};
use crate::ids::{Id, SessionId, UserId};
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How long an access token is valid.
pub const ACCESS_TOKEN_LIFE: Span = Span::minutes(10);
/// After how long a person has to sign in again whatever they do: NIST SP 800-63B (4.1.3) says 30 days.
pub const SESSION_LIFE: Span = Span::hours(30 * 24);
/// After how long a session ends that nobody uses.
pub const SESSION_IDLE_LIFE: Span = Span::hours(14 * 24);
/// How long after its successor was issued a refresh token may be presented again: API Gateway gives up on a reply after
/// 30 seconds, so a client that waits to the end and then tries again is not taken for a thief.
pub const REPEAT_WITHIN: Span = Span::seconds(45);
/// How many sessions a person may have at once. Another one ends the one unused for longest.
pub const MOST_SESSIONS: usize = 50;

/// One sign-in of a person on one device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its identifier.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// When they signed in.
    pub created_at: Timestamp,
    /// When it was last refreshed.
    pub last_used_at: Timestamp,
    /// What program they signed in with, by its own account.
    pub user_agent: String,
    /// Whether they proved a second factor.
    pub second_factor: bool,
    /// Which refresh token is to be presented next.
    pub refresh: RefreshState,
}

/// Which refresh tokens of a session are good for what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshState {
    /// The hash of the newest token's secret.
    current: SecretHash,
    /// The token before it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    previous: Option<Previous>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Previous {
    hash: SecretHash,
    /// What made the newest token of it.
    nonce: [u8; 16],
    /// When.
    at: Timestamp,
}

impl RefreshState {
    /// The state in which `first` is the newest token.
    #[must_use]
    pub fn beginning_with(first: &Secret) -> Self {
        Self {
            current: first.hash(),
            previous: None,
        }
    }
}

/// What comes of presenting a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotation {
    /// The session goes on as this one, with this secret.
    Rotated(Box<Session>, Secret),
    /// This is what the same token gave a moment ago; nothing changes.
    Repeated(Secret),
    /// The token is none that may still be presented: the session has to end.
    Reused,
}

impl Session {
    /// When it ends unless it is used before.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        (self.created_at + SESSION_LIFE).min(self.last_used_at + SESSION_IDLE_LIFE)
    }

    /// Whether it still lasts at `now`.
    #[must_use]
    pub fn lasts(&self, now: Timestamp) -> bool {
        now < self.ends_at()
    }

    /// What comes of presenting `secret` at `now`. `nonce` must be random.
    #[must_use]
    pub fn rotate(&self, secret: &Secret, nonce: [u8; 16], now: Timestamp) -> Rotation {
        let presented = secret.hash();
        if presented == self.refresh.current {
            let next = secret.successor(&nonce);
            let session = Self {
                last_used_at: now.max(self.last_used_at),
                refresh: RefreshState {
                    current: next.hash(),
                    previous: Some(Previous {
                        hash: presented,
                        nonce,
                        at: now,
                    }),
                },
                ..self.clone()
            };
            return Rotation::Rotated(Box::new(session), next);
        }
        match &self.refresh.previous {
            Some(previous) if previous.hash == presented && now <= previous.at + REPEAT_WITHIN => {
                Rotation::Repeated(secret.successor(&previous.nonce))
            }
            _ => Rotation::Reused,
        }
    }
}

/// What a client keeps to go on with its session: `ftr_` + 26 characters of the person + 26 of the session + `_` + the
/// secret. Only the secret proves anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// Whose session it is.
    pub user_id: UserId,
    /// The session.
    pub session_id: SessionId,
    /// What proves it.
    pub secret: Secret,
}

/// A text that is not a refresh token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a refresh token")]
pub struct InvalidRefreshToken;

impl RefreshToken {
    /// The whole token, to be given to the client.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!(
            "ftr_{}{}_{}",
            self.user_id.ulid(),
            self.session_id.ulid(),
            self.secret.reveal()
        )
    }
}

impl FromStr for RefreshToken {
    type Err = InvalidRefreshToken;

    fn from_str(text: &str) -> Result<Self, InvalidRefreshToken> {
        let parse = || {
            let (ids, secret) = text.strip_prefix("ftr_")?.split_once('_')?;
            let (user, session) = ids.split_at_checked(26)?;
            Some(Self {
                user_id: format!("{}_{user}", UserId::PREFIX).parse().ok()?,
                session_id: format!("{}_{session}", SessionId::PREFIX).parse().ok()?,
                secret: secret.parse().ok()?,
            })
        };
        parse().ok_or(InvalidRefreshToken)
    }
}

impl fmt::Display for RefreshToken {
    /// Without its secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ftr_{}{}_…", self.user_id.ulid(), self.session_id.ulid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Ulid;
    use proptest::prelude::*;

    const START: Timestamp = Timestamp::from_seconds(1_790_000_000);

    fn session(first: &Secret) -> Session {
        Session {
            id: SessionId::from_ulid(Ulid::from_parts(1, 2)),
            user_id: UserId::from_ulid(Ulid::from_parts(3, 4)),
            created_at: START,
            last_used_at: START,
            user_agent: String::new(),
            second_factor: false,
            refresh: RefreshState::beginning_with(first),
        }
    }

    fn rotated(rotation: Rotation) -> (Session, Secret) {
        match rotation {
            Rotation::Rotated(session, secret) => (*session, secret),
            other => panic!("expected a rotation, not {other:?}"),
        }
    }

    #[test]
    fn a_lost_reply_ends_nothing_and_an_old_token_everything() {
        let first = Secret::from_random(1, 1);
        let session = session(&first);
        let (session, second) = rotated(session.rotate(&first, [1; 16], START));
        let soon = START + REPEAT_WITHIN;
        assert_eq!(
            session.rotate(&first, [2; 16], soon),
            Rotation::Repeated(second.clone())
        );
        assert_eq!(
            session.rotate(&first, [2; 16], soon + Span::seconds(1)),
            Rotation::Reused
        );
        let (session, third) = rotated(session.rotate(&second, [3; 16], soon));
        assert_eq!(session.rotate(&first, [4; 16], soon), Rotation::Reused);
        assert_eq!(
            session.rotate(&second, [4; 16], soon),
            Rotation::Repeated(third.clone())
        );
        rotated(session.rotate(&third, [4; 16], soon));
        let unknown = Secret::from_random(9, 9);
        assert_eq!(session.rotate(&unknown, [4; 16], soon), Rotation::Reused);
    }

    #[test]
    fn a_session_ends_when_it_is_old_or_unused() {
        let first = Secret::from_random(1, 1);
        let mut session = session(&first);
        assert!(session.lasts(START + Span::hours(14 * 24 - 1)));
        assert!(!session.lasts(START + SESSION_IDLE_LIFE));
        session.last_used_at = START + Span::hours(29 * 24);
        assert!(session.lasts(START + Span::hours(30 * 24 - 1)));
        assert!(!session.lasts(START + SESSION_LIFE));
    }

    #[test]
    fn tokens_are_read_back_and_shown_without_their_secret() {
        let token = RefreshToken {
            user_id: UserId::from_ulid(Ulid::from_parts(3, 4)),
            session_id: SessionId::from_ulid(Ulid::from_parts(1, 2)),
            secret: Secret::from_random(5, 6),
        };
        assert_eq!(token.reveal().parse(), Ok(token.clone()));
        assert!(!token.to_string().contains(token.secret.reveal()));
        for bad in [
            "",
            "ftr_",
            "ftr_x_y",
            "ftr_é_y",
            &token.reveal().to_uppercase(),
            &token.to_string(),
        ] {
            assert_eq!(bad.parse::<RefreshToken>(), Err(InvalidRefreshToken), "{bad}");
        }
    }

    /// What somebody who holds some token of the session does: with which of the tokens issued so far, after how many
    /// seconds.
    type Use = (prop::sample::Index, u32);

    proptest! {
        /// Whoever presents whatever and whenever: there is one line of tokens, and only its last link and the one
        /// before it are ever good for anything.
        #[test]
        fn there_is_one_line_of_tokens(uses in prop::collection::vec((any::<prop::sample::Index>(), 0_u32..90), 1..40)) {
            let first = Secret::from_random(1, 1);
            let (mut session, mut line, mut now) = (session(&first), vec![first], START);
            let uses: Vec<Use> = uses;
            for (turn, (which, seconds)) in uses.into_iter().enumerate() {
                now = now + Span::seconds(seconds);
                let place = which.index(line.len());
                let nonce = (turn as u128 + 1).to_be_bytes();
                match session.rotate(&line[place], nonce, now) {
                    Rotation::Rotated(next, secret) => {
                        prop_assert_eq!(place, line.len() - 1);
                        prop_assert!(!line.contains(&secret));
                        session = *next;
                        line.push(secret);
                    }
                    Rotation::Repeated(secret) => {
                        prop_assert_eq!(place + 2, line.len());
                        prop_assert_eq!(Some(&secret), line.last());
                    }
                    Rotation::Reused => {
                        prop_assert!(place + 1 < line.len());
                        break;
                    }
                }
            }
        }
    }
}
