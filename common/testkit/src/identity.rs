//! Secrets, attempts and mails, in memory.

use crate::faults::Faults;
use crate::outbox::Recorded;
use async_trait::async_trait;
use freshtrack_application::mail::Letter;
use freshtrack_application::ports::{KeySets, Mailer, Throttle, Vault};
use freshtrack_application::{PortError, PortErrorKind};
use freshtrack_domain::people::{EmailAddress, Sealed};
use freshtrack_domain::time::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A vault that keeps what it sealed, and gives out its number.
#[derive(Debug, Default)]
pub struct MemoryVault {
    /// Which calls are to fail.
    pub faults: Faults,
    sealed: Mutex<Vec<(String, Vec<u8>)>>,
}

impl MemoryVault {
    fn lock(&self) -> MutexGuard<'_, Vec<(String, Vec<u8>)>> {
        self.sealed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Vault for MemoryVault {
    async fn seal(&self, purpose: &str, content: &[u8]) -> Result<Sealed, PortError> {
        self.faults.call("vault.seal").await?;
        let mut sealed = self.lock();
        sealed.push((purpose.to_owned(), content.to_vec()));
        Ok(Sealed {
            key: String::new(),
            data: sealed.len().to_string(),
        })
    }

    async fn open(&self, purpose: &str, sealed: &Sealed) -> Result<Vec<u8>, PortError> {
        const OP: &str = "vault.open";
        self.faults.call(OP).await?;
        let place = sealed
            .data
            .parse::<usize>()
            .ok()
            .and_then(|number| number.checked_sub(1));
        let kept = self.lock();
        place
            .and_then(|place| kept.get(place))
            .filter(|(for_purpose, _)| for_purpose == purpose && sealed.key.is_empty())
            .map(|(_, content)| content.clone())
            .ok_or_else(|| PortError::new(OP, PortErrorKind::Corrupt))
    }
}

/// Counters that forget nothing by themselves.
#[derive(Debug, Default)]
pub struct MemoryThrottle {
    /// Which calls are to fail.
    pub faults: Faults,
    counts: Mutex<BTreeMap<String, u32>>,
}

#[async_trait]
impl Throttle for MemoryThrottle {
    async fn count(&self, name: &str, _: Timestamp) -> Result<u32, PortError> {
        self.faults.call("throttle.count").await?;
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(name.to_owned()).or_default();
        *count += 1;
        Ok(*count)
    }

    async fn forget(&self, name: &str) -> Result<(), PortError> {
        self.faults.call("throttle.forget").await?;
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.remove(name);
        Ok(())
    }
}

/// Mails sent, each with its reader.
pub type RecordedLetters = Recorded<(EmailAddress, Letter)>;

#[async_trait]
impl Mailer for RecordedLetters {
    async fn send(&self, to: &EmailAddress, letter: &Letter) -> Result<(), PortError> {
        const OP: &str = "mailer.send";
        self.faults.call(OP).await?;
        self.push((to.clone(), letter.clone()));
        self.faults.answer(OP).await
    }
}

/// Key sets at addresses; how often each was fetched.
#[derive(Debug, Default)]
pub struct PublishedKeys {
    /// Which calls are to fail.
    pub faults: Faults,
    sets: Mutex<BTreeMap<String, (String, usize)>>,
}

impl PublishedKeys {
    /// Publishes `set` at `url`, in place of what was there.
    pub fn publish(&self, url: &str, set: impl Into<String>) {
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        sets.entry(url.to_owned()).or_default().0 = set.into();
    }

    /// How often the set at `url` was fetched.
    pub fn fetched(&self, url: &str) -> usize {
        let sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        sets.get(url).map_or(0, |(_, fetched)| *fetched)
    }
}

#[async_trait]
impl KeySets for PublishedKeys {
    async fn fetch(&self, url: &str) -> Result<String, PortError> {
        const OP: &str = "key_sets.fetch";
        self.faults.call(OP).await?;
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        let (set, fetched) = sets
            .get_mut(url)
            .ok_or_else(|| PortError::new(OP, PortErrorKind::Unavailable))?;
        *fetched += 1;
        Ok(set.clone())
    }
}
