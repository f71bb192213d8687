//! Rules of the organization, a site or a unit.

use super::settling::effective_rules;
use super::{At, follow_change, site_of, unchanged};
use crate::error::{Failure, PortError, Refusal};
use crate::organizations::whole_organization;
use crate::page::{PageRequest, page_below};
use crate::ports::Stored;
use crate::records::{rule_changes_of, rules_key};
use crate::registry::{Change, changed_meanwhile};
use crate::scope::{Actor, Caller};
use crate::set_up::SetUp;
use freshtrack_contracts::events::{Happening, PlaceId};
use freshtrack_contracts::limits::{LegalLimitInForce, LegalLimitValue};
use freshtrack_contracts::page::Page;
use freshtrack_contracts::places::{EffectiveRulesView, RuleChangeView, RuleDifference, RuleValues, RulesAt};
use freshtrack_domain::ids::UnitId;
use freshtrack_domain::measurement::CentiCelsius;
use freshtrack_domain::place::{
    EffectiveRules, LegalRule, Level, RuleChange, RuleFields, RuleScope, RuleSet, Sourced, Unit,
};
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_domain::unit::LegalLimit;
use std::collections::{BTreeMap, BTreeSet};

/// The longest time a rule may name: a week.
const LONGEST_MINUTES: u32 = 7 * 24 * 60;

/// The rules that are set at `place`, or for the organization as a whole.
///
/// # Errors
/// Refused when there is no such place.
pub async fn get_rules(
    ports: &SetUp<'_>,
    caller: &Caller,
    place: Option<PlaceId>,
) -> Result<At<RulesAt>, Failure> {
    let (level, at) = visible(ports, caller, place).await?;
    let stored = ports.records.get::<RuleSet>(caller.scope, rules_key(at)).await?;
    Ok(At {
        rev: stored.as_ref().map_or(0, |stored| stored.rev),
        view: RulesAt {
            level,
            set: values(&stored.map(|stored| stored.record.fields).unwrap_or_default()),
        },
    })
}

/// Sets the rules of `place`, all of them: what `input` leaves out is left to the level above. The units they are for
/// are judged anew.
///
/// # Errors
/// Refused when there is no such place, when the rules are no longer as the caller read them, when a value makes no sense,
/// alone or with the others that are in force; and those of the organization to whoever works for some sites only.
pub async fn put_rules(
    ports: &SetUp<'_>,
    caller: &Caller,
    place: Option<PlaceId>,
    read: Option<u64>,
    input: RuleValues,
) -> Result<At<RulesAt>, Failure> {
    let (_, at) = visible(ports, caller, place).await?;
    if place.is_none() {
        whole_organization(caller)?;
    }
    let fields = rule_fields(&input)?;
    let stored = ports.records.get::<RuleSet>(caller.scope, rules_key(at)).await?;
    unchanged(read, stored.as_ref().map_or(0, |stored| stored.rev))?;
    let set = RuleSet { scope: at, fields };
    if stored.as_ref().is_some_and(|stored| stored.record == set) {
        return get_rules(ports, caller, place).await;
    }
    for unit in ports.records.all::<Unit>(caller.scope).await? {
        check(ports, caller, &unit.record, at, &set.fields).await?;
    }
    let rev = stored.as_ref().map_or(0, |stored| stored.rev);
    let change = Change::new(caller.scope, &caller.actor, "rules.changed", rules_key(at));
    let change = set_rules(change, stored.as_ref(), &set, &caller.actor, ports.clock.now())?;
    let change = change.detail("rules", changed_rules(stored.as_ref(), &set));
    let event = ports.event(
        caller.scope,
        rules_key(at),
        rev + 1,
        Happening::RulesChanged { place },
    );
    ports.registry().commit(change.publish(event.clone())).await?;
    if let Some(PlaceId::Unit(_)) = place
        && let Err(error) = follow_change(&ports.follow(), &event).await
    {
        tracing::warn!(place.id = rules_key(at), %error, "a unit follows its rules later");
    }
    get_rules(ports, caller, place).await
}

/// `change` in which the rules of a place become `set`, and what they were before is kept.
///
/// # Errors
/// When it cannot be written down.
pub(crate) fn set_rules(
    change: Change,
    stored: Option<&Stored<RuleSet>>,
    set: &RuleSet,
    actor: &Actor,
    now: Timestamp,
) -> Result<Change, PortError> {
    let change = match stored {
        // Two that set them at once for the first time are no repetition of each other.
        None => change.insert_unless(set, changed_meanwhile())?,
        Some(stored) => change.replace(set, stored.rev)?,
    };
    let kept = RuleChange {
        scope: set.scope,
        rev: stored.map_or(0, |stored| stored.rev) + 1,
        at: now,
        by: actor.id.clone(),
        acting_as: actor.acting_as,
        before: stored
            .map(|stored| stored.record.fields.clone())
            .unwrap_or_default(),
        after: set.fields.clone(),
    };
    change.insert_unless(&kept, changed_meanwhile())
}

/// The names of the rules that are other ones in `set`.
fn changed_rules(stored: Option<&Stored<RuleSet>>, set: &RuleSet) -> String {
    let before = stored.map(|stored| stored.record.fields.clone());
    let before = before.unwrap_or_default();
    let changes = differences(&before, &set.fields);
    let names: Vec<String> = changes.into_iter().map(|change| change.rule).collect();
    names.join(", ")
}

/// What was changed in the rules of `place`, the newest first.
///
/// # Errors
/// Refused when there is no such place or page.
pub async fn list_rule_changes(
    ports: &SetUp<'_>,
    caller: &Caller,
    place: Option<PlaceId>,
    request: &PageRequest,
) -> Result<Page<RuleChangeView>, Failure> {
    let (level, at) = visible(ports, caller, place).await?;
    let page = page_below::<RuleChange>(ports.records, caller.scope, request, &rule_changes_of(at)).await?;
    Ok(page.map(|stored| {
        let change = stored.record;
        RuleChangeView {
            level,
            revision: change.rev,
            at: change.at.into(),
            by: change.by,
            acting_as: change.acting_as,
            changes: differences(&change.before, &change.after),
        }
    }))
}

/// The rules in which `before` and `after` differ.
fn differences(before: &RuleFields, after: &RuleFields) -> Vec<RuleDifference> {
    let legal = |fields: &RuleFields| fields.legal.as_ref().and_then(legal_value);
    let (legal_from, legal_to) = (legal(before), legal(after));
    let of_legal = (legal_from != legal_to).then(|| RuleDifference {
        rule: "legal".to_owned(),
        from: None,
        to: None,
        legal_from,
        legal_to,
    });
    let (before, after) = (by_name(before), by_name(after));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names
        .into_iter()
        .map(|rule| RuleDifference {
            rule: rule.clone(),
            from: before.get(rule).copied(),
            to: after.get(rule).copied(),
            legal_from: None,
            legal_to: None,
        })
        .filter(|difference| difference.from != difference.to)
        .chain(of_legal)
        .collect()
}

/// The rules that are set in `fields` and are a number, each under the name it has in [`RuleValues`].
fn by_name(fields: &RuleFields) -> BTreeMap<String, f64> {
    let values = serde_json::to_value(values(fields)).unwrap_or_default();
    let values = values.as_object().into_iter().flatten();
    values
        .filter_map(|(name, value)| Some((name.clone(), value.as_f64()?)))
        .collect()
}

/// The rules in force for a unit, each with where it comes from.
///
/// # Errors
/// Refused when there is no such unit.
pub async fn get_effective_rules(
    ports: &SetUp<'_>,
    caller: &Caller,
    unit_id: UnitId,
) -> Result<EffectiveRulesView, Failure> {
    let unit = ports.present::<Unit>(caller, unit_id).await?;
    let rules = effective_rules(ports.records, caller.scope, &unit.record).await?;
    Ok(EffectiveRulesView {
        org_id: caller.scope.org_id(),
        unit_id,
        rules: named(&rules),
        legal: legal_in_force(&unit.record, &rules),
    })
}

/// Where the rules of `place` are kept, if the caller may see it.
pub(super) async fn visible(
    ports: &SetUp<'_>,
    caller: &Caller,
    place: Option<PlaceId>,
) -> Result<(Level, RuleScope), Failure> {
    let Some(place) = place else {
        return Ok((
            Level::Organization,
            RuleScope::Organization(caller.scope.org_id()),
        ));
    };
    let (level, what, at) = match place {
        PlaceId::Site(id) => (Level::Site, "site", RuleScope::Site(id)),
        PlaceId::Unit(id) => (Level::Unit, "unit", RuleScope::Unit(id)),
        PlaceId::Area(_) => return Err(Refusal::invalid("Areas have no rules of their own.").into()),
    };
    let site = site_of(ports.records, caller.scope, place)
        .await?
        .ok_or_else(|| Refusal::not_found(what))?;
    caller.sees(site, what)?;
    Ok((level, at))
}

/// Refuses rules that would leave a unit without a range.
async fn check(
    ports: &SetUp<'_>,
    caller: &Caller,
    unit: &Unit,
    at: RuleScope,
    fields: &RuleFields,
) -> Result<(), Failure> {
    let applies = match at {
        RuleScope::Organization(_) => true,
        RuleScope::Site(id) => unit.site_id == id,
        RuleScope::Unit(id) => unit.id == id,
    };
    if !applies || unit.deleted.is_some() || (fields.low.is_none() && fields.high.is_none()) {
        return Ok(());
    }
    let mut levels = Vec::new();
    for (level, scope) in RuleScope::of_unit(caller.scope.org_id(), unit) {
        if scope == at {
            levels.push((level, fields.clone()));
        } else if let Some(stored) = ports
            .records
            .get::<RuleSet>(caller.scope, rules_key(scope))
            .await?
        {
            levels.push((level, stored.record.fields));
        }
    }
    EffectiveRules::merge(unit.kind, &levels)
        .check_range()
        .map_err(|error| Refusal::invalid(format!("\"{}\": {error}.", unit.name)).into())
}

/// The rules that `input` sets.
///
/// # Errors
/// Refused when a value makes no sense, alone or with the others.
pub(crate) fn rule_fields(input: &RuleValues) -> Result<RuleFields, Refusal> {
    let minutes = |value: Option<u32>, name: &str| {
        value
            .map(|value| {
                (value <= LONGEST_MINUTES)
                    .then(|| Span::minutes(value))
                    .ok_or_else(|| Refusal::invalid(format!("{name} must be at most {LONGEST_MINUTES}.")))
            })
            .transpose()
    };
    let between = |value: Option<u32>, name: &str, least: u32, most: u32| match value {
        Some(value) if !(least..=most).contains(&value) => {
            Err(Refusal::invalid(format!("{name} must be {least} to {most}.")))
        }
        value => Ok(value),
    };
    let hysteresis = degrees(input.hysteresis_c, "hysteresis_c")?;
    if hysteresis.is_some_and(|value| !(0..=1_000).contains(&value.0)) {
        return Err(Refusal::invalid("hysteresis_c must be 0 to 10 degrees."));
    }
    let fields = RuleFields {
        low: degrees(input.low_c, "low_c")?,
        high: degrees(input.high_c, "high_c")?,
        hysteresis,
        confirm_door_closed: minutes(input.confirm_door_closed_minutes, "confirm_door_closed_minutes")?,
        confirm_door_open: minutes(input.confirm_door_open_minutes, "confirm_door_open_minutes")?,
        max_excursion: minutes(input.max_excursion_minutes, "max_excursion_minutes")?,
        expected_reading_interval: between(
            input.expected_reading_interval_seconds,
            "expected_reading_interval_seconds",
            10,
            24 * 3_600,
        )?
        .map(Span::seconds),
        offline_trigger_percent: between(
            input.offline_trigger_percent,
            "offline_trigger_percent",
            100,
            10_000,
        )?,
        offline_trigger_additional: minutes(
            input.offline_trigger_additional_minutes,
            "offline_trigger_additional_minutes",
        )?,
        offline_warning_missed: between(input.offline_warning_missed, "offline_warning_missed", 1, 1_000)?,
        offline_critical_missed: between(input.offline_critical_missed, "offline_critical_missed", 1, 1_000)?,
        door_open_warning: minutes(input.door_open_warning_minutes, "door_open_warning_minutes")?,
        door_open_critical: minutes(input.door_open_critical_minutes, "door_open_critical_minutes")?,
        door_mask_per_day: minutes(input.door_mask_per_day_minutes, "door_mask_per_day_minutes")?,
        manual_interval: minutes(input.manual_interval_minutes, "manual_interval_minutes")?,
        manual_grace: minutes(input.manual_grace_minutes, "manual_grace_minutes")?,
        manual_log_missed: between(input.manual_log_missed, "manual_log_missed", 1, 1_000)?,
        legal: input.legal.as_ref().map(legal_rule).transpose()?,
        exposure_window: between(
            input.exposure_window_minutes,
            "exposure_window_minutes",
            30,
            1_440,
        )?
        .map(Span::minutes),
        exposure_limit: between(input.exposure_alarm_minutes, "exposure_alarm_minutes", 1, 1_440)?
            .map(Span::minutes),
    };
    if let (Some(low), Some(high)) = (fields.low, fields.high)
        && low >= high
    {
        return Err(Refusal::invalid("low_c must be below high_c."));
    }
    Ok(fields)
}

fn degrees(value: Option<f64>, name: &str) -> Result<Option<CentiCelsius>, Refusal> {
    value
        .map(|value| {
            CentiCelsius::from_celsius(value)
                .ok_or_else(|| Refusal::invalid(format!("{name} is not a temperature.")))
        })
        .transpose()
}

fn legal_rule(input: &LegalLimitValue) -> Result<LegalRule, Refusal> {
    let limit = LegalLimit {
        low: degrees(input.low_c, "legal.low_c")?,
        high: degrees(input.high_c, "legal.high_c")?,
    };
    if let (Some(low), Some(high)) = (limit.low, limit.high)
        && low >= high
    {
        return Err(Refusal::invalid("legal.low_c must be below legal.high_c."));
    }
    Ok(LegalRule {
        limit,
        source: Some(input.source.clone()),
    })
}

/// A legal limit as somebody has set it; the one of a kind of unit, which has no source of its own, is none of those.
fn legal_value(rule: &LegalRule) -> Option<LegalLimitValue> {
    Some(LegalLimitValue {
        low_c: rule.limit.low.map(CentiCelsius::celsius),
        high_c: rule.limit.high.map(CentiCelsius::celsius),
        source: rule.source.clone()?,
    })
}

/// The legal limit of `unit` under `rules`.
fn legal_in_force(unit: &Unit, rules: &EffectiveRules) -> Option<LegalLimitInForce> {
    let Sourced { value, source } = &rules.legal;
    let written = value.source.as_ref().map(|own| own.as_str());
    let written = written.or_else(|| unit.kind.legal_source())?;
    Some(LegalLimitInForce {
        low_c: value.limit.low.map(CentiCelsius::celsius),
        high_c: value.limit.high.map(CentiCelsius::celsius),
        source: written.to_owned(),
        set_at: *source,
    })
}

fn values(fields: &RuleFields) -> RuleValues {
    let minutes = |span: Option<Span>| span.and_then(|span| u32::try_from(span.as_minutes()).ok());
    let degrees = |value: Option<CentiCelsius>| value.map(CentiCelsius::celsius);
    RuleValues {
        low_c: degrees(fields.low),
        high_c: degrees(fields.high),
        hysteresis_c: degrees(fields.hysteresis),
        confirm_door_closed_minutes: minutes(fields.confirm_door_closed),
        confirm_door_open_minutes: minutes(fields.confirm_door_open),
        max_excursion_minutes: minutes(fields.max_excursion),
        expected_reading_interval_seconds: fields
            .expected_reading_interval
            .and_then(|span| u32::try_from(span.as_seconds()).ok()),
        offline_trigger_percent: fields.offline_trigger_percent,
        offline_trigger_additional_minutes: minutes(fields.offline_trigger_additional),
        offline_warning_missed: fields.offline_warning_missed,
        offline_critical_missed: fields.offline_critical_missed,
        door_open_warning_minutes: minutes(fields.door_open_warning),
        door_open_critical_minutes: minutes(fields.door_open_critical),
        door_mask_per_day_minutes: minutes(fields.door_mask_per_day),
        manual_interval_minutes: minutes(fields.manual_interval),
        manual_grace_minutes: minutes(fields.manual_grace),
        manual_log_missed: fields.manual_log_missed,
        legal: fields.legal.as_ref().and_then(legal_value),
        exposure_window_minutes: minutes(fields.exposure_window),
        exposure_alarm_minutes: minutes(fields.exposure_limit),
    }
}

/// Each rule under the name it has in [`RuleValues`].
fn named(rules: &EffectiveRules) -> BTreeMap<String, Sourced<f64>> {
    let degrees = |rule: Sourced<CentiCelsius>| number(rule, CentiCelsius::celsius);
    let minutes = |rule: Sourced<Span>| number(rule, |span| whole(span.as_minutes()));
    let count = |rule: Sourced<u32>| number(rule, f64::from);
    [
        ("low_c", degrees(rules.low)),
        ("high_c", degrees(rules.high)),
        ("hysteresis_c", degrees(rules.hysteresis)),
        ("confirm_door_closed_minutes", minutes(rules.confirm_door_closed)),
        ("confirm_door_open_minutes", minutes(rules.confirm_door_open)),
        ("max_excursion_minutes", minutes(rules.max_excursion)),
        (
            "expected_reading_interval_seconds",
            number(rules.expected_reading_interval, |span| whole(span.as_seconds())),
        ),
        ("offline_trigger_percent", count(rules.offline_trigger_percent)),
        (
            "offline_trigger_additional_minutes",
            minutes(rules.offline_trigger_additional),
        ),
        ("offline_warning_missed", count(rules.offline_warning_missed)),
        ("offline_critical_missed", count(rules.offline_critical_missed)),
        ("door_open_warning_minutes", minutes(rules.door_open_warning)),
        ("door_open_critical_minutes", minutes(rules.door_open_critical)),
        ("door_mask_per_day_minutes", minutes(rules.door_mask_per_day)),
        ("manual_interval_minutes", minutes(rules.manual_interval)),
        ("manual_grace_minutes", minutes(rules.manual_grace)),
        ("manual_log_missed", count(rules.manual_log_missed)),
        ("exposure_window_minutes", minutes(rules.exposure_window)),
        ("exposure_alarm_minutes", minutes(rules.exposure_limit)),
    ]
    .into_iter()
    .map(|(name, rule)| (name.to_owned(), rule))
    .collect()
}

fn number<T: Copy>(rule: Sourced<T>, as_number: impl Fn(T) -> f64) -> Sourced<f64> {
    Sourced {
        value: as_number(rule.value),
        source: rule.source,
    }
}

fn whole(value: i64) -> f64 {
    i32::try_from(value).map_or(f64::MAX, f64::from)
}
