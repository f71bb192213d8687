//! What a unit makes of its door (specification 13.3, 2.3 to 2.5 and 2.7; ADR 21).

use crate::play::{
    ALARMED, CALM, NOTHING_SET, Scenario, Step, WARNED, WARNED_AND_SILENT, apply, every, minute, play,
    sentences, told,
};
use crate::support::fridge;
use Door::{Closed, Open};
use UnitStatus::{AlarmActive, Excursion, Ok, Pending, Restoring};
use freshtrack_domain::alert::{AlertKind, Severity};
use freshtrack_domain::measurement::Door;
use freshtrack_domain::time::Span;
use freshtrack_domain::unit::{Overrides, Rule, SetAt, Sources, UnitStatus};

const AJAR: &[(AlertKind, Severity)] = &[(AlertKind::DoorOpen, Severity::Warning)];
const WIDE_OPEN: &[(AlertKind, Severity)] = &[(AlertKind::DoorOpen, Severity::Critical)];
const WIDE_OPEN_AND_WARNED: &[(AlertKind, Severity)] = &[
    (AlertKind::DoorOpen, Severity::Critical),
    (AlertKind::TempExcursion, Severity::Warning),
];
const WIDE_OPEN_AND_ALARMED: &[(AlertKind, Severity)] = &[
    (AlertKind::DoorOpen, Severity::Critical),
    (AlertKind::TempExcursion, Severity::Critical),
];
const WARNED_AND_AJAR: &[(AlertKind, Severity)] = &[
    (AlertKind::TempExcursion, Severity::Warning),
    (AlertKind::DoorOpen, Severity::Warning),
];
const WARNED_AND_WIDE_OPEN: &[(AlertKind, Severity)] = &[
    (AlertKind::TempExcursion, Severity::Warning),
    (AlertKind::DoorOpen, Severity::Critical),
];
const ALARMED_AND_WIDE_OPEN: &[(AlertKind, Severity)] = &[
    (AlertKind::TempExcursion, Severity::Critical),
    (AlertKind::DoorOpen, Severity::Critical),
];
const SILENT_AND_WARNED: &[(AlertKind, Severity)] = &[
    (AlertKind::MonitoringInterrupted, Severity::Warning),
    (AlertKind::TempExcursion, Severity::Warning),
];

/// A sensor that reports so rarely that its silence is out of the question, and no warnings of the door itself.
const TEMPERATURE_ALONE: Overrides = Overrides {
    report_interval: Some(Span::hours(8)),
    door_warning: Some(Span::hours(100)),
    door_critical: Some(Span::hours(100)),
    ..NOTHING_SET
};

const SHORT_EXCUSE: Overrides = Overrides {
    door_mask: Some(Span::minutes(5)),
    ..TEMPERATURE_ALONE
};
const PATIENT: Overrides = Overrides {
    door_warning: Some(Span::minutes(15)),
    door_critical: Some(Span::minutes(20)),
    ..NOTHING_SET
};
const IMPATIENT: Overrides = Overrides {
    door_critical: Some(Span::minutes(14)),
    ..NOTHING_SET
};

#[test]
fn every_scenario_goes_as_specified() {
    every(&scenarios());
}

#[rustfmt::skip]
fn scenarios() -> Vec<Scenario> {
    use Step::{Active, Beside, Contact, Limits, Read, SecondContact, Set, TakeAway, Tick};
    vec![
        Scenario::new("4: an open door excuses for 20 min, and then it is an alarm 20 min later", &[
            (Read(-4.0, 38.0), (Ok, CALM, 1)),
            (Contact(0.0, Open), (Ok, CALM, 2)),
            (Read(1.0, 45.0), (Ok, CALM, 3)),
            (Tick(3.0), (Ok, AJAR, 3)),
            (Read(6.0, 45.0), (Ok, AJAR, 4)),
            (Tick(10.0), (Ok, WIDE_OPEN, 4)),
            (Read(11.0, 45.0), (Ok, WIDE_OPEN, 5)),
            (Read(16.0, 45.0), (Ok, WIDE_OPEN, 6)),
            (Tick(19.99), (Ok, WIDE_OPEN, 6)),
            (Tick(20.0), (Excursion, WIDE_OPEN_AND_WARNED, 6)),
            (Read(21.0, 45.0), (Excursion, WIDE_OPEN_AND_WARNED, 7)),
            (Read(26.0, 45.0), (Excursion, WIDE_OPEN_AND_WARNED, 8)),
            (Read(31.0, 45.0), (Excursion, WIDE_OPEN_AND_WARNED, 9)),
            (Read(36.0, 45.0), (Excursion, WIDE_OPEN_AND_WARNED, 10)),
            (Tick(39.99), (Excursion, WIDE_OPEN_AND_WARNED, 10)),
            (Tick(40.0), (AlarmActive, WIDE_OPEN_AND_ALARMED, 10)),
        ]),
        Scenario::new("4: also if the clock never comes", &[
            (Read(-4.0, 38.0), (Ok, CALM, 1)),
            (Contact(0.0, Open), (Ok, CALM, 2)),
            (Read(1.0, 45.0), (Ok, CALM, 3)),
            (Read(6.0, 45.0), (Ok, AJAR, 4)),
            (Read(11.0, 45.0), (Ok, WIDE_OPEN, 5)),
            (Read(16.0, 45.0), (Ok, WIDE_OPEN, 6)),
            (Read(21.0, 45.0), (Excursion, WIDE_OPEN_AND_WARNED, 7)),
            (Read(26.0, 45.0), (Excursion, WIDE_OPEN_AND_WARNED, 8)),
            (Read(31.0, 45.0), (Excursion, WIDE_OPEN_AND_WARNED, 9)),
            (Read(36.0, 45.0), (Excursion, WIDE_OPEN_AND_WARNED, 10)),
            (Read(41.0, 45.0), (AlarmActive, WIDE_OPEN_AND_ALARMED, 11)),
        ]),
        Scenario::new("5: once the door is closed nothing is excused, and it is an alarm 10 min after the next reading", &[
            (Read(-4.0, 38.0), (Ok, CALM, 1)),
            (Contact(0.0, Open), (Ok, CALM, 2)),
            (Read(1.0, 45.0), (Ok, CALM, 3)),
            (Read(6.0, 45.0), (Ok, AJAR, 4)),
            (Read(11.0, 45.0), (Ok, WIDE_OPEN, 5)),
            (Contact(15.0, Closed), (Ok, CALM, 6)),
            (Read(16.0, 45.0), (Excursion, WARNED, 7)),
            (Read(21.0, 45.0), (Excursion, WARNED, 8)),
            (Tick(25.99), (Excursion, WARNED, 8)),
            (Tick(26.0), (AlarmActive, ALARMED, 8)),
        ]),
        Scenario::new("5: if there is no next reading, the excuse ends when it would have", &[
            (Read(-4.0, 38.0), (Ok, CALM, 1)),
            (Contact(0.0, Open), (Ok, CALM, 2)),
            (Read(1.0, 45.0), (Ok, CALM, 3)),
            (Read(6.0, 45.0), (Ok, AJAR, 4)),
            (Read(11.0, 45.0), (Ok, WIDE_OPEN, 5)),
            (Contact(15.0, Closed), (Ok, CALM, 6)),
            (Tick(20.0), (Excursion, SILENT_AND_WARNED, 6)),
        ]),
        Scenario::new("what was only a door leaves no trace", &[
            (Read(-4.0, 38.0), (Ok, CALM, 1)),
            (Contact(0.0, Open), (Ok, CALM, 2)),
            (Read(1.0, 45.0), (Ok, CALM, 3)),
            (Contact(2.0, Closed), (Ok, CALM, 4)),
            (Read(6.0, 39.0), (Ok, CALM, 5)),
        ]),
        Scenario::new("closing the door and opening it again wins no time", &[
            (Read(-4.0, 38.0), (Ok, CALM, 1)),
            (Contact(0.0, Open), (Ok, CALM, 2)),
            (Read(1.0, 45.0), (Ok, CALM, 3)),
            (Contact(18.0, Closed), (Ok, CALM, 4)),
            (Contact(19.0, Open), (Ok, CALM, 5)),
            (Read(19.5, 45.0), (Ok, CALM, 6)),
            (Tick(20.0), (Excursion, WARNED, 6)),
        ]).with(TEMPERATURE_ALONE),
        Scenario::new("an open door excuses an hour a day, however often it is opened", &[
            (Read(-4.0, 38.0), (Ok, CALM, 1)),
            (Contact(0.0, Open), (Ok, CALM, 2)),
            (Read(1.0, 45.0), (Ok, CALM, 3)),
            (Read(7.0, 38.0), (Ok, CALM, 4)),
            (Contact(8.0, Closed), (Ok, CALM, 5)),
            (Contact(60.0, Open), (Ok, CALM, 6)),
            (Read(61.0, 45.0), (Ok, CALM, 7)),
            (Tick(64.99), (Ok, CALM, 7)),
            (Tick(65.0), (Excursion, WARNED, 7)),
            (Read(66.0, 38.0), (Restoring, CALM, 8)),
            (Read(67.0, 38.0), (Ok, CALM, 9)),
            (Contact(70.0, Closed), (Ok, CALM, 10)),
            (Contact(80.0, Open), (Ok, CALM, 11)),
            (Read(81.0, 45.0), (Excursion, WARNED, 12)),
        ]).with(Overrides { door_mask: Some(Span::minutes(10)), ..TEMPERATURE_ALONE }),
        Scenario::new("and another hour once a day has passed since the first excuse", &[
            (Read(-4.0, 38.0), (Ok, CALM, 1)),
            (Contact(0.0, Open), (Ok, CALM, 2)),
            (Read(1.0, 45.0), (Ok, CALM, 3)),
            (Tick(11.0), (Excursion, WARNED, 3)),
            (Read(12.0, 38.0), (Restoring, CALM, 4)),
            (Read(13.0, 38.0), (Ok, CALM, 5)),
            (Contact(14.0, Closed), (Ok, CALM, 6)),
            (Read(400.0, 38.0), (Ok, CALM, 7)),
            (Read(800.0, 38.0), (Ok, CALM, 8)),
            (Read(1_200.0, 38.0), (Ok, CALM, 9)),
            (Contact(1_438.0, Open), (Ok, CALM, 10)),
            (Read(1_439.0, 45.0), (Excursion, WARNED, 11)),
            (Read(1_440.0, 38.0), (Restoring, CALM, 12)),
            (Read(1_440.5, 38.0), (Ok, CALM, 13)),
            (Read(1_441.0, 45.0), (Ok, CALM, 14)),
        ]).with(Overrides { door_mask: Some(Span::minutes(10)), ..TEMPERATURE_ALONE }),
        Scenario::new("it excuses nothing where it may not", &[
            (Read(-4.0, 38.0), (Ok, CALM, 1)),
            (Contact(0.0, Open), (Ok, CALM, 2)),
            (Read(1.0, 45.0), (Excursion, WARNED, 3)),
        ]).with(Overrides { door_mask: Some(Span::ZERO), ..TEMPERATURE_ALONE }),
        Scenario::new("it excuses only what begins while all is well", &[
            (Contact(0.0, Open), (Pending, CALM, 1)),
            (Read(1.0, 45.0), (Excursion, WARNED, 2)),
            (Read(2.0, 38.0), (Restoring, CALM, 3)),
            (Read(3.0, 45.0), (Excursion, WARNED, 4)),
        ]).with(TEMPERATURE_ALONE),
        Scenario::new("a door that is opened later excuses nothing that was measured before", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Contact(5.0, Open), (Ok, CALM, 2)),
            (Read(4.0, 45.0), (Excursion, WARNED, 3)),
        ]).with(TEMPERATURE_ALONE),
        Scenario::new("no excuse outlasts an excursion", &[
            (Read(-4.0, 38.0), (Ok, CALM, 1)),
            (Contact(0.0, Open), (Ok, CALM, 2)),
            (Read(1.0, 45.0), (Ok, CALM, 3)),
            (Read(5.0, 45.0), (Ok, CALM, 4)),
            (Tick(13.0), (AlarmActive, ALARMED, 4)),
        ]).with(Overrides { max_excursion: Some(Span::minutes(12)), ..TEMPERATURE_ALONE }),
        Scenario::new("rules made stricter end an excuse that goes on", &[
            (Read(-4.0, 38.0), (Ok, CALM, 1)),
            (Contact(0.0, Open), (Ok, CALM, 2)),
            (Read(1.0, 45.0), (Ok, CALM, 3)),
            (Set(8.0, &SHORT_EXCUSE), (Excursion, WARNED, 3)),
        ]).with(TEMPERATURE_ALONE),
        Scenario::new("limits by which it is in range end it too", &[
            (Read(-4.0, 38.0), (Ok, CALM, 1)),
            (Contact(0.0, Open), (Ok, CALM, 2)),
            (Read(1.0, 45.0), (Ok, CALM, 3)),
            (Limits(2.0, 33.0, 46.0), (Ok, CALM, 3)),
            (Tick(25.0), (Ok, CALM, 3)),
        ]).with(TEMPERATURE_ALONE),
        Scenario::new("2.5, 7: a door that is opened puts an alarm off, once", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Read(5.0, 45.0), (Excursion, WARNED, 2)),
            (Contact(9.0, Open), (Excursion, WARNED, 3)),
            (Read(10.0, 45.0), (Excursion, WARNED, 4)),
            (Read(15.0, 45.0), (Excursion, WARNED_AND_AJAR, 5)),
            (Tick(19.99), (Excursion, WARNED_AND_WIDE_OPEN, 5)),
            (Tick(20.0), (AlarmActive, ALARMED_AND_WIDE_OPEN, 5)),
        ]),
        Scenario::new("2.5, 7: opening and closing all the time puts it off no longer than leaving it open", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Contact(9.0, Open), (Excursion, WARNED, 2)),
            (Contact(12.0, Closed), (Excursion, WARNED, 3)),
            (Read(13.0, 45.0), (Excursion, WARNED, 4)),
            (Contact(15.0, Open), (Excursion, WARNED, 5)),
            (Contact(19.0, Closed), (Excursion, WARNED, 6)),
            (Tick(19.99), (Excursion, WARNED, 6)),
            (Tick(20.0), (AlarmActive, ALARMED, 6)),
        ]).with(TEMPERATURE_ALONE),
        Scenario::new("a door that is closed gives the unit as long as any to recover", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Contact(1.0, Open), (Excursion, WARNED, 2)),
            (Contact(4.0, Closed), (Excursion, WARNED, 3)),
            (Read(11.0, 45.0), (Excursion, WARNED, 4)),
            (Tick(13.99), (Excursion, WARNED, 4)),
            (Tick(14.0), (AlarmActive, ALARMED, 4)),
        ]).with(TEMPERATURE_ALONE),
        Scenario::new("whatever the door does, an excursion is an alarm after an hour", &[
            (Read(0.0, 45.0), (Excursion, WARNED, 1)),
            (Contact(5.0, Open), (Excursion, WARNED, 2)),
            (Read(30.0, 45.0), (Excursion, WARNED, 3)),
            (Tick(59.99), (Excursion, WARNED, 3)),
            (Tick(60.0), (AlarmActive, ALARMED, 3)),
        ]).with(Overrides { confirm_door_open: Some(Span::hours(2)), ..TEMPERATURE_ALONE }),
        Scenario::new("an hour in all, with what was excused", &[
            (Read(-4.0, 38.0), (Ok, CALM, 1)),
            (Contact(0.0, Open), (Ok, CALM, 2)),
            (Read(1.0, 45.0), (Ok, CALM, 3)),
            (Read(19.0, 45.0), (Ok, CALM, 4)),
            (Tick(20.0), (Excursion, WARNED, 4)),
            (Tick(60.99), (Excursion, WARNED, 4)),
            (Tick(61.0), (AlarmActive, ALARMED, 4)),
        ]).with(Overrides { confirm_door_open: Some(Span::hours(2)), ..TEMPERATURE_ALONE }),
        Scenario::new("2.7: an open door is a warning, then critical, and over when it is closed", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Contact(1.0, Open), (Ok, CALM, 2)),
            (Tick(3.99), (Ok, CALM, 2)),
            (Tick(4.0), (Ok, AJAR, 2)),
            (Read(5.0, 38.0), (Ok, AJAR, 3)),
            (Contact(8.0, Open), (Ok, AJAR, 4)),
            (Read(10.0, 38.0), (Ok, AJAR, 5)),
            (Tick(11.0), (Ok, WIDE_OPEN, 5)),
            (Contact(12.0, Closed), (Ok, CALM, 6)),
            (Tick(14.0), (Ok, CALM, 6)),
        ]),
        Scenario::new("the door of a unit is open as long as one of its doors is", &[
            (Contact(0.0, Open), (Pending, CALM, 1)),
            (SecondContact(1.0, Closed), (Pending, CALM, 2)),
            (Tick(3.0), (Pending, AJAR, 2)),
            (SecondContact(4.0, Open), (Pending, AJAR, 3)),
            (Contact(5.0, Closed), (Pending, AJAR, 4)),
            (SecondContact(6.0, Closed), (Pending, CALM, 5)),
        ]),
        Scenario::new("a contact that is taken away knows nothing of the door any more", &[
            (Contact(0.0, Open), (Pending, CALM, 1)),
            (Tick(3.0), (Pending, AJAR, 1)),
            (TakeAway(4.0, 0), (Pending, CALM, 1)),
            (Tick(20.0), (Pending, CALM, 1)),
        ]),
        Scenario::new("another one still does", &[
            (Contact(0.0, Open), (Pending, CALM, 1)),
            (SecondContact(1.0, Open), (Pending, CALM, 2)),
            (TakeAway(2.0, 0), (Pending, CALM, 2)),
            (Tick(3.0), (Pending, AJAR, 2)),
        ]),
        // 24 h with 10 % and 30 s.
        Scenario::new("a door that was opened and of which nothing more is heard may have been closed", &[
            (Contact(0.0, Open), (Pending, CALM, 1)),
            (Tick(1_584.4), (Pending, WIDE_OPEN, 1)),
            (Tick(1_584.5), (Pending, CALM, 1)),
        ]),
        Scenario::new("its contact's own interval decides when", &[
            (Contact(0.0, Open), (Pending, CALM, 1)),
            (Tick(66.4), (Pending, WIDE_OPEN, 1)),
            (Tick(66.5), (Pending, CALM, 1)),
        ]).with(Overrides { door_interval: Some(Span::hours(1)), ..NOTHING_SET }),
        // Four times an hour, and once more with 10 % and 30 s.
        Scenario::new("one that was heard to be open again stays so until five words of it are missing", &[
            (Contact(0.0, Open), (Pending, CALM, 1)),
            (Contact(60.0, Open), (Pending, WIDE_OPEN, 2)),
            (Tick(366.4), (Pending, WIDE_OPEN, 2)),
            (Tick(366.5), (Pending, CALM, 2)),
        ]).with(Overrides { door_interval: Some(Span::hours(1)), ..NOTHING_SET }),
        Scenario::new("whose word that it was closed was lost, it is a warning while the temperature is in range", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Contact(1.0, Open), (Ok, CALM, 2)),
            (Tick(4.0), (Ok, AJAR, 2)),
            (Read(5.0, 38.0), (Ok, AJAR, 3)),
            (Read(10.0, 38.0), (Ok, AJAR, 4)),
            (Read(15.0, 38.0), (Ok, AJAR, 5)),
            (Read(20.0, 38.0), (Ok, AJAR, 6)),
            (Contact(30.0, Closed), (UnitStatus::Offline, SILENT_ALONE, 7)),
        ]),
        Scenario::new("the temperature that leaves its range says that it is open", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Contact(1.0, Open), (Ok, CALM, 2)),
            (Read(5.0, 38.0), (Ok, AJAR, 3)),
            (Read(10.0, 40.0), (Ok, AJAR, 4)),
            (Read(15.0, 42.0), (Ok, WIDE_OPEN, 5)),
        ]),
        Scenario::new("another word of it says so too, unless somebody has only opened it again", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Contact(1.0, Open), (Ok, CALM, 2)),
            (Read(5.0, 38.0), (Ok, AJAR, 3)),
            (Read(10.0, 38.0), (Ok, AJAR, 4)),
            (Contact(12.0, Open), (Ok, AJAR, 5)),
            (Contact(12.5, Closed), (Ok, CALM, 6)),
            (Contact(13.0, Open), (Ok, CALM, 7)),
            (Read(15.0, 38.0), (Ok, CALM, 8)),
            (Contact(17.0, Open), (Ok, AJAR, 9)),
            (Read(20.0, 38.0), (Ok, AJAR, 10)),
            (Tick(22.99), (Ok, AJAR, 10)),
            (Tick(23.0), (Ok, WIDE_OPEN, 10)),
        ]),
        Scenario::new("a temperature of which two reports are missing says nothing", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Contact(1.0, Open), (Ok, CALM, 2)),
            (Read(5.0, 38.0), (Ok, AJAR, 3)),
            (Tick(15.99), (UnitStatus::Offline, AJAR_AND_SILENT, 3)),
            (Tick(16.0), (UnitStatus::Offline, WIDE_OPEN_AND_SILENT, 3)),
        ]),
        Scenario::new("an excursion that it drew out is an alarm then, if it has lasted long enough", &[
            (Contact(-56.8, Open), (Pending, CALM, 1)),
            (Read(-5.0, 45.0), (Excursion, WARNED, 2)),
            (Read(-1.0, 45.0), (Excursion, WARNED, 3)),
            (Tick(9.69), (Excursion, WARNED, 3)),
            (Tick(9.7), (AlarmActive, ALARMED, 3)),
        ]).with(Overrides { door_interval: Some(Span::minutes(60)), ..TEMPERATURE_ALONE }),
        Scenario::new("rules made looser end the warning, and stricter ones give it", &[
            (Contact(0.0, Open), (Pending, CALM, 1)),
            (Tick(3.0), (Pending, AJAR, 1)),
            (Set(4.0, &PATIENT), (Pending, CALM, 1)),
            (Tick(14.9), (Pending, CALM, 1)),
            (Set(14.9, &IMPATIENT), (Pending, WIDE_OPEN, 1)),
        ]),
        Scenario::new("a unit that is judged no more forgets its door", &[
            (Contact(0.0, Open), (Pending, CALM, 1)),
            (Tick(3.0), (Pending, AJAR, 1)),
            (Active(4.0, false), (Pending, CALM, 1)),
            (Active(50.0, true), (Pending, CALM, 1)),
            (Tick(60.0), (Pending, CALM, 1)),
        ]),
        Scenario::new("another sensor's temperature is not excused, for it is not judged", &[
            (Contact(0.0, Open), (Pending, CALM, 1)),
            (Beside(1.0, 60.0), (Pending, CALM, 2)),
        ]),
        Scenario::new("silence while the door excuses ends in an excursion, for the excuse does end", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Contact(4.0, Open), (Ok, CALM, 2)),
            (Read(5.0, 45.0), (Ok, CALM, 3)),
            (Tick(11.0), (UnitStatus::Offline, SILENT_ALONE, 3)),
            (Tick(24.0), (Excursion, SILENT_AND_WARNED, 3)),
        ]).with(Overrides { report_interval: None, ..TEMPERATURE_ALONE }),
        Scenario::new("a report that comes late and is out of range is none of the door's", &[
            (Read(0.0, 38.0), (Ok, CALM, 1)),
            (Contact(4.0, Open), (Ok, CALM, 2)),
            (Tick(6.0), (UnitStatus::Offline, SILENT_ALONE, 2)),
            (Read(7.0, 45.0), (Excursion, WARNED, 3)),
            (Tick(13.0), (Excursion, WARNED_AND_SILENT, 3)),
        ]).with(Overrides { report_interval: None, ..TEMPERATURE_ALONE }),
    ]
}

const AJAR_AND_SILENT: &[(AlertKind, Severity)] = &[
    (AlertKind::DoorOpen, Severity::Warning),
    (AlertKind::MonitoringInterrupted, Severity::Warning),
];
const WIDE_OPEN_AND_SILENT: &[(AlertKind, Severity)] = &[
    (AlertKind::DoorOpen, Severity::Critical),
    (AlertKind::MonitoringInterrupted, Severity::Warning),
];
const SILENT_ALONE: &[(AlertKind, Severity)] = &[(AlertKind::MonitoringInterrupted, Severity::Warning)];

#[test]
fn an_excursion_names_the_open_door_that_may_explain_it_and_what_it_excused() {
    let (_, changes) = play(&[
        Step::Read(-4.0, 38.0),
        Step::Contact(0.0, Open),
        Step::Read(1.0, 45.0),
        Step::Read(6.0, 45.0),
        Step::Read(11.0, 45.0),
        Step::Read(16.0, 45.0),
        Step::Read(21.0, 45.0),
        Step::Read(26.0, 45.0),
        Step::Read(31.0, 45.0),
        Step::Read(36.0, 45.0),
        Step::Tick(40.0),
        Step::Contact(41.0, Closed),
    ]);
    assert_eq!(
        sentences(&changes),
        [
            "The door has been open for 3 min, where 3 min is a warning (the standard).",
            "The door has been open for 10 min, where 10 min is critical (the standard).",
            "7.2 °C is above the alarm limit of 5.0 °C (41.0 °F), the standard for a fridge, after 19 min that the open door excused.",
            "Above the alarm limit of 5.0 °C (41.0 °F) for 20 min, where 20 min is an alarm with the door open (the standard); the \
             worst was 7.2 °C.",
            "The door was closed after 41 min.",
        ]
    );
    let alerts = told(&changes);
    let (door, excursion) = (alerts[0], alerts[2]);
    assert_eq!(
        door.opened_at,
        minute(3.0),
        "since it was opened, not since the last word of it"
    );
    assert_eq!((door.related_id, excursion.related_id), (None, Some(door.id)));
    assert_eq!(alerts[3].related_id, Some(door.id), "for as long as it is there");
    assert_eq!(excursion.opened_at, minute(20.0));
}

#[test]
fn an_alarm_says_by_which_rule_it_is_one_and_who_set_it() {
    let mut record = fridge(minute(-60.0));
    record.state.overrides = Overrides {
        confirm_door_open: Some(Span::hours(2)),
        max_excursion: Some(Span::minutes(90)),
        sources: Sources::STANDARD.with(Rule::MaxExcursion, SetAt::Site),
        ..TEMPERATURE_ALONE
    };
    let mut changes = Vec::new();
    for step in [
        Step::Contact(-2.0, Open),
        Step::Read(0.0, 45.0),
        Step::Read(30.0, 45.0),
        Step::Tick(90.0),
    ] {
        apply(&mut record, step, &mut changes);
    }
    assert_eq!(
        sentences(&changes)[1],
        "Above the alarm limit of 5.0 °C (41.0 °F) for 90 min, where 90 min is an alarm, whatever excuses it (set for the site); \
         the worst was 7.2 °C."
    );
}

#[test]
fn the_end_of_an_open_door_says_whether_it_was_closed() {
    let ends = |step| {
        let (_, changes) = play(&[Step::Contact(0.0, Open), Step::Tick(3.0), step]);
        sentences(&changes).last().unwrap().to_string()
    };
    assert_eq!(
        ends(Step::TakeAway(4.0, 0)),
        "Nothing more is heard of the door contact, so whether the door is open is not known any more."
    );
    assert_eq!(
        ends(Step::Set(4.0, &PATIENT)),
        "By the rules as they are now the door may be open for longer than 4 min."
    );
    assert_eq!(
        ends(Step::Contact(125.0, Closed)),
        "The door was closed after 2 h 5 min."
    );
}

#[test]
fn the_clock_is_awaited_for_what_an_open_door_brings() {
    let mut record = fridge(minute(0.0));
    let mut due = |step| {
        apply(&mut record, step, &mut Vec::new());
        record.next_due()
    };
    assert_eq!(due(Step::Contact(0.0, Open)), Some(minute(3.0)), "the warning");
    assert_eq!(due(Step::Tick(3.0)), Some(minute(10.0)), "what is critical");
    assert_eq!(
        due(Step::Tick(10.0)),
        Some(minute(1_584.5)),
        "the end of its word"
    );
    assert_eq!(due(Step::Contact(11.0, Closed)), None);
    assert_eq!(due(Step::Read(12.0, 38.0)), Some(minute(18.0)), "the next report");
    due(Step::Read(17.0, 38.0));
    due(Step::Contact(18.0, Open));
    due(Step::Read(22.0, 38.0));
    due(Step::Read(27.0, 45.0));
    due(Step::Tick(28.0));
    due(Step::Read(32.0, 45.0));
    assert_eq!(
        due(Step::Read(37.0, 45.0)),
        Some(minute(38.0)),
        "the end of the excuse, 20 min after it was opened"
    );
}
