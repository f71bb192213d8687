//! What the tests of this folder measure and judge by.

use super::{Sample, Window};
use crate::measurement::CentiCelsius;
use crate::time::{Span, Timestamp};
use crate::unit::{LegalLimit, Overrides, Rules, UnitKind};

pub(super) fn at(minute: i64) -> Timestamp {
    Timestamp::from_seconds(1_780_000_000 + minute * 60)
}

pub(super) fn window(from: i64, to: i64) -> Window {
    Window {
        from: at(from),
        to: at(to),
    }
}

/// 0 to 5 °C by law and by alarm, five minutes between reports: a temperature holds for at most six.
pub(super) fn rules() -> Rules {
    let overrides = Overrides {
        low: Some(CentiCelsius(0)),
        high: Some(CentiCelsius(500)),
        legal: Some(LegalLimit {
            low: Some(CentiCelsius(0)),
            high: Some(CentiCelsius(500)),
        }),
        report_interval: Some(Span::minutes(5)),
        ..Overrides::default()
    };
    Rules::effective(UnitKind::Fridge, &overrides)
}

/// Temperatures in hundredths of a degree Celsius, each at its minute.
pub(super) fn samples(temperatures: &[(i64, i32)]) -> Vec<Sample> {
    let sample = |&(minute, centi): &(i64, i32)| Sample {
        at: at(minute),
        temperature: CentiCelsius(centi),
    };
    temperatures.iter().map(sample).collect()
}
