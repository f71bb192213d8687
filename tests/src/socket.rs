//! A screen: a WebSocket client of the live channel.

use crate::patience::patiently;
use freshtrack_contracts::live::{SUBPROTOCOL, ServerBody, ServerMessage, Topic};
use freshtrack_contracts::places::UnitSnapshot;
use freshtrack_domain::ids::UnitId;
use futures_util::{SinkExt as _, StreamExt as _};
use http::StatusCode;
use serde_json::{Value as Json, json};
use std::collections::VecDeque;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error as SocketError, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A socket that was not let in.
#[derive(Debug)]
pub struct Refused {
    /// The status of the handshake.
    pub status: StatusCode,
    /// What came with it.
    pub body: String,
}

/// An open socket.
#[derive(Debug)]
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Messages that came before the one that was waited for.
    kept: VecDeque<ServerMessage>,
}

impl Socket {
    /// Opens a socket at `url`, ticket included.
    ///
    /// # Errors
    /// When the gateway does not let it in.
    ///
    /// # Panics
    /// When there is no gateway, or it does not speak the subprotocol.
    pub async fn open(url: &str) -> Result<Self, Refused> {
        let mut request = url.into_client_request().expect("an address");
        let protocol = SUBPROTOCOL.parse().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        match patiently("the handshake", connect_async(request)).await {
            Ok((stream, response)) => {
                assert_eq!(response.headers()["sec-websocket-protocol"], SUBPROTOCOL);
                Ok(Self {
                    stream,
                    kept: VecDeque::new(),
                })
            }
            Err(SocketError::Http(response)) => Err(Refused {
                status: response.status(),
                body: String::from_utf8(response.body().clone().unwrap_or_default()).unwrap(),
            }),
            Err(error) => panic!("no handshake: {error}"),
        }
    }

    /// Sends whatever `message` is.
    ///
    /// # Panics
    /// When the socket has ended.
    pub async fn say(&mut self, message: impl ToString) {
        let sent = self.stream.send(Message::text(message.to_string())).await;
        sent.expect("the socket is open");
    }

    /// Subscribes to `topics` and waits until that holds; gives all that are subscribed to now.
    pub async fn subscribe(&mut self, topics: Json) -> Vec<Topic> {
        self.say(json!({ "type": "subscribe", "topics": topics })).await;
        self.until("the subscription", |body| match body {
            ServerBody::Subscribed { topics } => Some(topics.clone()),
            _ => None,
        })
        .await
    }

    /// The next message in which `wanted` finds something, and what it finds. Those before it are dropped.
    ///
    /// # Panics
    /// When none comes.
    pub async fn until<T>(&mut self, what: &str, mut wanted: impl FnMut(&ServerBody) -> Option<T>) -> T {
        loop {
            let message = match self.kept.pop_front() {
                Some(message) => message,
                None => patiently(what, self.next()).await,
            };
            if let Some(found) = wanted(&message.body) {
                return found;
            }
        }
    }

    /// The next message about `unit` that `wanted` accepts.
    pub async fn unit(
        &mut self,
        what: &str,
        unit: UnitId,
        mut wanted: impl FnMut(&UnitSnapshot) -> bool,
    ) -> UnitSnapshot {
        self.until(what, |body| match body {
            ServerBody::UnitsChanged { units } => units
                .iter()
                .find(|snapshot| snapshot.unit_id == unit && wanted(snapshot))
                .cloned(),
            _ => None,
        })
        .await
    }

    /// Everything the socket was sent before now and has not been looked at.
    ///
    /// What was sent to it earlier stands in line before the answer to a ping that is asked for now.
    pub async fn so_far(&mut self) -> Vec<ServerBody> {
        self.say(json!({ "type": "ping" })).await;
        let mut before: Vec<ServerBody> = self.kept.drain(..).map(|message| message.body).collect();
        loop {
            let message = patiently("the answer to a ping", self.next()).await;
            if message.body == ServerBody::Pong {
                return before;
            }
            before.push(message.body);
        }
    }

    async fn next(&mut self) -> ServerMessage {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => {
                    let message: ServerMessage = match serde_json::from_str(&text) {
                        Ok(message) => message,
                        Err(error) => panic!("{error}: {text}"),
                    };
                    assert_eq!(message.v, 1, "{text}");
                    return message;
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("the socket ended: {other:?}"),
            }
        }
    }

    /// Waits until the server ends the socket; gives the code it ends it with, if it says one.
    pub async fn closed(&mut self) -> Option<CloseCode> {
        patiently("the end of the socket", async {
            loop {
                match self.stream.next().await {
                    Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return None,
                }
            }
        })
        .await
    }

    /// Closes the socket in order.
    pub async fn close(mut self) {
        // One that has ended meanwhile is as good as closed.
        let _ = self.stream.close(None).await;
    }
}
