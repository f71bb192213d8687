//! Programs that send requests: over connections that stay open, as network servers do.

use crate::Failure;
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::{JoinSet, LocalSet};

/// A request to be sent many times or in many forms.
#[derive(Debug, Clone)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The path.
    pub path: String,
    /// The access key, where one is needed.
    pub key: Option<String>,
    /// The body.
    pub body: Bytes,
    /// How many readings it brings, each of which the answer must call accepted.
    pub readings: usize,
}

impl Call {
    /// `GET path` without a credential.
    #[must_use]
    pub fn get(path: &str) -> Self {
        Self {
            method: Method::GET,
            path: path.to_owned(),
            key: None,
            body: Bytes::new(),
            readings: 0,
        }
    }

    /// `POST path` with `key`, which brings so many `readings`.
    #[must_use]
    pub fn readings(path: &str, key: &str, readings: usize, body: impl Into<Bytes>) -> Self {
        Self {
            method: Method::POST,
            path: path.to_owned(),
            key: Some(key.to_owned()),
            body: body.into(),
            readings,
        }
    }
}

/// An open connection.
#[derive(Debug)]
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

impl Connection {
    /// Connects to `address`.
    ///
    /// # Errors
    /// When nothing listens there.
    pub async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self {
            sender,
            host: address.to_string(),
        })
    }

    /// Sends `call` and reads the answer to its end.
    ///
    /// # Errors
    /// When there is none, or not everything was accepted: a figure must not count what failed.
    pub async fn send(&mut self, call: &Call) -> Result<(), Failure> {
        let mut request = Request::builder()
            .method(&call.method)
            .uri(&call.path)
            .header(header::HOST, &self.host)
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(key) = &call.key {
            request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
        }
        self.sender.ready().await?;
        let response = self
            .sender
            .send_request(request.body(Full::new(call.body.clone()))?)
            .await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        let answer = String::from_utf8_lossy(&body);
        if status == StatusCode::OK && answer.matches("\"accepted\"").count() == call.readings {
            Ok(())
        } else {
            Err(format!("{} {status}: {answer}", call.path).into())
        }
    }
}

/// A thread's runtime for clients, apart from the system's.
///
/// # Errors
/// When there are no more threads or sockets.
pub fn clients() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}

/// Sends `calls`, each as soon as one of `connections` connections is free; gives how long all of them took.
///
/// # Errors
/// When one fails.
pub async fn as_fast_as_taken(
    address: SocketAddr,
    connections: usize,
    calls: Vec<Call>,
) -> Result<Duration, Failure> {
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(Connection::open(address).await?);
    }
    let calls = Rc::new(RefCell::new(calls.into_iter()));
    let began = Instant::now();
    LocalSet::new()
        .run_until(async {
            let mut workers = JoinSet::new();
            for mut connection in open {
                let calls = Rc::clone(&calls);
                workers.spawn_local(async move {
                    loop {
                        let Some(call) = calls.borrow_mut().next() else {
                            return Ok::<_, Failure>(());
                        };
                        connection.send(&call).await?;
                    }
                });
            }
            while let Some(worker) = workers.join_next().await {
                worker??;
            }
            Ok::<_, Failure>(())
        })
        .await?;
    Ok(began.elapsed())
}

/// When each of the calls of a load is to be sent, however long the ones before take.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// When the first is sent.
    pub start: Instant,
    /// The time between two.
    pub period: Duration,
}

impl Schedule {
    /// `rate` calls a second, from a moment ahead.
    #[must_use]
    pub fn at_rate(rate: u32) -> Self {
        Self {
            start: Instant::now() + Duration::from_millis(50),
            period: Duration::from_secs(1) / rate,
        }
    }

    /// When the call at `index` is sent.
    #[must_use]
    pub fn at(&self, index: usize) -> Instant {
        self.start + self.period * u32::try_from(index).unwrap_or(u32::MAX)
    }
}

/// Sends `calls` as `schedule` says; gives, for each, how long after its time the answer was there. A call that had to
/// wait for its turn has waited: nothing is left out because the system was slow.
///
/// # Errors
/// When one fails.
pub async fn on_schedule(
    address: SocketAddr,
    schedule: Schedule,
    calls: Vec<Call>,
) -> Result<Vec<Duration>, Failure> {
    let (ticks, mut due) = mpsc::unbounded_channel();
    let count = calls.len();
    // A thread of its own: the timer of the runtime is only good to a millisecond.
    let timer = std::thread::spawn(move || {
        for index in 0..count {
            std::thread::sleep(schedule.at(index).saturating_duration_since(Instant::now()));
            if ticks.send(index).is_err() {
                return;
            }
        }
    });
    let idle: Rc<RefCell<Vec<Connection>>> = Rc::default();
    let latencies = LocalSet::new()
        .run_until(async {
            let mut sent = JoinSet::new();
            for call in calls {
                let Some(index) = due.recv().await else { break };
                let idle = Rc::clone(&idle);
                sent.spawn_local(async move {
                    let free = idle.borrow_mut().pop();
                    let mut connection = match free {
                        Some(connection) => connection,
                        None => Connection::open(address).await?,
                    };
                    connection.send(&call).await?;
                    let taken = schedule.at(index).elapsed();
                    idle.borrow_mut().push(connection);
                    Ok::<_, Failure>(taken)
                });
            }
            let mut latencies = Vec::with_capacity(count);
            while let Some(done) = sent.join_next().await {
                latencies.push(done??);
            }
            Ok::<_, Failure>(latencies)
        })
        .await?;
    timer.join().map_err(|_| "the timer broke")?;
    Ok(latencies)
}
