//! What is said of many measurements.

use std::fmt;
use std::time::Duration;

/// Latencies of one round, in order.
#[derive(Debug, Clone)]
pub struct Latencies(Vec<Duration>);

impl Latencies {
    /// The latencies in whatever order they were taken.
    #[must_use]
    pub fn new(mut taken: Vec<Duration>) -> Self {
        taken.sort_unstable();
        Self(taken)
    }

    /// The smallest latency that `percent` of all do not exceed (nearest rank), in milliseconds; zero if there are
    /// none.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> f64 {
        let rank = (self.0.len() * percent).div_ceil(100).max(1);
        self.0
            .get(rank - 1)
            .map_or(0.0, |latency| latency.as_secs_f64() * 1e3)
    }
}

/// One figure, measured in several rounds.
#[derive(Debug, Clone)]
pub struct Rounds(Vec<f64>);

impl Rounds {
    /// The figure of each round.
    #[must_use]
    pub fn new(figures: impl IntoIterator<Item = f64>) -> Self {
        let mut figures: Vec<f64> = figures.into_iter().collect();
        figures.sort_unstable_by(f64::total_cmp);
        Self(figures)
    }

    /// The figure `of` each of `rounds`.
    pub fn of<T>(rounds: &[T], of: impl Fn(&T) -> f64) -> Self {
        Self::new(rounds.iter().map(of))
    }

    /// The figure in the middle, or half-way between the two there; not a number if there are none.
    #[must_use]
    pub fn median(&self) -> f64 {
        let middle = self.0.len() / 2;
        let at = |place: usize| self.0.get(place).copied().unwrap_or(f64::NAN);
        if self.0.len() % 2 == 1 {
            at(middle)
        } else {
            f64::midpoint(at(middle.wrapping_sub(1)), at(middle))
        }
    }

    /// The smallest and the largest figure.
    #[must_use]
    pub fn spread(&self) -> (f64, f64) {
        let (low, high) = (self.0.first(), self.0.last());
        (
            low.copied().unwrap_or(f64::NAN),
            high.copied().unwrap_or(f64::NAN),
        )
    }
}

/// `median (smallest to largest)`, with as many decimals as the precision says or three significant digits.
impl fmt::Display for Rounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, high) = self.spread();
        let figure = |value: f64| match f.precision() {
            Some(decimals) => format!("{value:.decimals$}"),
            None => short(value),
        };
        write!(
            f,
            "{} ({} to {})",
            figure(self.median()),
            figure(low),
            figure(high)
        )
    }
}

/// `value` with three significant digits, and thousands set apart.
#[must_use]
pub fn short(value: f64) -> String {
    let decimals = match value.abs() {
        size if size < 1.0 => 3,
        size if size < 10.0 => 2,
        size if size < 100.0 => 1,
        _ => 0,
    };
    let text = format!("{value:.decimals$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let digits = whole.trim_start_matches('-').len();
    let mut grouped = String::new();
    for (place, digit) in whole.trim_start_matches('-').chars().enumerate() {
        if place > 0 && (digits - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if value < 0.0 { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{grouped}{point}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_latencies() {
        let latencies = Latencies::new((1..=200).rev().map(Duration::from_millis).collect());
        assert_eq!(latencies.percentile(50), 100.0);
        assert_eq!(latencies.percentile(95), 190.0);
        assert_eq!(latencies.percentile(100), 200.0);
        assert_eq!(Latencies::new(vec![Duration::from_millis(7)]).percentile(1), 7.0);
        assert_eq!(Latencies::new(Vec::new()).percentile(95), 0.0);
    }

    #[test]
    fn rounds_are_summed_up_by_their_middle_and_their_ends() {
        assert_eq!(Rounds::new([3.0, 1.0, 9.0]).to_string(), "3.00 (1.00 to 9.00)");
        assert_eq!(format!("{:.1}", Rounds::new([4.0, 1.0])), "2.5 (1.0 to 4.0)");
        assert!(Rounds::new([]).median().is_nan());
    }

    #[test]
    fn figures_are_short() {
        let figures = [0.01234, 1.2345, 12.345, 123.45, 1_234.5, 9_876_543.2, -1_234.0];
        assert_eq!(
            figures.map(short),
            ["0.012", "1.23", "12.3", "123", "1,234", "9,876,543", "-1,234"]
        );
    }
}
