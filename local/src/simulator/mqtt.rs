//! As much of MQTT 3.1.1 as publishing takes.

use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const CONNECT: u8 = 0x10;
const CONNACK: u8 = 0x20;
const PUBLISH_AT_LEAST_ONCE: u8 = 0x32;
const PUBACK: u8 = 0x40;

/// A clean session without keep-alive: the broker never ends it for being silent.
const CONNECT_HEADER: [u8; 10] = [0, 4, b'M', b'Q', b'T', b'T', 4, 0x02, 0, 0];

/// A connection that publishes at QoS 1, one message at a time.
#[derive(Debug)]
pub(super) struct MqttPublisher {
    stream: TcpStream,
    last_packet: u16,
}

impl MqttPublisher {
    pub(super) async fn connect(broker: SocketAddr, client_id: &str) -> io::Result<Self> {
        let mut stream = TcpStream::connect(broker).await?;
        stream.set_nodelay(true)?;
        let mut body = CONNECT_HEADER.to_vec();
        put_text(&mut body, client_id)?;
        stream.write_all(&packet(CONNECT, &body)?).await?;
        match answer(&mut stream).await? {
            [CONNACK, 2, _, 0] => Ok(Self {
                stream,
                last_packet: 0,
            }),
            _ => Err(io::Error::other("the MQTT broker refused the connection")),
        }
    }

    /// Publishes, and waits until the broker has taken it.
    pub(super) async fn publish(&mut self, topic: &str, payload: &[u8]) -> io::Result<()> {
        self.last_packet = self.last_packet.checked_add(1).unwrap_or(1);
        let [high, low] = self.last_packet.to_be_bytes();
        let mut body = Vec::new();
        put_text(&mut body, topic)?;
        body.extend([high, low]);
        body.extend_from_slice(payload);
        self.stream
            .write_all(&packet(PUBLISH_AT_LEAST_ONCE, &body)?)
            .await?;
        if answer(&mut self.stream).await? == [PUBACK, 2, high, low] {
            Ok(())
        } else {
            Err(io::Error::other(
                "the MQTT broker did not acknowledge the message",
            ))
        }
    }
}

/// The broker's answers to both packets are four bytes.
async fn answer(stream: &mut TcpStream) -> io::Result<[u8; 4]> {
    let mut answer = [0; 4];
    stream.read_exact(&mut answer).await?;
    Ok(answer)
}

fn put_text(body: &mut Vec<u8>, text: &str) -> io::Result<()> {
    let length = u16::try_from(text.len()).map_err(|_| too_long())?;
    body.extend(length.to_be_bytes());
    body.extend_from_slice(text.as_bytes());
    Ok(())
}

/// The packet's type, its length in groups of seven bits with the lowest first, and `body`.
fn packet(kind: u8, body: &[u8]) -> io::Result<Vec<u8>> {
    const LONGEST: usize = (1 << 28) - 1;
    let mut left = u32::try_from(body.len())
        .ok()
        .filter(|_| body.len() <= LONGEST)
        .ok_or_else(too_long)?;
    let mut packet = vec![kind];
    loop {
        let [group, ..] = (left & 0x7F).to_le_bytes();
        left >>= 7;
        if left == 0 {
            packet.push(group);
            break;
        }
        packet.push(group | 0x80);
    }
    packet.extend_from_slice(body);
    Ok(packet)
}

fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "too long for an MQTT packet")
}
