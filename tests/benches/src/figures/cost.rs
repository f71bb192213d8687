//! What a million readings cost on AWS: what they consume, measured, at AWS's prices.

use super::Figure;
use crate::Failure;
use crate::load::{self, Call};
use crate::machine::Watch;
use crate::prices::{self, Price};
use crate::report::{Aim, Findings, Table};
use crate::statistics::short;
use crate::system::{Sandboxes, System, Units};
use bytes::Bytes;
use freshtrack_domain::access::Right;
use freshtrack_domain::log::HEAD_CAPACITY;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_local::clock::LocalClock;
use freshtrack_local::services::store::DataLocation;
use freshtrack_tests::{Frame, Tenant, base64};
use serde_json::{Value, json};

pub(super) const FIGURE: Figure = Figure {
    name: "cost",
    about: "Dollars for a million readings",
    measure,
};

const UNITS: usize = 20;
/// Readings in an upload.
const BATCH: usize = 100;

/// Memory of a function, by the template.
const MEMORY_GB: f64 = 0.25;
/// How long an invocation that records one reading is assumed to take on AWS: one read and one write of some
/// milliseconds each. Loopback latencies say nothing of it.
const ONE_READING_SECONDS: f64 = 0.012;
/// The same for an upload of a hundred.
const UPLOAD_SECONDS: f64 = 0.040;

/// How readings come in.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// A frame of one reading over MQTT, through Basic Ingest.
    DeviceMessage,
    /// A frame of one reading, posted by a network server.
    Webhook,
    /// A hundred readings of so many units in one upload.
    Upload { units: usize },
}

/// What a million readings consume of one thing.
struct Line {
    price: Price,
    /// Of a busy system, whose sandboxes remember sensors, screens and callers.
    warm: f64,
    /// Where nothing is ever remembered.
    fresh: f64,
}

fn measure(_: usize, _: &mut Watch) -> Result<Findings, Failure> {
    let mut findings = Findings::default();
    findings.say(&format!(
        "Consumed units are counted by the meter that every table request runs through, over whole \
         sealed blocks of plain readings; they are exact and do not depend on the machine. Prices: {}, {}. \
         *Remembered*: sandboxes are warm, so that sensor, caller and screens need no look-up. *Nothing remembered*: each \
         reading meets a new sandbox and is authorized anew, the worst there is; a sensor that reports every ten minutes to \
         a quiet system comes close to it. Assumed, not measured: {} ms for an invocation that records one reading, {} ms \
         for an upload of {BATCH}, with {} MB. Left out, because they are not paid by the reading: messages to screens (see \
         below), SMS, alerts, storage (see the storage figures).",
        prices::REGION,
        prices::AS_OF,
        short(ONE_READING_SECONDS * 1e3),
        short(UPLOAD_SECONDS * 1e3),
        short(MEMORY_GB * 1024.0),
    ));
    let ways = [
        (
            Way::DeviceMessage,
            "IoT Core, a message a reading (Basic Ingest)",
            Some(1.30),
        ),
        (Way::Webhook, "Webhook, a request a reading", Some(2.00)),
        (
            Way::Upload { units: 5 },
            "Upload of 100 readings: 5 units, 20 each",
            Some(0.10),
        ),
        (
            Way::Upload { units: 100 },
            "Upload of 100 readings: 100 units, one each",
            None,
        ),
    ];
    for (way, title, aim) in ways {
        let lines = bill(way)?;
        let (mut warm, mut fresh) = (0.0, 0.0);
        let mut table = Table::new([
            &format!("**{title}**"),
            "$ per million units",
            "units per reading, remembered",
            "$ per million readings",
            "units per reading, nothing remembered",
            "$ per million readings",
        ]);
        for line in &lines {
            warm += line.warm * line.price.per_million;
            fresh += line.fresh * line.price.per_million;
            table.row([
                line.price.what.to_owned(),
                short(line.price.per_million),
                format!("{:.4}", line.warm),
                format!("{:.4}", line.warm * line.price.per_million),
                format!("{:.4}", line.fresh),
                format!("{:.4}", line.fresh * line.price.per_million),
            ]);
        }
        table.row([
            "**total**".to_owned(),
            String::new(),
            String::new(),
            format!("**{warm:.2}**"),
            String::new(),
            format!("**{fresh:.2}**"),
        ]);
        findings.show(&table);
        if let Some(limit) = aim {
            findings.aims.push(Aim {
                what: title,
                aim: format!("at most ${limit:.2} a million"),
                found: format!("${warm:.2} remembered, ${fresh:.2} nothing remembered"),
                met: warm <= limit,
            });
        }
    }
    let watched = watched()?;
    findings.say(&format!(
        "The clock looks at every unit once a minute, whether or not it reports: {watched:.2} read units each, ${:.4} a unit \
         and month.",
        watched * 30.0 * 24.0 * 60.0 * prices::READ_UNIT.per_million / 1e6,
    ));
    findings.say(&format!(
        "Over an ordinary topic instead of Basic Ingest, IoT Core adds ${:.2} a million. A screen costs one WebSocket message \
         a reading it shows (${:.2} a million) and ${:.2} a million connection minutes: one that watches 30 units reporting \
         every 5 minutes, 8 hours on 30 days, ${:.2} a month.",
        prices::IOT_MESSAGE.per_million,
        prices::SOCKET_MESSAGE.per_million,
        prices::SOCKET_MINUTE.per_million,
        screen_month(30.0, 5.0),
    ));
    Ok(findings)
}

/// Read units for which the minute sweep looks at a unit at which nothing is due.
fn watched() -> Result<f64, Failure> {
    const SWEEP: &str = "platform-sweep-timers";
    let sender = Sender::start(BATCH, Sandboxes::Warm)?;
    sender.send(Way::Upload { units: BATCH }, 0, HEAD_CAPACITY / 2)?;
    let sweep = || sender.invoke(SWEEP, &json!({}));
    // What they measured is long ago, so each of them is silent; once that is told there is nothing left to be due.
    sweep()?;
    sender.system.settle()?;
    let before = sender.system.consumed(SWEEP)?;
    sweep()?;
    let after = sender.system.consumed(SWEEP)?;
    sender.system.stop();
    if after.write > before.write {
        return Err("something was due".into());
    }
    Ok((after.read - before.read) / BATCH as f64)
}

/// Dollars for a screen that is open 8 hours on 30 days and watches `units` that report every `minutes`.
fn screen_month(units: f64, minutes: f64) -> f64 {
    let open_minutes = 30.0 * 8.0 * 60.0;
    let messages = open_minutes / minutes * units;
    (messages * prices::SOCKET_MESSAGE.per_million + open_minutes * prices::SOCKET_MINUTE.per_million) / 1e6
}

/// What a million readings that come in by `way` consume.
fn bill(way: Way) -> Result<Vec<Line>, Failure> {
    let warm = consumption(way, Sandboxes::Warm)?;
    let fresh = consumption(way, Sandboxes::Fresh)?;
    let count = warm.readings;
    let (seconds, batch) = match way {
        Way::DeviceMessage | Way::Webhook => (ONE_READING_SECONDS, 1.0),
        Way::Upload { .. } => (UPLOAD_SECONDS, BATCH as f64),
    };
    let calls = 1.0 / batch;
    // A caller is remembered by the gateway, so only where nothing is are there invocations of the authorizer.
    let authorized = match way {
        Way::DeviceMessage => 0.0,
        Way::Webhook | Way::Upload { .. } => calls,
    };
    let each = |price, warm, fresh| Line { price, warm, fresh };
    let mut lines = match way {
        Way::DeviceMessage => vec![
            each(prices::IOT_RULE, calls, calls),
            each(prices::IOT_ACTION, calls, calls),
        ],
        Way::Webhook | Way::Upload { .. } => vec![each(prices::HTTP_REQUEST, calls, calls)],
    };
    lines.push(each(prices::LAMBDA_REQUEST, calls, calls + authorized));
    lines.push(each(
        prices::LAMBDA_GB_SECOND,
        calls * seconds * MEMORY_GB,
        (calls * seconds + authorized * ONE_READING_SECONDS) * MEMORY_GB,
    ));
    lines.push(each(
        prices::WRITE_UNIT,
        warm.recording.write / count,
        fresh.recording.write / count,
    ));
    let authorizing = fresh.authorizing.read / f64::from(fresh.authorizing.invocations.max(1));
    lines.push(each(
        prices::READ_UNIT,
        warm.recording.read / count,
        fresh.recording.read / count + authorized * authorizing,
    ));
    Ok(lines)
}

/// What was consumed by so many readings.
struct Consumption {
    readings: f64,
    recording: Units,
    /// By the authorizer, whatever the number of its invocations.
    authorizing: Units,
}

fn consumption(way: Way, sandboxes: Sandboxes) -> Result<Consumption, Failure> {
    let units = match way {
        Way::Upload { units } => units,
        Way::DeviceMessage | Way::Webhook => UNITS,
    };
    let sender = Sender::start(units, sandboxes)?;
    // A unit's first reading also changes its status.
    sender.send(way, 0, 1)?;
    sender.system.settle()?;
    let function = way.function();
    let before = sender.system.consumed(function)?;
    let readings = way.readings();
    sender.send(way, 1, readings)?;
    let after = sender.system.consumed(function)?;
    let authorizing = sender.system.consumed("identity-authorize-http")?;
    sender.system.stop();
    Ok(Consumption {
        readings: (units * readings) as f64,
        recording: Units {
            read: after.read - before.read,
            write: after.write - before.write,
            invocations: after.invocations - before.invocations,
        },
        authorizing,
    })
}

impl Way {
    /// Readings of each unit: whole sealed blocks, so that sealing is counted as often as it happens, and whole uploads.
    const fn readings(self) -> usize {
        match self {
            Self::DeviceMessage | Self::Webhook | Self::Upload { units: BATCH } => 2 * HEAD_CAPACITY,
            Self::Upload { .. } => 5 * HEAD_CAPACITY,
        }
    }

    const fn function(self) -> &'static str {
        match self {
            Self::DeviceMessage => "ingest-receive-device-message",
            Self::Webhook => "ingest-receive-things-stack",
            Self::Upload { .. } => "ingest-upload-readings",
        }
    }
}

struct Sender {
    system: System,
    tenant: Tenant,
    base: Timestamp,
    units: usize,
}

impl Sender {
    /// A tenant with so many units in a system of its own.
    fn start(units: usize, sandboxes: Sandboxes) -> Result<Self, Failure> {
        // Time stands still, so that no timer of the system's own consumes anything.
        let clock = LocalClock::manual(jiff::Timestamp::constant(1_795_262_400, 0));
        let system = System::start(DataLocation::Memory, clock, sandboxes)?;
        Ok(Self {
            tenant: system.tenant(units),
            base: system.long_ago(),
            system,
            units,
        })
    }

    /// Sends `count` readings of each unit, from the one numbered `first`.
    fn send(&self, way: Way, first: usize, count: usize) -> Result<(), Failure> {
        match way {
            Way::DeviceMessage => self.publish(first, count),
            Way::Webhook => {
                let path = self.tenant.path("ingest/things-stack");
                let frames = self.frames(first, count, 1);
                self.call(
                    &path,
                    frames.iter().map(|frame| (1, frame.things_stack().to_string())),
                )
            }
            Way::Upload { units } => {
                let path = self.tenant.path("readings");
                let frames = self.frames(first, count, BATCH / units);
                self.call(
                    &path,
                    frames.chunks(BATCH).map(|frames| {
                        let readings: Vec<_> = frames.iter().map(Frame::uploaded).collect();
                        (readings.len(), json!({ "readings": readings }).to_string())
                    }),
                )
            }
        }
    }

    /// The frames, in which each unit has at most `together` in a row before the next one's turn.
    fn frames(&self, first: usize, count: usize, together: usize) -> Vec<Frame> {
        let mut frames = Vec::with_capacity(count * self.units);
        let numbers: Vec<usize> = (first..first + count).collect();
        for numbers in numbers.chunks(together) {
            for unit in 0..self.units {
                frames.extend(numbers.iter().map(|number| self.frame(unit, *number)));
            }
        }
        frames
    }

    fn frame(&self, unit: usize, number: usize) -> Frame {
        let count = u32::try_from(number).unwrap_or(u32::MAX);
        let at = self.base + Span::minutes(count.saturating_mul(10));
        let centi = i16::try_from(280 + number * 7 % 90).unwrap_or(300);
        Frame::new(self.tenant.dev_eui(unit), at, count, centi)
    }

    fn call(&self, path: &str, bodies: impl Iterator<Item = (usize, String)>) -> Result<(), Failure> {
        let key = self.tenant.key(Right::Ingest);
        let calls = bodies
            .map(|(readings, body)| Call::readings(path, key, readings, body))
            .collect();
        load::clients()?.block_on(load::as_fast_as_taken(self.system.api.address, 1, calls))?;
        Ok(())
    }

    /// Invokes the function as the topic rule does.
    fn publish(&self, first: usize, count: usize) -> Result<(), Failure> {
        for frame in self.frames(first, count, 1) {
            let event = json!({
                "message_base64": base64(frame.aws_iot().to_string().as_bytes()),
                "org_id": self.tenant.org_id(),
                "device_id": frame.dev_eui,
                "received_at_ms": frame.at.as_millis(),
            });
            let report = self.invoke(Way::DeviceMessage.function(), &event)?;
            if !String::from_utf8_lossy(&report).contains("\"accepted\"") {
                return Err(format!("a reading was not accepted: {report:?}").into());
            }
        }
        Ok(())
    }

    fn invoke(&self, function: &str, event: &Value) -> Result<Bytes, Failure> {
        let invoker = self.system.host.invoker();
        let reply = invoker.invoke(function, Bytes::from(event.to_string()));
        Ok(self.system.block_on(reply)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screens_month_is_messages_and_minutes() {
        // 14,400 minutes open at 0.25, and 2,880 times 30 messages at 1.00, both per million.
        assert!((screen_month(30.0, 5.0) - (0.0036 + 0.0864)).abs() < 1e-9);
    }
}
