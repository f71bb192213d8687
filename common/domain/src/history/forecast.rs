//! When a temperature that drifts will reach its limit, if it goes on like that: information, never an alarm.

use super::Sample;
use crate::alert::Side;
use crate::measurement::CentiCelsius;
use crate::time::{Span, Timestamp};
use crate::unit::Rules;

/// How far back temperatures are looked at: the drift itself, and before it what is usual for the unit.
pub const FORECAST_SPAN: Span = Span::hours(12);
/// A drift shows in one of these times, the shortest first: a compressor that died within minutes, lost refrigerant within
/// hours, between the sawteeth of doors and of the thermostat.
const DRIFTS: [Span; 3] = [Span::minutes(40), Span::minutes(100), Span::minutes(240)];
const DRIFT_SAMPLES: usize = 6;
/// Temperatures that tell what is usual; without them a compressor's cycle could not be told from a drift.
const USUAL_SAMPLES: usize = 12;
/// The part of what it usually varies by that a temperature must be beyond it.
const MARGIN: i32 = 6;
/// For how long before and after it is out of range a temperature rises and falls.
const FLANK: Span = Span::minutes(30);
/// A door or a warmer room shortens what the slope says, a cooler one lengthens it: the error bar is never narrower than
/// these parts of it. Both were found on the corpus, so that four out of five forecasts are within.
const SOONEST: f64 = 0.4;
const LATEST: f64 = 2.0;
/// What is nearer than this, whoever is told of it meets the alarm itself.
const NEAREST: Span = Span::minutes(10);
/// How many in a hundred of the pairs of readings must lie in the direction of the drift.
const AGREEING_PERCENT: usize = 92;
/// For how long after a temperature was beyond one limit its way to the other is a recovery.
const RECOVERY: Span = Span::hours(4);

/// When a temperature is expected to reach its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forecast {
    /// Which limit.
    pub side: Side,
    /// Where it is.
    pub limit: CentiCelsius,
    /// The newest temperature, from which it is reckoned.
    pub from: Sample,
    /// When it will most likely be reached.
    pub at: Timestamp,
    /// When it may be reached at the soonest: four out of five times it is not before.
    pub earliest: Timestamp,
    /// When it may be reached at the latest; `None` if the drift slows down so much that it may never be.
    pub latest: Option<Timestamp>,
    /// Readings that the drift was read off.
    pub samples: usize,
}

/// When the temperature of `samples`, in the order of time, will reach a limit of `rules`, as of `now`.
///
/// `None` unless it drifts: the newest is in range and not overdue, the readings of the last [`DRIFT`] agree on a direction,
/// and the newest lies beyond what was usual in the hours before; so neither the sawtooth of a compressor, nor a defrost that
/// falls back, nor a recovery forecasts anything.
///
/// The rate is the median of the slopes between all pairs of readings (Theil and Sen), which a third of outliers does not
/// move. What warms a unit whose cooling fails slows down as it comes nearer to the room, so the later half of the drift is
/// what goes on, the steepest quarter of the slopes gives the soonest time, and the slowing down, continued, the latest.
#[must_use]
pub fn forecast(samples: &[Sample], rules: &Rules, now: Timestamp) -> Option<Forecast> {
    let newest = *samples.last()?;
    let overdue = now >= newest.at + rules.report_deadline();
    if overdue || rules.violation(newest.temperature).is_some() {
        return None;
    }
    let oldest = samples.partition_point(|sample| sample.at < newest.at - FORECAST_SPAN);
    let known = samples.get(oldest..)?;
    // What the longest drift leaves of the time before is part of what every other leaves: where the temperature is usual by
    // that alone, as it mostly is, nothing else need be looked at.
    let before = known.partition_point(|sample| sample.at < newest.at - longest(rules));
    unusual(known.get(..before)?, newest, rules)?;
    let drift = |span| Drift::over(known, newest, rules, span);
    DRIFTS.into_iter().find_map(drift)?.forecast(rules)
}

/// How long a drift of `span` is looked at with a sensor that reports more seldom.
fn seen_for(span: Span, rules: &Rules) -> Span {
    span.max(rules.report_interval.times(6))
}

fn longest(rules: &Rules) -> Span {
    DRIFTS
        .into_iter()
        .map(|span| seen_for(span, rules))
        .max()
        .unwrap_or(FORECAST_SPAN)
}

/// Readings that move in one direction, beyond what was usual.
struct Drift<'a> {
    newest: Sample,
    samples: &'a [Sample],
    slopes: Slopes,
    side: Side,
    span: Span,
}

impl<'a> Drift<'a> {
    /// That of the last `span`, if it is one.
    fn over(known: &'a [Sample], newest: Sample, rules: &Rules, span: Span) -> Option<Self> {
        let begin = newest.at - seen_for(span, rules);
        let split = known.partition_point(|sample| sample.at < begin);
        let (before, samples) = known.split_at(split);
        if samples.len() < DRIFT_SAMPLES {
            return None;
        }
        let side = unusual(before, newest, rules)?;
        let recovers = known.iter().any(|sample| {
            sample.at >= newest.at - RECOVERY
                && rules
                    .violation(sample.temperature)
                    .is_some_and(|beyond| beyond != side)
        });
        if recovers {
            return None;
        }
        let slopes = Slopes::between(samples)?;
        slopes.agree(side).then_some(Self {
            newest,
            samples,
            slopes,
            side,
            span,
        })
    }

    fn forecast(&self, rules: &Rules) -> Option<Forecast> {
        let (earlier, later) = self.samples.split_at(self.samples.len() / 2);
        let steady = Slopes::between(later)?.quantile(50);
        let slowing = ratio(Slopes::between(earlier)?.quantile(50), steady);
        let limit = rules.limit(self.side);
        let gap = f64::from(limit.0) - f64::from(self.newest.temperature.0);
        let likely = gap / steady;
        // What is farther away than the drift has been seen is no forecast but a guess.
        let horizon = small(self.span.as_seconds());
        if !(small(NEAREST.as_seconds())..=horizon).contains(&likely) {
            return None;
        }
        let half = seconds(later)?;
        let soonest = (gap / self.slopes.steepest(self.side)).clamp(0.0, likely * SOONEST);
        let latest = slowed(gap, steady, slowing, half, horizon * 3.0);
        let time = |after: f64| self.newest.at + span(after);
        Some(Forecast {
            side: self.side,
            limit,
            from: self.newest,
            at: time(likely),
            earliest: time(soonest),
            latest: latest.map(|latest| time(latest.max(likely * LATEST))),
            samples: self.samples.len(),
        })
    }
}

/// On which side `newest` lies of what was usual in `before`, if it is beyond it.
fn unusual(before: &[Sample], newest: Sample, rules: &Rules) -> Option<Side> {
    let usual = usual(before, rules);
    if usual.len() < USUAL_SAMPLES {
        return None;
    }
    let (lowest, highest) = (usual.iter().min()?.0, usual.iter().max()?.0);
    let margin = (highest - lowest) / MARGIN;
    if newest.temperature.0 > highest + margin {
        Some(Side::High)
    } else if newest.temperature.0 < lowest - margin {
        Some(Side::Low)
    } else {
        None
    }
}

/// The temperatures of `samples` that say what is usual. What was out of range was a defrost or a door, and neither it nor
/// its flanks need to be outdone by a drift.
fn usual(samples: &[Sample], rules: &Rules) -> Vec<CentiCelsius> {
    let is_out = |sample: &&Sample| rules.violation(sample.temperature).is_some();
    let out: Vec<Timestamp> = samples.iter().filter(is_out).map(|sample| sample.at).collect();
    let near = |at: Timestamp| {
        let after = out.partition_point(|out| *out < at);
        let next = out.get(after).is_some_and(|out| out.since(at) <= FLANK);
        let last = after.checked_sub(1).and_then(|last| out.get(last));
        next || last.is_some_and(|out| at.since(*out) <= FLANK)
    };
    samples
        .iter()
        .filter(|sample| !near(sample.at))
        .map(|sample| sample.temperature)
        .collect()
}

/// The slopes between all pairs of readings, in hundredths of a degree a second, in order.
struct Slopes(Vec<f64>);

impl Slopes {
    fn between(samples: &[Sample]) -> Option<Self> {
        let mut slopes = Vec::with_capacity(samples.len() * samples.len() / 2);
        for (index, one) in samples.iter().enumerate() {
            for other in samples.iter().skip(index + 1) {
                let apart = other.at.since(one.at).as_seconds();
                if apart > 0 {
                    let rise = f64::from(other.temperature.0) - f64::from(one.temperature.0);
                    slopes.push(rise / small(apart));
                }
            }
        }
        slopes.sort_unstable_by(f64::total_cmp);
        (!slopes.is_empty()).then_some(Self(slopes))
    }

    fn quantile(&self, percent: usize) -> f64 {
        let last = self.0.len().saturating_sub(1);
        self.0.get(last * percent / 100).copied().unwrap_or_default()
    }

    /// Whether enough of them lead to the limit on `side`.
    fn agree(&self, side: Side) -> bool {
        let leads = |slope: &&f64| match side {
            Side::High => **slope > 0.0,
            Side::Low => **slope < 0.0,
        };
        self.0.iter().filter(leads).count() * 100 >= self.0.len() * AGREEING_PERCENT
    }

    fn steepest(&self, side: Side) -> f64 {
        match side {
            Side::High => self.quantile(90),
            Side::Low => self.quantile(10),
        }
    }
}

/// The part of the slope that is left from one half of the drift to the next; never more than all of it.
fn ratio(earlier: f64, later: f64) -> f64 {
    let ratio = later / earlier;
    if ratio.is_finite() && ratio > 0.0 {
        ratio.min(1.0)
    } else {
        1.0
    }
}

/// In how many seconds a temperature covers `gap` that moves by `slope` now and by `left` of it `half` seconds later, and so
/// on; `None` if not within `horizon`.
fn slowed(gap: f64, slope: f64, left: f64, half: f64, horizon: f64) -> Option<f64> {
    let mut covered = 0.0;
    let mut rate = slope;
    let mut after = 0.0;
    while after < horizon {
        rate *= left;
        let step = rate * half;
        if (covered + step).abs() >= gap.abs() {
            return Some(after + (gap - covered) / rate);
        }
        covered += step;
        after += half;
    }
    None
}

fn seconds(samples: &[Sample]) -> Option<f64> {
    let (first, last) = (samples.first()?, samples.last()?);
    Some(small(last.at.since(first.at).as_seconds())).filter(|seconds| *seconds > 0.0)
}

fn small(seconds: i64) -> f64 {
    i32::try_from(seconds).map_or(f64::MAX, f64::from)
}

fn span(seconds: f64) -> Span {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "within twice the horizon"
    )]
    Span::seconds(seconds.round() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::{Overrides, UnitKind};
    use proptest::prelude::*;

    const START: i64 = 1_780_000_000;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_seconds(START + minute * 60)
    }

    fn freezer() -> Rules {
        let overrides = Overrides {
            high: Some(CentiCelsius(-1_500)),
            report_interval: Some(Span::minutes(5)),
            ..Overrides::default()
        };
        Rules::effective(UnitKind::Freezer, &overrides)
    }

    /// Six hours between -22 and -20 °C as a compressor makes them, then `drift`, five minutes apart.
    fn after_a_calm_morning(drift: impl IntoIterator<Item = i32>) -> Vec<Sample> {
        let calm = [-2_200, -2_150, -2_100, -2_050, -2_000, -2_100];
        let temperatures = calm.into_iter().cycle().take(72).chain(drift);
        (0..)
            .zip(temperatures)
            .map(|(n, hundredths)| Sample {
                at: at(n * 5),
                temperature: CentiCelsius(hundredths),
            })
            .collect()
    }

    fn now(samples: &[Sample]) -> Timestamp {
        samples.last().unwrap().at + Span::seconds(10)
    }

    #[test]
    fn a_steady_drift_reaches_its_limit_when_it_says() {
        // Half a degree in five minutes, and four degrees to go.
        let samples = after_a_calm_morning((0..11).map(|n| -2_400 + n * 50));
        let found = forecast(&samples, &freezer(), now(&samples)).unwrap();
        assert_eq!((found.side, found.limit), (Side::High, CentiCelsius(-1_500)));
        assert_eq!(found.at, found.from.at + Span::minutes(40));
        // However steady it is, a door or a warmer room is not in it.
        assert_eq!(found.earliest, found.from.at + Span::minutes(16));
        assert_eq!(found.latest, Some(found.from.at + Span::minutes(80)));
    }

    #[test]
    fn what_slows_down_may_take_longer_or_never_come() {
        let slowing = [100, 95, 90, 85, 80, 75, 70, 65, 60, 55];
        let mut temperature = -2_450;
        let samples = after_a_calm_morning(slowing.map(|step| {
            temperature += step;
            temperature
        }));
        let found = forecast(&samples, &freezer(), now(&samples)).unwrap();
        assert!(found.earliest < found.at, "{found:?}");
        assert!(found.latest.is_none_or(|latest| latest > found.at), "{found:?}");
        let mut temperature = -2_350;
        let samples = after_a_calm_morning([120, 90, 60, 40, 30, 24, 18, 14, 10, 8].map(|step| {
            temperature += step;
            temperature
        }));
        let found = forecast(&samples, &freezer(), now(&samples));
        assert!(found.is_none_or(|found| found.latest.is_none()), "{found:?}");
    }

    #[test]
    fn nothing_is_said_of_a_cycle_a_recovery_or_silence() {
        let rules = freezer();
        let calm = after_a_calm_morning([]);
        for known in 1..=calm.len() {
            let samples = &calm[..known];
            assert_eq!(forecast(samples, &rules, now(samples)), None, "{known} readings");
        }
        // Back from a defrost, falling towards what is usual.
        let falling = after_a_calm_morning([
            -1_200, -1_300, -1_400, -1_520, -1_620, -1_700, -1_760, -1_820, -1_870, -1_910,
        ]);
        assert_eq!(forecast(&falling, &rules, now(&falling)), None);
        // Out of range already: that is for the alarm to tell.
        let out = after_a_calm_morning((0..20).map(|n| -2_400 + n * 50));
        assert_eq!(forecast(&out, &rules, now(&out)), None);
        let drifting = after_a_calm_morning((0..11).map(|n| -2_400 + n * 50));
        let overdue = drifting.last().unwrap().at + Span::minutes(7);
        assert_eq!(
            forecast(&drifting, &rules, overdue),
            None,
            "nothing was heard for too long"
        );
    }

    proptest! {
        #[test]
        fn a_forecast_is_in_order_and_ahead(
            steps in prop::collection::vec(-60_i32..80, 8..40),
            start in -2_400_i32..-1_900,
        ) {
            let mut temperature = start;
            let samples = after_a_calm_morning(steps.into_iter().map(|step| {
                temperature += step;
                temperature
            }));
            if let Some(found) = forecast(&samples, &freezer(), now(&samples)) {
                prop_assert!(found.from.at <= found.earliest && found.earliest <= found.at);
                prop_assert!(found.latest.is_none_or(|latest| latest >= found.at));
                prop_assert!(found.at <= found.from.at + Span::hours(4));
                prop_assert_eq!(found.limit, freezer().limit(found.side));
            }
        }

        #[test]
        fn a_forecast_moves_with_time(shift in 0_i64..100_000) {
            let samples = after_a_calm_morning((0..11).map(|n| -2_400 + n * 50));
            let later: Vec<Sample> = samples
                .iter()
                .map(|sample| Sample { at: sample.at + Span::seconds(u32::try_from(shift).unwrap()), ..*sample })
                .collect();
            let (one, other) = (
                forecast(&samples, &freezer(), now(&samples)).unwrap(),
                forecast(&later, &freezer(), now(&later)).unwrap(),
            );
            prop_assert_eq!(other.at.since(one.at).as_seconds(), shift);
        }
    }
}
