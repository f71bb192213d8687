//! A unit's item fits one unit of writing, whatever there is to be said of the unit.

use crate::support::{START as MINUTE_ZERO, fridge, reading, sensor};
use freshtrack_domain::alert::{AlertKind, AlertKinds, Severity, Side};
use freshtrack_domain::log::HEAD_BYTES;
use freshtrack_domain::measurement::{Battery, CentiCelsius, Door, Humidity, TemperatureSample};
use freshtrack_domain::place::{Level, OpeningHours};
use freshtrack_domain::reading::{FrameCounter, Reading};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{
    Admission, AlarmId, AlarmMemory, AlarmSettings, AlarmValues, Basis, Contact, DoorState, EffectiveAlarm,
    Excursion, Exposed, ITEM_BYTES, LastReading, LegalLimit, LegalSource, MAX_SENSORS, MOST_TUNED, Masking,
    OpenAlert, Overrides, Quiet, Related, Rule, SensorTrack, SetAt, Silence, SiteHours, Sources, UnitKind,
    UnitRecord, UnitState, UnitStatus, WRITE_UNIT,
};

/// An instant that is as long to write as any: zeros at the end of a number cost nothing.
const START: Timestamp = Timestamp::from_millis(MINUTE_ZERO.as_millis() + 123_456_000);

/// As many spells beyond the limit as are told apart, each and each time between them as long to write as any.
fn exposed() -> Exposed {
    let mut numbers = vec![5, -1_800, START.as_millis()];
    numbers.extend([1_234_000; 5]);
    Exposed::try_from(numbers).unwrap()
}

/// A unit about which there is nothing more to be said: two sensors with full windows, a door, every rule set, an
/// excursion, and every alert open that can be at the same time.
fn full_state() -> UnitState {
    let alert = |kind| OpenAlert {
        number: 9_999,
        kind,
        severity: Severity::Critical,
        opened_at: START,
        since: Some(START - Span::seconds(9_876)),
        escalated_at: Some(START + Span::seconds(9_876)),
        trigger: None,
        worst: None,
        limit: None,
        side: None,
        slot: None,
        related: None,
        alarm: None,
        held: false,
    };
    let track = |number| {
        let mut track = SensorTrack::new(sensor(number));
        for count in 0..80_u32 {
            let frame = Some(FrameCounter {
                count: 100_000 + count,
                session: u32::MAX,
            });
            let at = START + Span::minutes(count);
            track.note(&Reading {
                frame,
                from_probe: true,
                battery: Some(Battery {
                    millivolts: Some(3_050),
                    percent: Some(100),
                }),
                rssi_dbm: Some(-118),
                ..reading(at, None)
            });
        }
        track.version = 999;
        track
    };
    UnitState {
        overrides: Overrides {
            low: Some(CentiCelsius(-2_500)),
            high: Some(CentiCelsius(-1_500)),
            hysteresis: Some(CentiCelsius(56)),
            confirm: Some(Span::minutes(20)),
            confirm_door_open: Some(Span::minutes(25)),
            max_excursion: Some(Span::minutes(75)),
            door_warning: Some(Span::minutes(5)),
            door_critical: Some(Span::minutes(15)),
            door_mask: Some(Span::minutes(45)),
            door_interval: Some(Span::hours(24)),
            offline_percent: Some(150),
            offline_additional: Some(Span::minutes(5)),
            report_interval: Some(Span::minutes(20)),
            offline_warning: Some(2),
            offline_critical: Some(10),
            manual_missed: Some(10),
            manual_interval: Some(Span::minutes(125)),
            manual_grace: Some(Span::minutes(15)),
            legal: Some(LegalLimit {
                low: None,
                high: Some(CentiCelsius(-1_800)),
            }),
            exposure_window: Some(Span::minutes(250)),
            exposure_limit: Some(Span::minutes(95)),
            sources: [
                Rule::Low,
                Rule::High,
                Rule::Confirm,
                Rule::OfflineWarning,
                Rule::OfflineCritical,
                Rule::ManualInterval,
                Rule::ConfirmDoorOpen,
                Rule::MaxExcursion,
                Rule::DoorWarning,
                Rule::DoorCritical,
                Rule::DoorMask,
                Rule::Exposure,
            ]
            .into_iter()
            .fold(Sources::STANDARD, |sources, rule| sources.with(rule, SetAt::Unit)),
        },
        basis: Basis::of([("unit".to_owned(), 1)]),
        contact: Some(Contact::Heard(START)),
        silence: Some(Silence::ManualRequired),
        logged_at: Some(START),
        status: UnitStatus::AlarmActive,
        last: Some(LastReading {
            recorded_at: START,
            temperature: CentiCelsius(-1_234),
        }),
        seen_at: Some(START),
        humidity: Humidity::from_percent(88.88),
        door: Some(DoorState {
            door: Door::Closed,
            since: START,
            seen_at: START,
            again_at: None,
        }),
        excursion: Some(Excursion {
            since: START,
            side: Side::High,
            samples: u8::MAX,
            excused_since: Some(START),
        }),
        masking: Some(Masking {
            day: START,
            used: Span::seconds(1_234),
            current: None,
        }),
        // Three temperatures are compared in an excursion: until its failure is suspected, and while somebody watches.
        course: Vec::new(),
        legal_source: LegalSource::new("HACCP plan CCP 2").ok(),
        exposed: exposed(),
        calibrated_until: Some(START),
        settle_at: Some(START),
        quiet: vec![Quiet {
            kinds: AlertKinds::ALL,
            from: START,
            until: START,
        }],
        alerts: vec![
            OpenAlert {
                trigger: Some(CentiCelsius(-1_234)),
                worst: Some(CentiCelsius(-1_234)),
                limit: Some(CentiCelsius(-1_500)),
                side: Some(Side::High),
                related: Some(Related(9_998, START - Span::seconds(9_876))),
                ..alert(AlertKind::TempExcursion)
            },
            alert(AlertKind::SensorFault),
            alert(AlertKind::MonitoringInterrupted),
            alert(AlertKind::MissedManualEntry),
            OpenAlert {
                escalated_at: None,
                trigger: Some(CentiCelsius(-1_234)),
                worst: Some(CentiCelsius(-1_234)),
                limit: Some(CentiCelsius(-1_500)),
                side: Some(Side::High),
                related: Some(Related(9_998, START - Span::seconds(9_876))),
                ..alert(AlertKind::SuspectedCoolingFailure)
            },
            OpenAlert {
                since: None,
                escalated_at: None,
                slot: Some(0),
                ..alert(AlertKind::LowBattery)
            },
            OpenAlert {
                since: Some(START + Span::hours(30 * 24)),
                escalated_at: None,
                ..alert(AlertKind::CalibrationDue)
            },
        ],
        episodes: 1_000,
        sensors: vec![track(0), track(1)],
        ..fridge(START).state
    }
}

/// Every alarm of the library on, those with figures of their own that may have them, at a site with other hours at weekends.
fn full_alarms() -> AlarmSettings {
    let days = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let hours: Vec<serde_json::Value> = days
        .iter()
        .enumerate()
        .map(|(number, day)| {
            let minute = 10 + number.saturating_sub(4);
            serde_json::json!({ "day": day, "opens": format!("07:{minute}"), "closes": format!("23:{minute}") })
        })
        .collect();
    let hours: OpeningHours = serde_json::from_value(hours.into()).unwrap();
    let tuned = AlarmValues {
        enabled: Some(true),
        severity: Some(Severity::Emergency),
        threshold: Some(77),
        duration: Some(Span::minutes(123)),
        cooldown: Some(Span::minutes(123)),
    };
    let on = AlarmValues {
        enabled: Some(true),
        ..AlarmValues::default()
    };
    let mut left = MOST_TUNED;
    let alarms: Vec<EffectiveAlarm> = AlarmId::all()
        .map(|alarm| {
            let tune = left > 0 && tuned.check(alarm).is_ok();
            left -= usize::from(tune);
            EffectiveAlarm::merge(alarm, &[(Level::Unit, if tune { tuned } else { on })])
        })
        .collect();
    assert_eq!(left, 0);
    AlarmSettings::of(
        UnitKind::Freezer,
        &alarms,
        SiteHours::of("America/New_York", &hours),
    )
}

/// What a unit remembers with all of them on, after a day in which everything was the matter.
fn full_memory() -> AlarmMemory {
    let mut record = fridge(START);
    record.state.kind = UnitKind::Freezer;
    record.state.alarms = full_alarms();
    for number in 0_u32..288 {
        let at = START + Span::minutes(number * 5);
        let swing = if number % 24 < 12 { -1_234 } else { 567 };
        let door = if number % 2 == 0 { Door::Open } else { Door::Closed };
        let readings = [
            Reading {
                humidity: Humidity::from_percent(99.0),
                rssi_dbm: Some(-120),
                ..reading(at, Some(TemperatureSample::Valid(CentiCelsius(swing))))
            },
            Reading {
                sensor_id: sensor(1),
                drives_unit: false,
                ..reading(at, Some(TemperatureSample::Valid(CentiCelsius(2_345))))
            },
            Reading {
                sensor_id: sensor(2),
                drives_unit: false,
                door: Some(door),
                ..reading(at, None)
            },
        ];
        for reading in readings {
            if record.take(&reading, at, &mut Vec::new()) == Admission::HeadFull {
                record.seal();
            }
        }
    }
    record.state.memory
}

/// What `value` takes in an item, by DynamoDB's published rules (Developer Guide, "Item sizes and formats"): a
/// text its bytes, a number half a byte a digit and one more, a map or list three bytes and one an element.
fn stored_size(value: &serde_json::Value) -> usize {
    match value {
        serde_json::Value::Null | serde_json::Value::Bool(_) => 1,
        serde_json::Value::Number(number) => {
            let text = number.to_string();
            let digits = text.trim_start_matches('-').trim_end_matches('0').len();
            digits.div_ceil(2) + 1 + usize::from(text.starts_with('-'))
        }
        serde_json::Value::String(text) => text.len(),
        serde_json::Value::Array(items) => 3 + items.iter().map(|item| 1 + stored_size(item)).sum::<usize>(),
        serde_json::Value::Object(fields) => {
            3 + fields
                .iter()
                .map(|(name, field)| 1 + name.len() + stored_size(field))
                .sum::<usize>()
        }
    }
}

/// Takes readings of `state`'s sensors until its head is full.
fn filled(state: UnitState) -> UnitRecord {
    let mut record = UnitRecord::new(state);
    for number in 0_u32.. {
        // As wide as they come: the temperature jumps and every reading has a humidity.
        let centi = if number % 2 == 0 { -7_000 } else { 14_000 };
        let reading = Reading {
            humidity: Humidity::from_basis_points(if number % 2 == 0 { 100 } else { 9_900 }),
            ..reading(
                START + Span::minutes(number * 7),
                Some(TemperatureSample::Valid(CentiCelsius(centi))),
            )
        };
        let before = record.clone();
        match record.take(&reading, reading.recorded_at, &mut Vec::new()) {
            Admission::HeadFull => return before,
            // Only what the head has room for is of interest.
            _ => record.state = before.state,
        }
    }
    unreachable!("a head fills up")
}

fn item_size(record: &UnitRecord) -> usize {
    stored_size(&serde_json::to_value(&record.state).unwrap()) + record.head.pack().len() + ITEM_BYTES
}

#[test]
fn a_unit_that_reports_is_written_in_one_unit_whatever_its_readings_and_however_much_is_said_of_it() {
    let full = full_state();
    let crowd = full.sensors.clone();
    let sensors = crowd.iter().copied().take(1).collect();
    // A sensor that is silent sends no readings to be written.
    let of_silence = |alert: &OpenAlert| {
        matches!(
            alert.kind,
            AlertKind::MonitoringInterrupted | AlertKind::MissedManualEntry
        )
    };
    let record = filled(UnitState {
        sensors,
        silence: None,
        alerts: full
            .alerts
            .iter()
            .copied()
            .filter(|alert| !of_silence(alert))
            .collect(),
        ..full
    });
    assert!(item_size(&record) <= WRITE_UNIT, "{}", item_size(&record));
    assert!(
        record.head.entries().len() >= 12,
        "{}",
        record.head.entries().len()
    );
}

/// As many alerts of the library as a unit has at once.
fn library_alerts() -> impl Iterator<Item = OpenAlert> {
    let kinds = [
        AlertKind::TempRising,
        AlertKind::HumidityHigh,
        AlertKind::SensorsDisagree,
        AlertKind::WeakSignal,
    ];
    kinds
        .into_iter()
        .zip(AlarmId::all())
        .map(|(kind, alarm)| OpenAlert {
            number: 9_999,
            kind,
            severity: Severity::Warning,
            opened_at: START,
            since: Some(START - Span::seconds(9_876)),
            escalated_at: None,
            trigger: None,
            worst: None,
            limit: None,
            side: None,
            slot: None,
            related: None,
            alarm: Some((alarm, 1_234)),
            held: false,
        })
}

#[test]
fn every_alarm_of_the_library_fits_beside_an_excursion() {
    let full = full_state();
    let record = filled(UnitState {
        // What is set of most units that have anything set: to set all there is besides takes another unit of writing.
        overrides: Overrides {
            low: full.overrides.low,
            high: full.overrides.high,
            report_interval: full.overrides.report_interval,
            ..Overrides::default()
        },
        sensors: full.sensors.iter().copied().take(1).collect(),
        silence: None,
        logged_at: None,
        masking: None,
        settle_at: None,
        legal_source: None,
        exposed: Exposed::default(),
        calibrated_until: None,
        quiet: Vec::new(),
        alarms: full_alarms(),
        memory: full_memory(),
        alerts: full.alerts.iter().copied().take(1).collect(),
        ..full
    });
    assert!(item_size(&record) <= WRITE_UNIT, "{}", item_size(&record));
    assert!(
        record.head.entries().len() >= 12,
        "{}",
        record.head.entries().len()
    );
}

#[test]
fn a_calm_unit_has_room_for_half_a_day() {
    let full = full_state();
    let calm = UnitState {
        overrides: Overrides {
            report_interval: Some(Span::minutes(10)),
            ..Overrides::default()
        },
        status: UnitStatus::Ok,
        silence: None,
        logged_at: None,
        excursion: None,
        course: Vec::new(),
        settle_at: None,
        exposed: Exposed::default(),
        legal_source: None,
        quiet: Vec::new(),
        alerts: Vec::new(),
        sensors: full.sensors.iter().copied().take(1).collect(),
        ..full
    };
    let record = filled(calm);
    assert!(
        record.head.pack().len() + 21 > HEAD_BYTES - 21,
        "{}",
        record.head.pack().len()
    );
    assert!(item_size(&record) <= WRITE_UNIT, "{}", item_size(&record));
}

#[test]
fn no_unit_takes_more_than_two_units_to_write() {
    let full = full_state();
    let crowded = UnitState {
        sensors: vec![full.sensors[0]; MAX_SENSORS],
        ..full
    };
    let size = stored_size(&serde_json::to_value(&crowded).unwrap());
    assert!(size + HEAD_BYTES + ITEM_BYTES <= 2 * WRITE_UNIT, "{size}");
    // With every alarm of the library on its head is shorter.
    let sensors = full_state().sensors;
    let record = filled(UnitState {
        sensors,
        alarms: full_alarms(),
        memory: full_memory(),
        alerts: crowded.alerts.iter().copied().chain(library_alerts()).collect(),
        ..crowded
    });
    assert!(item_size(&record) <= 2 * WRITE_UNIT, "{}", item_size(&record));
}

/// Overrides used to have a name each, and alerts a list each.
#[test]
fn what_was_stored_before_there_was_so_much_of_it_is_read() {
    let state = full_state();
    let mut stored = serde_json::to_value(&state).unwrap();
    let alerts: Vec<Vec<i64>> = state.alerts.iter().copied().map(Vec::from).collect();
    stored["al"] = serde_json::to_value(alerts).unwrap();
    stored["o"] = serde_json::json!({ "hi": 700, "cf": 600_000, "ri": 300_000, "ow": 2, "so": 12 });
    let read: UnitState = serde_json::from_value(stored).unwrap();
    assert_eq!(read.alerts, state.alerts);
    let overrides = Overrides {
        high: Some(CentiCelsius(700)),
        confirm: Some(Span::minutes(10)),
        report_interval: Some(Span::minutes(5)),
        offline_warning: Some(2),
        sources: Sources::STANDARD.with(Rule::High, SetAt::Unit),
        ..Overrides::default()
    };
    assert_eq!(read.overrides, overrides);
    let again = serde_json::to_value(&read).unwrap();
    assert_eq!(serde_json::from_value::<UnitState>(again).unwrap(), read);
}
