//! What a site or area says of its units.

use crate::error::PortError;
use crate::ports::UnitStates;
use crate::scope::OrgScope;
use freshtrack_contracts::places::{AreaDetail, SiteDetail, UnitCounts, UnitDetail, UnitSnapshot};
use freshtrack_domain::alert::Severity;
use freshtrack_domain::ids::UnitId;
use freshtrack_domain::place::{Area, Site, Unit};
use freshtrack_domain::time::Timestamp;
use freshtrack_domain::unit::{UnitRecord, UnitState, UnitStatus};
use std::collections::BTreeMap;

/// What is happening in the organization's units.
pub(super) struct States(BTreeMap<UnitId, UnitRecord>);

/// How some units are.
#[derive(Default)]
pub(super) struct Summary {
    pub(super) counts: UnitCounts,
    pub(super) worst: Option<UnitStatus>,
    pub(super) severity: Option<Severity>,
}

impl States {
    pub(super) async fn load(states: &dyn UnitStates, scope: OrgScope) -> Result<Self, PortError> {
        let records = states.list(scope).await?;
        let by_unit = records.into_iter().map(|record| (record.state.unit_id, record));
        Ok(Self(by_unit.collect()))
    }

    pub(super) async fn of_unit(
        states: &dyn UnitStates,
        scope: OrgScope,
        unit_id: UnitId,
    ) -> Result<Self, PortError> {
        let record = states.load(scope, unit_id).await?;
        Ok(Self(record.map(|record| (unit_id, record)).into_iter().collect()))
    }

    pub(super) fn get(&self, unit_id: UnitId) -> Option<&UnitRecord> {
        self.0.get(&unit_id)
    }

    pub(super) fn summary<'u>(&self, units: impl Iterator<Item = &'u Unit>) -> Summary {
        let mut summary = Summary::default();
        for unit in units.filter(|unit| unit.deleted.is_none()) {
            let state = self.get(unit.id).map(|record| &record.state);
            let status = state.map_or(UnitStatus::Pending, |state| state.status);
            let counts = &mut summary.counts;
            counts.total += 1;
            *match status {
                UnitStatus::Pending => &mut counts.pending,
                UnitStatus::Ok => &mut counts.ok,
                UnitStatus::Excursion => &mut counts.excursion,
                UnitStatus::AlarmActive => &mut counts.alarm_active,
                UnitStatus::Restoring => &mut counts.restoring,
                UnitStatus::Offline => &mut counts.offline,
                UnitStatus::MonitoringInterrupted => &mut counts.monitoring_interrupted,
                UnitStatus::ManualRequired => &mut counts.manual_required,
            } += 1;
            let worse = summary
                .worst
                .is_none_or(|worst| status.badness() > worst.badness());
            if worse {
                summary.worst = Some(status);
            }
            summary.severity = summary.severity.max(state.and_then(UnitState::worst_severity));
        }
        summary
    }

    pub(super) fn unit(&self, unit: &Unit) -> UnitDetail {
        let told = |record: &UnitRecord| (UnitSnapshot::from(record), record.state.standard());
        let (now, standard) = self.get(unit.id).map_or_else(
            || told(&UnitRecord::new(new_state(unit, Timestamp::from_millis(0)))),
            told,
        );
        UnitDetail {
            id: unit.id,
            site_id: unit.site_id,
            area_id: unit.area_id,
            name: unit.name.clone(),
            kind: unit.kind,
            display: unit.display,
            logged_by_hand: unit.logged_by_hand,
            log_cadence_minutes: unit.log_cadence.map(|cadence| cadence.as_minutes()),
            identification: unit.identification.clone(),
            notes: unit.notes.clone(),
            sort_order: unit.sort_order,
            quiet_times: unit.quiet_times.iter().map(Into::into).collect(),
            recurring_quiet_times: unit.recurring_quiet_times.iter().map(Into::into).collect(),
            now,
            judged_by: Some(standard.into()),
            deleted_at: unit.deleted.as_ref().map(|deletion| deletion.at.into()),
        }
    }

    pub(super) fn area(&self, area: &Area, units: &[Unit]) -> AreaDetail {
        let summary = self.summary(units.iter().filter(|unit| unit.area_id == area.id));
        AreaDetail {
            id: area.id,
            site_id: area.site_id,
            name: area.name.clone(),
            description: area.description.clone(),
            sort_order: area.sort_order,
            units: summary.counts,
            worst: summary.worst,
            severity: summary.severity,
            deleted_at: area.deleted.as_ref().map(|deletion| deletion.at.into()),
        }
    }

    pub(super) fn site(&self, site: &Site, areas: &[Area], units: &[Unit]) -> SiteDetail {
        let summary = self.summary(units.iter().filter(|unit| unit.site_id == site.id));
        let own = |area: &&Area| area.site_id == site.id && area.deleted.is_none();
        SiteDetail {
            id: site.id,
            name: site.name.clone(),
            time_zone: site.time_zone.clone(),
            address: site.address.clone(),
            coordinates: site.coordinates,
            compliance: site.compliance,
            corrective_action_required: site.corrective_action_required,
            log_cadence_minutes: site.log_cadence.as_minutes(),
            opening_hours: site.opening_hours.clone(),
            recurring_quiet_times: site.recurring_quiet_times.iter().map(Into::into).collect(),
            areas: u32::try_from(areas.iter().filter(own).count()).unwrap_or(u32::MAX),
            units: summary.counts,
            worst: summary.worst,
            severity: summary.severity,
            deleted_at: site.deleted.as_ref().map(|deletion| deletion.at.into()),
        }
    }
}

/// The state of a unit from which nothing has been heard.
pub(super) fn new_state(unit: &Unit, now: Timestamp) -> UnitState {
    UnitState::new(unit.id, unit.site_id, unit.area_id, unit.kind, now)
}
