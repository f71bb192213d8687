//! A unit and its sensors, at minutes counted from one fixed instant.

use freshtrack_domain::ids::{AreaId, Id, SensorId, SiteId, Ulid, UnitId};
use freshtrack_domain::measurement::TemperatureSample;
use freshtrack_domain::reading::{Origin, Reading};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{UnitKind, UnitRecord, UnitState};

/// Minute zero.
pub(crate) const START: Timestamp = Timestamp::from_seconds(1_790_000_000);

/// The sensor in this place of the unit.
pub(crate) fn sensor(number: u8) -> SensorId {
    SensorId::from_ulid(Ulid::from_parts(1, u128::from(number) + 1))
}

/// A refrigerator, 33 to 41 °F and ten minutes to confirm, of which nothing is known at `since`.
pub(crate) fn fridge(since: Timestamp) -> UnitRecord {
    let mut state = UnitState::new(
        UnitId::from_ulid(Ulid::from_parts(1, 1)),
        SiteId::from_ulid(Ulid::from_parts(1, 2)),
        AreaId::from_ulid(Ulid::from_parts(1, 3)),
        UnitKind::Fridge,
        since,
    );
    state.overrides.confirm = Some(Span::minutes(10));
    UnitRecord::new(state)
}

/// A reading of the driving sensor.
pub(crate) fn reading(recorded_at: Timestamp, temperature: Option<TemperatureSample>) -> Reading {
    Reading {
        temperature,
        ..Reading::new(sensor(0), recorded_at, Origin::Radio)
    }
}
