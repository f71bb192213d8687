//! Every kind of record, once: under which name and identifier it is kept.

use crate::ports::{Record, RecordKind};
use freshtrack_domain::access::AccessKey;
use freshtrack_domain::device::{Calibration, Gateway, Sensor};
use freshtrack_domain::handling::{Handling, Unsigned};
use freshtrack_domain::ids::{LogId, ObservationId, ProcessId, SensorId, UnitId, UserId};
use freshtrack_domain::logbook::ManualLog;
use freshtrack_domain::network::{
    CHANGE_KEPT, Dissolution, JOB_KEPT, Job, Network, NetworkDevice, PendingChange,
};
use freshtrack_domain::people::{Credentials, INVITATION_KEPT, Invitation, Member, Session, User};
use freshtrack_domain::place::{
    AlarmChange, AlarmSet, Area, Organization, RuleChange, RuleScope, RuleSet, Site, Unit,
};
use freshtrack_domain::process::{Observation, Process};
use freshtrack_domain::support::{Appointment, SupportDesk, SupportSession};
use freshtrack_domain::time::Timestamp;

/// Records that are kept under nothing but their own identifier.
macro_rules! kept_by_id {
    ($($type:ident as $kind:literal),+) => {
        $(impl Record for $type {
            const KIND: RecordKind = RecordKind($kind);

            fn key(&self) -> String {
                self.id.to_string()
            }
        })+
    };
}

kept_by_id!(AccessKey as "KEY", SupportSession as "SUPPORT");
kept_by_id!(Network as "NET");
kept_by_id!(Site as "SITE", Area as "AREA", Unit as "UNIT", Sensor as "SEN", Gateway as "GTW");

/// Under the alert it is about, so that it stands in the order of alerts.
impl Record for Handling {
    const KIND: RecordKind = RecordKind("HANDLING");

    fn key(&self) -> String {
        self.alert_id.to_string()
    }
}

/// Under the alert it is about, so that it stands in the order of alerts.
impl Record for Unsigned {
    const KIND: RecordKind = RecordKind("UNSIGNED");

    fn key(&self) -> String {
        self.alert_id.to_string()
    }
}

/// Below their sensor, so that those of one sensor stand together.
impl Record for Calibration {
    const KIND: RecordKind = RecordKind("CAL");

    fn key(&self) -> String {
        calibration_key(self.sensor_id, &self.id.to_string())
    }
}

/// The key of the calibration `id` of a sensor.
pub(crate) fn calibration_key(sensor_id: SensorId, id: &str) -> String {
    format!("{sensor_id}#{id}")
}

/// Below their unit, in the order in which they were measured.
impl Record for ManualLog {
    const KIND: RecordKind = RecordKind("LOG");

    fn key(&self) -> String {
        log_key(self.unit_id, self.id)
    }
}

impl Record for Process {
    const KIND: RecordKind = RecordKind("PROC");
    const LISTED: bool = true;

    fn key(&self) -> String {
        self.id.to_string()
    }

    fn is_listed(&self) -> bool {
        self.due_at.is_some()
    }
}

/// Below their process, in the order in which they were measured.
impl Record for Observation {
    const KIND: RecordKind = RecordKind("OBS");

    fn key(&self) -> String {
        observation_key(self.process_id, self.id)
    }
}

/// The key of the observation `id` of a process.
pub(crate) fn observation_key(process_id: ProcessId, id: ObservationId) -> String {
    format!("{}{id}", observations_of(process_id))
}

/// How the keys of the observations of a process begin.
pub(crate) fn observations_of(process_id: ProcessId) -> String {
    format!("{process_id}#")
}

/// The key of the log `id` of a unit.
pub(crate) fn log_key(unit_id: UnitId, id: LogId) -> String {
    format!("{}{id}", logs_of(unit_id))
}

/// How the keys of the logs of a unit begin.
pub(crate) fn logs_of(unit_id: UnitId) -> String {
    format!("{unit_id}#")
}

impl Record for Organization {
    const KIND: RecordKind = RecordKind("ORG");
    const LISTED: bool = true;

    fn key(&self) -> String {
        self.id.to_string()
    }
}

impl Record for User {
    const KIND: RecordKind = RecordKind("USER");
    const LISTED: bool = true;

    fn key(&self) -> String {
        self.id.to_string()
    }
}

impl Record for Credentials {
    const KIND: RecordKind = RecordKind("CRED");

    fn key(&self) -> String {
        self.user_id.to_string()
    }
}

impl Record for Session {
    const KIND: RecordKind = RecordKind("SESSION");

    fn key(&self) -> String {
        self.id.to_string()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.ends_at())
    }
}

impl Record for Member {
    const KIND: RecordKind = RecordKind("MEMBER");

    fn key(&self) -> String {
        self.user_id.to_string()
    }

    fn person(&self) -> Option<UserId> {
        Some(self.user_id)
    }
}

impl Record for Invitation {
    const KIND: RecordKind = RecordKind("INVITATION");

    fn key(&self) -> String {
        self.id.to_string()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at() + INVITATION_KEPT)
    }
}

impl Record for Appointment {
    const KIND: RecordKind = RecordKind("ADMIN");

    fn key(&self) -> String {
        self.user_id.to_string()
    }
}

impl Record for NetworkDevice {
    const KIND: RecordKind = RecordKind("NETDEV");

    fn key(&self) -> String {
        self.sensor_id.to_string()
    }
}

impl Record for Dissolution {
    const KIND: RecordKind = RecordKind("NETEND");
    const LISTED: bool = true;

    fn key(&self) -> String {
        self.org_id.to_string()
    }
}

impl Record for Job {
    const KIND: RecordKind = RecordKind("JOB");
    const LISTED: bool = true;

    fn key(&self) -> String {
        self.id.to_string()
    }

    fn is_listed(&self) -> bool {
        self.is_open()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        self.finished_at.map(|at| at + JOB_KEPT)
    }
}

impl Record for PendingChange {
    const KIND: RecordKind = RecordKind("CHANGE");
    const LISTED: bool = true;

    fn key(&self) -> String {
        self.id.to_string()
    }

    fn is_listed(&self) -> bool {
        self.is_open()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        self.ended_at.map(|at| at + CHANGE_KEPT)
    }
}

/// An administrator has one, so its key says nothing.
impl Record for SupportDesk {
    const KIND: RecordKind = RecordKind("DESK");

    fn key(&self) -> String {
        SUPPORT_DESK.to_owned()
    }
}

/// The key of an administrator's one desk.
pub(crate) const SUPPORT_DESK: &str = "SUPPORT";

impl Record for RuleSet {
    const KIND: RecordKind = RecordKind("RULES");

    fn key(&self) -> String {
        rules_key(self.scope)
    }
}

/// Below the place whose rules were changed, so that the changes of one place stand together, in their order: twelve digits
/// sort as text the way they sort as numbers.
impl Record for RuleChange {
    const KIND: RecordKind = RecordKind("RULECHG");

    fn key(&self) -> String {
        format!("{}{:012}", rule_changes_of(self.scope), self.rev)
    }
}

/// Beside the rules of the same place.
impl Record for AlarmSet {
    const KIND: RecordKind = RecordKind("ALARMS");

    fn key(&self) -> String {
        rules_key(self.scope)
    }
}

/// In the order of the changes of one place, as those of its rules.
impl Record for AlarmChange {
    const KIND: RecordKind = RecordKind("ALARMCHG");

    fn key(&self) -> String {
        format!("{}{:012}", rule_changes_of(self.scope), self.rev)
    }
}

/// What the keys of the changes of rules of `scope` begin with.
pub(crate) fn rule_changes_of(scope: RuleScope) -> String {
    format!("{}#", rules_key(scope))
}

/// Under which key the rules of `scope` are kept.
pub(crate) fn rules_key(scope: RuleScope) -> String {
    match scope {
        RuleScope::Organization(id) => id.to_string(),
        RuleScope::Site(id) => id.to_string(),
        RuleScope::Unit(id) => id.to_string(),
    }
}
