//! The batteries of the unit's sensors.

use super::super::SensorTrack;
use super::super::rules::{ENOUGH_MILLIVOLTS, ENOUGH_PERCENT, LOW_MILLIVOLTS, LOW_PERCENT};
use super::Step;
use super::alerts::About;
use crate::alert::{AlertKind, Severity};
use crate::measurement::Battery;
use crate::reading::Reading;
use crate::time::Timestamp;

/// Whether `charge` is low; `None` while it is between low and enough, or not known.
///
/// The percentage decides where there is one. It is read off the discharge curve of the model's own cells: one voltage for
/// all of them would find alkaline cells empty that are half full, and manganese cells full that are empty.
fn is_low(charge: Battery) -> Option<bool> {
    match (charge.percent, charge.millivolts) {
        (Some(percent), _) if percent <= LOW_PERCENT => Some(true),
        (Some(percent), _) if percent > ENOUGH_PERCENT => Some(false),
        (None, Some(millivolts)) if millivolts < LOW_MILLIVOLTS => Some(true),
        (None, Some(millivolts)) if millivolts >= ENOUGH_MILLIVOLTS => Some(false),
        _ => None,
    }
}

impl Step<'_> {
    /// A sensor tells of its battery, if this is the newest word of it.
    pub(super) fn battery(&mut self, reading: &Reading) {
        let at = reading.recorded_at;
        let newest = |track: &SensorTrack| track.id == reading.sensor_id && track.newest_at == at;
        let tracks = (0_u8..).zip(&self.state.sensors);
        let Some((slot, charge)) = tracks
            .filter(|(_, track)| newest(track))
            .map(|(slot, track)| (slot, track.battery()))
            .next()
        else {
            return;
        };
        match is_low(charge) {
            Some(true) => {
                let about = About {
                    slot: Some(slot),
                    ..About::default()
                };
                self.open(AlertKind::LowBattery, Severity::Warning, at, about);
                self.battery_alarm(slot, charge, at);
            }
            Some(false) => self.resolve_about(AlertKind::LowBattery, Some(slot), at),
            None => {}
        }
    }

    /// Batteries of sensors that measure the unit no more are not its matter.
    pub(super) fn forget_batteries(&mut self, now: Timestamp) {
        for slot in (0_u8..).take(self.state.sensors.len()) {
            if self.state.sensor_in(Some(slot)).is_some_and(|track| track.gone) {
                self.resolve_about(AlertKind::LowBattery, Some(slot), now);
            }
        }
    }
}
