//! Milesight EM300-SLD and EM300-ZLD: temperature, humidity and leaks, at a spot and along a rope.

use crate::model::Model;
use crate::protocols::milesight::{self, Element, Layout, Record};

const LAYOUT: Layout = Layout {
    element: Element::Case,
    record: Record::ClimateAndLeak,
};

pub(crate) const MODELS: &[Model] = &[
    model("milesight-em300-sld", "EM300-SLD"),
    model("milesight-em300-zld", "EM300-ZLD"),
];

const fn model(slug: &'static str, name: &'static str) -> Model {
    milesight::model(
        slug,
        name,
        LAYOUT,
        |frame| milesight::decode(frame, LAYOUT),
        |measured| milesight::encode(measured, LAYOUT),
    )
}
