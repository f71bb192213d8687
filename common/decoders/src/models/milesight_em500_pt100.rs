//! Milesight EM500-PT100: a platinum probe and nothing in the case.

use crate::model::Model;
use crate::protocols::milesight::{self, Element, Layout, Record};

const LAYOUT: Layout = Layout {
    element: Element::Probe,
    record: Record::Temperature,
};

pub(crate) const MODELS: &[Model] = &[milesight::model(
    "milesight-em500-pt100",
    "EM500-PT100",
    LAYOUT,
    |frame| milesight::decode(frame, LAYOUT),
    |measured| milesight::encode(measured, LAYOUT),
)];
