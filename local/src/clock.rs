//! The host's time, which may run faster than the world's.

use jiff::Timestamp;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// The clock every part of the host reads and waits on.
///
/// Timers of the system (schedules, queue delays, visibility, retries) are spans of this clock's time, so that
/// at speed 60 a minute's schedule runs each second. Network limits such as an API's timeout stay real time.
#[derive(Debug, Clone)]
pub struct LocalClock(Arc<Source>);

#[derive(Debug)]
enum Source {
    Running {
        origin_ms: i64,
        started: Instant,
        speed: f64,
    },
    Manual {
        now_ms: watch::Sender<i64>,
    },
}

impl LocalClock {
    /// A clock that shows the world's time and keeps pace with it.
    #[must_use]
    pub fn real() -> Self {
        Self::running(Timestamp::now(), 1.0)
    }

    /// A clock that shows `origin` now and goes `speed` times as fast as the world.
    ///
    /// A speed that is not a positive number counts as 1.
    #[must_use]
    pub fn running(origin: Timestamp, speed: f64) -> Self {
        let speed = if speed.is_finite() && speed > 0.0 {
            speed
        } else {
            1.0
        };
        Self(Arc::new(Source::Running {
            origin_ms: origin.as_millisecond(),
            started: Instant::now(),
            speed,
        }))
    }

    /// A clock that goes on from what an earlier run [kept](Self::keep) in `file`, if that is later than the
    /// world's time: a system that has run fast is ahead of the world, and its time must not turn back.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn resumed(file: &Path, speed: f64) -> io::Result<Self> {
        let kept = match std::fs::read_to_string(file) {
            Ok(text) => text.trim().parse().unwrap_or(Timestamp::MIN),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Timestamp::MIN,
            Err(error) => return Err(error),
        };
        Ok(Self::running(kept.max(Timestamp::now()), speed))
    }

    /// Keeps the time in `file`, each second, as long as it is ahead of the world's. Runs until dropped.
    pub async fn keep(&self, file: &Path) {
        loop {
            let now = self.now();
            if now > Timestamp::now()
                && let Err(error) = save(now, file)
            {
                tracing::warn!(%error, "the system's time is not kept in {}", file.display());
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// A clock that stands at `now` until [`advance`](Self::advance) moves it.
    #[must_use]
    pub fn manual(now: Timestamp) -> Self {
        let (now_ms, _) = watch::channel(now.as_millisecond());
        Self(Arc::new(Source::Manual { now_ms }))
    }

    /// How many times as fast as the world this clock goes; 0 for a manual one.
    #[must_use]
    pub fn speed(&self) -> f64 {
        match &*self.0 {
            Source::Running { speed, .. } => *speed,
            Source::Manual { .. } => 0.0,
        }
    }

    /// Moves a manual clock on by `span` and wakes whoever waits for an instant within it. A running clock
    /// is not moved.
    pub fn advance(&self, span: Duration) {
        if let Source::Manual { now_ms } = &*self.0 {
            now_ms.send_modify(|now| *now = now.saturating_add(millis(span)));
        }
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "milliseconds of a run fit a float's 53 bits"
    )]
    pub fn now_ms(&self) -> i64 {
        match &*self.0 {
            Source::Running {
                origin_ms,
                started,
                speed,
            } => {
                let elapsed = millis(started.elapsed()) as f64 * speed;
                origin_ms.saturating_add(elapsed as i64)
            }
            Source::Manual { now_ms } => *now_ms.borrow(),
        }
    }

    /// The instant this clock shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.now_ms()).unwrap_or(Timestamp::MAX)
    }

    /// Waits for `span` of this clock's time.
    pub async fn sleep(&self, span: Duration) {
        self.sleep_until(self.now_ms().saturating_add(millis(span))).await;
    }

    /// Waits until this clock shows `at_ms`, in milliseconds since the Unix epoch.
    pub async fn sleep_until(&self, at_ms: i64) {
        match &*self.0 {
            Source::Running { speed, .. } => loop {
                let left = at_ms.saturating_sub(self.now_ms());
                let Ok(left) = u64::try_from(left) else { return };
                if left == 0 {
                    return;
                }
                // Rounded up: waking a fraction early would only mean another round.
                let real = Duration::from_millis(left).div_f64(*speed) + Duration::from_micros(100);
                tokio::time::sleep(real).await;
            },
            Source::Manual { now_ms } => {
                let mut now = now_ms.subscribe();
                // The sender lives as long as `self`, so waiting cannot fail.
                let _ = now.wait_for(|now| *now >= at_ms).await;
            }
        }
    }
}

/// Writes to another file first, so that a process that dies meanwhile leaves the earlier time whole.
fn save(now: Timestamp, file: &Path) -> io::Result<()> {
    let partial = file.with_extension("partial");
    std::fs::write(&partial, now.to_string())?;
    std::fs::rename(&partial, file)
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    const NOON: Timestamp = Timestamp::constant(1_795_262_400, 0);

    #[test]
    fn a_manual_clock_stands_until_moved() {
        let clock = LocalClock::manual(NOON);
        assert_eq!(clock.now(), NOON);
        clock.advance(Duration::from_secs(90));
        assert_eq!(clock.now_ms(), NOON.as_millisecond() + 90_000);
    }

    #[tokio::test]
    async fn a_sleeper_wakes_when_its_instant_is_reached() {
        let clock = LocalClock::manual(NOON);
        let mut sleep = Box::pin(clock.sleep(Duration::from_secs(60)));
        assert!((&mut sleep).now_or_never().is_none());
        clock.advance(Duration::from_secs(59));
        assert!((&mut sleep).now_or_never().is_none());
        clock.advance(Duration::from_secs(1));
        sleep.await;
    }

    #[tokio::test]
    async fn a_fast_clock_has_slept_at_least_its_own_span() {
        let clock = LocalClock::running(NOON, 10_000.0);
        clock.sleep(Duration::from_secs(20)).await;
        assert!(clock.now_ms() >= NOON.as_millisecond() + 20_000);
    }

    #[tokio::test]
    async fn a_time_ahead_of_the_worlds_is_resumed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("clock");
        assert!(LocalClock::resumed(&file, 1.0).unwrap().now() < Timestamp::MAX);
        let ahead: Timestamp = "2500-01-01T00:00:00Z".parse().unwrap();
        let clock = LocalClock::manual(ahead);
        assert!(clock.keep(&file).now_or_never().is_none());
        assert!(LocalClock::resumed(&file, 1.0).unwrap().now() >= ahead);
    }

    #[test]
    fn a_senseless_speed_counts_as_one() {
        assert!((LocalClock::running(NOON, 0.0).speed() - 1.0).abs() < f64::EPSILON);
        assert!((LocalClock::running(NOON, f64::NAN).speed() - 1.0).abs() < f64::EPSILON);
    }
}
