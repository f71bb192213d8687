//! Milesight EM320-TH: temperature and humidity, sealed against water.

use crate::model::Model;
use crate::protocols::milesight::{self, Element, Layout, Record};

const LAYOUT: Layout = Layout {
    element: Element::Case,
    record: Record::Climate,
};

pub(crate) const MODELS: &[Model] = &[milesight::model(
    "milesight-em320-th",
    "EM320-TH",
    LAYOUT,
    |frame| milesight::decode(frame, LAYOUT),
    |measured| milesight::encode(measured, LAYOUT),
)];
