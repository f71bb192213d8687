//! Milesight's channels: a channel number, a type, and a value whose length they decide. Little-endian, on any
//! port.

use crate::error::DecodeError;
use crate::frame::{Frame, Reader};
use crate::model::{CLIMATE, History, Measure, Model};
use crate::value;
use freshtrack_domain::measurement::{CentiCelsius, Door, Measurements, Probe};
use freshtrack_domain::time::Span;
use std::ops::RangeInclusive;

/// What a model measures with, and so what its stored records hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) element: Element,
    pub(crate) record: Record,
}

/// Where the temperature is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Element {
    Case,
    Probe,
}

/// What follows the time in a stored record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Record {
    Temperature,
    Climate,
    /// As `Climate`, and an unused byte.
    ClimatePadded,
    ClimateAndLeak,
    ClimateAndDoor,
}

impl Record {
    const fn len(self) -> usize {
        let (header, time) = (STORED.len(), 4);
        let body = match self {
            Self::Temperature => 2,
            Self::Climate => 3,
            Self::ClimatePadded | Self::ClimateAndLeak | Self::ClimateAndDoor => 4,
        };
        header + time + body
    }
}

impl Record {
    /// What the model measures that keeps such records.
    const fn measures(self) -> &'static [Measure] {
        match self {
            Self::Temperature => &[Measure::Temperature],
            Self::Climate | Self::ClimatePadded => CLIMATE,
            Self::ClimateAndLeak => &[Measure::Temperature, Measure::Humidity, Measure::Leak],
            Self::ClimateAndDoor => &[Measure::Temperature, Measure::Humidity, Measure::Door],
        }
    }
}

/// Reporting intervals of the range: 1 to 1,080 minutes (EM300 and EM500 user guides, "Reporting Interval").
const INTERVALS: RangeInclusive<Span> = Span::minutes(1)..=Span::minutes(1_080);

type Channel = [u8; 2];

const BATTERY: Channel = [0x01, 0x75];
const TEMPERATURE: Channel = [0x03, 0x67];
const HUMIDITY: Channel = [0x04, 0x68];
const LEAK: Channel = [0x05, 0x00];
const MAGNET: Channel = [0x06, 0x00];
/// A temperature, how far it jumped, and the kind of alarm.
const TEMPERATURE_JUMP: Channel = [0x83, 0xD7];
const STORED: Channel = [0x20, 0xCE];
/// The channel of what the sensor says of itself when it joins: versions, serial number, class.
const ABOUT: u8 = 0xFF;

/// A catalogue entry of this range. Its cells are not described: it sends a percentage.
pub(crate) const fn model(
    slug: &'static str,
    name: &'static str,
    layout: Layout,
    decode: fn(Frame<'_>) -> Result<Measurements, DecodeError>,
    encode: fn(&Measurements) -> Vec<u8>,
) -> Model {
    Model {
        slug,
        vendor: "Milesight",
        name,
        f_port: 85,
        uplink_interval: Span::minutes(10),
        report_intervals: INTERVALS,
        chemistry: None,
        has_probe: matches!(layout.element, Element::Probe),
        measures: layout.record.measures(),
        takes_downlinks: false,
        decode,
        history: Some(History {
            is_stored: |frame| frame.bytes.starts_with(&STORED),
            record_len: layout.record.len(),
        }),
        encode: Some(encode),
    }
}

/// Reads channels up to the end or the first that is not known.
pub(crate) fn decode(frame: Frame<'_>, layout: Layout) -> Result<Measurements, DecodeError> {
    let mut reader = frame.reader();
    if frame.stored {
        return record(&mut reader, layout);
    }
    let mut measured = Measurements::default();
    let mut recognised = false;
    loop {
        match reader.take()? {
            BATTERY => measured.battery = value::battery_percent(reader.u8()?),
            TEMPERATURE => layout.element.put(&mut measured, temperature(&mut reader)?),
            HUMIDITY => measured.humidity = value::humidity(u16::from(reader.u8()?), 2),
            LEAK => measured.leak = Some(reader.u8()? != 0),
            MAGNET => measured.door = Some(value::door(reader.u8()? != 0)),
            TEMPERATURE_JUMP => {
                layout.element.put(&mut measured, temperature(&mut reader)?);
                reader.skip(3)?;
            }
            [ABOUT, 0x01 | 0x0B | 0x0F | 0xFE] => reader.skip(1)?,
            [ABOUT, 0x09 | 0x0A | 0xFF] => reader.skip(2)?,
            [ABOUT, 0x16] => reader.skip(8)?,
            _ if recognised => return Ok(measured),
            [channel, _] => return Err(DecodeError::UnknownChannel { channel }),
        }
        recognised = true;
        if reader.is_empty() {
            return Ok(measured);
        }
    }
}

fn record(reader: &mut Reader<'_>, layout: Layout) -> Result<Measurements, DecodeError> {
    if reader.take()? != STORED {
        return Err(DecodeError::Malformed {
            what: "channel among stored records",
        });
    }
    let measured_at = value::clock(u32::from_le_bytes(reader.take()?));
    if measured_at.is_none() {
        return Err(DecodeError::Malformed {
            what: "time of a stored record",
        });
    }
    let mut measured = Measurements {
        measured_at,
        ..Measurements::default()
    };
    layout.element.put(&mut measured, temperature(reader)?);
    if layout.record != Record::Temperature {
        measured.humidity = value::humidity(u16::from(reader.u8()?), 2);
    }
    match layout.record {
        Record::Temperature | Record::Climate => {}
        Record::ClimatePadded => reader.skip(1)?,
        Record::ClimateAndLeak => measured.leak = Some(reader.u8()? != 0),
        Record::ClimateAndDoor => measured.door = Some(value::door(reader.u8()? != 0)),
    }
    Ok(measured)
}

fn temperature(reader: &mut Reader<'_>) -> Result<Option<CentiCelsius>, DecodeError> {
    reader.take().map(|raw| value::tenths(i16::from_le_bytes(raw)))
}

impl Element {
    fn put(self, measured: &mut Measurements, temperature: Option<CentiCelsius>) {
        match self {
            Self::Case => measured.ambient = temperature,
            Self::Probe => measured.probe = value::probe(temperature),
        }
    }

    /// The temperature to send, if there is anything to say of it.
    fn take(self, measured: &Measurements) -> Option<Option<CentiCelsius>> {
        match (self, measured.probe) {
            (Self::Case, _) => measured.ambient.map(Some),
            (Self::Probe, Probe::NotFitted) => None,
            (Self::Probe, probe) => Some(value::probe_temperature(probe)),
        }
    }
}

/// Writes one channel per measurement there is, or a stored record if the measurements are not of now.
pub(crate) fn encode(measured: &Measurements, layout: Layout) -> Vec<u8> {
    let temperature = layout.element.take(measured);
    let humidity = u8::try_from(value::from_humidity(measured.humidity, 2)).unwrap_or(u8::MAX);
    let leak = u8::from(measured.leak == Some(true));
    let open = u8::from(measured.door == Some(Door::Open));
    let mut frame = Vec::with_capacity(16);
    if let Some(at) = measured.measured_at {
        frame.extend(STORED);
        frame.extend(u32::try_from(at.as_seconds()).unwrap_or(0).to_le_bytes());
        frame.extend(value::to_tenths(temperature.flatten()).to_le_bytes());
        match layout.record {
            Record::Temperature => {}
            Record::Climate => frame.push(humidity),
            Record::ClimatePadded => frame.extend([humidity, 0]),
            Record::ClimateAndLeak => frame.extend([humidity, leak]),
            Record::ClimateAndDoor => frame.extend([humidity, open]),
        }
        return frame;
    }
    if let Some(percent) = measured.battery.and_then(|battery| battery.percent) {
        frame.extend(BATTERY);
        frame.push(percent);
    }
    if let Some(temperature) = temperature {
        frame.extend(TEMPERATURE);
        frame.extend(value::to_tenths(temperature).to_le_bytes());
    }
    if layout.record != Record::Temperature && measured.humidity.is_some() {
        frame.extend(HUMIDITY);
        frame.push(humidity);
    }
    if layout.record == Record::ClimateAndLeak && measured.leak.is_some() {
        frame.extend(LEAK);
        frame.push(leak);
    }
    if layout.record == Record::ClimateAndDoor && measured.door.is_some() {
        frame.extend(MAGNET);
        frame.push(open);
    }
    frame
}
