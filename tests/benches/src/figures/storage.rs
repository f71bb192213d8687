//! How large the reading log is, and what reading it back consumes.

use super::Figure;
use crate::Failure;
use crate::load::{self, Call};
use crate::machine::Watch;
use crate::prices;
use crate::report::{Aim, Findings, Table};
use crate::statistics::short;
use crate::system::{Sandboxes, System};
use bytes::Bytes;
use freshtrack_contracts::ingest::MAX_UPLOAD;
use freshtrack_domain::access::Right;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_local::clock::LocalClock;
use freshtrack_local::endpoint::AwsEndpoint as _;
use freshtrack_local::services::store::DataLocation;
use freshtrack_tests::Tenant;
use http::Request;
use serde_json::{Value as Json, json};

pub(super) const FIGURE: Figure = Figure {
    name: "storage",
    about: "The reading log in the table",
    measure,
};

/// 30 days at ten minutes.
const READINGS: u32 = 30 * 24 * 6;
const SPACING: Span = Span::minutes(10);
/// What DynamoDB adds to each item for its index, and charges for.
const ITEM_OVERHEAD: f64 = 100.0;
/// Bytes that one eventually consistent read unit reads twice of.
const READ_BYTES: f64 = 4096.0;

/// Items of one kind.
#[derive(Debug, Clone, Copy, Default)]
struct Items {
    count: f64,
    bytes: f64,
    largest: f64,
}

impl Items {
    fn mean(self) -> f64 {
        self.bytes / self.count
    }

    /// Bytes a reading of `readings`, with what DynamoDB adds.
    fn charged_for(self, readings: f64) -> f64 {
        (self.bytes + self.count * ITEM_OVERHEAD) / readings
    }
}

fn measure(_: usize, _: &mut Watch) -> Result<Findings, Failure> {
    let clock = LocalClock::manual(jiff::Timestamp::constant(1_795_262_400, 0));
    let system = System::start(DataLocation::Memory, clock, Sandboxes::Warm)?;
    let log = Log {
        tenant: system.tenant(1),
        base: system.long_ago(),
        system,
    };
    log.upload(0..READINGS, SPACING)?;
    // The first call looks up who calls; what it costs to know a caller is told with the dollars.
    log.read_units(Span::hours(24))?;
    let day = log.read_units(Span::hours(24))?;
    let month = log.read_units(Span::hours(30 * 24))?;
    let (blocks, states) = (log.items("block")?, log.items("state")?);
    let sealed = f64::from(READINGS) - log.in_head()?;
    // Readings that come too late for a block are kept as items of their own: what a table with an item a reading would be
    // full of.
    log.upload(0..100, Span::seconds(10))?;
    let singles = log.items("late")?;
    log.system.stop();

    let mut findings = Findings::default();
    findings.say(
        "One unit over 30 days, a reading every ten minutes with temperature and humidity as they wander in a refrigerator; \
         sizes by DynamoDB's rules from the items as they are stored, read units as the table counts them. The baseline, an \
         item a reading, is what this table itself keeps for a reading that came too late for its block. All of it is exact \
         and does not depend on the machine."
    );
    let mut table = Table::new(["Stored", "sealed blocks", "an item a reading", "ratio"]);
    let mut row = |what: &str, ours: f64, theirs: f64| {
        table.row([
            what.to_owned(),
            short(ours),
            short(theirs),
            format!("{:.1}", theirs / ours),
        ]);
    };
    let naive = singles.mean();
    row("bytes a reading", blocks.bytes / sealed, naive);
    row(
        "bytes a reading, with the 100 that DynamoDB adds to an item",
        blocks.charged_for(sealed),
        naive + ITEM_OVERHEAD,
    );
    let dollars = |bytes: f64| bytes * 1e6 / 1e9 * prices::STORED_GB_MONTH;
    row(
        "$ a month for a million readings",
        dollars(blocks.charged_for(sealed)),
        dollars(naive + ITEM_OVERHEAD),
    );
    let read = |readings: f64| (readings * naive / READ_BYTES).ceil() / 2.0;
    row("read units for 24 hours", day, read(24.0 * 6.0));
    row("read units for 30 days", month, read(f64::from(READINGS)));
    findings.show(&table);
    findings.say(&format!(
        "{} sealed blocks of {} bytes on average, {} at most; the unit's state with the head of the log is {} bytes, at most \
         1,024 of which cost one write unit.",
        short(blocks.count),
        short(blocks.mean()),
        short(blocks.largest),
        short(states.largest),
    ));
    findings.aims.push(Aim::at_most(
        "reading back 30 days of a unit",
        6.0,
        month,
        "read units",
    ));
    Ok(findings)
}

struct Log {
    system: System,
    tenant: Tenant,
    base: Timestamp,
}

impl Log {
    /// Uploads readings, each `spacing` after the one before.
    fn upload(&self, numbers: std::ops::Range<u32>, spacing: Span) -> Result<(), Failure> {
        let dev_eui = self.tenant.dev_eui(0);
        // Never at the same second as a reading of another spacing.
        let first = self.base + Span::seconds(u32::from(spacing != SPACING));
        let readings: Vec<Json> = numbers
            .map(|number| {
                let seconds = u32::try_from(spacing.as_seconds()).unwrap_or_default() * number;
                let (temperature, humidity) = weather(number);
                json!({
                    "dev_eui": dev_eui,
                    "recorded_at": (first + Span::seconds(seconds)).to_string(),
                    "temperature_c": temperature,
                    "humidity_percent": humidity,
                })
            })
            .collect();
        let path = self.tenant.path("readings");
        let key = self.tenant.key(Right::Ingest);
        let calls = readings
            .chunks(MAX_UPLOAD)
            .map(|readings| {
                let body = json!({ "readings": readings }).to_string();
                Call::readings(&path, key, readings.len(), body)
            })
            .collect();
        load::clients()?.block_on(load::as_fast_as_taken(self.system.api.address, 1, calls))?;
        Ok(())
    }

    fn end(&self) -> Timestamp {
        self.base + Span::seconds(u32::try_from(SPACING.as_seconds()).unwrap_or_default() * (READINGS - 1))
    }

    /// What the function consumes that reads the last `span` back.
    fn read_units(&self, span: Span) -> Result<f64, Failure> {
        let (from, to) = (self.end() - span, self.end());
        let before = self.system.consumed("readings-list")?;
        let readings = self
            .system
            .block_on(self.tenant.readings_between(self.tenant.unit(0).id, from, to));
        let after = self.system.consumed("readings-list")?;
        let expected = usize::try_from(span.as_seconds() / SPACING.as_seconds())?;
        if readings.len() < expected {
            return Err(format!("of {expected} readings only {} came back", readings.len()).into());
        }
        Ok(after.read - before.read)
    }

    /// Readings that are not sealed yet: those after the newest block.
    fn in_head(&self) -> Result<f64, Failure> {
        let newest = self
            .scan()?
            .iter()
            .filter(|item| is(item, "block"))
            .filter_map(|item| item.pointer("/d/M/last/N")?.as_str()?.parse::<i64>().ok())
            .max()
            .ok_or("nothing was sealed")?;
        let unsealed = self.end().since(Timestamp::from_millis(newest));
        Ok((unsealed.as_seconds() / SPACING.as_seconds()) as f64)
    }

    /// The items of the kind `entity`.
    fn items(&self, entity: &str) -> Result<Items, Failure> {
        let mut items = Items::default();
        for item in self.scan()?.iter().filter(|item| is(item, entity)) {
            let bytes = item_size(item);
            items.count += 1.0;
            items.bytes += bytes;
            items.largest = items.largest.max(bytes);
        }
        Ok(items)
    }

    /// Everything in the table.
    fn scan(&self) -> Result<Vec<Json>, Failure> {
        let table = self.system.host.system().tables.first().ok_or("no table")?;
        let mut items = Vec::new();
        let mut start = Json::Null;
        loop {
            let body = json!({ "TableName": table.name, "ExclusiveStartKey": start });
            let request = Request::post("/")
                .header("x-amz-target", "DynamoDB_20120810.Scan")
                .body(Bytes::from(body.to_string()))?;
            let answer = self.system.block_on(self.system.host.services().call(request));
            let mut answer: Json = serde_json::from_slice(answer.body())?;
            match answer.get_mut("Items").map(Json::take) {
                Some(Json::Array(page)) => items.extend(page),
                _ => return Err(format!("no items: {answer}").into()),
            }
            match answer.get_mut("LastEvaluatedKey").map(Json::take) {
                None | Some(Json::Null) => return Ok(items),
                Some(last) => start = last,
            }
        }
    }
}

fn is(item: &Json, entity: &str) -> bool {
    item.pointer("/et/S").and_then(Json::as_str) == Some(entity)
}

/// A refrigerator's degrees Celsius and its percent of humidity: compressor cycles, and a door that is opened by day.
fn weather(number: u32) -> (f64, f64) {
    let time = f64::from(number);
    let jitter = f64::from(number.wrapping_mul(2_654_435_761) >> 24) / 256.0;
    let temperature =
        3.0 + 0.6 * (time / 3.1).sin() + 0.5 * (time / 144.0 * std::f64::consts::TAU).sin() + 0.4 * jitter;
    let humidity = 60.0 + 8.0 * (time / 5.3).sin() + 4.0 * jitter;
    (
        (temperature * 100.0).round() / 100.0,
        (humidity * 10.0).round() / 10.0,
    )
}

/// Bytes of `item` by DynamoDB's rules: names and values, as the developer guide counts them under "item sizes".
fn item_size(item: &Json) -> f64 {
    let attributes = item.as_object().into_iter().flatten();
    attributes
        .map(|(name, value)| name.len() as f64 + value_size(value))
        .sum()
}

fn value_size(value: &Json) -> f64 {
    let Some((kind, value)) = value.as_object().and_then(|typed| typed.iter().next()) else {
        return 0.0;
    };
    let text = value.as_str().unwrap_or_default();
    match kind.as_str() {
        "S" => text.len() as f64,
        "N" => {
            let digits = text.trim_matches(|sign| sign == '-' || sign == '0').len();
            (digits.div_ceil(2) + 1 + usize::from(text.starts_with('-'))) as f64
        }
        "B" => (text.len() / 4 * 3 + text.trim_end_matches('=').len() - text.len()) as f64,
        "M" => {
            let entries = value.as_object().map_or(0, |map| map.len());
            3.0 + entries as f64 + item_size(value)
        }
        "L" => {
            let elements = value.as_array().into_iter().flatten();
            3.0 + elements.map(|element| 1.0 + value_size(element)).sum::<f64>()
        }
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_follow_the_developer_guide() {
        // Names and texts by their bytes, binary unpadded, numbers two digits a byte and one more.
        assert_eq!(item_size(&json!({ "pk": { "S": "O#1" } })), 5.0);
        assert_eq!(item_size(&json!({ "b": { "B": "AAECAw==" } })), 5.0);
        assert_eq!(item_size(&json!({ "n": { "N": "1795262400" } })), 1.0 + 5.0);
        assert_eq!(item_size(&json!({ "n": { "N": "-7" } })), 1.0 + 3.0);
        assert_eq!(item_size(&json!({ "n": { "BOOL": true } })), 2.0);
        // Three for the map, one for its entry, then the entry.
        assert_eq!(
            item_size(&json!({ "d": { "M": { "a": { "S": "xy" } } } })),
            1.0 + 3.0 + 1.0 + 3.0
        );
        assert_eq!(
            item_size(&json!({ "l": { "L": [{ "S": "x" }, { "S": "y" }] } })),
            1.0 + 3.0 + 4.0
        );
    }

    #[test]
    fn the_refrigerator_stays_within_its_limits() {
        for number in 0..READINGS {
            let (temperature, humidity) = weather(number);
            assert!(
                (0.0..=5.0).contains(&temperature) && (0.0..=100.0).contains(&humidity),
                "{number}"
            );
        }
    }
}
