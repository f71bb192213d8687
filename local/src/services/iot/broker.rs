//! The MQTT side: a listener for protocol versions 3.1.1 and 5.0.
//!
//! As with AWS IoT there is no QoS 2 and a second connection with a client id
//! ends the first. A QoS 1 message is acknowledged only once its rules have
//! taken it. Subscribers get what is published while they are connected, at
//! QoS 0; there are no retained messages, no wills and no kept sessions.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use mqtt_protocol_core::mqtt::common::Cursor;
use mqtt_protocol_core::mqtt::connection::{ConnectionOptions, Event, TimerKind};
use mqtt_protocol_core::mqtt::packet::{
    AssignedClientIdentifier, GenericPacketTrait as _, MaximumQos, Packet, Property, Qos, RetainAvailable,
    v3_1_1, v5_0,
};
use mqtt_protocol_core::mqtt::result_code::{
    ConnectReasonCode, ConnectReturnCode, DisconnectReasonCode, MqttError, SubackReasonCode,
    SubackReturnCode, UnsubackReasonCode,
};
use mqtt_protocol_core::mqtt::{Connection, Version, role};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::rules::{Published, TopicRules};
use super::topic;
use crate::services::identifiers::uuid;

/// The largest payload AWS IoT takes.
const LARGEST_PAYLOAD: usize = 128 * 1024;

/// A payload, a topic and the packet's own fields.
const LARGEST_PACKET: u32 = 129 * 1024;

/// How long a connection may stay without a CONNECT.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Messages that wait for a slow subscriber; further ones are dropped.
const SUBSCRIBER_BACKLOG: usize = 1_000;

/// The listener of the broker.
pub struct MqttBroker {
    listener: TcpListener,
    hub: Arc<Hub>,
}

/// What all connections share.
struct Hub {
    rules: TopicRules,
    sessions: Mutex<HashMap<String, Subscriber>>,
}

struct Subscriber {
    /// Tells a session from a later one with the same client id.
    session: u64,
    filters: Vec<String>,
    messages: mpsc::Sender<Delivery>,
}

/// A message on its way to a subscriber.
#[derive(Clone)]
struct Delivery {
    topic: Arc<str>,
    payload: Bytes,
}

impl MqttBroker {
    /// Listens on `address`; port 0 takes a free one.
    ///
    /// # Errors
    /// When the address cannot be had.
    pub async fn bind(address: SocketAddr, rules: TopicRules) -> io::Result<Self> {
        let hub = Hub {
            rules,
            sessions: Mutex::default(),
        };
        Ok(Self {
            listener: TcpListener::bind(address).await?,
            hub: Arc::new(hub),
        })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until the task is dropped, which closes every connection.
    pub async fn run(self) {
        let mut connections = JoinSet::new();
        let mut session = 0;
        loop {
            while connections.try_join_next().is_some() {}
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    session += 1;
                    let session = Session::new(session, stream, Arc::clone(&self.hub));
                    connections.spawn(async move {
                        if let Err(error) = session.serve().await {
                            tracing::debug!(%peer, %error, "an MQTT connection broke off");
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "an MQTT connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }
}

impl Hub {
    fn sessions(&self) -> std::sync::MutexGuard<'_, HashMap<String, Subscriber>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a message to everyone who subscribed to its topic.
    fn distribute(&self, topic: &str, payload: &[u8]) {
        let sessions = self.sessions();
        let wanted = sessions.values().filter(|subscriber| {
            subscriber
                .filters
                .iter()
                .any(|filter| topic::selects(filter, topic))
        });
        let mut delivery: Option<Delivery> = None;
        for subscriber in wanted {
            let delivery = delivery.get_or_insert_with(|| Delivery {
                topic: topic.into(),
                payload: Bytes::copy_from_slice(payload),
            });
            // A subscriber that does not keep up misses messages, as QoS 0 allows.
            let _ = subscriber.messages.try_send(delivery.clone());
        }
    }
}

/// One connection.
struct Session {
    number: u64,
    stream: TcpStream,
    hub: Arc<Hub>,
    protocol: Connection<role::Server>,
    client_id: String,
    sender: mpsc::Sender<Delivery>,
    messages: mpsc::Receiver<Delivery>,
    /// When the client must have been heard from.
    silent_until: Option<Instant>,
    output: Vec<u8>,
    closing: bool,
}

impl Drop for Session {
    fn drop(&mut self) {
        let mut sessions = self.hub.sessions();
        if sessions
            .get(&self.client_id)
            .is_some_and(|subscriber| subscriber.session == self.number)
        {
            sessions.remove(&self.client_id);
        }
    }
}

impl Session {
    fn new(number: u64, stream: TcpStream, hub: Arc<Hub>) -> Self {
        let options = ConnectionOptions::new().maximum_packet_size_recv(LARGEST_PACKET);
        let mut protocol = Connection::with_options(Version::Undetermined, options);
        protocol.set_auto_ping_response(true);
        let (sender, messages) = mpsc::channel(SUBSCRIBER_BACKLOG);
        Self {
            number,
            stream,
            hub,
            protocol,
            client_id: String::new(),
            sender,
            messages,
            silent_until: Some(Instant::now() + CONNECT_TIMEOUT),
            output: Vec::new(),
            closing: false,
        }
    }

    async fn serve(mut self) -> io::Result<()> {
        let mut input = vec![0; 16 * 1024];
        while !self.closing {
            let silence = tokio::time::sleep_until(self.silent_until.unwrap_or_else(Instant::now));
            tokio::select! {
                read = self.stream.read(&mut input) => match read? {
                    0 => return Ok(()),
                    length => self.receive(input.get(..length).unwrap_or_default()),
                },
                delivery = self.messages.recv() => match delivery {
                    Some(delivery) => self.forward(&delivery),
                    None => self.end(DisconnectReasonCode::SessionTakenOver),
                },
                () = silence, if self.silent_until.is_some() => self.silent(),
            }
            let output = std::mem::take(&mut self.output);
            self.stream.write_all(&output).await?;
        }
        self.stream.shutdown().await
    }

    fn receive(&mut self, bytes: &[u8]) {
        let mut cursor = Cursor::new(bytes);
        while !self.closing && !cursor.remaining_slice().is_empty() {
            let events = self.protocol.recv(&mut cursor);
            self.handle(events);
        }
    }

    fn silent(&mut self) {
        self.silent_until = None;
        if self.client_id.is_empty() {
            self.closing = true;
            return;
        }
        let events = self.protocol.notify_timer_fired(TimerKind::PingreqRecv);
        self.handle(events);
    }

    fn handle(&mut self, events: Vec<Event>) {
        for event in events {
            match event {
                Event::NotifyPacketReceived(packet) => {
                    if let Err(error) = self.answer(packet) {
                        tracing::debug!(client = self.client_id, %error, "an MQTT packet could not be answered");
                        self.closing = true;
                    }
                }
                Event::RequestSendPacket { packet, .. } => {
                    self.output.extend(packet.to_continuous_buffer());
                }
                Event::RequestTimerReset {
                    kind: TimerKind::PingreqRecv,
                    duration_ms,
                } => {
                    self.silent_until = Some(Instant::now() + Duration::from_millis(duration_ms));
                }
                Event::RequestTimerCancel(TimerKind::PingreqRecv) => self.silent_until = None,
                Event::RequestClose => self.closing = true,
                Event::NotifyError(error) => {
                    tracing::debug!(client = self.client_id, %error, "an MQTT client broke the protocol");
                    self.closing = true;
                }
                Event::RequestTimerReset { .. }
                | Event::RequestTimerCancel(_)
                | Event::NotifyPacketIdReleased(_) => {}
            }
        }
    }

    fn send(&mut self, packet: impl Into<Packet>) {
        let events = self.protocol.send(packet.into());
        self.handle(events);
    }

    fn answer(&mut self, packet: Packet) -> Result<(), MqttError> {
        match packet {
            Packet::V3_1_1Connect(connect) => {
                self.join(connect.client_id());
                let accepted = v3_1_1::Connack::builder()
                    .session_present(false)
                    .return_code(ConnectReturnCode::Accepted)
                    .build()?;
                self.send(accepted);
            }
            Packet::V5_0Connect(connect) => {
                self.join(connect.client_id());
                let mut properties: Vec<Property> =
                    vec![MaximumQos::new(1)?.into(), RetainAvailable::new(0)?.into()];
                if connect.client_id().is_empty() {
                    properties.push(AssignedClientIdentifier::new(&self.client_id)?.into());
                }
                let accepted = v5_0::Connack::builder()
                    .session_present(false)
                    .reason_code(ConnectReasonCode::Success)
                    .props(properties)
                    .build()?;
                self.send(accepted);
            }
            Packet::V3_1_1Publish(publish) => {
                let taken = self.publish(publish.qos(), publish.topic_name(), publish.payload().as_slice());
                if let Some(id) = publish.packet_id().filter(|_| taken) {
                    self.send(v3_1_1::Puback::builder().packet_id(id).build()?);
                }
            }
            Packet::V5_0Publish(publish) => {
                let taken = self.publish(publish.qos(), publish.topic_name(), publish.payload().as_slice());
                if let Some(id) = publish.packet_id().filter(|_| taken) {
                    self.send(v5_0::Puback::builder().packet_id(id).build()?);
                }
            }
            Packet::V3_1_1Subscribe(subscribe) => {
                let codes =
                    subscribe
                        .entries()
                        .iter()
                        .map(|entry| match self.subscribe(entry.topic_filter()) {
                            true => SubackReturnCode::SuccessMaximumQos0,
                            false => SubackReturnCode::Failure,
                        });
                let codes = codes.collect();
                self.send(
                    v3_1_1::Suback::builder()
                        .packet_id(subscribe.packet_id())
                        .return_codes(codes)
                        .build()?,
                );
            }
            Packet::V5_0Subscribe(subscribe) => {
                let codes =
                    subscribe
                        .entries()
                        .iter()
                        .map(|entry| match self.subscribe(entry.topic_filter()) {
                            true => SubackReasonCode::GrantedQos0,
                            false => SubackReasonCode::TopicFilterInvalid,
                        });
                let codes = codes.collect();
                self.send(
                    v5_0::Suback::builder()
                        .packet_id(subscribe.packet_id())
                        .reason_codes(codes)
                        .build()?,
                );
            }
            Packet::V3_1_1Unsubscribe(unsubscribe) => {
                unsubscribe
                    .entries()
                    .iter()
                    .for_each(|filter| self.unsubscribe(filter.as_str()));
                self.send(
                    v3_1_1::Unsuback::builder()
                        .packet_id(unsubscribe.packet_id())
                        .build()?,
                );
            }
            Packet::V5_0Unsubscribe(unsubscribe) => {
                unsubscribe
                    .entries()
                    .iter()
                    .for_each(|filter| self.unsubscribe(filter.as_str()));
                let codes = vec![UnsubackReasonCode::Success; unsubscribe.entries().len()];
                let done = v5_0::Unsuback::builder()
                    .packet_id(unsubscribe.packet_id())
                    .reason_codes(codes)
                    .build()?;
                self.send(done);
            }
            Packet::V3_1_1Disconnect(_) | Packet::V5_0Disconnect(_) => self.closing = true,
            _ => {}
        }
        Ok(())
    }

    /// Takes the client's place, and its name from whoever holds it.
    fn join(&mut self, client_id: &str) {
        self.client_id = if client_id.is_empty() {
            uuid()
        } else {
            client_id.to_owned()
        };
        // What ends the connection that had the name is the end of its sender.
        let (closed, _) = mpsc::channel(1);
        let subscriber = Subscriber {
            session: self.number,
            filters: Vec::new(),
            messages: std::mem::replace(&mut self.sender, closed),
        };
        self.hub.sessions().insert(self.client_id.clone(), subscriber);
    }

    /// Runs the rules on a message and hands it on. Returns whether it may be
    /// acknowledged; if not, the connection ends.
    fn publish(&mut self, qos: Qos, topic: &str, payload: &[u8]) -> bool {
        if qos == Qos::ExactlyOnce {
            self.end(DisconnectReasonCode::QosNotSupported);
            return false;
        }
        if !topic::is_publishable(topic) || payload.len() > LARGEST_PAYLOAD {
            self.end(DisconnectReasonCode::TopicNameInvalid);
            return false;
        }
        if let Err(error) = self.hub.rules.accept(&Published {
            topic,
            payload,
            client_id: &self.client_id,
        }) {
            tracing::error!(topic, %error, "a published message could not be kept");
            self.end(DisconnectReasonCode::UnspecifiedError);
            return false;
        }
        self.hub.distribute(topic, payload);
        true
    }

    /// Says why where the protocol can, and closes.
    fn end(&mut self, reason: DisconnectReasonCode) {
        self.closing = true;
        if self.protocol.get_protocol_version() == Version::V5_0
            && let Ok(disconnect) = v5_0::Disconnect::builder().reason_code(reason).build()
        {
            self.send(disconnect);
        }
    }

    fn subscribe(&self, filter: &str) -> bool {
        let valid = topic::is_filter(filter);
        if valid && let Some(subscriber) = self.hub.sessions().get_mut(&self.client_id) {
            subscriber.filters.push(filter.to_owned());
        }
        valid
    }

    fn unsubscribe(&self, filter: &str) {
        if let Some(subscriber) = self.hub.sessions().get_mut(&self.client_id) {
            subscriber.filters.retain(|held| held != filter);
        }
    }

    fn forward(&mut self, delivery: &Delivery) {
        let packet: Result<Packet, MqttError> = if self.protocol.get_protocol_version() == Version::V5_0 {
            v5_0::Publish::builder()
                .topic_name(delivery.topic.as_ref())
                .and_then(|publish| {
                    publish
                        .qos(Qos::AtMostOnce)
                        .payload(delivery.payload.to_vec())
                        .build()
                })
                .map(Packet::from)
        } else {
            v3_1_1::Publish::builder()
                .topic_name(delivery.topic.as_ref())
                .and_then(|publish| {
                    publish
                        .qos(Qos::AtMostOnce)
                        .payload(delivery.payload.to_vec())
                        .build()
                })
                .map(Packet::from)
        };
        match packet {
            Ok(packet) => self.send(packet),
            Err(error) => {
                tracing::debug!(topic = &*delivery.topic, %error, "a message could not be forwarded")
            }
        }
    }
}

#[cfg(test)]
mod tests;
