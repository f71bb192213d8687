use super::{START, assert_conflict, minute};
use crate::{Kitchen, fresh_id, reading};
use freshtrack_application::OrgScope;
use freshtrack_application::ports::{LateEntry, ReadingLog};
use freshtrack_domain::ids::UnitId;
use freshtrack_domain::log::{Entry, Fault, SealedBlock};
use freshtrack_domain::measurement::{CentiCelsius, Correction, Humidity};
use freshtrack_domain::time::{Span, Timestamp};

/// Keeps blocks and late readings once, and finds them by time.
pub async fn reading_log(log: &dyn ReadingLog) {
    blocks(log).await;
    late(log).await;
}

/// Three blocks of three readings, from minutes 0, 30 and 60, ten minutes apart.
fn sealed(kitchen: &Kitchen) -> Vec<SealedBlock> {
    let mut record = kitchen.records(START).remove(0);
    let mut blocks = Vec::new();
    for number in 0..9 {
        let at = minute(number * 10);
        record.take(&reading(kitchen.sensors[0].id, at, 400), at, &mut Vec::new());
        if number % 3 == 2 {
            blocks.extend(record.seal());
        }
    }
    blocks
}

async fn blocks(log: &dyn ReadingLog) {
    let kitchen = Kitchen::new(1);
    let (scope, unit_id) = (kitchen.scope(), kitchen.units()[0]);
    let blocks = sealed(&kitchen);
    for block in blocks.iter().rev().chain(&blocks) {
        log.put_block(scope, unit_id, block).await.unwrap();
    }
    let mut forged = blocks[1].clone();
    *forged.payload.last_mut().unwrap() ^= 1;
    assert_conflict(
        log.put_block(scope, unit_id, &forged).await,
        "another block stands in its place",
    );

    let none: &[SealedBlock] = &[];
    for (from, to, expected) in [
        (minute(0), minute(90), &blocks[..]),
        (minute(0), minute(0), &blocks[..1]),
        (minute(20), minute(20), &blocks[..1]),
        (minute(15), minute(35), &blocks[..2]),
        (minute(35), minute(45), &blocks[1..2]),
        (minute(45), minute(200), &blocks[1..]),
        (minute(81), minute(200), none),
        (minute(90), minute(0), none),
    ] {
        let found = log.blocks(scope, unit_id, from, to, 10, true).await.unwrap();
        assert_eq!(found, expected, "{from} to {to}");
        let seen = log.blocks(scope, unit_id, from, to, 10, false).await.unwrap();
        assert!(
            expected.starts_with(&seen),
            "only the newest may be missing: {from} to {to}"
        );
    }
    for (from, most) in [(minute(0), 2), (minute(10), 1), (minute(10), 2), (minute(30), 1)] {
        let found = log
            .blocks(scope, unit_id, from, minute(90), most, true)
            .await
            .unwrap();
        let begin = usize::from(from == minute(30));
        assert_eq!(found, blocks[begin..begin + most], "{most} from {from}");
    }
    let day = (START - Span::hours(24), START + Span::hours(24));
    for (scope, unit_id) in [(OrgScope::granted(fresh_id()), unit_id), (scope, fresh_id())] {
        assert_eq!(
            log.blocks(scope, unit_id, day.0, day.1, 10, true).await.unwrap(),
            Vec::new(),
            "not theirs"
        );
    }
}

async fn late(log: &dyn ReadingLog) {
    let kitchen = Kitchen::new(2);
    let (scope, unit_id) = (kitchen.scope(), kitchen.units()[0]);
    let of = |sensor: usize, at: Timestamp, centi: i32| LateEntry {
        entry: Entry {
            recorded_at: at,
            slot: 0,
            temperature: Some(CentiCelsius(centi)),
            fault: None,
            humidity: Humidity::from_basis_points(4_500),
            door_open: Some(true),
            correction: Correction {
                temperature: CentiCelsius(-40),
                humidity: 150,
            },
            manual: sensor == 1,
            back_filled: sensor == 0,
        },
        sensor_id: kitchen.sensors[sensor].id,
    };
    let mut faulty = of(0, minute(20), 0);
    faulty.entry = Entry {
        temperature: None,
        fault: Some(Fault::ProbeMissing),
        ..faulty.entry
    };
    let (early, beside) = (of(0, minute(10), -1_850), of(1, minute(10), 410));
    for (late, new) in [
        (faulty, true),
        (early, true),
        (beside, true),
        (early, false),
        (faulty, false),
    ] {
        assert_eq!(log.put_late(scope, unit_id, &late).await.unwrap(), new);
    }
    let other_value = of(0, minute(10), 999);
    assert!(
        !log.put_late(scope, unit_id, &other_value).await.unwrap(),
        "one sensor, one second, one reading"
    );

    let mut at_ten = vec![early, beside];
    at_ten.sort_by_key(|late| late.sensor_id);
    let all = [at_ten.clone(), vec![faulty]].concat();
    let found = |from: u32, to: u32| found(log, scope, unit_id, minute(from), minute(to));
    assert_eq!(found(0, 60).await, all, "in order of time");
    assert_eq!(found(10, 19).await, at_ten);
    assert_eq!(found(11, 20).await, [faulty]);
    assert_eq!(found(21, 60).await, []);
    assert_eq!(found(60, 0).await, [], "no time passes from later to earlier");
    for (scope, unit_id) in [(OrgScope::granted(fresh_id()), unit_id), (scope, fresh_id())] {
        let theirs = log.late(scope, unit_id, START, minute(60)).await.unwrap();
        assert_eq!(theirs, Vec::new(), "not theirs");
    }
}

async fn found(
    log: &dyn ReadingLog,
    scope: OrgScope,
    unit_id: UnitId,
    from: Timestamp,
    to: Timestamp,
) -> Vec<LateEntry> {
    let mut found = log.late(scope, unit_id, from, to).await.unwrap();
    assert!(found.is_sorted_by_key(|late| late.entry.recorded_at));
    found.sort_by_key(|late| (late.entry.recorded_at, late.sensor_id));
    found
}
