//! What recorded readings say of a span of time: figures for reports and charts, never a verdict.

mod forecast;
mod summary;
mod windows;

pub use forecast::{FORECAST_SPAN, Forecast, forecast};
pub use summary::{Sample, Summary, mean_kinetic_celsius, summarize};
pub use windows::{Division, UnknownDivision, UnknownTimeZone, Window, windows};
