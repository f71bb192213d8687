//! The catalogue of models, and what a frame of one says.

use crate::error::Refusal;
use crate::page::{Order, PageRequest, in_digits, page_of_whole};
use crate::ports::RecordKind;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use freshtrack_contracts::devices::{
    BatterySource, Chemistry, CurvePoint, DecodeFrame, DecodedFrame, DecodedRecord, DecodedValues, Measure,
    ModelView,
};
use freshtrack_contracts::page::Page;
use freshtrack_decoders::{self as decoders, Measurements, Model, battery};
use freshtrack_domain::measurement::Probe;
use freshtrack_domain::time::Span;

/// The longest frame: no data rate of LoRaWAN carries more than 242 bytes, and the rest is for those that are stored
/// together.
const LONGEST_FRAME: usize = 512;

/// The list, as its cursors name it.
const LIST: RecordKind = RecordKind("MODEL");

/// The models that are decoded natively, the most used first.
///
/// # Errors
/// Refused when there is no such page.
pub fn list_models(request: &PageRequest) -> Result<Page<ModelView>, Refusal> {
    let models = decoders::models().enumerate();
    let place = |(place, _): &(usize, &Model)| in_digits(place);
    let page = page_of_whole(request, LIST, Order::OldestFirst, models, place)?;
    Ok(page.map(|(_, model)| view(model)))
}

/// One model.
///
/// # Errors
/// Refused when there is none of that name.
pub fn get_model(slug: &str) -> Result<ModelView, Refusal> {
    decoders::find(slug)
        .map(view)
        .ok_or_else(|| Refusal::not_found("model"))
}

/// The model that a sensor is said to be.
///
/// # Errors
/// Refused when there is none of that name.
pub(super) fn model(slug: &str) -> Result<&'static Model, Refusal> {
    decoders::find(slug).ok_or_else(|| {
        Refusal::invalid("model must be the slug of a model in the catalogue, such as dragino-lht65n.")
    })
}

/// The reporting interval of `seconds`, if `model` can be set to it.
///
/// # Errors
/// Refused when it cannot.
pub(super) fn interval(model: &Model, seconds: u32) -> Result<Span, Refusal> {
    let interval = Span::seconds(seconds);
    if model.report_intervals.contains(&interval) {
        return Ok(interval);
    }
    Err(Refusal::invalid(format!(
        "report_interval_seconds must be {} to {} for a {} {}.",
        model.report_intervals.start().as_seconds(),
        model.report_intervals.end().as_seconds(),
        model.vendor,
        model.name,
    )))
}

/// What a frame of the model `slug` says. That it cannot be read is an answer too.
///
/// # Errors
/// Refused when there is no such model, and when the frame is not written in one of the two ways.
pub fn decode_frame(slug: &str, input: &DecodeFrame) -> Result<DecodedFrame, Refusal> {
    let model = decoders::find(slug).ok_or_else(|| Refusal::not_found("model"))?;
    let bytes = match (&input.payload_hex, &input.payload_base64) {
        (Some(text), None) => from_hex(text).ok_or("payload_hex must be pairs of hexadecimal digits."),
        (None, Some(text)) => STANDARD
            .decode(text.trim())
            .map_err(|_| "payload_base64 must be base 64."),
        _ => Err("Give either payload_hex or payload_base64."),
    }
    .map_err(Refusal::invalid)?;
    if bytes.is_empty() || bytes.len() > LONGEST_FRAME {
        return Err(Refusal::invalid(format!(
            "A frame has 1 to {LONGEST_FRAME} bytes."
        )));
    }
    let f_port = input.f_port.unwrap_or(model.f_port);
    let records = model.decode_all(f_port, &bytes).map(|record| match record {
        Ok(measured) => DecodedRecord::Decoded(values(&measured)),
        Err(error) => DecodedRecord::Failed {
            code: error.code().to_owned(),
            detail: error.to_string(),
        },
    });
    Ok(DecodedFrame {
        f_port,
        bytes: bytes.len(),
        records: records.collect(),
    })
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: String = text
        .chars()
        .filter(|c| !matches!(c, '-' | ':' | ' ' | '.'))
        .collect();
    hex::decode(digits).ok()
}

fn values(measured: &Measurements) -> DecodedValues {
    DecodedValues {
        ambient_c: measured.ambient.map(|value| value.celsius()),
        probe_c: match measured.probe {
            Probe::Celsius(value) => Some(value.celsius()),
            Probe::Missing | Probe::NotFitted => None,
        },
        probe_missing: measured.probe == Probe::Missing,
        humidity_percent: measured.humidity.map(|value| value.percent()),
        battery_percent: measured.battery.and_then(|battery| battery.percent),
        battery_volts: measured
            .battery
            .and_then(|battery| battery.millivolts)
            .map(|millivolts| f64::from(millivolts) / 1_000.0),
        door: measured.door,
        door_openings: measured.door_openings,
        leak: measured.leak,
        measured_at: measured.measured_at.map(Into::into),
    }
}

fn view(model: &Model) -> ModelView {
    ModelView {
        slug: model.slug.to_owned(),
        vendor: model.vendor.to_owned(),
        name: model.name.to_owned(),
        measures: model
            .measures
            .iter()
            .map(|measure| match measure {
                decoders::Measure::Temperature => Measure::Temperature,
                decoders::Measure::Humidity => Measure::Humidity,
                decoders::Measure::Door => Measure::Door,
                decoders::Measure::Leak => Measure::Leak,
            })
            .collect(),
        has_probe: model.has_probe,
        f_port: model.f_port,
        battery: model.chemistry.map_or(BatterySource::Sensor, battery_source),
        default_interval_seconds: model.uplink_interval.as_seconds(),
        min_interval_seconds: model.report_intervals.start().as_seconds(),
        max_interval_seconds: model.report_intervals.end().as_seconds(),
        takes_downlinks: model.takes_downlinks,
    }
}

fn battery_source(chemistry: battery::Chemistry) -> BatterySource {
    let curve = chemistry
        .curve()
        .map(|(millivolts, percent)| CurvePoint { millivolts, percent });
    BatterySource::Curve {
        chemistry: match chemistry {
            battery::Chemistry::LithiumManganese => Chemistry::LithiumManganese,
            battery::Chemistry::LithiumIronDisulfide => Chemistry::LithiumIronDisulfide,
            battery::Chemistry::Alkaline => Chemistry::Alkaline,
            battery::Chemistry::Coin => Chemistry::Coin,
        },
        curve: curve.to_vec(),
    }
}
