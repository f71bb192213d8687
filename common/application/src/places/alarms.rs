//! Alarms of the library as the organization, a site or a unit has them.

use super::rules::visible;
use super::{At, follow_change, unchanged};
use crate::error::{Failure, Refusal};
use crate::organizations::whole_organization;
use crate::page::{PageRequest, page_below};
use crate::records::{rule_changes_of, rules_key};
use crate::registry::{Change, changed_meanwhile};
use crate::scope::Caller;
use crate::set_up::SetUp;
use freshtrack_contracts::events::{Happening, PlaceId};
use freshtrack_contracts::page::Page;
use freshtrack_contracts::places::{
    AlarmChangeView, AlarmDifference, AlarmInForce, AlarmSetting, AlarmsAt, SetAlarms,
};
use freshtrack_domain::measurement::CentiCelsius;
use freshtrack_domain::place::{AlarmChange, AlarmSet, Level, RuleScope, Sourced, Unit};
use freshtrack_domain::time::Span;
use freshtrack_domain::unit::{
    AlarmId, AlarmSettings, AlarmValues, Condition, EffectiveAlarm, Judge, MOST_TUNED, Quantity,
};
use std::collections::{BTreeMap, BTreeSet};

/// What is set of alarms at one place.
type Values = BTreeMap<AlarmId, AlarmValues>;

/// The whole library as it is in force at `place`, or for the organization, and what is set there.
///
/// # Errors
/// Refused when there is no such place.
pub async fn get_alarms(
    ports: &SetUp<'_>,
    caller: &Caller,
    place: Option<PlaceId>,
) -> Result<At<AlarmsAt>, Failure> {
    let (level, at) = visible(ports, caller, place).await?;
    let mut levels = Vec::new();
    let (mut rev, mut set) = (0, Values::new());
    for (above, scope) in levels_down_to(ports, caller, at).await? {
        if let Some(stored) = ports
            .records
            .get::<AlarmSet>(caller.scope, rules_key(scope))
            .await?
        {
            if scope == at {
                (rev, set) = (stored.rev, stored.record.alarms.clone());
            }
            levels.push((above, stored.record.alarms));
        }
    }
    let levels: Vec<(Level, &Values)> = levels.iter().map(|(level, values)| (*level, values)).collect();
    let view = AlarmsAt {
        level,
        set: set
            .iter()
            .map(|(alarm, values)| setting(*alarm, values))
            .collect(),
        alarms: alarms_in_force(&levels).iter().map(in_force).collect(),
    };
    Ok(At { rev, view })
}

/// Sets alarms at `place`, all that are set there: what `input` leaves out is left to the level above. The units they are for
/// are judged anew.
///
/// # Errors
/// Refused when there is no such place, when the alarms are no longer as the caller read them, when something cannot be set
/// so, when a unit would have too many alarms with figures of their own; and those of the organization to whoever works for
/// some sites only.
pub async fn put_alarms(
    ports: &SetUp<'_>,
    caller: &Caller,
    place: Option<PlaceId>,
    read: Option<u64>,
    input: SetAlarms,
) -> Result<At<AlarmsAt>, Failure> {
    let (_, at) = visible(ports, caller, place).await?;
    if place.is_none() {
        whole_organization(caller)?;
    }
    let alarms = values_of(&input)?;
    let stored = ports.records.get::<AlarmSet>(caller.scope, rules_key(at)).await?;
    let rev = stored.as_ref().map_or(0, |stored| stored.rev);
    unchanged(read, rev)?;
    let before = stored
        .as_ref()
        .map(|stored| stored.record.alarms.clone())
        .unwrap_or_default();
    if before == alarms {
        return get_alarms(ports, caller, place).await;
    }
    check_room(ports, caller, at, &alarms).await?;
    let kept = AlarmChange {
        scope: at,
        rev: rev + 1,
        at: ports.clock.now(),
        by: caller.actor.id.clone(),
        acting_as: caller.actor.acting_as,
        before,
        after: alarms.clone(),
    };
    let changed: Vec<String> = differences(&kept.before, &kept.after)
        .into_iter()
        .map(|difference| difference.alarm.to_string())
        .collect();
    let set = AlarmSet { scope: at, alarms };
    let change = Change::new(caller.scope, &caller.actor, "alarms.changed", rules_key(at))
        .detail("alarms", changed.join(", "));
    let change = match &stored {
        // Two that set them at once for the first time are no repetition of each other.
        None => change.insert_unless(&set, changed_meanwhile())?,
        Some(stored) => change.replace(&set, stored.rev)?,
    };
    let change = change.insert_unless(&kept, changed_meanwhile())?;
    let what = Happening::RulesChanged { place };
    let event = ports.event(caller.scope, format!("{}:alarms", rules_key(at)), rev + 1, what);
    ports.registry().commit(change.publish(event.clone())).await?;
    if let Some(PlaceId::Unit(_)) = place
        && let Err(error) = follow_change(&ports.follow(), &event).await
    {
        tracing::warn!(place.id = rules_key(at), %error, "a unit follows its alarms later");
    }
    get_alarms(ports, caller, place).await
}

/// What was changed in the alarms set at `place`, the newest first.
///
/// # Errors
/// Refused when there is no such place or page.
pub async fn list_alarm_changes(
    ports: &SetUp<'_>,
    caller: &Caller,
    place: Option<PlaceId>,
    request: &PageRequest,
) -> Result<Page<AlarmChangeView>, Failure> {
    let (level, at) = visible(ports, caller, place).await?;
    let page = page_below::<AlarmChange>(ports.records, caller.scope, request, &rule_changes_of(at)).await?;
    Ok(page.map(|stored| {
        let change = stored.record;
        AlarmChangeView {
            level,
            revision: change.rev,
            at: change.at.into(),
            by: change.by,
            acting_as: change.acting_as,
            changes: differences(&change.before, &change.after),
        }
    }))
}

/// The whole library where `levels` are set.
pub(super) fn alarms_in_force(levels: &[(Level, &Values)]) -> Vec<EffectiveAlarm> {
    AlarmId::all()
        .map(|alarm| {
            let set: Vec<(Level, AlarmValues)> = levels
                .iter()
                .filter_map(|(level, values)| Some((*level, *values.get(&alarm)?)))
                .collect();
            EffectiveAlarm::merge(alarm, &set)
        })
        .collect()
}

/// Where alarms may be set that are in force at `at`.
async fn levels_down_to(
    ports: &SetUp<'_>,
    caller: &Caller,
    at: RuleScope,
) -> Result<Vec<(Level, RuleScope)>, Failure> {
    let org = RuleScope::Organization(caller.scope.org_id());
    Ok(match at {
        RuleScope::Organization(_) => vec![(Level::Organization, at)],
        RuleScope::Site(_) => vec![(Level::Organization, org), (Level::Site, at)],
        RuleScope::Unit(id) => {
            let unit = ports.records.get::<Unit>(caller.scope, id).await?;
            let unit = unit.ok_or_else(|| Refusal::not_found("unit"))?;
            RuleScope::of_unit(caller.scope.org_id(), &unit.record).to_vec()
        }
    })
}

/// Refuses what would give a unit more alarms with figures of their own than its state has room for.
async fn check_room(
    ports: &SetUp<'_>,
    caller: &Caller,
    at: RuleScope,
    alarms: &Values,
) -> Result<(), Failure> {
    let sets = ports.records.all::<AlarmSet>(caller.scope).await?;
    let sets: BTreeMap<RuleScope, Values> = sets
        .into_iter()
        .map(|stored| (stored.record.scope, stored.record.alarms))
        .chain([(at, alarms.clone())])
        .collect();
    for unit in ports.records.all::<Unit>(caller.scope).await? {
        let unit = unit.record;
        if unit.deleted.is_some() {
            continue;
        }
        let levels: Vec<(Level, &Values)> = RuleScope::of_unit(caller.scope.org_id(), &unit)
            .into_iter()
            .filter_map(|(level, scope)| Some((level, sets.get(&scope)?)))
            .collect();
        if AlarmSettings::of(unit.kind, &alarms_in_force(&levels), None).tuned() > MOST_TUNED {
            return Err(Refusal::invalid(format!(
                "\"{}\" would have more than {MOST_TUNED} alarms with figures of their own. To switch one on or off is not \
                 counted.",
                unit.name
            ))
            .about("set")
            .into());
        }
    }
    Ok(())
}

/// What `input` sets.
fn values_of(input: &SetAlarms) -> Result<Values, Refusal> {
    let mut all = Values::new();
    for setting in &input.set {
        let alarm = setting.alarm;
        let refused = |why: String| Refusal::invalid(format!("{alarm}: {why}.")).about("set");
        let quantity = alarm.definition().condition.quantity();
        let threshold = setting.threshold.map(|value| {
            engine_figure(quantity, value).ok_or_else(|| refused("no such threshold".to_owned()))
        });
        let values = AlarmValues {
            enabled: setting.enabled,
            severity: setting.severity,
            threshold: threshold.transpose()?,
            duration: setting.duration_minutes.map(Span::minutes),
            cooldown: setting.cooldown_minutes.map(Span::minutes),
        };
        values.check(alarm).map_err(|error| refused(error.to_string()))?;
        if all.insert(alarm, values).is_some() {
            return Err(refused("it is named twice".to_owned()));
        }
    }
    all.retain(|_, values| !values.is_empty());
    Ok(all)
}

const fn is_of_temperature(quantity: Option<Quantity>) -> bool {
    matches!(
        quantity,
        Some(Quantity::Temperature | Quantity::TemperatureDifference | Quantity::TemperatureRate)
    )
}

/// A figure of `quantity` as the engine has it.
fn engine_figure(quantity: Option<Quantity>, value: f64) -> Option<i32> {
    if is_of_temperature(quantity) {
        return CentiCelsius::from_celsius(value).map(|value| value.0);
    }
    let whole = (-1_000.0..=1_000.0).contains(&value) && value.fract() == 0.0;
    // Between those bounds it is what a temperature of a hundredth as many degrees is.
    CentiCelsius::from_celsius(value / 100.0)
        .filter(|_| whole)
        .map(|value| value.0)
}

/// A figure of `quantity` as people have it.
fn shown_figure(quantity: Option<Quantity>, value: i32) -> f64 {
    if is_of_temperature(quantity) {
        CentiCelsius(value).celsius()
    } else {
        f64::from(value)
    }
}

fn minutes(span: Span) -> u32 {
    u32::try_from(span.as_minutes()).unwrap_or(u32::MAX)
}

fn setting(alarm: AlarmId, values: &AlarmValues) -> AlarmSetting {
    let quantity = alarm.definition().condition.quantity();
    AlarmSetting {
        alarm,
        enabled: values.enabled,
        severity: values.severity,
        threshold: values.threshold.map(|value| shown_figure(quantity, value)),
        duration_minutes: values.duration.map(minutes),
        cooldown_minutes: values.cooldown.map(minutes),
    }
}

fn in_force(effective: &EffectiveAlarm) -> AlarmInForce {
    fn map<T, U>(figure: Sourced<T>, to: impl Fn(T) -> U) -> Sourced<U> {
        Sourced {
            value: to(figure.value),
            source: figure.source,
        }
    }
    let definition = effective.alarm.definition();
    let condition = definition.condition;
    let quantity = condition.quantity();
    let judge = condition.judge();
    AlarmInForce {
        alarm: effective.alarm,
        tier: definition.tier,
        about: definition.about.to_owned(),
        judge,
        unavailable: match condition {
            Condition::Unavailable(why) => Some(why.to_owned()),
            _ => None,
        },
        alert: condition.alert(),
        raises: condition.raises(),
        kinds: definition.kinds.to_vec(),
        enabled: Some(effective.enabled).filter(|_| judge == Judge::Library),
        severity: effective.severity,
        measured_in: quantity,
        threshold: effective
            .threshold
            .map(|figure| map(figure, |value| shown_figure(quantity, value))),
        duration_minutes: Some(map(effective.duration, minutes)).filter(|_| condition.lasts()),
        cooldown_minutes: effective.cooldown.map(|figure| map(figure, minutes)),
        source: definition.source.to_owned(),
    }
}

/// The alarms that `before` and `after` set otherwise.
fn differences(before: &Values, after: &Values) -> Vec<AlarmDifference> {
    let alarms: BTreeSet<&AlarmId> = before.keys().chain(after.keys()).collect();
    alarms
        .into_iter()
        .filter(|alarm| before.get(alarm) != after.get(alarm))
        .map(|alarm| AlarmDifference {
            alarm: *alarm,
            from: before.get(alarm).map(|values| setting(*alarm, values)),
            to: after.get(alarm).map(|values| setting(*alarm, values)),
        })
        .collect()
}
