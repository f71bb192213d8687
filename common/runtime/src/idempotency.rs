//! `Idempotency-Key`: a request that is made again draws the same identifiers and secrets again.
//!
//! Nothing of a reply is kept, least of all secrets shown once. The first request with a key leaves the seed of all
//! chance in it; a repetition finds the seed, draws the same identifiers and finds its records already there, wherever
//! the first one was interrupted. Keys are remembered for a day and per caller.

use crate::admission::Admitted;
use crate::context::Context;
use crate::event::HttpEvent;
use crate::http::HandlerError;
use freshtrack_application::Refusal;
use freshtrack_application::ports::{
    CommitError, IdSource, Owner, RawRecord, Record, RecordKind, Records, Step,
};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::ids::UserId;
use freshtrack_domain::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicU64, Ordering};

/// How long a key is remembered.
const KEY_LIFE: Span = Span::hours(24);
/// The longest key: as the drafts of the IETF's HTTP API group and Stripe have it.
const LONGEST_KEY: usize = 255;

/// The first request with a key.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct FirstRequest {
    key: String,
    /// The hash of what was asked.
    request: String,
    /// Where all its chance comes from.
    seed: String,
    /// The moment its identifiers carry.
    at: Timestamp,
}

impl Record for FirstRequest {
    const KIND: RecordKind = RecordKind("IDEMPOTENCY");

    fn key(&self) -> String {
        self.key.clone()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.at + KEY_LIFE)
    }
}

/// Chance for one call: fresh, or that of the first request with the same key.
#[derive(Debug)]
pub(crate) struct CallIds {
    seed: Seed,
    drawn: AtomicU64,
}

#[derive(Debug)]
enum Seed {
    Fresh,
    Of { seed: String, at: Timestamp },
}

impl CallIds {
    const fn new(seed: Seed) -> Self {
        Self {
            seed,
            drawn: AtomicU64::new(0),
        }
    }
}

impl IdSource for CallIds {
    fn random(&self) -> u128 {
        let Seed::Of { seed, .. } = &self.seed else {
            return rand::random();
        };
        let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
        let digest: [u8; 32] = Sha256::new()
            .chain_update(seed)
            .chain_update(drawn.to_be_bytes())
            .finalize()
            .into();
        digest
            .iter()
            .take(16)
            .fold(0, |bits, byte| bits << 8 | u128::from(*byte))
    }

    fn moment(&self, now: Timestamp) -> Timestamp {
        match self.seed {
            Seed::Fresh => now,
            Seed::Of { at, .. } => at,
        }
    }
}

/// The chance of the call that `event` is.
pub(crate) async fn ids_of(
    context: &Context,
    admitted: &Admitted,
    event: &HttpEvent,
    body: &[u8],
) -> Result<CallIds, HandlerError> {
    let Some(key) = event.headers.get("idempotency-key") else {
        return Ok(CallIds::new(Seed::Fresh));
    };
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(Refusal::invalid(format!(
            "Idempotency-Key must have 1 to {LONGEST_KEY} characters."
        ))
        .into());
    }
    let of_person = |user_id: UserId| (Owner::User(user_id), user_id.to_string());
    let (owner, who): (Owner, String) = match admitted {
        // Without a caller there is nobody to remember the key for.
        Admitted::Anyone => return Ok(CallIds::new(Seed::Fresh)),
        Admitted::Person(person) => of_person(person.user_id),
        Admitted::Administrator(administrator) => of_person(administrator.person().user_id),
        Admitted::Caller(caller) => (caller.scope.into(), caller.actor.id.clone()),
    };
    let hash = |parts: &[&[u8]]| {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hex::encode(hash.finalize())
    };
    let mut path = Vec::new();
    for (name, value) in &event.path_parameters {
        path.extend_from_slice(name.as_bytes());
        path.push(b'=');
        path.extend_from_slice(value.as_bytes());
        path.push(b'&');
    }
    let route = event.request_context.route_key.as_bytes();
    let first = FirstRequest {
        key: hash(&[who.as_bytes(), key.as_bytes()]),
        request: hash(&[route, &path, body]),
        seed: format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>()),
        at: context.clock().now(),
    };
    let records = context.records()?;
    let records: &dyn Records = &records;
    let step = Step::Insert(owner, RawRecord::of(&first)?);
    let first = match records.commit(&[step], &[], first.at).await {
        Ok(()) => first,
        Err(CommitError::Port(error)) => return Err(error.into()),
        Err(CommitError::Step(_) | CommitError::Busy) => {
            let earlier = records.get::<FirstRequest>(owner, &first.key).await?;
            match earlier {
                Some(earlier) if earlier.record.request == first.request => earlier.record,
                Some(_) => {
                    return Err(Refusal::new(
                        ProblemCode::KeyReused,
                        "This Idempotency-Key was used for another request. Use a new one.",
                    )
                    .into());
                }
                // It ended between the two calls: this request is the first again, once it is repeated.
                None => return Err(Refusal::new(ProblemCode::Unavailable, "Please try again.").into()),
            }
        }
    };
    Ok(CallIds::new(Seed::Of {
        seed: first.seed,
        at: first.at,
    }))
}
