//! How frames travel: by webhook and over MQTT.

use super::{demo, frames};
use crate::simulator::*;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// One delivery by each road.
fn one_each() -> [Delivery; 2] {
    let deliveries = frames(Vec::new(), 0);
    [Route::ThingsStack, Route::DeviceTopic].map(|route| {
        deliveries
            .iter()
            .find(|delivery| delivery.route == route)
            .unwrap()
            .clone()
    })
}

async fn listener() -> (TcpListener, std::net::SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

#[tokio::test]
async fn the_webhook_is_called_as_the_things_stack_calls_it() {
    let (listener, api) = listener().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut requests = Vec::new();
        for answer in [
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
            "HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno",
        ] {
            let mut request = Vec::new();
            while !request.ends_with(b"}") {
                assert!(stream.read_buf(&mut request).await.unwrap() > 0);
            }
            requests.push(String::from_utf8(request).unwrap());
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        requests
    });
    let document = demo();
    let network = Network::new(api, api, document.id, "ftk_dem0send_secret".into());
    let [delivery, _] = one_each();
    network.publish(&delivery).await.unwrap();
    let refused = network.publish(&delivery).await.unwrap_err();
    assert!(
        !refused.is_transient() && refused.to_string().contains("403"),
        "{refused}"
    );
    let requests = server.await.unwrap();
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    assert!(
        head.starts_with(&format!(
            "POST /v1/orgs/{}/ingest/things-stack HTTP/1.1",
            document.id
        )),
        "{head}"
    );
    assert!(
        head.contains("authorization: Bearer ftk_dem0send_secret"),
        "{head}"
    );
    let freshtrack_vendors::Message::Uplink(uplink) =
        freshtrack_vendors::things_stack::parse(body.as_bytes()).unwrap()
    else {
        panic!("{body}")
    };
    assert_eq!(uplink.payload, delivery.uplink.payload);
}

#[tokio::test]
async fn frames_are_published_over_mqtt_and_a_broken_connection_is_made_anew() {
    let (listener, broker) = listener().await;
    let server = tokio::spawn(async move {
        let mut published = Vec::new();
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().await.unwrap();
            let connect = packet(&mut stream).await;
            assert_eq!(
                (connect[0], &connect[1..8]),
                (0x10, [0, 4, b'M', b'Q', b'T', b'T', 4].as_slice())
            );
            stream.write_all(&[0x20, 2, 0, 0]).await.unwrap();
            let publish = packet(&mut stream).await;
            assert_eq!(publish[0], 0x32);
            let topic_end = 3 + usize::from(u16::from_be_bytes([publish[1], publish[2]]));
            stream
                .write_all(&[0x40, 2, publish[topic_end], publish[topic_end + 1]])
                .await
                .unwrap();
            published.push((publish[3..topic_end].to_vec(), publish[topic_end + 2..].to_vec()));
        }
        published
    });
    let document = demo();
    let network = Network::new(broker, broker, document.id, String::new());
    let [_, delivery] = one_each();
    network.publish(&delivery).await.unwrap();
    // The server has closed the first connection by now or will; either way the second attempt finds a new one.
    if let Err(error) = network.publish(&delivery).await {
        assert!(error.is_transient());
        network.publish(&delivery).await.unwrap();
    }
    let published = server.await.unwrap();
    assert_eq!(published.len(), 2);
    for (topic, payload) in published {
        let topic = String::from_utf8(topic).unwrap();
        assert_eq!(
            topic,
            format!("freshtrack/{}/{}/up", document.id, delivery.uplink.dev_eui)
        );
        let event = serde_json::json!({
            "message_base64": BASE64_STANDARD.encode(payload),
            "org_id": document.id,
            "device_id": delivery.uplink.dev_eui,
            "received_at_ms": 0,
        });
        let (_, uplink) = freshtrack_vendors::device_topic::parse(event.to_string().as_bytes()).unwrap();
        assert_eq!(uplink, delivery.uplink);
    }
}

/// The first byte of a packet, then its body.
async fn packet(stream: &mut tokio::net::TcpStream) -> Vec<u8> {
    let mut packet = vec![stream.read_u8().await.unwrap()];
    let (mut length, mut shift) = (0, 0);
    loop {
        let byte = stream.read_u8().await.unwrap();
        length |= usize::from(byte & 0x7F) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    packet.extend(body);
    packet
}
