//! A catalogue entry: what a model of sensor is and how its frames are read and written.

use crate::battery::Chemistry;
use crate::error::DecodeError;
use crate::frame::Frame;
use freshtrack_domain::measurement::Measurements;
use freshtrack_domain::time::Span;
use std::fmt;
use std::ops::RangeInclusive;

/// Something that a sensor measures and this system uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// The temperature of a product, a probe or the air.
    Temperature,
    /// The relative humidity of the air.
    Humidity,
    /// Whether a door is open.
    Door,
    /// Whether there is water where none should be.
    Leak,
}

/// A model of sensor that is decoded natively.
pub struct Model {
    /// Its name in records and addresses: `vendor-model`, lower case.
    pub slug: &'static str,
    /// Who makes it.
    pub vendor: &'static str,
    /// What its label says.
    pub name: &'static str,
    /// The LoRaWAN port its measurements come on, unless it is configured otherwise.
    pub f_port: u8,
    /// How often it reports, unless it is configured otherwise. For a door or leak sensor, which reports each
    /// event at once, the longest silence to expect.
    pub uplink_interval: Span,
    /// How often it can be made to report, at most and at least.
    pub report_intervals: RangeInclusive<Span>,
    /// Its cells, for a model that sends volts. One that sends a percentage, or nothing, has none.
    pub chemistry: Option<Chemistry>,
    /// Whether it measures, or can measure, with a probe rather than inside its own case.
    pub has_probe: bool,
    /// What it measures.
    pub measures: &'static [Measure],
    /// Whether it is told its settings by downlinks whose layout is known here (specification 9.6).
    pub takes_downlinks: bool,
    pub(crate) decode: fn(Frame<'_>) -> Result<Measurements, DecodeError>,
    pub(crate) history: Option<History>,
    pub(crate) encode: Option<fn(&Measurements) -> Vec<u8>>,
}

/// How often a sensor may report whose vendor sets no narrower bounds: a battery does not last at less than a minute, and
/// a unit that nothing is heard of for a day is not watched.
pub(crate) const MINUTE_TO_DAY: RangeInclusive<Span> = Span::minutes(1)..=Span::hours(24);

pub(crate) const CLIMATE: &[Measure] = &[Measure::Temperature, Measure::Humidity];

/// How a model sends the records that it kept while nobody heard it.
pub(crate) struct History {
    /// Whether a frame, which is not empty, holds stored records and nothing else.
    pub(crate) is_stored: fn(Frame<'_>) -> bool,
    /// Bytes of one record; a frame holds as many as fit.
    pub(crate) record_len: usize,
}

impl Model {
    /// Decodes one uplink: what the sensor measures now or, in a frame of stored records, the newest of them.
    ///
    /// A frame that carries nothing this system uses, such as a version report, gives empty measurements.
    ///
    /// # Errors
    /// When the bytes do not fit the model's layout, with the reason.
    pub fn decode(&self, f_port: u8, bytes: &[u8]) -> Result<Measurements, DecodeError> {
        let mut newest: Option<Measurements> = None;
        for measured in self.decode_all(f_port, bytes) {
            let measured = measured?;
            if newest
                .as_ref()
                .is_none_or(|newest| measured.measured_at > newest.measured_at)
            {
                newest = Some(measured);
            }
        }
        newest.ok_or(DecodeError::Truncated {
            expected: 1,
            actual: 0,
        })
    }

    /// Decodes everything one uplink carries: a single set of measurements or, in a frame of stored records,
    /// each of them in the order sent, with the time it was measured at. Nothing is lost when a sensor catches
    /// up after an outage, and a damaged record does not cost its neighbours.
    pub fn decode_all<'a>(
        &'a self,
        f_port: u8,
        bytes: &'a [u8],
    ) -> impl Iterator<Item = Result<Measurements, DecodeError>> + 'a {
        let whole = Frame {
            f_port,
            bytes,
            stored: false,
        };
        let history = self
            .history
            .as_ref()
            .filter(|history| !bytes.is_empty() && (history.is_stored)(whole));
        let record_len = history.map(|history| history.record_len);
        let (live, records) = match record_len {
            Some(_) => (None, bytes),
            None => (Some(whole), [].as_slice()),
        };
        let records = records.chunks(record_len.unwrap_or(1)).map(move |bytes| Frame {
            f_port,
            bytes,
            stored: true,
        });
        live.into_iter()
            .chain(records)
            .map(|frame| self.decode_one(frame))
    }

    fn decode_one(&self, frame: Frame<'_>) -> Result<Measurements, DecodeError> {
        let mut measured = (self.decode)(frame)?;
        if let (Some(battery), Some(chemistry)) = (&mut measured.battery, self.chemistry) {
            battery.percent = battery
                .percent
                .or_else(|| battery.millivolts.map(|mv| chemistry.percent(mv)));
        }
        Ok(measured)
    }

    /// The frame this model would send for `measured` on its [`f_port`](Self::f_port), rounded to what the
    /// layout can say; a stored record if `measured` says when it was measured and the model can send one.
    /// `None` for models whose frames are only ever received.
    #[must_use]
    pub fn encode(&self, measured: &Measurements) -> Option<Vec<u8>> {
        self.encode.map(|encode| encode(measured))
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Model").field(&self.slug).finish()
    }
}
