//! Milesight EM300-MCS: temperature, humidity and a magnetic door contact.

use crate::model::Model;
use crate::protocols::milesight::{self, Element, Layout, Record};

const LAYOUT: Layout = Layout {
    element: Element::Case,
    record: Record::ClimateAndDoor,
};

pub(crate) const MODELS: &[Model] = &[milesight::model(
    "milesight-em300-mcs",
    "EM300-MCS",
    LAYOUT,
    |frame| milesight::decode(frame, LAYOUT),
    |measured| milesight::encode(measured, LAYOUT),
)];
