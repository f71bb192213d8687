//! Netvox R311A, R718F and R730F: door contacts. One byte after the battery: 1 open, 0 closed.

use crate::battery::Chemistry;
use crate::model::{MINUTE_TO_DAY, Measure, Model};
use crate::protocols::netvox;
use crate::value;
use freshtrack_domain::measurement::{Door, Measurements};
use freshtrack_domain::time::Span;

pub(crate) const MODELS: &[Model] = &[
    model("netvox-r311a", "R311A", Chemistry::Coin, |m| encode(m, R311A)),
    model("netvox-r718f", "R718F", Chemistry::LithiumIronDisulfide, |m| {
        encode(m, R718F)
    }),
    model("netvox-r730f", "R730F", Chemistry::LithiumIronDisulfide, |m| {
        encode(m, R730F)
    }),
];

const R311A: u8 = 2;
const R718F: u8 = 29;
const R730F: u8 = 125;

const fn model(
    slug: &'static str,
    name: &'static str,
    chemistry: Chemistry,
    encode: fn(&Measurements) -> Vec<u8>,
) -> Model {
    Model {
        slug,
        vendor: "Netvox",
        name,
        f_port: netvox::REPORTS,
        uplink_interval: Span::hours(1),
        report_intervals: MINUTE_TO_DAY,
        chemistry: Some(chemistry),
        has_probe: false,
        measures: &[Measure::Door],
        takes_downlinks: false,
        decode: |frame| {
            netvox::decode(frame, &[R311A, R718F, R730F], |[contact, ..]| Measurements {
                door: Some(value::door(contact != 0)),
                ..Measurements::default()
            })
        },
        history: None,
        encode: Some(encode),
    }
}

fn encode(measured: &Measurements, device: u8) -> Vec<u8> {
    let open = u8::from(measured.door == Some(Door::Open));
    netvox::encode(device, measured.battery, [open, 0, 0, 0])
}
