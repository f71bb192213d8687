//! A device's MQTT connection: as much of version 3.1.1 as publishing takes (OASIS, mqtt-v3.1.1-os).

use crate::patience::patiently;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Connect flags: clean session, and nothing else.
const CLEAN_SESSION: u8 = 0x02;

/// A connection that publishes at QoS 1.
#[derive(Debug)]
pub struct Publisher {
    stream: TcpStream,
    packet: u16,
}

impl Publisher {
    /// Connects to the broker at `broker`.
    ///
    /// # Panics
    /// When the broker does not take the connection.
    pub async fn connect(broker: SocketAddr, client_id: &str) -> Self {
        let stream = TcpStream::connect(broker).await.expect("the broker listens");
        let mut publisher = Self { stream, packet: 0 };
        let mut body = text("MQTT");
        // Protocol level 4, no keep-alive.
        body.extend([4, CLEAN_SESSION, 0, 0]);
        body.extend(text(client_id));
        publisher.send(0x10, &body).await;
        assert_eq!(publisher.answer().await, [0x20, 2, 0, 0], "CONNACK: accepted");
        publisher
    }

    /// Publishes, and returns once the broker has taken the message: from then on it is the system's.
    ///
    /// # Panics
    /// When the broker does not acknowledge it.
    pub async fn publish(&mut self, topic: &str, payload: impl AsRef<[u8]>) {
        self.packet = self.packet.checked_add(1).unwrap_or(1);
        let [high, low] = self.packet.to_be_bytes();
        let mut body = text(topic);
        body.extend([high, low]);
        body.extend_from_slice(payload.as_ref());
        self.send(0x32, &body).await;
        assert_eq!(self.answer().await, [0x40, 2, high, low], "PUBACK");
    }

    async fn send(&mut self, kind: u8, body: &[u8]) {
        let mut packet = vec![kind];
        let mut left = body.len();
        loop {
            let group = u8::try_from(left % 128).unwrap();
            left /= 128;
            packet.push(if left == 0 { group } else { group | 0x80 });
            if left == 0 {
                break;
            }
        }
        packet.extend_from_slice(body);
        self.stream.write_all(&packet).await.expect("the broker listens");
    }

    async fn answer(&mut self) -> [u8; 4] {
        let mut answer = [0; 4];
        patiently("the broker's answer", self.stream.read_exact(&mut answer))
            .await
            .expect("the broker answers");
        answer
    }
}

fn text(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("a short text");
    [&length.to_be_bytes(), text.as_bytes()].concat()
}
