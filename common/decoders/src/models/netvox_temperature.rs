//! Netvox R711, R718A, R718AB and R720A: temperature and humidity, in hundredths, big-endian.

use crate::battery::Chemistry;
use crate::model::{CLIMATE, MINUTE_TO_DAY, Model};
use crate::protocols::netvox;
use crate::value;
use freshtrack_domain::measurement::Measurements;
use freshtrack_domain::time::Span;

pub(crate) const MODELS: &[Model] = &[
    model("netvox-r711", "R711", Chemistry::Alkaline, |m| encode(m, R711)),
    model("netvox-r718a", "R718A", Chemistry::LithiumIronDisulfide, |m| {
        encode(m, R718A)
    }),
    model("netvox-r718ab", "R718AB", Chemistry::LithiumIronDisulfide, |m| {
        encode(m, R718AB)
    }),
    model("netvox-r720a", "R720A", Chemistry::LithiumIronDisulfide, |m| {
        encode(m, R720A)
    }),
];

const R711: u8 = 1;
const R718A: u8 = 11;
const R718AB: u8 = 19;
const R720A: u8 = 110;

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
        measures: CLIMATE,
        takes_downlinks: false,
        decode: |frame| {
            netvox::decode(frame, &[R711, R718A, R718AB, R720A], |[t0, t1, h0, h1, ..]| {
                Measurements {
                    ambient: value::hundredths([t0, t1]),
                    humidity: value::humidity(u16::from_be_bytes([h0, h1]), 100),
                    ..Measurements::default()
                }
            })
        },
        history: None,
        encode: Some(encode),
    }
}

fn encode(measured: &Measurements, device: u8) -> Vec<u8> {
    let [t0, t1] = value::to_hundredths(measured.ambient);
    let [h0, h1] = value::from_humidity(measured.humidity, 100).to_be_bytes();
    netvox::encode(device, measured.battery, [t0, t1, h0, h1])
}
