//! Whatever arrives, a decoder answers; and what an encoder writes, its decoder reads.

use crate::corpus::{frames, vectors};
use freshtrack_decoders::{DecodeError, Measure, Measurements, Model, aliases, models};
use freshtrack_domain::measurement::{Battery, CentiCelsius, Door, Humidity, Probe};
use freshtrack_domain::time::Timestamp;
use proptest::prelude::*;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// What no decoder may ever say, whatever the bytes.
fn check(model: &Model, result: Result<Measurements, DecodeError>) {
    let Ok(measured) = result else { return };
    for CentiCelsius(value) in measured.ambient.into_iter().chain(celsius(measured.probe)) {
        let marker = matches!(value, 32_767 | -32_768 | 327_670 | -327_680);
        assert!(!marker, "{model:?} let a marker through: {measured:?}");
    }
    if let Some(battery) = measured.battery {
        assert!(
            battery.percent.is_some_and(|percent| percent <= 100),
            "{model:?} {battery:?}"
        );
        assert_ne!(battery.millivolts, Some(0), "{model:?}");
    }
    let year_2020 = Timestamp::from_seconds(1_577_836_800);
    assert!(
        measured.measured_at.is_none_or(|at| at >= year_2020),
        "{model:?} {measured:?}"
    );
}

#[test]
fn no_two_models_share_a_name() {
    let slugs: BTreeSet<&str> = models().map(|model| model.slug).collect();
    assert_eq!(slugs.len(), models().count());
    for model in models() {
        assert!(model.slug.starts_with(&model.vendor.to_lowercase()), "{model:?}");
        assert!(
            model
                .slug
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
            "{model:?}"
        );
        assert!(model.uplink_interval.as_seconds() > 0, "{model:?}");
    }
}

#[test]
fn a_frame_cut_short_is_an_error_or_a_whole_shorter_frame() {
    let mut refused = 0;
    for (model, port, bytes) in known_frames() {
        for length in 0..bytes.len() {
            let result = model.decode(port, &bytes[..length]);
            refused += u32::from(result.is_err());
            let whole_channels = matches!(model.vendor, "Milesight" | "Elsys") && length > 0;
            assert!(
                result.is_err() || whole_channels,
                "{model:?} {length} of {bytes:02X?}"
            );
            check(model, result);
        }
    }
    assert!(refused > 1_000, "only {refused} cuts were refused");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_bytes_on_any_port_decode_or_err(
        port in any::<u8>(),
        bytes in proptest::collection::vec(any::<u8>(), 0..260),
    ) {
        for model in models() {
            check(model, model.decode(port, &bytes));
            check(model, model.decode(model.f_port, &bytes));
            for record in model.decode_all(port, &bytes) {
                check(model, record);
            }
        }
    }

    /// Random bytes rarely pass a vendor's header: these are real frames with a few bytes changed.
    #[test]
    fn any_damaged_frame_decodes_or_errs(
        index in any::<proptest::sample::Index>(),
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let (model, port, mut bytes) = {
            let mut frames = known_frames();
            frames.swap_remove(index.index(frames.len()))
        };
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        check(model, model.decode(port, &bytes));
    }

    #[test]
    fn what_an_encoder_writes_its_decoder_reads(measured in measurements()) {
        for model in models() {
            let Some(frame) = model.encode(&measured) else { continue };
            if frame.is_empty() {
                continue;
            }
            let read = model.decode(model.f_port, &frame);
            prop_assert!(read.is_ok(), "{:?} {:?} of {:?}", model, read, measured);
            let read = read.unwrap();
            prop_assert_eq!(model.encode(&read), Some(frame), "{:?} is not stable", model);
            let near = |read: Option<CentiCelsius>, sent: Option<CentiCelsius>| {
                read.zip(sent).is_none_or(|(read, sent)| read.0.abs_diff(sent.0) <= 5)
            };
            prop_assert!(near(read.ambient, measured.ambient), "{:?} {:?}", model, read);
            prop_assert!(near(celsius(read.probe), celsius(measured.probe)), "{:?} {:?}", model, read);
            prop_assert!(read.door.is_none_or(|door| measured.door.is_none_or(|sent| sent == door)));
        }
    }

    #[test]
    fn any_decoded_payload_is_normalised_or_refused(
        name in proptest::sample::select(vec!["TempC_DS", "temp", "Hum_SHT", "BatV", "battery", "door", "open_count"]),
        number in any::<f64>(),
        text in ".{0,12}",
    ) {
        for value in [json!(number), json!(text), json!(number.to_string()), json!({"value": number})] {
            if let Ok(measured) = aliases::normalise(&json!({name: value})) {
                prop_assert!(!measured.is_empty());
                prop_assert!(celsius(measured.probe).is_none_or(|value| value.0.abs() < 32_760));
            }
        }
    }
}

fn celsius(probe: Probe) -> Option<CentiCelsius> {
    match probe {
        Probe::Celsius(value) => Some(value),
        Probe::Missing | Probe::NotFitted => None,
    }
}

/// Every frame with a known answer: its model, port and bytes.
fn known_frames() -> Vec<(&'static Model, u8, Vec<u8>)> {
    let published = vectors().into_iter().flat_map(|vector| {
        let of = |model: &'static Model| (model, vector.f_port.unwrap_or(model.f_port), vector.bytes());
        vector.models().into_iter().map(of).collect::<Vec<_>>()
    });
    published
        .chain(
            frames()
                .into_iter()
                .map(|frame| (frame.model, frame.f_port, frame.bytes)),
        )
        .collect()
}

/// Everything a kitchen can measure, at the resolution of the domain.
fn measurements() -> impl Strategy<Value = Measurements> {
    let celsius = || (-9_000..15_000).prop_map(CentiCelsius);
    let probe = prop_oneof![
        Just(Probe::NotFitted),
        Just(Probe::Missing),
        celsius().prop_map(Probe::Celsius)
    ];
    let battery = (1_000_u16..4_000, 0_u8..=100).prop_map(|(millivolts, percent)| Battery {
        millivolts: Some(millivolts),
        percent: Some(percent),
    });
    let door = prop_oneof![Just(Door::Open), Just(Door::Closed)];
    let measured_at = (1_600_000_000_i64..2_000_000_000).prop_map(Timestamp::from_seconds);
    (
        proptest::option::of(celsius()),
        probe,
        proptest::option::of(
            (0_u16..=10_000).prop_map(|points| Humidity::from_basis_points(points).unwrap()),
        ),
        proptest::option::of(battery),
        proptest::option::of((door, 0_u32..0x0100_0000)),
        proptest::option::of(any::<bool>()),
        proptest::option::of(measured_at),
    )
        .prop_map(
            |(ambient, probe, humidity, battery, door, leak, measured_at)| Measurements {
                ambient,
                probe,
                humidity,
                battery,
                door: door.map(|(door, _)| door),
                door_openings: door.map(|(_, openings)| openings),
                leak,
                measured_at,
            },
        )
}

#[test]
fn the_models_of_the_simulator_say_all_they_measure() {
    let measured = Measurements {
        ambient: Some(CentiCelsius(2_150)),
        probe: Probe::Celsius(CentiCelsius(-1_840)),
        humidity: Humidity::from_basis_points(4_500),
        battery: Some(Battery {
            millivolts: Some(2_900),
            percent: Some(65),
        }),
        door: Some(Door::Open),
        door_openings: Some(12),
        leak: Some(false),
        measured_at: None,
    };
    let sent_and_read = |slug: &str, sent: &Measurements| {
        let model = freshtrack_decoders::find(slug).unwrap();
        model.decode(model.f_port, &model.encode(sent).unwrap()).unwrap()
    };

    let climate = Measurements {
        door: None,
        door_openings: None,
        leak: None,
        ..measured.clone()
    };
    assert_eq!(sent_and_read("dragino-lht65n", &measured), climate);
    let lost = Measurements {
        probe: Probe::Missing,
        ..climate.clone()
    };
    assert_eq!(sent_and_read("dragino-lht65n", &lost), lost);
    let stored = Measurements {
        measured_at: Some(Timestamp::from_seconds(1_763_700_000)),
        battery: None,
        ..lost
    };
    assert_eq!(sent_and_read("dragino-lht65n", &stored), stored);

    let case = Measurements {
        probe: Probe::NotFitted,
        ..climate.clone()
    };
    let percent = Some(Battery {
        millivolts: None,
        percent: Some(65),
    });
    let em300_th = Measurements {
        battery: percent,
        ..case.clone()
    };
    assert_eq!(sent_and_read("milesight-em300-th", &measured), em300_th);
    assert_eq!(
        sent_and_read("milesight-em300-mcs", &measured),
        Measurements {
            door: Some(Door::Open),
            ..em300_th
        }
    );
    assert_eq!(
        sent_and_read("elsys-ers", &measured),
        Measurements {
            battery: Some(Battery {
                percent: Some(58),
                ..measured.battery.unwrap()
            }),
            leak: Some(false),
            ..climate
        }
    );
    assert_eq!(
        sent_and_read("netvox-r718ab", &measured),
        Measurements {
            battery: Some(Battery {
                percent: Some(58),
                ..measured.battery.unwrap()
            }),
            ..case
        }
    );
    let door = Measurements {
        leak: None,
        ..measured
    };
    let lds02 = sent_and_read("dragino-lds02", &door);
    assert_eq!(
        (lds02.door, lds02.door_openings, lds02.leak),
        (Some(Door::Open), Some(12), None)
    );
}

/// What `measured` says, of what a catalogue entry may promise.
fn said(measured: &Measurements) -> BTreeSet<Measure> {
    let temperature = measured.ambient.is_some() || measured.probe != Probe::NotFitted;
    [
        (Measure::Temperature, temperature),
        (Measure::Humidity, measured.humidity.is_some()),
        (Measure::Door, measured.door.is_some()),
        (Measure::Leak, measured.leak.is_some()),
    ]
    .into_iter()
    .filter_map(|(measure, said)| said.then_some(measure))
    .collect()
}

#[test]
fn no_frame_says_more_than_its_model_measures() {
    let mut seen: BTreeMap<&str, BTreeSet<Measure>> = BTreeMap::new();
    for (model, port, bytes) in known_frames() {
        for measured in model.decode_all(port, &bytes).flatten() {
            seen.entry(model.slug).or_default().extend(said(&measured));
        }
    }
    for model in models() {
        let promised: BTreeSet<Measure> = model.measures.iter().copied().collect();
        assert!(!promised.is_empty(), "{model:?}");
        assert!(
            model.report_intervals.contains(&model.uplink_interval),
            "{model:?}"
        );
        let seen = seen.remove(model.slug).unwrap_or_default();
        assert!(seen.is_subset(&promised), "{model:?} {seen:?}");
    }
}
