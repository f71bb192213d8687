//! The state of a unit follows what people set up: where it is, by which rules it is judged, whether it is judged at all,
//! and whose readings are its own.
//!
//! Several workers may settle one unit at the same time, each by what it has read, and the newest must win. So a state
//! carries its [`Basis`], whoever settles reads the state first and what it is judged by behind it, and saves only if
//! nobody else did in between: what a state is settled by never becomes older.

use super::FollowPlaces;
use super::alarms::alarms_in_force;
use super::summary::new_state;
use crate::error::{Failure, PortError, PortErrorKind};
use crate::ports::{Record, Records, Stored};
use crate::records::rules_key;
use crate::scope::OrgScope;
use freshtrack_decoders as decoders;
use freshtrack_domain::device::Sensor;
use freshtrack_domain::ids::{SiteId, UnitId};
use freshtrack_domain::logbook::{awaited_since, next_due};
use freshtrack_domain::place::{
    AlarmSet, EffectiveRules, Level, QuietAhead, RuleFields, RuleScope, RuleSet, Site, Unit,
};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::{
    AlarmId, AlarmSettings, AlarmValues, Basis, Overrides, REPORT_INTERVAL, SiteHours, UnitRecord, UnitState,
};
use std::collections::BTreeMap;

/// How often a unit's state is read again when readings come in at the same time. Who sets something up can wait for it.
const ATTEMPTS: usize = 20;

/// The rules in force for `unit`, from all levels.
pub(super) async fn effective_rules(
    records: &dyn Records,
    scope: OrgScope,
    unit: &Unit,
) -> Result<EffectiveRules, Failure> {
    Ok(RuleSets::of_unit(records, scope, unit)
        .await?
        .effective(scope, unit))
}

/// What a unit is judged by now, and would be with other rules of its own.
pub(super) struct JudgedBy {
    /// The rules that would be in force, from all levels.
    pub(super) proposed: EffectiveRules,
    /// What the engine is told of those in force now.
    pub(super) present_overrides: Overrides,
    /// What it would be told.
    pub(super) proposed_overrides: Overrides,
}

/// What `unit` is judged by now, and would be if `fields` were the rules set for it alone.
pub(super) async fn judged_by(
    records: &dyn Records,
    scope: OrgScope,
    unit: &Unit,
    fields: RuleFields,
) -> Result<JudgedBy, Failure> {
    let grounds = Grounds::of_unit(records, scope, Some(unit)).await?;
    let present = grounds.rules.effective(scope, unit);
    let above = grounds.rules.for_unit(scope, unit);
    let levels: Vec<(Level, RuleFields)> = above
        .map(|(level, stored)| (level, stored.record.fields.clone()))
        .filter(|(level, _)| *level != Level::Unit)
        .chain([(Level::Unit, fields)])
        .collect();
    let proposed = grounds.rules.merged(unit, &levels);
    let overrides = |rules: &EffectiveRules| rules.overrides(grounds.report_interval(unit.id));
    Ok(JudgedBy {
        present_overrides: overrides(&present),
        proposed_overrides: overrides(&proposed),
        proposed,
    })
}

/// Rules and alarms by the keys they are kept under, and the sites, which say how often temperatures are logged by hand there
/// and when they are open.
#[derive(Default)]
struct RuleSets {
    sets: BTreeMap<String, Stored<RuleSet>>,
    alarms: BTreeMap<String, Stored<AlarmSet>>,
    sites: BTreeMap<SiteId, Stored<Site>>,
}

impl RuleSets {
    /// Those of `unit`.
    async fn of_unit(records: &dyn Records, scope: OrgScope, unit: &Unit) -> Result<Self, PortError> {
        let (mut sets, mut alarms) = (BTreeMap::new(), BTreeMap::new());
        for (_, at) in RuleScope::of_unit(scope.org_id(), unit) {
            let key = rules_key(at);
            if let Some(stored) = records.get::<RuleSet>(scope, &key).await? {
                sets.insert(key.clone(), stored);
            }
            if let Some(stored) = records.get::<AlarmSet>(scope, &key).await? {
                alarms.insert(key, stored);
            }
        }
        let site = records.get::<Site>(scope, unit.site_id).await?;
        let sites = site.map(|stored| (unit.site_id, stored)).into_iter().collect();
        Ok(Self { sets, alarms, sites })
    }

    /// Those of the whole organization.
    async fn all(records: &dyn Records, scope: OrgScope) -> Result<Self, PortError> {
        let sets = records.all::<RuleSet>(scope).await?;
        let alarms = records.all::<AlarmSet>(scope).await?;
        let sites = records.all::<Site>(scope).await?;
        Ok(Self {
            sets: sets
                .into_iter()
                .map(|stored| (stored.record.key(), stored))
                .collect(),
            alarms: alarms
                .into_iter()
                .map(|stored| (stored.record.key(), stored))
                .collect(),
            sites: sites
                .into_iter()
                .map(|stored| (stored.record.id, stored))
                .collect(),
        })
    }

    /// Those that are for `unit`, each with its level.
    fn for_unit(&self, scope: OrgScope, unit: &Unit) -> impl Iterator<Item = (Level, &Stored<RuleSet>)> {
        RuleScope::of_unit(scope.org_id(), unit)
            .into_iter()
            .filter_map(|(level, at)| Some((level, self.sets.get(&rules_key(at))?)))
    }

    /// What is set of alarms for `unit`, each with its level.
    fn alarms_for_unit(
        &self,
        scope: OrgScope,
        unit: &Unit,
    ) -> impl Iterator<Item = (Level, &Stored<AlarmSet>)> {
        RuleScope::of_unit(scope.org_id(), unit)
            .into_iter()
            .filter_map(|(level, at)| Some((level, self.alarms.get(&rules_key(at))?)))
    }

    /// What the engine is told of the alarms of `unit`.
    fn alarms(&self, scope: OrgScope, unit: &Unit) -> AlarmSettings {
        let levels: Vec<(Level, &BTreeMap<AlarmId, AlarmValues>)> = self
            .alarms_for_unit(scope, unit)
            .map(|(level, stored)| (level, &stored.record.alarms))
            .collect();
        let site = self.sites.get(&unit.site_id).map(|stored| &stored.record);
        let hours = site.and_then(|site| SiteHours::of(&site.time_zone, &site.opening_hours));
        AlarmSettings::of(unit.kind, &alarms_in_force(&levels), hours)
    }

    fn effective(&self, scope: OrgScope, unit: &Unit) -> EffectiveRules {
        let levels: Vec<(Level, RuleFields)> = self
            .for_unit(scope, unit)
            .map(|(level, stored)| (level, stored.record.fields.clone()))
            .collect();
        self.merged(unit, &levels)
    }

    /// What `levels` come to for `unit`.
    fn merged(&self, unit: &Unit, levels: &[(Level, RuleFields)]) -> EffectiveRules {
        let site = self.sites.get(&unit.site_id);
        EffectiveRules::merge(unit.kind, levels).with_log_cadence(
            unit.log_cadence,
            site.and_then(|stored| stored.record.own_log_cadence()),
        )
    }
}

/// What units are judged by.
struct Grounds {
    rules: RuleSets,
    sensors: Vec<Stored<Sensor>>,
}

impl Grounds {
    /// Of the whole organization.
    async fn all(records: &dyn Records, scope: OrgScope) -> Result<Self, PortError> {
        Ok(Self {
            rules: RuleSets::all(records, scope).await?,
            sensors: records.all(scope).await?,
        })
    }

    /// Of one unit; of one that is gone for good there are no rules.
    async fn of_unit(records: &dyn Records, scope: OrgScope, unit: Option<&Unit>) -> Result<Self, PortError> {
        Ok(Self {
            rules: match unit {
                Some(unit) => RuleSets::of_unit(records, scope, unit).await?,
                None => RuleSets::default(),
            },
            sensors: records.all(scope).await?,
        })
    }

    fn sensors_of(&self, unit_id: UnitId) -> impl Iterator<Item = &Stored<Sensor>> {
        let in_unit = move |stored: &&Stored<Sensor>| stored.record.unit_id == Some(unit_id);
        self.sensors.iter().filter(in_unit)
    }

    /// How often the sensor that drives the unit reports, by its own setting or its model's; `None` if none does.
    fn report_interval(&self, unit_id: UnitId) -> Option<Span> {
        let driving = self.sensors_of(unit_id).find(|stored| stored.record.primary)?;
        let model = || decoders::find(&driving.record.model).map(|model| model.uplink_interval);
        let own = driving.record.report_interval.or_else(model);
        Some(own.unwrap_or(REPORT_INTERVAL))
    }

    /// How often the unit's door contacts report at least; `None` if it has none whose model is known.
    fn door_interval(&self, unit_id: UnitId) -> Option<Span> {
        let contacts = self.sensors_of(unit_id).filter_map(|stored| {
            let model = decoders::find(&stored.record.model)?;
            let own = stored.record.report_interval.unwrap_or(model.uplink_interval);
            model.measures.contains(&decoders::Measure::Door).then_some(own)
        });
        contacts.max()
    }

    /// When the calibration of the sensor that drives the unit expires, if it does.
    fn calibrated_until(&self, unit_id: UnitId) -> Option<Timestamp> {
        let driving = self.sensors_of(unit_id).find(|stored| stored.record.primary)?;
        driving.record.calibration?.expires_at
    }

    fn basis(&self, scope: OrgScope, unit: &Stored<Unit>) -> Basis {
        let itself = (unit.record.key(), unit.rev);
        let rules = self
            .rules
            .for_unit(scope, &unit.record)
            .map(|(_, stored)| (stored.record.key(), stored.rev));
        let sensors = self
            .sensors_of(unit.record.id)
            .map(|stored| (stored.record.key(), stored.rev));
        let alarms = self
            .rules
            .alarms_for_unit(scope, &unit.record)
            .map(|(_, stored)| (format!("alarms:{}", stored.record.key()), stored.rev));
        let site = self.rules.sites.get(&unit.record.site_id);
        let site = site.map(|stored| (stored.record.key(), stored.rev));
        Basis::of(
            [itself]
                .into_iter()
                .chain(site)
                .chain(rules)
                .chain(alarms)
                .chain(sensors),
        )
    }

    /// Tells `state` of the present version of each sensor it has heard, so that readings by an older one are found out, and
    /// whether it still measures the unit.
    fn tell_of_sensors(&self, state: &mut UnitState) {
        for track in &mut state.sensors {
            if let Some(sensor) = self.sensors.iter().find(|sensor| sensor.record.id == track.id) {
                track.version = track.version.max(sensor.record.version);
                track.gone = sensor.record.unit_id != Some(state.unit_id);
            }
        }
    }

    /// Makes the state that was read as `stored` follow `unit` and what it is judged by.
    async fn settle(
        &self,
        ports: &FollowPlaces<'_>,
        scope: OrgScope,
        stored: Option<&UnitRecord>,
        unit: Option<&Stored<Unit>>,
    ) -> Result<Saved, Failure> {
        let mut record = match (stored, unit) {
            (Some(stored), _) => stored.clone(),
            (None, Some(unit)) => UnitRecord::new(new_state(&unit.record, ports.clock.now())),
            (None, None) => return Ok(Saved::Yes),
        };
        let (state, now) = (&mut record.state, ports.clock.now());
        match unit {
            Some(stored) => {
                let unit = &stored.record;
                (state.site_id, state.area_id, state.kind) = (unit.site_id, unit.area_id, unit.kind);
                let rules = self.rules.effective(scope, unit);
                let report_interval = self.report_interval(unit.id);
                state.overrides = Overrides {
                    door_interval: self.door_interval(unit.id),
                    ..rules.overrides(report_interval)
                };
                state.legal_source = rules.legal.value.source;
                state.alarms = self.rules.alarms(scope, unit);
                state.calibrated_until = self.calibrated_until(unit.id);
                let site = self.rules.sites.get(&unit.site_id).map(|stored| &stored.record);
                state.active = unit.deleted.is_none();
                let quiet = QuietAhead::of(unit, site, now);
                state.quiet = quiet.times;
                state.settle_at = quiet.until.filter(|_| state.active);
                // Where a sensor is fitted, a log stands in for it, and its silence asks for one.
                let by_hand = state.active && unit.logged_by_hand && report_interval.is_none();
                state.log_due = site.filter(|_| by_hand).map(|site| {
                    let since = awaited_since(unit.id, state.logged_at);
                    next_due(site, since, rules.manual_interval.value)
                });
                state.basis = self.basis(scope, stored);
            }
            // Gone for good: what was measured stays, and nobody is woken by it.
            None => {
                state.active = false;
                state.basis = Basis::default();
            }
        }
        self.tell_of_sensors(state);
        if stored == Some(&record) {
            return Ok(Saved::Yes);
        }
        judge_and_save(ports, scope, record).await
    }
}

enum Saved {
    Yes,
    TooLate,
}

async fn judge_and_save(
    ports: &FollowPlaces<'_>,
    scope: OrgScope,
    mut record: UnitRecord,
) -> Result<Saved, Failure> {
    let mut changes = Vec::new();
    record.judge_anew(ports.clock.now(), &mut changes);
    match ports.states.save(scope, &mut record, &changes).await {
        Ok(()) => Ok(Saved::Yes),
        Err(error) if error.kind == PortErrorKind::Conflict => Ok(Saved::TooLate),
        Err(error) => Err(error.into()),
    }
}

/// Does for the units that `which` selects what [`settle_unit`] does for one, with a few reads for all of them.
pub(crate) async fn settle_units(
    ports: &FollowPlaces<'_>,
    scope: OrgScope,
    which: impl Fn(&Unit) -> bool,
) -> Result<(), Failure> {
    // The states first: where somebody settles a unit by what is newer than what is read here, this comes too late.
    let states: BTreeMap<UnitId, UnitRecord> = ports
        .states
        .list(scope)
        .await?
        .into_iter()
        .map(|record| (record.state.unit_id, record))
        .collect();
    let grounds = Grounds::all(ports.records, scope).await?;
    for unit in ports.records.all::<Unit>(scope).await? {
        let id = unit.record.id;
        if !which(&unit.record) {
            continue;
        }
        if let Saved::TooLate = grounds.settle(ports, scope, states.get(&id), Some(&unit)).await? {
            settle_unit(ports, scope, id).await?;
        }
    }
    Ok(())
}

/// Makes the state of a unit follow its record, its rules and its sensors.
pub(crate) async fn settle_unit(
    ports: &FollowPlaces<'_>,
    scope: OrgScope,
    unit_id: UnitId,
) -> Result<(), Failure> {
    let mut read: Option<(Option<Basis>, Option<Stored<Unit>>, Grounds)> = None;
    for _ in 0..ATTEMPTS {
        let stored = ports.states.load(scope, unit_id).await?;
        let basis = stored.as_ref().map(|record| record.state.basis);
        // Where only readings came in between, nobody settled it by something newer, and what was read holds.
        let (unit, grounds) = match read.take().filter(|(before, ..)| *before == basis) {
            Some((_, unit, grounds)) => (unit, grounds),
            None => {
                let unit = ports.records.get::<Unit>(scope, unit_id).await?;
                let of = unit.as_ref().map(|unit| &unit.record);
                let grounds = Grounds::of_unit(ports.records, scope, of).await?;
                (unit, grounds)
            }
        };
        if let Saved::Yes = grounds
            .settle(ports, scope, stored.as_ref(), unit.as_ref())
            .await?
        {
            return Ok(());
        }
        read = Some((basis, unit, grounds));
    }
    Err(PortError::new("places.settle_unit", PortErrorKind::Conflict).into())
}
