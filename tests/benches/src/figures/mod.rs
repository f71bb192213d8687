//! What is measured.

mod artefacts;
mod cost;
mod engine;
mod live;
mod score;
mod start;
mod storage;
mod throughput;

use crate::Failure;
use crate::machine::Watch;
use crate::report::Findings;

/// One measurement.
#[derive(Debug)]
pub struct Figure {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it measures, in a few words.
    pub about: &'static str,
    /// Measures, as many times as it is told.
    pub measure: fn(usize, &mut Watch) -> Result<Findings, Failure>,
}

/// All measurements.
pub const FIGURES: &[Figure] = &[
    live::FIGURE,
    throughput::FIGURE,
    cost::FIGURE,
    storage::FIGURE,
    engine::FIGURE,
    score::FIGURE,
    artefacts::FIGURE,
    start::FIGURE,
];
