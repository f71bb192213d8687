//! Every key of the table, once. `#` separates the parts and cannot occur within an identifier.
//! What is under them and how it is reached is listed in [`crate::design`], and in `docs/table-design.md`.
//!
//! The kinds of records are listed in `freshtrack_application`, each with its name. A claim holds what is wanted to hand
//! where only the name is known: that on a DevEUI the sensor, that on the prefix of an access key what the key allows.

use freshtrack_application::ports::{Claim, ClaimSpace, Owner, RecordKind};
use freshtrack_domain::alert::AlertStatus;
use freshtrack_domain::device::DevEui;
use freshtrack_domain::ids::{AlertId, FrameId, Id, OrgId, SensorId, Ulid, UnitId, UserId};
use freshtrack_domain::time::Timestamp;

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

fn key(pk: String, sk: impl Into<String>) -> Key {
    Key { pk, sk: sk.into() }
}

/// Where the records of `owner` are.
pub(crate) fn partition_of(owner: Owner) -> String {
    match owner {
        Owner::Org(org) => org_partition(org),
        Owner::User(user) => format!("U#{user}"),
        Owner::Platform => "P".to_owned(),
    }
}

/// Whose partition `pk` is.
pub(crate) fn parse_partition(pk: &str) -> Option<Owner> {
    match pk.split_once('#') {
        Some(("O", org)) => Some(Owner::Org(org.parse().ok()?)),
        Some(("U", user)) => Some(Owner::User(user.parse().ok()?)),
        None if pk == "P" => Some(Owner::Platform),
        _ => None,
    }
}

pub(crate) fn record_prefix(kind: RecordKind) -> String {
    format!("{}#", kind.0)
}

pub(crate) fn record(owner: Owner, kind: RecordKind, id: &str) -> Key {
    key(partition_of(owner), format!("{}{id}", record_prefix(kind)))
}

/// Records of `kind` that are found by `person`.
pub(crate) fn records_of_person(person: UserId, kind: RecordKind) -> String {
    format!("U#{person}#{}", kind.0)
}

/// Records of `kind`, whoever they belong to.
pub(crate) fn listed_records(kind: RecordKind) -> String {
    format!("P#{}", kind.0)
}

pub(crate) fn claim(claim: &Claim) -> Key {
    let space = match claim.space {
        ClaimSpace::Email => "EMAIL",
        ClaimSpace::Slug => "SLUG",
        ClaimSpace::DevEui => "EUI",
        ClaimSpace::GatewayEui => "GWEUI",
        ClaimSpace::AccessKey => "KEY",
        ClaimSpace::Token => "TOKEN",
        ClaimSpace::SignUp => "SIGNUP",
        ClaimSpace::UnitName => "NAME",
        ClaimSpace::Invitation => "INVITED",
        ClaimSpace::ClientLog => "CLIENTLOG",
        ClaimSpace::ClientProcess => "CLIENTPROC",
        ClaimSpace::ClientObservation => "CLIENTOBS",
        ClaimSpace::Restart => "RESTART",
        ClaimSpace::Correction => "CORRECTION",
    };
    key(format!("{space}#{}", claim.name), space)
}

pub(crate) fn org_partition(org: OrgId) -> String {
    format!("O#{org}")
}

pub(crate) const STATE_PREFIX: &str = "STATE#";

pub(crate) fn state(org: OrgId, unit: UnitId) -> Key {
    key(org_partition(org), format!("{STATE_PREFIX}{unit}"))
}

/// The organization and unit of a state's key; `None` for any other key.
#[must_use]
pub fn parse_state_key(pk: &str, sk: &str) -> Option<(OrgId, UnitId)> {
    Some((
        pk.strip_prefix("O#")?.parse().ok()?,
        sk.strip_prefix(STATE_PREFIX)?.parse().ok()?,
    ))
}

/// Thirteen digits of milliseconds: sorts as text the way it sorts as a number until the year 2286.
pub(crate) fn sortable(at: Timestamp) -> String {
    format!("{:013}", at.as_millis().max(0))
}

pub(crate) fn log_partition(org: OrgId, unit: UnitId) -> String {
    format!("O#{org}#U#{unit}")
}

pub(crate) fn block_sort(first_at: Timestamp) -> String {
    format!("R#{}", sortable(first_at))
}

pub(crate) fn block(org: OrgId, unit: UnitId, first_at: Timestamp) -> Key {
    key(log_partition(org, unit), block_sort(first_at))
}

pub(crate) fn late(org: OrgId, unit: UnitId, at: Timestamp, sensor: SensorId) -> Key {
    key(log_partition(org, unit), format!("L#{}#{sensor}", sortable(at)))
}

pub(crate) fn alert(org: OrgId, id: AlertId) -> Key {
    key(org_partition(org), format!("ALR#{id}"))
}

/// The first and the last key that an alert can have which opened from `from` to `to`, both included: its identifier begins
/// with that instant.
pub(crate) fn alerts_opened(from: Timestamp, to: Timestamp) -> (String, String) {
    let key = |at: Timestamp, random: u128| {
        let millis = u64::try_from(at.as_millis()).unwrap_or(0);
        format!("ALR#{}", AlertId::from_ulid(Ulid::from_parts(millis, random)))
    };
    (key(from, 0), key(to, u128::MAX))
}

pub(crate) fn alerts_by_status(org: OrgId, status: AlertStatus) -> String {
    match status {
        AlertStatus::Open => format!("O#{org}#OPEN"),
        AlertStatus::Resolved => format!("O#{org}#RESOLVED"),
    }
}

pub(crate) fn trail_partition(org: OrgId, id: AlertId) -> String {
    format!("O#{org}#A#{id}")
}

pub(crate) fn trail(org: OrgId, id: AlertId, at: Timestamp, event_id: &str) -> Key {
    key(trail_partition(org, id), format!("T#{}#{event_id}", sortable(at)))
}

/// The frames kept aside of one device.
pub(crate) fn frames_of_device(org: OrgId, dev_eui: DevEui) -> String {
    format!("O#{org}#Q#{dev_eui}")
}

pub(crate) fn quarantine_partition(org: OrgId) -> String {
    format!("O#{org}#Q")
}

pub(crate) fn frame(org: OrgId, id: FrameId) -> Key {
    key(quarantine_partition(org), format!("F#{id}"))
}

pub(crate) fn connections_partition(org: OrgId) -> String {
    format!("O#{org}#WS")
}

pub(crate) fn connection(org: OrgId, id: &str) -> Key {
    key(connections_partition(org), format!("C#{id}"))
}

pub(crate) fn throttle(name: &str) -> Key {
    key(format!("THROTTLE#{name}"), "THROTTLE")
}

pub(crate) fn ticket(ticket: &str) -> Key {
    key(format!("TICKET#{ticket}"), "TICKET")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_key_is_read_back() {
        let (org, unit) = (
            OrgId::from_ulid(Ulid::from_parts(1, 2)),
            UnitId::from_ulid(Ulid::from_parts(3, 4)),
        );
        let Key { pk, sk } = state(org, unit);
        assert_eq!(parse_state_key(&pk, &sk), Some((org, unit)));
        assert_eq!(parse_state_key(&pk, "ORG"), None);
    }

    #[test]
    fn alerts_are_between_the_keys_of_the_time_they_opened_in() {
        let org = OrgId::from_ulid(Ulid::from_parts(1, 2));
        let opened = |millis, random| alert(org, AlertId::from_ulid(Ulid::from_parts(millis, random))).sk;
        let (first, last) = alerts_opened(Timestamp::from_millis(1_000), Timestamp::from_millis(2_000));
        for (within, millis) in [(false, 999), (true, 1_000), (true, 2_000), (false, 2_001)] {
            for random in [0, u128::MAX] {
                assert_eq!(
                    (first.clone()..=last.clone()).contains(&opened(millis, random)),
                    within,
                    "{millis}"
                );
            }
        }
    }

    #[test]
    fn times_sort_as_text() {
        let (early, late) = (
            Timestamp::from_millis(999),
            Timestamp::from_seconds(1_790_000_000),
        );
        assert!(sortable(early) < sortable(late));
    }
}
