//! Waiting for what happens by itself.

use std::future::Future;
use std::time::Duration;

/// How long anything may take before a test gives up on it: far more than it ever does, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// The pause between two looks at something that does not tell when it changes.
const GLANCE: Duration = Duration::from_millis(5);

/// What `future` gives.
///
/// # Panics
/// When it takes so long that it will never come; the message names `what`.
pub async fn patiently<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(value) => value,
        Err(_) => panic!("waited in vain for {what}"),
    }
}

/// What `look` gives, as soon as it gives something.
///
/// # Panics
/// When it never does; the message names `what`.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    patiently(what, async {
        loop {
            if let Some(value) = look().await {
                return value;
            }
            tokio::time::sleep(GLANCE).await;
        }
    })
    .await
}
