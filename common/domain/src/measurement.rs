//! What a sensor measures, in integers: no comparison in this system is made on floating-point numbers.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A temperature in hundredths of a degree Celsius.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct CentiCelsius(pub i32);

impl CentiCelsius {
    /// The nearest hundredth of a degree to `degrees` Celsius; `None` unless finite and within ±20,000 degrees.
    #[must_use]
    pub fn from_celsius(degrees: f64) -> Option<Self> {
        let hundredths = (degrees * 100.0).round();
        #[expect(clippy::cast_possible_truncation, reason = "bounded by the guard")]
        (hundredths.is_finite() && hundredths.abs() <= 2_000_000.0).then_some(Self(hundredths as i32))
    }

    /// The nearest hundredth of a degree Celsius to `degrees` Fahrenheit.
    #[must_use]
    pub fn from_fahrenheit(degrees: f64) -> Option<Self> {
        Self::from_celsius((degrees - 32.0) * 5.0 / 9.0)
    }

    /// Degrees Celsius, for the wire and the screen only.
    #[must_use]
    pub fn celsius(self) -> f64 {
        f64::from(self.0) / 100.0
    }

    /// Degrees Fahrenheit, for the screen only.
    #[must_use]
    pub fn fahrenheit(self) -> f64 {
        f64::from(self.0) * 0.018 + 32.0
    }
}

impl fmt::Display for CentiCelsius {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} °C", self.celsius())
    }
}

/// A relative humidity in hundredths of a percent, 0 to 10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Humidity(u16);

impl Humidity {
    /// Air that can hold no more water.
    const SATURATED: Self = Self(10_000);

    /// A humidity of `basis_points` hundredths of a percent; `None` above 100 %.
    #[must_use]
    pub const fn from_basis_points(basis_points: u16) -> Option<Self> {
        if basis_points <= 10_000 {
            Some(Self(basis_points))
        } else {
            None
        }
    }

    /// The nearest hundredth of a percent; `None` outside 0 to 100.
    #[must_use]
    pub fn from_percent(percent: f64) -> Option<Self> {
        let points = (percent * 100.0).round();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "bounded by the guard"
        )]
        (0.0..=10_000.0).contains(&points).then_some(Self(points as u16))
    }

    /// Hundredths of a percent.
    #[must_use]
    pub const fn basis_points(self) -> u16 {
        self.0
    }

    /// Percent, for the wire and the screen only.
    #[must_use]
    pub fn percent(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

/// What a calibration adds to what a sensor tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Correction {
    /// Added to every temperature.
    #[serde(rename = "t", default)]
    pub temperature: CentiCelsius,
    /// Added to every humidity, in hundredths of a percent.
    #[serde(rename = "h", default)]
    pub humidity: i16,
}

impl Correction {
    /// Nothing is added.
    pub const NONE: Self = Self {
        temperature: CentiCelsius(0),
        humidity: 0,
    };

    /// Whether nothing is added.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::NONE
    }

    /// The temperature that a sensor told as `raw`.
    #[must_use]
    pub const fn temperature(self, raw: CentiCelsius) -> CentiCelsius {
        CentiCelsius(raw.0.saturating_add(self.temperature.0))
    }

    /// The humidity that a sensor told as `raw`: never less than nothing and never more than saturation.
    #[must_use]
    pub fn humidity(self, raw: Humidity) -> Humidity {
        let points = (i32::from(raw.0) + i32::from(self.humidity)).clamp(0, i32::from(Humidity::SATURATED.0));
        Humidity(u16::try_from(points).unwrap_or(raw.0))
    }

    /// All of `raw` as it is with the correction.
    #[must_use]
    pub fn of(self, raw: &Measurements) -> Measurements {
        Measurements {
            ambient: raw.ambient.map(|value| self.temperature(value)),
            probe: match raw.probe {
                Probe::Celsius(value) => Probe::Celsius(self.temperature(value)),
                other => other,
            },
            humidity: raw.humidity.map(|value| self.humidity(value)),
            ..raw.clone()
        }
    }

    /// The correction that was made of `raw` in truth: less than this where the humidity would have left its range.
    #[must_use]
    pub fn made_of(self, raw: Option<Humidity>) -> Self {
        let made = |raw: Humidity| i32::from(self.humidity(raw).0) - i32::from(raw.0);
        Self {
            humidity: raw
                .and_then(|raw| i16::try_from(made(raw)).ok())
                .unwrap_or(self.humidity),
            ..self
        }
    }
}

/// What a sensor says of its battery. Voltage where it sends one, because a percentage is the vendor's opinion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Battery {
    /// Millivolts, if sent.
    #[serde(rename = "mv", skip_serializing_if = "Option::is_none", default)]
    pub millivolts: Option<u16>,
    /// Percent 0 to 100: as sent, or read off the chemistry's discharge curve.
    #[serde(rename = "pc", skip_serializing_if = "Option::is_none", default)]
    pub percent: Option<u8>,
}

/// Whether a door contact is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// The contact reports open.
    Open,
    /// The contact reports closed.
    Closed,
}

impl Door {
    /// Both. Where each one stands is stored.
    pub(crate) const ALL: [Self; 2] = [Self::Open, Self::Closed];
}

/// The external probe of a sensor that may carry one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Probe {
    /// The model has no probe, or the frame says nothing of one.
    #[default]
    NotFitted,
    /// The sensor looked for its probe and found none: the 327.67 marker or the disconnect bit.
    Missing,
    /// The probe measured this.
    Celsius(CentiCelsius),
}

/// Everything one uplink told us, decoded and in our units. Absent is absent: a marker is never a number.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Measurements {
    /// The sensor's own temperature element.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ambient: Option<CentiCelsius>,
    /// The external probe.
    #[serde(default)]
    pub probe: Probe,
    /// Relative humidity.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub humidity: Option<Humidity>,
    /// The battery.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub battery: Option<Battery>,
    /// The door contact.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub door: Option<Door>,
    /// Door openings since the sensor was started, if counted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub door_openings: Option<u32>,
    /// Water at the leak electrodes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub leak: Option<bool>,
    /// When the sensor's own clock says it measured, for models that send it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub measured_at: Option<Timestamp>,
}

impl Measurements {
    /// Whether the uplink carried nothing that this system uses (a status or configuration frame).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Which temperature of a sensor is the product's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MeasurementSource {
    /// The probe when one is fitted, else the sensor's own element. Once a probe has been seen its loss is a
    /// fault and never a silent change to the ambient value.
    #[default]
    Auto,
    /// Always the probe.
    Probe,
    /// Always the sensor's own element.
    Ambient,
}

/// The temperature that counts for a unit, or why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemperatureSample {
    /// A plausible temperature.
    Valid(CentiCelsius),
    /// The sensor answered but its temperature cannot be used.
    Fault(SensorFault),
}

/// Why a sensor's temperature cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SensorFault {
    /// The probe that used to be there, or must be there, is not.
    ProbeMissing,
    /// Hotter or colder than anything a food unit can be: the element is broken or shorted.
    Implausible,
}

/// Above this the value is a fault of the sensor, not of the unit: 300 °F (specification 2.3).
pub const PLAUSIBLE_MAX: CentiCelsius = CentiCelsius(14_889);
/// Below this the value is a fault of the sensor, not of the unit: -100 °F (specification 2.3).
pub const PLAUSIBLE_MIN: CentiCelsius = CentiCelsius(-7_333);

impl TemperatureSample {
    /// Judges whether `temperature` can be real.
    #[must_use]
    pub fn judge(temperature: CentiCelsius) -> Self {
        if (PLAUSIBLE_MIN..=PLAUSIBLE_MAX).contains(&temperature) {
            Self::Valid(temperature)
        } else {
            Self::Fault(SensorFault::Implausible)
        }
    }

    /// Chooses the temperature that counts. Whether a probe that is missing now was ever there is not known from
    /// one frame: the unit's record settles that.
    #[must_use]
    pub fn select(source: MeasurementSource, measured: &Measurements) -> Option<Self> {
        let ambient = measured.ambient.map(Self::judge);
        match (source, measured.probe) {
            (MeasurementSource::Ambient, _) => ambient,
            (MeasurementSource::Auto | MeasurementSource::Probe, Probe::Celsius(value)) => {
                Some(Self::judge(value))
            }
            (MeasurementSource::Probe, Probe::Missing) => Some(Self::Fault(SensorFault::ProbeMissing)),
            (MeasurementSource::Probe, Probe::NotFitted) => {
                ambient.map(|_| Self::Fault(SensorFault::ProbeMissing))
            }
            (MeasurementSource::Auto, Probe::Missing) if ambient.is_none() => {
                Some(Self::Fault(SensorFault::ProbeMissing))
            }
            (MeasurementSource::Auto, Probe::Missing | Probe::NotFitted) => ambient,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(ambient: Option<i32>, probe: Probe) -> Measurements {
        Measurements {
            ambient: ambient.map(CentiCelsius),
            probe,
            ..Measurements::default()
        }
    }

    #[test]
    fn converts_the_published_points() {
        for (celsius, fahrenheit) in [
            (-40.0, -40.0),
            (0.0, 32.0),
            (4.0, 39.2),
            (5.0, 41.0),
            (100.0, 212.0),
        ] {
            let value = CentiCelsius::from_celsius(celsius).unwrap();
            assert!((value.fahrenheit() - fahrenheit).abs() < 0.01, "{celsius}");
            assert_eq!(CentiCelsius::from_fahrenheit(fahrenheit), Some(value));
        }
        assert_eq!(CentiCelsius::from_celsius(f64::NAN), None);
        assert_eq!(CentiCelsius::from_celsius(f64::INFINITY), None);
    }

    #[test]
    fn the_no_probe_marker_is_implausible_even_if_a_decoder_let_it_through() {
        let marker = CentiCelsius::from_celsius(327.67).unwrap();
        assert_eq!(
            TemperatureSample::judge(marker),
            TemperatureSample::Fault(SensorFault::Implausible)
        );
    }

    #[test]
    fn the_probe_counts_unless_the_sensor_is_set_to_ambient() {
        let (auto, probe, ambient) = (
            MeasurementSource::Auto,
            MeasurementSource::Probe,
            MeasurementSource::Ambient,
        );
        let with_probe = measured(Some(2_100), Probe::Celsius(CentiCelsius(400)));
        let valid = |value| Some(TemperatureSample::Valid(CentiCelsius(value)));
        assert_eq!(TemperatureSample::select(auto, &with_probe), valid(400));
        assert_eq!(TemperatureSample::select(probe, &with_probe), valid(400));
        assert_eq!(TemperatureSample::select(ambient, &with_probe), valid(2_100));
        let missing = measured(Some(2_100), Probe::Missing);
        let fault = Some(TemperatureSample::Fault(SensorFault::ProbeMissing));
        assert_eq!(
            TemperatureSample::select(auto, &missing),
            valid(2_100),
            "it may never have had one"
        );
        assert_eq!(TemperatureSample::select(probe, &missing), fault);
        assert_eq!(
            TemperatureSample::select(auto, &measured(None, Probe::Missing)),
            fault
        );
    }

    #[test]
    fn what_a_correction_has_made_of_a_value_can_be_taken_back() {
        let correction = Correction {
            temperature: CentiCelsius(-40),
            humidity: 150,
        };
        let raw = Measurements {
            ambient: Some(CentiCelsius(2_100)),
            probe: Probe::Celsius(CentiCelsius(400)),
            humidity: Humidity::from_basis_points(9_950),
            ..Measurements::default()
        };
        let corrected = correction.of(&raw);
        assert_eq!(
            (corrected.ambient, corrected.probe, corrected.humidity),
            (
                Some(CentiCelsius(2_060)),
                Probe::Celsius(CentiCelsius(360)),
                Humidity::from_basis_points(10_000)
            )
        );
        let made = correction.made_of(raw.humidity);
        assert_eq!((made.temperature, made.humidity), (CentiCelsius(-40), 50));
        assert_eq!(correction.made_of(None), correction);
        assert_eq!(correction.of(&Measurements::default()), Measurements::default());
    }

    #[test]
    fn a_door_frame_has_no_temperature_and_no_fault() {
        let door = Measurements {
            door: Some(Door::Open),
            ..Measurements::default()
        };
        for source in [
            MeasurementSource::Auto,
            MeasurementSource::Probe,
            MeasurementSource::Ambient,
        ] {
            assert_eq!(TemperatureSample::select(source, &door), None);
        }
    }
}
