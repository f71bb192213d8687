//! What follows from a change of places: what is in a deleted site is deleted with it, units are judged by new rules.

use super::summary::new_state;
use super::{Place, SetUp, claim_name};
use crate::error::{Failure, PortErrorKind};
use crate::ports::{Clock, Records, Stored, UnitStates};
use crate::records::rules_key;
use crate::registry::{Change, Registry};
use crate::scope::{Actor, OrgScope};
use freshtrack_contracts::events::{Event, Happening, PlaceId};
use freshtrack_decoders as decoders;
use freshtrack_domain::device::Sensor;
use freshtrack_domain::ids::{AreaId, SensorId, SiteId, UnitId};
use freshtrack_domain::place::{
    Area, Deletion, EffectiveRules, Level, RuleFields, RuleScope, RuleSet, Site, Unit,
};
use freshtrack_domain::time::Span;
use freshtrack_domain::unit::{Overrides, UnitKind, UnitRecord, UnitState};
use std::collections::BTreeMap;

/// How often a unit's state is read again when readings come in at the same time. Who sets something up can wait for it.
const ATTEMPTS: usize = 20;
/// Who does what follows by itself.
const WORKER: &str = "places-follow-changes";

/// What following changes needs.
#[derive(Clone, Copy)]
pub struct FollowPlaces<'a> {
    /// The records.
    pub records: &'a dyn Records,
    /// What is happening in the units.
    pub states: &'a dyn UnitStates,
    /// The time.
    pub clock: &'a dyn Clock,
}

impl<'a> From<&SetUp<'a>> for FollowPlaces<'a> {
    fn from(ports: &SetUp<'a>) -> Self {
        Self {
            records: ports.records,
            states: ports.states,
            clock: ports.clock,
        }
    }
}

/// Does what follows from `event`; nothing if it is about something else. It may be done again.
///
/// # Errors
/// When not all of it is done: the event will come again.
pub async fn follow_change(ports: &FollowPlaces<'_>, event: &Event) -> Result<(), Failure> {
    let scope = OrgScope::granted(event.org_id);
    match &event.what {
        Happening::UnitChanged { unit_id } => settle_unit(ports, scope, *unit_id).await,
        Happening::RulesChanged { place } => {
            settle_units(ports, scope, |unit| {
                place.is_none_or(|place| contains(place, unit))
            })
            .await
        }
        Happening::PresenceChanged { place } => follow_presence(ports, scope, *place).await,
        _ => Ok(()),
    }
}

/// Whether `unit` is the place or in it.
fn contains(place: PlaceId, unit: &Unit) -> bool {
    match place {
        PlaceId::Site(id) => unit.site_id == id,
        PlaceId::Area(id) => unit.area_id == id,
        PlaceId::Unit(id) => unit.id == id,
    }
}

/// Brings what is in `place` to where the place itself is now: present, deleted or gone for good. What it is now is
/// read here and not taken from the event, so that events may come late and in any order.
async fn follow_presence(ports: &FollowPlaces<'_>, scope: OrgScope, place: PlaceId) -> Result<(), Failure> {
    let state = match place {
        PlaceId::Site(id) => presence(ports.records.get::<Site>(scope, id).await?),
        PlaceId::Area(id) => presence(ports.records.get::<Area>(scope, id).await?),
        PlaceId::Unit(id) => return settle_unit(ports, scope, id).await,
    };
    if let PlaceId::Site(site_id) = place {
        for area in ports.records.all::<Area>(scope).await? {
            if area.record.site_id == site_id {
                follow(ports, scope, place, &state, area).await?;
            }
        }
    }
    for unit in ports.records.all::<Unit>(scope).await? {
        if contains(place, &unit.record) {
            let id = unit.record.id;
            follow(ports, scope, place, &state, unit).await?;
            if matches!(state, Presence::Gone) {
                settle_unit(ports, scope, id).await?;
            }
        }
    }
    settle_units(ports, scope, |unit| contains(place, unit)).await
}

/// Where a place is.
enum Presence {
    Here,
    Deleted(Deletion),
    Gone,
}

fn presence<P: Place>(stored: Option<Stored<P>>) -> Presence {
    match stored {
        None => Presence::Gone,
        Some(stored) => match stored.record.deletion() {
            None => Presence::Here,
            Some(deletion) => Presence::Deleted(deletion.clone()),
        },
    }
}

/// Brings one thing within `place` to where the place is.
async fn follow<P: Place + Follower>(
    ports: &FollowPlaces<'_>,
    scope: OrgScope,
    place: PlaceId,
    presence: &Presence,
    inner: Stored<P>,
) -> Result<(), Failure> {
    let taken_along = inner
        .record
        .deletion()
        .is_some_and(|deletion| deletion.with.as_deref() == Some(&place.to_string()));
    let actor = Actor::new(WORKER);
    let change = |done: &str| {
        let action = format!("{}.{done}", P::WHAT);
        Change::new(scope, &actor, &action, inner.record.id()).detail("with", place)
    };
    let registry = Registry {
        records: ports.records,
        clock: ports.clock,
    };
    match presence {
        Presence::Deleted(deletion) if inner.record.deletion().is_none() => {
            let mut record = inner.record.clone();
            record.set_deletion(Some(Deletion {
                with: Some(place.to_string()),
                ..deletion.clone()
            }));
            let mut change = change("deleted").replace(&record, inner.rev)?;
            if let Some(name) = record.unique_name(scope) {
                change = change.release(name, record.id());
            }
            registry.commit(change).await
        }
        Presence::Here if taken_along => {
            let mut record = inner.record.clone();
            record.set_deletion(None);
            let restored = change("restored").replace(&record, inner.rev)?;
            match registry.commit(record.claiming(restored, scope)).await {
                // Its name was given to another meanwhile: it stays deleted, now by itself, so that people find it
                // and can restore it under another name.
                Err(Failure::Refused(_)) if record.unique_name(scope).is_some() => {
                    let mut record = inner.record.clone();
                    record.set_deletion(inner.record.deletion().map(|deletion| Deletion {
                        with: None,
                        ..deletion.clone()
                    }));
                    registry
                        .commit(change("left_deleted").replace(&record, inner.rev)?)
                        .await
                }
                done => done,
            }
        }
        Presence::Gone => {
            let mut change = change("purged").remove(&inner);
            if let Some(name) = inner.record.unique_name(scope)
                && inner.record.deletion().is_none()
            {
                change = change.release(name, inner.record.id());
            }
            registry.commit(change).await
        }
        Presence::Deleted(_) | Presence::Here => Ok(()),
    }
}

/// What takes its name back when it is restored.
pub(super) trait Follower: Place {
    fn claiming(&self, change: Change, scope: OrgScope) -> Change;
}

impl Follower for Area {
    fn claiming(&self, change: Change, _scope: OrgScope) -> Change {
        change
    }
}

impl Follower for Unit {
    fn claiming(&self, change: Change, scope: OrgScope) -> Change {
        claim_name(change, scope, self)
    }
}

impl Follower for Site {
    fn claiming(&self, change: Change, _scope: OrgScope) -> Change {
        change
    }
}

/// The rules in force for `unit`, from all levels.
pub(super) async fn effective_rules(
    records: &dyn Records,
    scope: OrgScope,
    unit: &Unit,
) -> Result<EffectiveRules, Failure> {
    let mut levels: Vec<(Level, RuleFields)> = Vec::new();
    for (level, at) in RuleScope::of_unit(scope.org_id(), unit) {
        if let Some(stored) = records.get::<RuleSet>(scope, rules_key(at)).await? {
            levels.push((level, stored.record.fields));
        }
    }
    Ok(EffectiveRules::merge(unit.kind, &levels))
}

/// How often the one of `sensors` that drives the unit reports, by its own setting or its model's.
fn report_interval(sensors: &[Stored<Sensor>], unit_id: UnitId) -> Option<Span> {
    let driving = sensors
        .iter()
        .map(|stored| &stored.record)
        .find(|sensor| sensor.unit_id == Some(unit_id) && sensor.primary)?;
    driving
        .report_interval
        .or_else(|| decoders::find(&driving.model).map(|model| model.uplink_interval))
}

/// What units are judged by, of the whole organization.
struct Basis {
    rules: BTreeMap<String, RuleFields>,
    sensors: Vec<Stored<Sensor>>,
}

impl Basis {
    async fn read(records: &dyn Records, scope: OrgScope) -> Result<Self, Failure> {
        let sets = records.all::<RuleSet>(scope).await?;
        let by_key = sets
            .into_iter()
            .map(|stored| (rules_key(stored.record.scope), stored.record.fields));
        Ok(Self {
            rules: by_key.collect(),
            sensors: records.all::<Sensor>(scope).await?,
        })
    }

    fn overrides(&self, scope: OrgScope, unit: &Unit) -> Overrides {
        let levels: Vec<(Level, RuleFields)> = RuleScope::of_unit(scope.org_id(), unit)
            .into_iter()
            .filter_map(|(level, at)| Some((level, *self.rules.get(&rules_key(at))?)))
            .collect();
        EffectiveRules::merge(unit.kind, &levels).overrides(report_interval(&self.sensors, unit.id))
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
    let basis = Basis::read(ports.records, scope).await?;
    for Stored { record: unit, .. } in ports.records.all::<Unit>(scope).await? {
        if !which(&unit) {
            continue;
        }
        let overrides = basis.overrides(scope, &unit);
        let settled = settle(
            ports,
            scope,
            states.get(&unit.id),
            &unit,
            overrides,
            &basis.sensors,
        );
        if let Saved::TooLate = settled.await? {
            settle_unit(ports, scope, unit.id).await?;
        }
    }
    Ok(())
}

/// Tells `state` of the present version of each sensor it has heard, so that readings by an older one are found out.
fn tell_versions(state: &mut UnitState, sensors: &[Stored<Sensor>]) {
    for track in &mut state.sensors {
        if let Some(sensor) = sensors.iter().find(|sensor| sensor.record.id == track.id) {
            track.version = sensor.record.version;
        }
    }
}

/// What settling leaves in a state.
type Marks = (SiteId, AreaId, UnitKind, Overrides, bool, Vec<(SensorId, u32)>);

/// What a unit is judged by, and how its state was marked when that was read. Without overrides it is gone.
type Read = (Option<Marks>, Option<Overrides>, Vec<Stored<Sensor>>);

fn marks(state: &UnitState) -> Marks {
    let versions = state.sensors.iter().map(|track| (track.id, track.version));
    (
        state.site_id,
        state.area_id,
        state.kind,
        state.overrides,
        state.active,
        versions.collect(),
    )
}

/// Makes the state of a unit follow its record and its sensors: where it is, by which rules it is judged, whether it is
/// judged at all, and whose readings are its own.
pub(crate) async fn settle_unit(
    ports: &FollowPlaces<'_>,
    scope: OrgScope,
    unit_id: UnitId,
) -> Result<(), Failure> {
    let unit = ports.records.get::<Unit>(scope, unit_id).await?;
    let unit = unit.as_ref().map(|unit| &unit.record);
    let mut read: Option<Read> = None;
    for _ in 0..ATTEMPTS {
        let stored = ports.states.load(scope, unit_id).await?;
        let marks = stored.as_ref().map(|record| marks(&record.state));
        // What the unit is judged by is read behind its state, so that whoever settled it by something newer is not undone.
        // Where only readings came in between, nobody did, and what was read holds.
        let (overrides, sensors) = match read.take().filter(|(before, ..)| *before == marks) {
            Some((_, overrides, sensors)) => (overrides, sensors),
            None => {
                let rules = match unit {
                    Some(unit) => Some(effective_rules(ports.records, scope, unit).await?),
                    None => None,
                };
                let sensors = ports.records.all::<Sensor>(scope).await?;
                let interval = report_interval(&sensors, unit_id);
                (rules.map(|rules| rules.overrides(interval)), sensors)
            }
        };
        let saved = match (unit, &stored) {
            (Some(unit), stored) => {
                let overrides = overrides.unwrap_or_default();
                settle(ports, scope, stored.as_ref(), unit, overrides, &sensors).await?
            }
            // Gone for good: what was measured stays, and nobody is woken by it.
            (None, Some(known)) => {
                let mut record = known.clone();
                record.state.active = false;
                tell_versions(&mut record.state, &sensors);
                save_changed(ports, scope, stored.as_ref(), record).await?
            }
            (None, None) => Saved::Yes,
        };
        if let Saved::Yes = saved {
            return Ok(());
        }
        read = Some((marks, overrides, sensors));
    }
    Err(crate::PortError::new("places.settle_unit", PortErrorKind::Conflict).into())
}

/// Makes the state that was read as `stored` follow `unit` and what it is judged by.
async fn settle(
    ports: &FollowPlaces<'_>,
    scope: OrgScope,
    stored: Option<&UnitRecord>,
    unit: &Unit,
    overrides: Overrides,
    sensors: &[Stored<Sensor>],
) -> Result<Saved, Failure> {
    let mut record = stored
        .cloned()
        .unwrap_or_else(|| UnitRecord::new(new_state(unit, ports.clock.now())));
    let state = &mut record.state;
    (state.site_id, state.area_id, state.kind) = (unit.site_id, unit.area_id, unit.kind);
    state.overrides = overrides;
    state.active = unit.deleted.is_none();
    tell_versions(state, sensors);
    save_changed(ports, scope, stored, record).await
}

/// Judges and saves `record`, unless it is as it was read.
async fn save_changed(
    ports: &FollowPlaces<'_>,
    scope: OrgScope,
    stored: Option<&UnitRecord>,
    record: UnitRecord,
) -> Result<Saved, Failure> {
    if stored == Some(&record) {
        return Ok(Saved::Yes);
    }
    judge_and_save(ports, scope, record).await
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
    record.judge(ports.clock.now(), &mut changes);
    match ports.states.save(scope, &mut record, &changes).await {
        Ok(()) => Ok(Saved::Yes),
        Err(error) if error.kind == PortErrorKind::Conflict => Ok(Saved::TooLate),
        Err(error) => Err(error.into()),
    }
}

/// The site of `place`, deleted or not; `None` when there is no such place.
pub(crate) async fn site_of(
    records: &dyn Records,
    scope: OrgScope,
    place: PlaceId,
) -> Result<Option<SiteId>, Failure> {
    Ok(match place {
        PlaceId::Site(id) => records
            .get::<Site>(scope, id)
            .await?
            .map(|stored| stored.record.id),
        PlaceId::Area(id) => records
            .get::<Area>(scope, id)
            .await?
            .map(|stored| stored.record.site_id),
        PlaceId::Unit(id) => records
            .get::<Unit>(scope, id)
            .await?
            .map(|stored| stored.record.site_id),
    })
}
