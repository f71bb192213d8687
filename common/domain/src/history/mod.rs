//! What recorded readings say of a span of time: figures for reports and charts, never a verdict.

mod coverage;
mod doors;
mod exposure;
#[cfg(test)]
mod fixtures;
mod forecast;
mod gaps;
mod summary;
mod trace;
mod windows;

pub use coverage::Coverage;
pub use doors::{DoorEvent, DoorEvents};
pub use exposure::{Exposure, ROLLING, exposures};
pub use forecast::{FORECAST_SPAN, Forecast, forecast};
pub use gaps::{GAP_PERCENT, Gap, Gaps, gap_of};
pub use summary::{Sample, Summary, mean_kinetic_celsius, summarize};
pub use trace::{Bucket, Told, Trace};
pub use windows::{Division, LocalClock, UnknownDivision, UnknownTimeZone, Window, windows};
