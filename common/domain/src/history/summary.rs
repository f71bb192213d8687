//! What one sensor's temperatures say of each window of time.

use super::Window;
use crate::measurement::CentiCelsius;
use crate::time::{Span, Timestamp};
use crate::unit::Rules;

/// A temperature that was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// When it was measured.
    pub at: Timestamp,
    /// The temperature.
    pub temperature: CentiCelsius,
}

/// What was measured in a window.
///
/// A temperature holds until the next one, but no longer than a report may be late ([`Rules::report_deadline`]): what was
/// in between is not known, and time that is not known is neither in range nor out of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// The window.
    pub window: Window,
    /// How many temperatures were measured in it.
    pub readings: u32,
    /// The lowest of them.
    pub lowest: Option<CentiCelsius>,
    /// The highest of them.
    pub highest: Option<CentiCelsius>,
    /// Their arithmetic mean in degrees Celsius.
    pub mean_celsius: Option<f64>,
    /// Their mean kinetic temperature in degrees Celsius, see [`mean_kinetic_celsius`].
    pub mean_kinetic_celsius: Option<f64>,
    /// How much of the window is known, also by what was measured shortly before it.
    pub known: Span,
    /// How much of what is known was within what the record is judged by ([`Rules::beyond_standard`]).
    pub in_range: Span,
}

impl Summary {
    /// The share of the window that is known, in percent: the share of the expected readings that came.
    #[must_use]
    pub fn coverage_percent(&self) -> Option<f64> {
        percent(self.known, self.window.span())
    }

    /// The share of the known time that was within what the record is judged by, in percent. None of which nothing is known.
    #[must_use]
    pub fn in_range_percent(&self) -> Option<f64> {
        percent(self.in_range, self.known)
    }
}

/// Rounded towards nothing to a tenth: what was not all is never shown as 100 %.
pub(super) fn percent(part: Span, whole: Span) -> Option<f64> {
    let tenths = part
        .as_millis()
        .saturating_mul(1_000)
        .checked_div(whole.as_millis())?;
    i32::try_from(tenths).ok().map(|tenths| f64::from(tenths) / 10.0)
}

/// What `samples`, in the order of time, say of each of `windows`, which are in the order of time and do not overlap, for
/// a unit with these `rules`.
#[must_use]
pub fn summarize(samples: &[Sample], windows: &[Window], rules: &Rules) -> Vec<Summary> {
    let mut tallies: Vec<Tally> = windows.iter().map(|window| Tally::new(*window)).collect();
    let mut over = 0;
    let mut following = samples.iter().skip(1);
    for sample in samples {
        let silent_from = sample.at + rules.report_deadline();
        let until = following
            .next()
            .map_or(silent_from, |next| next.at.min(silent_from));
        over += tallies
            .iter()
            .skip(over)
            .take_while(|tally| tally.window.to <= sample.at)
            .count();
        for tally in tallies.iter_mut().skip(over) {
            if tally.window.from >= until && !tally.window.contains(sample.at) {
                break;
            }
            tally.take(sample, until, rules);
        }
    }
    tallies.into_iter().map(Tally::summary).collect()
}

/// What is counted while samples go by.
struct Tally {
    window: Window,
    temperatures: Vec<CentiCelsius>,
    known: Span,
    in_range: Span,
}

impl Tally {
    const fn new(window: Window) -> Self {
        Self {
            window,
            temperatures: Vec::new(),
            known: Span::ZERO,
            in_range: Span::ZERO,
        }
    }

    /// Counts a temperature that held until `until`.
    fn take(&mut self, sample: &Sample, until: Timestamp, rules: &Rules) {
        if self.window.contains(sample.at) {
            self.temperatures.push(sample.temperature);
        }
        let held = until.min(self.window.to).since(sample.at.max(self.window.from));
        self.known = self.known + held;
        if rules.beyond_standard(sample.temperature).is_none() {
            self.in_range = self.in_range + held;
        }
    }

    fn summary(self) -> Summary {
        Summary {
            window: self.window,
            readings: u32::try_from(self.temperatures.len()).unwrap_or(u32::MAX),
            lowest: self.temperatures.iter().min().copied(),
            highest: self.temperatures.iter().max().copied(),
            mean_celsius: mean(self.temperatures.iter().map(|temperature| temperature.celsius())),
            mean_kinetic_celsius: mean_kinetic_celsius(&self.temperatures),
            known: self.known,
            in_range: self.in_range,
        }
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = values.fold((0_u32, 0.0), |(count, sum), value| {
        (count.saturating_add(1), sum + value)
    });
    (count > 0).then(|| sum / f64::from(count))
}

/// The mean kinetic temperature of readings taken at equal distances, in degrees Celsius: the constant temperature that
/// would have spoilt as much (USP ⟨1160⟩, with the activation energy of 83.144 kJ/mol, so that ΔH/R is 10,000 K). It is a
/// measure of pharmacy, which food law does not know: for information, never for a verdict.
#[must_use]
pub fn mean_kinetic_celsius(temperatures: &[CentiCelsius]) -> Option<f64> {
    const ACTIVATION_KELVIN: f64 = 10_000.0;
    const FREEZING_KELVIN: f64 = 273.15;
    let rates = temperatures
        .iter()
        .map(|temperature| (-ACTIVATION_KELVIN / (temperature.celsius() + FREEZING_KELVIN)).exp());
    mean(rates).map(|rate| -ACTIVATION_KELVIN / rate.ln() - FREEZING_KELVIN)
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{rules, samples, window};
    use super::*;
    use proptest::prelude::*;

    fn celsius(values: &[f64]) -> Vec<CentiCelsius> {
        values
            .iter()
            .map(|value| CentiCelsius::from_celsius(*value).unwrap())
            .collect()
    }

    #[test]
    fn the_mean_kinetic_temperature_is_that_of_the_pharmacopoeia() {
        let mostly = |many: usize, usual: f64, few: usize, other: f64| {
            let mut values = vec![usual; many];
            values.extend(vec![other; few]);
            values
        };
        let rising: Vec<f64> = (0..9).map(|step| 3.0 + 0.5 * f64::from(step)).collect();
        for (values, expected) in [
            (vec![4.0; 7], 4.0),
            (vec![2.0, 4.0, 6.0, 8.0], 5.3021),
            (mostly(23, 5.0, 1, 25.0), 7.7564),
            (mostly(22, 5.0, 2, 15.0), 6.4623),
            (rising, 5.1014),
            (mostly(23, -18.0, 1, -6.0), -16.8040),
        ] {
            let found = mean_kinetic_celsius(&celsius(&values)).unwrap();
            assert!((found - expected).abs() < 0.000_05, "{values:?}: {found}");
        }
        assert_eq!(mean_kinetic_celsius(&[]), None);
    }

    #[test]
    fn what_is_not_known_is_neither_in_range_nor_out_of_it() {
        // Ten minutes in range, then silence, then five minutes too warm.
        let taken = samples(&[(0, 300), (5, 300), (55, 900)]);
        let [summary] = summarize(&taken, &[window(0, 60)], &rules())[..] else {
            panic!("one window, one summary");
        };
        assert_eq!(summary.readings, 3);
        assert_eq!(
            (summary.lowest, summary.highest),
            (Some(CentiCelsius(300)), Some(CentiCelsius(900)))
        );
        assert_eq!(
            (summary.known, summary.in_range),
            (Span::minutes(16), Span::minutes(11))
        );
        assert_eq!(summary.coverage_percent(), Some(26.6));
        assert_eq!(summary.in_range_percent(), Some(68.7));
    }

    #[test]
    fn no_data_is_no_share() {
        let [summary] = summarize(&[], &[window(0, 60)], &rules())[..] else {
            panic!("one window, one summary");
        };
        assert_eq!(summary.coverage_percent(), Some(0.0));
        assert_eq!(summary.in_range_percent(), None);
        assert_eq!((summary.mean_celsius, summary.mean_kinetic_celsius), (None, None));
    }

    #[test]
    fn a_temperature_holds_into_the_next_window() {
        let taken = samples(&[(58, 900), (62, 300)]);
        let found = summarize(&taken, &[window(0, 60), window(60, 70)], &rules());
        assert_eq!([found[0].readings, found[1].readings], [1, 1]);
        assert_eq!(
            [found[0].known, found[1].known],
            [Span::minutes(2), Span::minutes(8)]
        );
        assert_eq!(
            [found[0].in_range, found[1].in_range],
            [Span::ZERO, Span::minutes(6)]
        );
    }

    proptest! {
        #[test]
        fn the_parts_of_a_span_add_up_to_the_whole(
            mut taken in prop::collection::vec((0_i64..300, -500_i32..1_500), 0..60),
            cuts in prop::collection::btree_set(1_i64..300, 0..6),
        ) {
            taken.sort_unstable();
            taken.dedup_by_key(|(minute, _)| *minute);
            let taken = samples(&taken);
            let bounds: Vec<i64> = [0].into_iter().chain(cuts).chain([300]).collect();
            let parts: Vec<Window> = bounds.windows(2).map(|pair| window(pair[0], pair[1])).collect();
            let parts = summarize(&taken, &parts, &rules());
            let whole = summarize(&taken, &[window(0, 300)], &rules())[0];
            let sum = |of: fn(&Summary) -> Span| parts.iter().map(of).fold(Span::ZERO, |sum, part| sum + part);
            prop_assert_eq!(sum(|part| part.known), whole.known);
            prop_assert_eq!(sum(|part| part.in_range), whole.in_range);
            prop_assert_eq!(parts.iter().map(|part| part.readings).sum::<u32>(), whole.readings);
            prop_assert_eq!(parts.iter().filter_map(|part| part.lowest).min(), whole.lowest);
            prop_assert_eq!(parts.iter().filter_map(|part| part.highest).max(), whole.highest);
            prop_assert!(whole.in_range <= whole.known && whole.known <= whole.window.span());
        }

        #[test]
        fn the_mean_kinetic_temperature_is_no_lower_than_the_mean_and_knows_no_order(
            mut values in prop::collection::vec(-4_000_i32..6_000, 1..50),
        ) {
            let of = |values: &[i32]| {
                let temperatures: Vec<CentiCelsius> = values.iter().copied().map(CentiCelsius).collect();
                mean_kinetic_celsius(&temperatures).unwrap()
            };
            let found = of(&values);
            let mean = values.iter().map(|value| f64::from(*value)).sum::<f64>() / 100.0 / values.len() as f64;
            prop_assert!(found >= mean - 1e-6, "{} < {}", found, mean);
            values.reverse();
            prop_assert!((of(&values) - found).abs() < 1e-6);
        }
    }
}
