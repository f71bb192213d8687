//! Decentlab's devices that measure air, a surface, or a medium with a probe.
//!
//! Devices for soil, leaves and water quality are left out: their temperature is of nothing that is stored.

use crate::battery::Chemistry;
use crate::error::DecodeError;
use crate::frame::Frame;
use crate::model::{CLIMATE, MINUTE_TO_DAY, Measure, Model};
use crate::protocols::decentlab::{
    BATTERY, Field, Group, SHT2X, SHT3X, centered_humidity, centered_humidity_tenths, centered_hundredths,
    centered_sixteenths, centered_tenths, decode, infrared, keller_26, keller_36, plain_humidity, pt100,
    pt1000, unused,
};
use freshtrack_domain::measurement::Measurements;
use freshtrack_domain::time::Span;

pub(crate) const MODELS: &[Model] = &[
    // Air, in the case or in a shield.
    air("decentlab-dl-sht35", "DL-SHT35", CLIMATE, |f| {
        decode(f, &[SHT3X, BATTERY])
    }),
    air("decentlab-dl-iam", "DL-IAM", CLIMATE, |f| {
        decode(
            f,
            &[
                BATTERY,
                SHT3X,
                unused(1),
                unused(2),
                unused(3),
                unused(1),
                unused(1),
            ],
        )
    }),
    air("decentlab-dl-lp8p", "DL-LP8P", CLIMATE, |f| {
        decode(f, &[SHT2X, unused(2), unused(8), BATTERY])
    }),
    air("decentlab-dl-pm", "DL-PM", CLIMATE, |f| {
        decode(f, &[BATTERY, unused(10), SHT2X, unused(1)])
    }),
    air("decentlab-dl-rhc", "DL-RHC", CLIMATE, |f| {
        decode(f, &[ROTRONIC, BATTERY])
    }),
    air("decentlab-dl-gmm", "DL-GMM", CLIMATE, |f| {
        decode(f, &[GREENHOUSE, BATTERY])
    }),
    air("decentlab-dl-atm22", "DL-ATM22", TEMPERATURE, |f| {
        decode(f, &[WIND, BATTERY])
    }),
    air("decentlab-dl-atm41", "DL-ATM41", CLIMATE, |f| {
        decode(f, &[WEATHER, BATTERY])
    }),
    air("decentlab-dl-atm41g2", "DL-ATM41G2", CLIMATE, |f| {
        decode(f, &[WEATHER, BATTERY])
    }),
    // A surface, seen by infrared: the probe. What is measured of the device itself is the ambient.
    probe("decentlab-dl-itst", "DL-ITST", TEMPERATURE, |f| {
        decode(f, &[INFRARED, BATTERY])
    }),
    probe("decentlab-dl-wrm", "DL-WRM", CLIMATE, |f| {
        decode(f, &[SHT3X, SURFACE, BATTERY])
    }),
    probe("decentlab-dl-cws", "DL-CWS", CLIMATE, |f| {
        decode(f, &[SURFACE_AND_AIR, BATTERY])
    }),
    probe("decentlab-dl-cws2", "DL-CWS2", CLIMATE, |f| {
        decode(f, &[SHT3X, SURFACE_BESIDE_SHIELD, BATTERY])
    }),
    // A probe in the product, in a liquid or in a pipe.
    probe("decentlab-dl-ds18", "DL-DS18", TEMPERATURE, |f| {
        decode(f, &[DS18B20, BATTERY])
    }),
    probe("decentlab-dl-tp", "DL-TP", TEMPERATURE, |f| {
        decode(f, &[PROFILE, BATTERY])
    }),
    probe("decentlab-dl-dlr2-008", "DL-DLR2-008", TEMPERATURE, |f| {
        decode(f, &[PT100, BATTERY])
    }),
    probe("decentlab-dl-dlr2-009", "DL-DLR2-009", TEMPERATURE, |f| {
        decode(f, &[PT1000, BATTERY])
    }),
    probe("decentlab-dl-pr21", "DL-PR21", TEMPERATURE, |f| {
        decode(f, &[KELLER_26, BATTERY])
    }),
    probe("decentlab-dl-pr26", "DL-PR26", TEMPERATURE, |f| {
        decode(f, &[KELLER_26, BATTERY])
    }),
    probe("decentlab-dl-pr36", "DL-PR36", TEMPERATURE, |f| {
        decode(f, &[KELLER_36, BATTERY])
    }),
    probe("decentlab-dl-pr36ctd", "DL-PR36CTD", TEMPERATURE, |f| {
        decode(f, &[KELLER_36_CTD, BATTERY])
    }),
];

type Decode = fn(Frame<'_>) -> Result<Measurements, DecodeError>;

const TEMPERATURE: &[Measure] = &[Measure::Temperature];

const fn air(slug: &'static str, name: &'static str, measures: &'static [Measure], decode: Decode) -> Model {
    model(slug, name, false, measures, decode)
}

const fn probe(
    slug: &'static str,
    name: &'static str,
    measures: &'static [Measure],
    decode: Decode,
) -> Model {
    model(slug, name, true, measures, decode)
}

const fn model(
    slug: &'static str,
    name: &'static str,
    has_probe: bool,
    measures: &'static [Measure],
    decode: Decode,
) -> Model {
    Model {
        slug,
        vendor: "Decentlab",
        name,
        f_port: 1,
        uplink_interval: Span::minutes(10),
        report_intervals: MINUTE_TO_DAY,
        chemistry: Some(Chemistry::Alkaline),
        has_probe,
        measures,
        takes_downlinks: false,
        decode,
        history: None,
        encode: None,
    }
}

/// Serial number of the probe head, humidity, temperature.
const ROTRONIC: Group = Group {
    words: 4,
    fields: &[
        Field::Humidity(2, plain_humidity),
        Field::Ambient(3, centered_hundredths),
    ],
};

/// Light, temperature, humidity, carbon dioxide, pressure, vapour pressure deficit, dew point.
const GREENHOUSE: Group = Group {
    words: 7,
    fields: &[
        Field::Ambient(1, centered_hundredths),
        Field::Humidity(2, centered_humidity_tenths),
    ],
};

/// Wind and its directions around the air temperature.
const WIND: Group = Group {
    words: 8,
    fields: &[Field::Ambient(3, centered_tenths)],
};

/// A whole weather station: the eighth word is the air temperature, the eleventh the humidity.
const WEATHER: Group = Group {
    words: 17,
    fields: &[
        Field::Ambient(7, centered_tenths),
        Field::Humidity(10, centered_humidity_tenths),
    ],
};

/// The surface, then the head of the sensor.
const INFRARED: Group = Group {
    words: 2,
    fields: &[Field::Probe(0, infrared), Field::Ambient(1, infrared)],
};

/// The surface, then the head of the sensor, on a device that measures the air better.
const SURFACE: Group = Group {
    words: 2,
    fields: &[Field::Probe(0, infrared)],
};

/// Surface, air, humidity, dew point, angle, the sensor itself.
const SURFACE_AND_AIR: Group = Group {
    words: 6,
    fields: &[
        Field::Probe(0, centered_hundredths),
        Field::Ambient(1, centered_hundredths),
        Field::Humidity(2, centered_humidity),
    ],
};

/// As above, on a device whose air temperature comes from a radiation shield.
const SURFACE_BESIDE_SHIELD: Group = Group {
    words: 6,
    fields: &[Field::Probe(0, centered_hundredths)],
};

const DS18B20: Group = Group {
    words: 1,
    fields: &[Field::Probe(0, centered_sixteenths)],
};

/// Sixteen levels of one lance, of which the first stands for the unit.
const PROFILE: Group = Group {
    words: 16,
    fields: &[Field::Probe(0, centered_hundredths)],
};

const PT100: Group = Group {
    words: 2,
    fields: &[Field::Platinum(pt100)],
};
const PT1000: Group = Group {
    words: 2,
    fields: &[Field::Platinum(pt1000)],
};

/// Pressure, then the temperature of the medium.
const KELLER_26: Group = Group {
    words: 2,
    fields: &[Field::Probe(1, keller_26)],
};
const KELLER_36: Group = Group {
    words: 2,
    fields: &[Field::Probe(1, keller_36)],
};

/// Pressure, the electronics, the platinum element in the medium, conductivity.
const KELLER_36_CTD: Group = Group {
    words: 4,
    fields: &[Field::Probe(2, keller_36)],
};
