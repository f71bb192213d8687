//! Events on the bus.

use crate::alerts::{AlertAct, AlertView};
use crate::time::Instant;
use freshtrack_domain::alert::Alert;
use freshtrack_domain::ids::{
    AccessKeyId, AreaId, GatewayId, JobId, OrgId, PendingChangeId, SensorId, SessionId, SiteId, UnitId,
    UserId,
};
use freshtrack_domain::unit::{Change, UnitStatus};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The `source` of every event on the bus.
pub const SOURCE: &str = "freshtrack";

/// What happened, for the machines and people that must hear of it. The `detail` of an event on the bus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// The same for every delivery of the same event: receivers drop what they have seen.
    pub id: String,
    /// The organization it happened in.
    pub org_id: OrgId,
    /// The unit it happened to, if it happened to one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unit_id: Option<UnitId>,
    /// When it happened.
    pub at: Instant,
    /// What happened.
    #[serde(flatten)]
    pub what: Happening,
}

/// An event as the bus delivers it to a queue.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Delivered {
    /// The event.
    pub detail: Event,
}

/// What happened. Its `type` is the event's `detail-type` on the bus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "data")]
pub enum Happening {
    /// A unit's status changed.
    #[serde(rename = "unit.state_changed")]
    UnitStateChanged {
        /// What it was.
        from: UnitStatus,
        /// What it is.
        to: UnitStatus,
    },
    /// An alert opened.
    #[serde(rename = "alert.opened")]
    AlertOpened(AlertView),
    /// An open alert became worse.
    #[serde(rename = "alert.upgraded")]
    AlertUpgraded(AlertView),
    /// An alert ended.
    #[serde(rename = "alert.resolved")]
    AlertResolved(AlertView),
    /// An alert was found out after it had ended, by readings that came late.
    #[serde(rename = "alert.found_late")]
    AlertFoundLate(AlertView),
    /// Readings out of range have come too late to be judged as they were measured: the past is to be judged anew.
    #[serde(rename = "readings.back_filled")]
    ReadingsBackFilled {
        /// The sensor that measured them.
        sensor_id: SensorId,
        /// When the oldest of them was measured.
        from: Instant,
        /// When the newest of them was measured.
        to: Instant,
    },
    /// Somebody has seen an alert.
    #[serde(rename = "alert.acknowledged")]
    AlertAcknowledged(AlertAct),
    /// Somebody lets an alert wait.
    #[serde(rename = "alert.snoozed")]
    AlertSnoozed(AlertAct),
    /// Somebody has said what became of an alert.
    #[serde(rename = "alert.signed_off")]
    AlertSignedOff(AlertAct),
    /// The organization was deleted.
    #[serde(rename = "organization.deleted")]
    OrganizationDeleted {},
    /// The organization was restored.
    #[serde(rename = "organization.restored")]
    OrganizationRestored {},
    /// A member came, went, or has another role or other sites.
    #[serde(rename = "member.changed")]
    MemberChanged {
        /// The person.
        user_id: UserId,
    },
    /// An access key was revoked.
    #[serde(rename = "access_key.revoked")]
    AccessKeyRevoked {
        /// The key.
        key_id: AccessKeyId,
    },
    /// An administrator of the platform acts in the organization no more.
    #[serde(rename = "support.ended")]
    SupportEnded {
        /// The administrator.
        user_id: UserId,
    },
    /// Sign-ins of a person who may see the organization have ended.
    #[serde(rename = "session.ended")]
    SessionsEnded {
        /// Which.
        sessions: Vec<SessionId>,
    },
    /// A unit is new or has moved: its state must follow.
    #[serde(rename = "place.unit_changed")]
    UnitChanged {
        /// The unit.
        unit_id: UnitId,
    },
    /// A site, area or unit was deleted, restored or removed for good: what is in it must follow.
    #[serde(rename = "place.presence_changed")]
    PresenceChanged {
        /// The site, area or unit.
        place: PlaceId,
    },
    /// Rules were changed: the units they are for must be judged by them.
    #[serde(rename = "place.rules_changed")]
    RulesChanged {
        /// Where they were changed: a site or unit; the whole organization if absent.
        place: Option<PlaceId>,
    },
    /// Work at a network server is to be done now.
    #[serde(rename = "network.job_due")]
    NetworkJobDue {
        /// The work.
        job_id: JobId,
    },
    /// The organization cannot be restored any more: its sensors are to leave their network servers.
    #[serde(rename = "network.dissolution_due")]
    NetworkDissolutionDue {},
    /// Something is to be done now with a change of a sensor's settings.
    #[serde(rename = "network.change_due")]
    NetworkChangeDue {
        /// The change.
        change_id: PendingChangeId,
    },
    /// Sensors were registered, changed, moved, replaced or retired: what follows from how they are now must be done.
    #[serde(rename = "device.sensors_changed")]
    SensorsChanged {
        /// The sensors.
        sensors: Vec<SensorId>,
        /// The units they measured before or measure now.
        units: Vec<UnitId>,
    },
    /// A gateway was registered, changed or retired.
    #[serde(rename = "device.gateway_changed")]
    GatewayChanged {
        /// The gateway.
        gateway_id: GatewayId,
    },
}

/// A site, an area or a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum PlaceId {
    /// A site.
    Site(SiteId),
    /// An area.
    Area(AreaId),
    /// A unit.
    Unit(UnitId),
}

impl fmt::Display for PlaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Site(id) => id.fmt(f),
            Self::Area(id) => id.fmt(f),
            Self::Unit(id) => id.fmt(f),
        }
    }
}

impl Happening {
    /// The event's `detail-type`.
    #[must_use]
    pub const fn detail_type(&self) -> &'static str {
        match self {
            Self::UnitStateChanged { .. } => "unit.state_changed",
            Self::AlertOpened(_) => "alert.opened",
            Self::AlertUpgraded(_) => "alert.upgraded",
            Self::AlertResolved(_) => "alert.resolved",
            Self::AlertFoundLate(_) => "alert.found_late",
            Self::ReadingsBackFilled { .. } => "readings.back_filled",
            Self::AlertAcknowledged(_) => "alert.acknowledged",
            Self::AlertSnoozed(_) => "alert.snoozed",
            Self::AlertSignedOff(_) => "alert.signed_off",
            Self::OrganizationDeleted {} => "organization.deleted",
            Self::OrganizationRestored {} => "organization.restored",
            Self::MemberChanged { .. } => "member.changed",
            Self::AccessKeyRevoked { .. } => "access_key.revoked",
            Self::SupportEnded { .. } => "support.ended",
            Self::SessionsEnded { .. } => "session.ended",
            Self::UnitChanged { .. } => "place.unit_changed",
            Self::PresenceChanged { .. } => "place.presence_changed",
            Self::RulesChanged { .. } => "place.rules_changed",
            Self::NetworkJobDue { .. } => "network.job_due",
            Self::NetworkDissolutionDue {} => "network.dissolution_due",
            Self::NetworkChangeDue { .. } => "network.change_due",
            Self::SensorsChanged { .. } => "device.sensors_changed",
            Self::GatewayChanged { .. } => "device.gateway_changed",
        }
    }
}

impl Event {
    /// The event of the change at `index` among those of the unit's write number `rev`.
    #[must_use]
    pub fn of(org_id: OrgId, unit_id: UnitId, rev: u64, index: usize, change: &Change) -> Self {
        let (at, what) = match change {
            Change::StatusChanged { from, to, at } => {
                (*at, Happening::UnitStateChanged { from: *from, to: *to })
            }
            Change::AlertOpened(alert) => (alert.opened_at, Happening::AlertOpened(alert.into())),
            Change::AlertUpgraded(alert) => (
                alert.escalated_at.unwrap_or(alert.opened_at),
                Happening::AlertUpgraded(alert.into()),
            ),
            Change::AlertResolved(alert) => (
                alert.resolved_at.unwrap_or(alert.opened_at),
                Happening::AlertResolved(alert.into()),
            ),
            Change::BackFilled(late) => {
                let what = Happening::ReadingsBackFilled {
                    sensor_id: late.sensor_id,
                    from: late.from.into(),
                    to: late.to.into(),
                };
                (late.to, what)
            }
        };
        Self {
            id: format!("{unit_id}:{rev}:{index}"),
            org_id,
            unit_id: Some(unit_id),
            at: at.into(),
            what,
        }
    }

    /// The event of an alert that was found late, which is told once.
    #[must_use]
    pub fn of_found(org_id: OrgId, alert: &Alert) -> Self {
        Self {
            id: format!("{}:found", alert.id),
            org_id,
            unit_id: Some(alert.unit_id),
            at: alert.found_at.unwrap_or(alert.opened_at).into(),
            what: Happening::AlertFoundLate(alert.into()),
        }
    }

    /// The event of a change of a record. `id` is the same each time the change is tried.
    #[must_use]
    pub const fn of_record(org_id: OrgId, id: String, at: Instant, what: Happening) -> Self {
        Self {
            id,
            org_id,
            unit_id: None,
            at,
            what,
        }
    }
}
