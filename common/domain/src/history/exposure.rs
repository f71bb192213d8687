//! How long a product was where it must not be, added up: several short excursions spoil as much as a long one.

use super::{Sample, Window};
use crate::alert::Side;
use crate::time::{Span, Timestamp};
use crate::unit::Rules;

/// Over which time exposure is added up unless told otherwise: the four hours that food may be without temperature control
/// (FDA Food Code 3-501.19).
pub const ROLLING: Span = Span::hours(4);

/// How long the temperature was beyond what the record is judged by ([`Rules::beyond_standard`]) in a window.
///
/// As in a [`Summary`](super::Summary), a temperature holds until the next one, but no longer than a report may be late: what
/// is not known is not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exposure {
    /// Above the upper limit.
    pub above: Span,
    /// Below the lower limit.
    pub below: Span,
    /// The most above the upper limit in any rolling window that ends within this one.
    pub most_above: Span,
}

/// How long `samples`, in the order of time, were beyond what the record is judged by in each of `windows`, and at most within any
/// `rolling` window that ends there. For the first of them to be complete, the samples begin `rolling` before it.
#[must_use]
pub fn exposures(samples: &[Sample], windows: &[Window], rules: &Rules, rolling: Span) -> Vec<Exposure> {
    let above = Beyond::of(samples, rules, Side::High);
    let below = Beyond::of(samples, rules, Side::Low);
    windows
        .iter()
        .map(|window| Exposure {
            above: above.between(window.from, window.to),
            below: below.between(window.from, window.to),
            most_above: above.most(*window, rolling),
        })
        .collect()
}

/// Time beyond one of the limits.
struct Beyond {
    /// In the order of time, without overlap; each with how much there was before it.
    spells: Vec<(Window, Span)>,
}

impl Beyond {
    fn of(samples: &[Sample], rules: &Rules, side: Side) -> Self {
        let deadline = rules.report_deadline();
        let mut spells = Vec::new();
        let mut before = Span::ZERO;
        let mut following = samples.iter().skip(1);
        for sample in samples {
            let held = sample.at + deadline;
            let to = following.next().map_or(held, |next| next.at.min(held));
            if rules.beyond_standard(sample.temperature) == Some(side) {
                let spell = Window { from: sample.at, to };
                spells.push((spell, before));
                before = before + spell.span();
            }
        }
        Self { spells }
    }

    /// How much there was until `at`.
    fn until(&self, at: Timestamp) -> Span {
        let begun = self.spells.partition_point(|(spell, _)| spell.from < at);
        let last = begun.checked_sub(1).and_then(|index| self.spells.get(index));
        last.map_or(Span::ZERO, |(spell, before)| {
            *before + spell.to.min(at).since(spell.from)
        })
    }

    fn between(&self, from: Timestamp, to: Timestamp) -> Span {
        self.until(to).less(self.until(from))
    }

    /// The most in any window as long as `rolling` that ends in `within`. It grows only while time is spent beyond the limit,
    /// so the most is reached where a spell ends, or was reached before.
    fn most(&self, within: Window, rolling: Span) -> Span {
        let first = self.spells.partition_point(|(spell, _)| spell.to <= within.from);
        let ends = self
            .spells
            .iter()
            .skip(first)
            .take_while(|(spell, _)| spell.from < within.to)
            .map(|(spell, _)| spell.to.min(within.to));
        [within.from]
            .into_iter()
            .chain(ends)
            .map(|end| self.between(end - rolling, end))
            .max()
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at, rules, samples, window};
    use super::*;
    use proptest::prelude::*;

    /// Every five minutes of `until`, too warm in each of `warm`.
    fn day(until: i64, warm: &[(i64, i64)]) -> Vec<Sample> {
        let is_warm = |minute: i64| warm.iter().any(|(from, to)| (*from..*to).contains(&minute));
        let taken: Vec<(i64, i32)> = (0..until / 5)
            .map(|number| (number * 5, if is_warm(number * 5) { 900 } else { 300 }))
            .collect();
        samples(&taken)
    }

    #[test]
    fn short_excursions_add_up_within_the_rolling_window_and_not_beyond_it() {
        let taken = day(1_440, &[(60, 90), (150, 180), (240, 270), (600, 640)]);
        let [day] = exposures(&taken, &[window(0, 1_440)], &rules(), ROLLING)[..] else {
            panic!("one window, one exposure");
        };
        assert_eq!(
            (day.above, day.below, day.most_above),
            (Span::minutes(130), Span::ZERO, Span::minutes(90))
        );
        let hours = [window(240, 300), window(300, 360), window(500, 560)];
        let found = exposures(&taken, &hours, &rules(), ROLLING);
        let told: Vec<_> = found
            .iter()
            .map(|hour| (hour.above.as_minutes(), hour.most_above.as_minutes()))
            .collect();
        assert_eq!(told, [(30, 90), (0, 90), (0, 10)]);
    }

    #[test]
    fn each_limit_is_counted_for_itself_and_what_is_not_known_is_not() {
        let taken = samples(&[(0, -200), (5, 900), (60, 300)]);
        let [hour] = exposures(&taken, &[window(0, 60)], &rules(), ROLLING)[..] else {
            panic!("one window, one exposure");
        };
        assert_eq!((hour.below, hour.above), (Span::minutes(5), Span::minutes(6)));
        let none = exposures(&[], &[window(0, 60)], &rules(), ROLLING);
        assert_eq!(none[0].most_above, Span::ZERO);
    }

    proptest! {
        #[test]
        fn the_most_is_what_looking_at_every_minute_finds(
            mut taken in prop::collection::vec((0_i64..300, -500_i32..1_500), 0..60),
            from in 0_i64..200,
            length in 1_i64..100,
            rolling in 1_u32..200,
        ) {
            taken.sort_unstable();
            taken.dedup_by_key(|(minute, _)| *minute);
            let taken = samples(&taken);
            let within = window(from, from + length);
            let rolling = Span::minutes(rolling);
            let found = exposures(&taken, &[within], &rules(), rolling)[0];
            // Everything happens at full minutes, so the most is reached at one.
            let looked = (from..=from + length).map(|end| {
                let [at_end] = exposures(&taken, &[Window { from: at(end) - rolling, to: at(end) }], &rules(), rolling)[..]
                else {
                    unreachable!("one window, one exposure");
                };
                at_end.above
            });
            prop_assert_eq!(Some(found.most_above), looked.max());
            prop_assert!(found.most_above <= rolling);
            prop_assert!(found.above + found.below <= within.span());
            prop_assert!(rolling < within.span() || found.most_above >= found.above);
        }
    }
}
