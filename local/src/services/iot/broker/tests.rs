//! The packets are written out by hand, so that they do not come from the codec
//! under test.

use super::*;
use crate::services::lambda::AsyncInvocations;
use crate::services::sqs::{Queues, Visibility};
use crate::services::store::{DataLocation, Store};
use crate::services::testing::{account, clock, queue};
use crate::template::{TopicAction, TopicRule};
use tokio::task::JoinHandle;

struct World {
    address: SocketAddr,
    queues: Queues,
    broker: JoinHandle<()>,
}

impl Drop for World {
    fn drop(&mut self) {
        self.broker.abort();
    }
}

async fn world() -> World {
    let clock = clock();
    let store = Store::open(&DataLocation::Memory).unwrap();
    let queues = Queues::open(store.clone(), clock.clone(), [queue("frames")]).unwrap();
    let invocations =
        AsyncInvocations::open(store.clone(), clock.clone(), queues.clone(), account(), &[]).unwrap();
    let rule = TopicRule {
        logical_id: "Rule".into(),
        name: "frames".into(),
        sql: "SELECT encode(*, 'base64') AS payload, topic(2) AS device, clientid() AS client FROM 'up/+'"
            .into(),
        enabled: true,
        actions: vec![TopicAction::Sqs {
            queue: "frames".into(),
            use_base64: false,
        }],
        error_action: None,
    };
    let rules = TopicRules::new(store, clock, invocations, &queues, &[rule]).unwrap();
    let broker = MqttBroker::bind(SocketAddr::from(([127, 0, 0, 1], 0)), rules)
        .await
        .unwrap();
    World {
        address: broker.local_addr().unwrap(),
        queues,
        broker: tokio::spawn(broker.run()),
    }
}

impl World {
    async fn connect(&self, version: u8, client_id: &str) -> Client {
        let mut client = Client(TcpStream::connect(self.address).await.unwrap());
        let mut body = vec![0, 4, b'M', b'Q', b'T', b'T', version, 0x02, 0, 60];
        if version == 5 {
            body.push(0);
        }
        text(&mut body, client_id);
        client.write(0x10, &body).await;
        let (kind, body) = client.read().await.unwrap();
        assert_eq!((kind, &body[..2]), (0x20, &[0, 0][..]));
        client
    }

    async fn frames(&self) -> Vec<serde_json::Value> {
        let received = self
            .queues
            .receive("frames", 10, Duration::ZERO, Visibility::Default)
            .await
            .unwrap();
        received
            .iter()
            .map(|message| serde_json::from_str(&message.body).unwrap())
            .collect()
    }
}

struct Client(TcpStream);

fn text(body: &mut Vec<u8>, text: &str) {
    body.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
    body.extend(text.as_bytes());
}

impl Client {
    async fn write(&mut self, kind: u8, body: &[u8]) {
        let mut packet = vec![kind];
        let mut left = body.len();
        loop {
            let more = if left > 127 { 0x80 } else { 0 };
            packet.push(u8::try_from(left % 128).unwrap() | more);
            left /= 128;
            if left == 0 {
                break;
            }
        }
        packet.extend(body);
        self.0.write_all(&packet).await.unwrap();
    }

    /// The next packet, shorter than 128 bytes; `None` once the broker has closed.
    async fn read(&mut self) -> Option<(u8, Vec<u8>)> {
        let kind = self.0.read_u8().await.ok()?;
        let length = self.0.read_u8().await.unwrap();
        let mut body = vec![0; length.into()];
        self.0.read_exact(&mut body).await.unwrap();
        Some((kind, body))
    }

    async fn publish(&mut self, version: u8, qos: u8, topic: &str, payload: &[u8]) {
        let mut body = Vec::new();
        text(&mut body, topic);
        if qos > 0 {
            body.extend([0, 7]);
        }
        if version == 5 {
            body.push(0);
        }
        body.extend(payload);
        self.write(0x30 | (qos << 1), &body).await;
    }

    async fn subscribe(&mut self, filter: &str) -> u8 {
        let mut body = vec![0, 9];
        text(&mut body, filter);
        body.push(1);
        self.write(0x82, &body).await;
        let (kind, body) = self.read().await.unwrap();
        assert_eq!((kind, &body[..2]), (0x90, &[0, 9][..]));
        body[2]
    }
}

#[tokio::test]
async fn both_versions_publish_and_are_acknowledged_once_the_rule_has_the_message() {
    let world = world().await;
    for version in [4, 5] {
        let mut client = world.connect(version, "gateway").await;
        client.publish(version, 1, "up/dev_1", &[0xCB, 0xA4]).await;
        let (kind, body) = client.read().await.unwrap();
        assert_eq!((kind, &body[..2]), (0x40, &[0, 7][..]));
        let expected = serde_json::json!({"payload": "y6Q=", "device": "dev_1", "client": "gateway"});
        assert_eq!(world.frames().await, [expected]);
        client.write(0xE0, &[]).await;
        assert!(client.read().await.is_none());
    }
}

#[tokio::test]
async fn packets_in_pieces_and_several_in_one_piece_are_understood() {
    let world = world().await;
    let mut client = world.connect(4, "gateway").await;
    let frame = [0x32, 11, 0, 6, b'u', b'p', b'/', b'd', b'_', b'1', 0, 1, 0xAA];
    let (head, tail) = frame.split_at(5);
    client.0.write_all(head).await.unwrap();
    client.0.flush().await.unwrap();
    let mut rest = tail.to_vec();
    rest.extend(frame);
    client.0.write_all(&rest).await.unwrap();
    assert_eq!(client.read().await.unwrap(), (0x40, vec![0, 1]));
    assert_eq!(client.read().await.unwrap(), (0x40, vec![0, 1]));
    assert_eq!(world.frames().await.len(), 2);
}

#[tokio::test]
async fn a_large_payload_is_taken_and_one_beyond_the_limit_ends_the_connection() {
    let world = world().await;
    let mut client = world.connect(4, "gateway").await;
    client.publish(4, 1, "up/dev_1", &vec![1; LARGEST_PAYLOAD]).await;
    assert_eq!(client.read().await.unwrap().0, 0x40);
    client
        .publish(4, 1, "up/dev_1", &vec![1; LARGEST_PAYLOAD + 1])
        .await;
    assert!(client.read().await.is_none());
    assert_eq!(world.frames().await.len(), 1);
}

#[tokio::test]
async fn what_aws_iot_does_not_take_ends_the_connection() {
    let world = world().await;
    for (qos, topic) in [(2, "up/dev_1"), (1, "a/b/c/d/e/f/g/h/i")] {
        let mut client = world.connect(5, "gateway").await;
        client.publish(5, qos, topic, b"{}").await;
        let (kind, _) = client.read().await.unwrap();
        assert_eq!(kind, 0xE0, "{topic}");
        assert!(client.read().await.is_none());
    }
    let mut stranger = Client(TcpStream::connect(world.address).await.unwrap());
    stranger
        .0
        .write_all(&b"GET / HTTP/1.1\r\n".repeat(10))
        .await
        .unwrap();
    assert!(stranger.read().await.is_none());
    assert!(world.frames().await.is_empty());
}

#[tokio::test]
async fn subscribers_get_what_their_filters_select() {
    let world = world().await;
    let mut subscriber = world.connect(4, "screen").await;
    assert_eq!(subscriber.subscribe("up/+").await, 0);
    assert_eq!(subscriber.subscribe("up/#/wrong").await, 0x80);
    let mut publisher = world.connect(5, "gateway").await;
    publisher.publish(5, 0, "down/dev_1", b"no").await;
    publisher.publish(5, 1, "up/dev_1", b"yes").await;
    let (kind, body) = subscriber.read().await.unwrap();
    assert_eq!((kind, &body[2..]), (0x30, &b"up/dev_1yes"[..]));

    let mut unsubscribe = vec![0, 10];
    text(&mut unsubscribe, "up/+");
    subscriber.write(0xA2, &unsubscribe).await;
    assert_eq!(subscriber.read().await.unwrap(), (0xB0, vec![0, 10]));
    publisher.publish(5, 1, "up/dev_1", b"later").await;
    subscriber.write(0xC0, &[]).await;
    assert_eq!(subscriber.read().await.unwrap(), (0xD0, vec![]));
}

#[tokio::test]
async fn a_client_id_belongs_to_its_latest_connection() {
    let world = world().await;
    let mut first = world.connect(5, "gateway").await;
    let mut second = world.connect(5, "gateway").await;
    let (kind, body) = first.read().await.unwrap();
    assert_eq!((kind, body[0]), (0xE0, 0x8E));
    assert!(first.read().await.is_none());
    second.publish(5, 1, "up/dev_1", b"{}").await;
    assert_eq!(second.read().await.unwrap().0, 0x40);
}

#[tokio::test]
async fn a_client_without_an_id_is_given_one() {
    let world = world().await;
    let mut client = Client(TcpStream::connect(world.address).await.unwrap());
    client
        .write(0x10, &[0, 4, b'M', b'Q', b'T', b'T', 5, 2, 0, 0, 0, 0, 0])
        .await;
    let (kind, body) = client.read().await.unwrap();
    assert_eq!(kind, 0x20);
    // Property 18 is the assigned client identifier, here a UUID.
    assert!(body.windows(3).any(|property| property == [18, 0, 36]));
}
