//! What recorded readings say of a span of time: figures for reports and charts, never a verdict.

mod summary;
mod windows;

pub use summary::{Sample, Summary, mean_kinetic_celsius, summarize};
pub use windows::{Division, UnknownDivision, UnknownTimeZone, Window, windows};
