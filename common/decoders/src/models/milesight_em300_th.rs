//! Milesight EM300-TH: temperature and humidity.

use crate::model::Model;
use crate::protocols::milesight::{self, Element, Layout, Record};

const LAYOUT: Layout = Layout {
    element: Element::Case,
    record: Record::ClimatePadded,
};

pub(crate) const MODELS: &[Model] = &[milesight::model(
    "milesight-em300-th",
    "EM300-TH",
    LAYOUT,
    |frame| milesight::decode(frame, LAYOUT),
    |measured| milesight::encode(measured, LAYOUT),
)];
