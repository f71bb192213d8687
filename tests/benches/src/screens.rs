//! Screens: sockets that subscribe to an organization and note when each message comes.

use crate::Failure;
use freshtrack_contracts::live::SUBPROTOCOL;
use freshtrack_domain::time::Timestamp;
use freshtrack_tests::Tenant;
use futures_util::{SinkExt as _, StreamExt as _};
use http::HeaderValue;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

/// How long the last messages may take before they count as lost.
const PATIENCE: Duration = Duration::from_secs(20);
const GLANCE: Duration = Duration::from_millis(5);

/// A reading that came to a screen.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    /// When it was measured, which tells which one it is.
    pub measured_at: Timestamp,
    /// When its message had come.
    pub at: Instant,
}

/// Open screens. They close when they are dropped.
#[derive(Debug)]
pub struct Screens {
    arrivals: Arc<Mutex<Vec<Arrival>>>,
    _readers: JoinSet<()>,
}

impl Screens {
    /// Opens `count` screens on the whole of `tenant`.
    ///
    /// # Errors
    /// When one is not let in.
    pub async fn open(tenant: &Tenant, count: usize) -> Result<Self, Failure> {
        let arrivals: Arc<Mutex<Vec<Arrival>>> = Arc::default();
        let mut readers = JoinSet::new();
        for _ in 0..count {
            let mut request = tenant.ticket().await.url.into_client_request()?;
            request
                .headers_mut()
                .insert("sec-websocket-protocol", HeaderValue::from_static(SUBPROTOCOL));
            let (mut socket, _) = connect_async(request).await?;
            socket
                .send(Message::text(r#"{"type":"subscribe","topics":["org"]}"#))
                .await?;
            let subscribed = socket.next().await.ok_or("a socket was closed")??;
            if !subscribed.to_text()?.contains("\"subscribed\"") {
                return Err(format!("no subscription: {subscribed}").into());
            }
            let arrivals = Arc::clone(&arrivals);
            readers.spawn(async move {
                while let Some(Ok(message)) = socket.next().await {
                    let at = Instant::now();
                    if let Some(measured_at) = message.to_text().ok().and_then(measured_at) {
                        let mut arrivals = arrivals.lock().unwrap_or_else(PoisonError::into_inner);
                        arrivals.push(Arrival { measured_at, at });
                    }
                }
            });
        }
        Ok(Self {
            arrivals,
            _readers: readers,
        })
    }

    /// Takes what has arrived once that is `count` readings, over all screens.
    ///
    /// # Errors
    /// When some are missing.
    pub async fn take(&self, count: usize) -> Result<Vec<Arrival>, Failure> {
        let patience = Instant::now() + PATIENCE;
        loop {
            let arrived = {
                let mut arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
                if arrivals.len() >= count {
                    return Ok(std::mem::take(&mut *arrivals));
                }
                arrivals.len()
            };
            if Instant::now() > patience {
                return Err(format!("of {count} messages to screens only {arrived} came").into());
            }
            tokio::time::sleep(GLANCE).await;
        }
    }
}

/// When the reading was measured that `message` shows. Found without parsing the message: the screens share the machine
/// with the system that is measured.
fn measured_at(message: &str) -> Option<Timestamp> {
    let (_, rest) = message.split_once(r#""measured_at":""#)?;
    rest.split_once('"')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_about_a_unit_is_told_by_its_reading() {
        let message = r#"{"v":1,"type":"units.changed","data":{"units":[{"rev":2,"measured_at":"2026-11-21T03:00:00Z"}]}}"#;
        assert_eq!(measured_at(message), "2026-11-21T03:00:00Z".parse().ok());
        assert_eq!(measured_at(r#"{"v":1,"type":"pong"}"#), None);
    }
}
