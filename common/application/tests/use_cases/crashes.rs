//! A process may die between any two calls, and within one. Whoever sent it work sends it again, and what is left is
//! what would have been left without the death.

use crate::support::{COLD, EndState, Stage, WARM, done, minute};
use freshtrack_application::alerts::{get_alert, record_trail};
use freshtrack_application::ports::Quarantine;
use freshtrack_application::{
    Import, PortErrorKind, UnitReading, import_organization, replay_frame, retry_readings, sweep_timers,
};
use freshtrack_contracts::ingest::ItemStatus;
use freshtrack_domain::alert::AlertStatus;
use freshtrack_domain::device::DevEui;
use freshtrack_testkit::{Faults, Kitchen, World, killed_after, lht65n_uplink};
use std::fmt::Debug;

/// Lets `story` happen with a death after every number of calls until it needs no more of them. A story kills at most
/// once, says whether it did, and tells what is left; that must be what is left when nobody dies.
fn at_every_moment<T: Debug + PartialEq>(story: impl Fn(usize) -> (bool, T)) {
    let (killed, undisturbed) = story(usize::MAX);
    assert!(!killed);
    let deaths = (0..)
        .take_while(|calls| {
            let (killed, left) = story(*calls);
            assert_eq!(left, undisturbed, "killed after {calls} calls");
            killed
        })
        .count();
    assert!(deaths > 1, "the story was never interrupted");
}

/// Two units: one seals its log twice, gets late readings and an alarm; the other an excursion that ends.
fn eventful(stage: &Stage) -> Vec<UnitReading> {
    let mut batch = stage.calm(0, 10, 146);
    batch.push(stage.measured(0, minute(5), WARM));
    batch.push(stage.measured(0, minute(7), COLD));
    for (at, centi) in [(800, WARM), (805, WARM), (812, WARM)] {
        batch.push(stage.measured(0, minute(at), centi));
        batch.push(stage.measured(1, minute(at), if at == 805 { WARM } else { COLD }));
    }
    batch.push(batch[20].clone());
    batch
}

fn record_killed_after(kitchen: &Kitchen, calls: usize, trouble: impl Fn(&Faults)) -> (bool, EndState) {
    let stage = Stage::of(kitchen.clone());
    done(stage.record(&stage.calm(0, 20, 1)));
    let batch = eventful(&stage);
    trouble(&stage.world.memory.faults);
    let killed = killed_after(calls, stage.record(&batch)).is_none();
    if killed {
        done(stage.record(&batch));
    }
    done(stage.drain());
    (killed, done(stage.end_state()))
}

#[test]
fn recording() {
    let kitchen = Kitchen::new(2);
    at_every_moment(|calls| record_killed_after(&kitchen, calls, |_| {}));
}

#[test]
fn handing_over_to_the_retry_lane() {
    let kitchen = Kitchen::new(2);
    for passed in 0..4 {
        at_every_moment(|calls| {
            record_killed_after(&kitchen, calls, |faults| {
                faults.fail_after(passed, "unit_states.save", PortErrorKind::Unavailable, 2);
            })
        });
    }
}

#[test]
fn storing_from_the_retry_lane() {
    let kitchen = Kitchen::new(2);
    at_every_moment(|calls| {
        let stage = Stage::of(kitchen.clone());
        let batch = eventful(&stage);
        stage
            .world
            .memory
            .faults
            .fail("unit_states.load", PortErrorKind::Throttled, 2);
        done(stage.record(&batch));
        let mut killed = false;
        for waiting in stage.world.retry.take() {
            let ports = stage.world.record();
            // The lane gives again whatever was not acknowledged, before anything behind it.
            if !killed && killed_after(calls, retry_readings(&ports, waiting.clone())).is_some() {
                continue;
            }
            killed = true;
            done(retry_readings(&ports, waiting)).unwrap();
        }
        (killed, done(stage.end_state()))
    });
}

#[test]
fn receiving_uplinks() {
    let kitchen = Kitchen::new(1);
    at_every_moment(|calls| {
        let stage = Stage::of(kitchen.clone());
        let known = kitchen.sensors[0].dev_eui;
        let uplinks = [
            lht65n_uplink(known, minute(0), 1, 350),
            lht65n_uplink(DevEui(0xA840_4100_0018_1061), minute(1), 1, 350),
            lht65n_uplink(known, minute(10), 2, 720),
            lht65n_uplink(known, minute(10), 2, 720),
        ];
        let receive = async || {
            let receive = stage.world.receive();
            receive.receive(stage.scope(), uplinks.to_vec()).await.unwrap()
        };
        let killed = killed_after(calls, receive()).is_none();
        if killed {
            done(receive());
        }
        let aside = done(stage.frames());
        assert_eq!(aside.len(), 1);
        (killed, done(stage.end_state()))
    });
}

#[test]
fn replaying_a_frame_that_was_kept_aside() {
    let mut kitchen = Kitchen::new(1);
    let uplink = lht65n_uplink(kitchen.sensors[0].dev_eui, minute(0), 1, 720);
    let registered = kitchen.clone();
    kitchen.sensors[0].dev_eui = DevEui(1);
    at_every_moment(|calls| {
        let stage = Stage::of(kitchen.clone());
        let (receive, scope) = (stage.world.receive(), stage.scope());
        done(receive.receive(scope, vec![uplink.clone()])).unwrap();
        done(stage.world.import(&registered)).unwrap();
        let quarantine: &dyn Quarantine = &stage.world.memory;
        let [frame] = done(stage.frames()).try_into().unwrap();
        let killed = killed_after(calls, replay_frame(&receive, scope, frame.id)).is_none();
        // A frame that is gone was taken in before the death.
        if killed && let Some(frame) = done(quarantine.find(scope, frame.id)).unwrap() {
            let report = done(replay_frame(&receive, scope, frame.id)).unwrap();
            assert!(matches!(
                report.results[0].status,
                ItemStatus::Accepted | ItemStatus::Duplicate
            ));
        }
        assert_eq!(done(stage.frames()), []);
        (killed, done(stage.end_state()))
    });
}

#[test]
fn sweeping_timers() {
    let kitchen = Kitchen::new(3);
    at_every_moment(|calls| {
        let stage = Stage::of(kitchen.clone());
        let warm: Vec<UnitReading> = (0..3).map(|unit| stage.measured(unit, minute(0), WARM)).collect();
        done(stage.record(&warm));
        let World {
            memory,
            records,
            clock,
            ..
        } = &stage.world;
        let sweep = || sweep_timers(records, memory, stage.world.live(), clock);
        let killed = killed_after(calls, sweep()).is_none();
        if killed {
            done(sweep()).unwrap();
        }
        // Each has been warm and silent for a day, and nobody has logged a temperature.
        assert_eq!(done(stage.alerts(AlertStatus::Open)).len(), 9);
        (killed, done(stage.end_state()))
    });
}

#[test]
fn importing_an_organization() {
    let kitchen = Kitchen::new(2);
    at_every_moment(|calls| {
        let world = World::at(minute(0));
        let import = Import {
            records: &world.records,
            states: &world.memory,
            clock: &world.clock,
        };
        let killed = killed_after(calls, import_organization(&import, kitchen.document())).is_none();
        if killed {
            done(import_organization(&import, kitchen.document())).unwrap();
        }
        let stage = Stage::in_world(world, kitchen.clone());
        // What was brought in works.
        let uplinks = kitchen
            .sensors
            .iter()
            .map(|sensor| lht65n_uplink(sensor.dev_eui, minute(0), 1, 720));
        done(stage.world.receive().receive(stage.scope(), uplinks.collect())).unwrap();
        (killed, done(stage.end_state()))
    });
}

#[test]
fn writing_an_alerts_trail() {
    let stage = Stage::new(1);
    for at in [0, 11] {
        done(stage.record(&[stage.measured(0, minute(at), WARM)]));
    }
    let [alert] = done(stage.alerts(AlertStatus::Open)).try_into().unwrap();
    let events = stage.world.memory.take_outbox();
    at_every_moment(|calls| {
        let stage = Stage::of(stage.kitchen.clone());
        for at in [0, 11] {
            done(stage.record(&[stage.measured(0, minute(at), WARM)]));
        }
        let World {
            memory,
            records,
            clock,
            ..
        } = &stage.world;
        let mut killed = false;
        for event in &events {
            // A queue gives again whatever was not acknowledged.
            if killed_after(calls, record_trail(memory, event)).is_none() {
                killed = true;
                done(record_trail(memory, event)).unwrap();
            }
        }
        let detail = done(get_alert(memory, records, clock, &stage.viewer(), alert.id)).unwrap();
        assert_eq!(detail.trail.len(), 2);
        (killed, detail)
    });
}
