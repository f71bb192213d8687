//! How the units of an organization or a site are.

use super::Place as _;
use super::sites::all;
use super::summary::States;
use crate::error::Failure;
use crate::scope::Caller;
use crate::set_up::SetUp;
use freshtrack_contracts::limits::StandardInUse;
use freshtrack_contracts::places::Statistics;
use freshtrack_domain::ids::SiteId;
use freshtrack_domain::place::{Area, Site, Unit};
use freshtrack_domain::time::Span;
use freshtrack_domain::unit::{Standard, UnitRecord};
use std::collections::BTreeMap;

/// A unit that was heard of within this time can be told from one that was not.
const RECENT: Span = Span::hours(1);

/// How the units are that the caller may see, of one site or of all. Shares are of units that can be judged: without any
/// there is no share, rather than a perfect one. Each is judged by its legal limit, or by the alarm limit if it has none.
///
/// # Errors
/// Refused when there is no such site.
pub async fn get_statistics(
    ports: &SetUp<'_>,
    caller: &Caller,
    site_id: Option<SiteId>,
) -> Result<Statistics, Failure> {
    if let Some(site_id) = site_id {
        ports.present::<Site>(caller, site_id).await?;
    }
    let now = ports.clock.now();
    let ours = |id: SiteId| site_id.is_none_or(|site| site == id);
    let sites = all::<Site>(ports, caller).await?;
    let areas = all::<Area>(ports, caller).await?;
    let mut units = all::<Unit>(ports, caller).await?;
    units.retain(|unit| unit.deleted.is_none() && ours(unit.site_id));
    let states = States::load(ports.states, caller.scope).await?;
    let summary = states.summary(units.iter());
    let records: Vec<&UnitRecord> = units.iter().filter_map(|unit| states.get(unit.id)).collect();
    let recent = |record: &&&UnitRecord| {
        let seen = record.state.seen_at;
        seen.is_some_and(|seen| now.since(seen) <= RECENT)
    };
    let heard = records.iter().filter(recent).count();
    let mut judged = 0_usize;
    let mut in_range = 0_usize;
    let mut standards: BTreeMap<Standard, u32> = BTreeMap::new();
    for state in records.iter().map(|record| &record.state) {
        if let Some(last) = state.last.filter(|last| now.since(last.recorded_at) <= RECENT) {
            judged += 1;
            in_range += usize::from(state.rules().beyond_standard(last.temperature).is_none());
            *standards.entry(state.standard()).or_default() += 1;
        }
    }
    let alerts = || records.iter().flat_map(|record| &record.state.alerts);
    let count = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
    Ok(Statistics {
        sites: count(
            sites
                .iter()
                .filter(|site| site.deleted.is_none() && ours(site.id))
                .count(),
        ),
        areas: count(
            areas
                .iter()
                .filter(|area| area.deletion().is_none() && ours(area.site_id))
                .count(),
        ),
        units: summary.counts,
        worst: summary.worst,
        open_alerts: count(alerts().count()),
        critical_alerts: count(alerts().filter(|alert| alert.severity.is_alarm()).count()),
        in_range_percent: percent(in_range, judged),
        coverage_percent: percent(judged, units.len()),
        judged_by: standards
            .into_iter()
            .map(|(standard, units)| StandardInUse {
                judged_by: standard.into(),
                units,
            })
            .collect(),
        reporting_percent: percent(heard, units.len()),
        as_of: now.into(),
    })
}

/// The share of `part` in `whole` in percent, to a tenth; nothing of nothing is no share.
fn percent(part: usize, whole: usize) -> Option<f64> {
    let (part, whole) = (u32::try_from(part).ok()?, u32::try_from(whole).ok()?);
    (whole > 0).then(|| (f64::from(part) * 1_000.0 / f64::from(whole)).round() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn nothing_of_nothing_is_not_everything() {
        assert_eq!(percent(0, 0), None);
        assert_eq!(percent(0, 3), Some(0.0));
        assert_eq!(percent(2, 3), Some(66.7));
        assert_eq!(percent(3, 3), Some(100.0));
    }
}
