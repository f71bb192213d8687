//! Frames made from the vendors' layouts, and what each part of a layout means.

use crate::corpus::frames;
use freshtrack_decoders::{DecodeError, Measurements, find, models};
use freshtrack_domain::measurement::{CentiCelsius, Door, Humidity, Probe};
use freshtrack_domain::time::Timestamp;

fn decode(slug: &str, port: u8, hex: &str) -> Result<Measurements, DecodeError> {
    find(slug).unwrap().decode(port, &bytes(hex))
}

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex.replace(' ', "")).unwrap()
}

fn measured(slug: &str, port: u8, hex: &str) -> Measurements {
    decode(slug, port, hex).unwrap_or_else(|error| panic!("{slug} {hex}: {error}"))
}

/// Ambient, probe, humidity in basis points, millivolts and percent of the battery.
type Climate = (Option<i32>, Probe, Option<u16>, Option<u16>, Option<u8>);

fn climate(measured: &Measurements) -> Climate {
    (
        measured.ambient.map(|value| value.0),
        measured.probe,
        measured.humidity.map(Humidity::basis_points),
        measured.battery.and_then(|battery| battery.millivolts),
        measured.battery.and_then(|battery| battery.percent),
    )
}

const fn at(hundredths: i32) -> Probe {
    Probe::Celsius(CentiCelsius(hundredths))
}

const NONE: Probe = Probe::NotFitted;

#[test]
fn the_commonest_models_in_their_usual_frames() {
    for slug in ["dragino-lht65", "dragino-lht65n"] {
        let frame = measured(slug, 2, "CB F6 0B 0D 03 76 01 0A DD 7F FF");
        assert_eq!(
            climate(&frame),
            (Some(2_829), at(2_781), Some(8_860), Some(3_062), Some(100))
        );
        let frame = measured(slug, 2, "CB F6 0B 0D 03 76 01 7F FF 7F FF");
        assert_eq!(frame.probe, Probe::Missing);
        let frame = measured(slug, 2, "CB F6 FF 9C 03 76 01 0A DD 7F FF");
        assert_eq!(frame.ambient, Some(CentiCelsius(-100)));
        for frame in ["", "00", "CB F6 0B 0D 03 76 01 0A DD 7F FF"] {
            assert_eq!(
                decode(slug, 42, frame),
                Err(DecodeError::UnknownPort { port: 42 })
            );
        }
    }

    let lds02 = measured("dragino-lds02", 10, "8B 88 01 00 00 0A 00 00 1E 00");
    assert_eq!(
        (lds02.door, lds02.door_openings, lds02.leak),
        (Some(Door::Open), Some(10), None)
    );
    assert_eq!(lds02.battery.unwrap().millivolts, Some(2_952));

    let em300_th = measured("milesight-em300-th", 85, "01 75 32 03 67 C8 00 04 68 3C");
    assert_eq!(
        climate(&em300_th),
        (Some(2_000), NONE, Some(3_000), None, Some(50))
    );

    let em300_mcs = measured("milesight-em300-mcs", 85, "01 75 64 03 67 47 FF 06 00 01");
    assert_eq!(climate(&em300_mcs), (Some(-1_850), NONE, None, None, Some(100)));
    assert_eq!(em300_mcs.door, Some(Door::Open));

    let ers_co2 = measured("elsys-ers-co2", 5, "01 00 E2 02 29 04 00 27 05 06 06 03 08");
    assert_eq!(climate(&ers_co2), (Some(2_260), NONE, Some(4_100), None, None));

    let r311a = measured("netvox-r311a", 6, "01 02 01 1E 01 00 00 00 00 00 00");
    assert_eq!(
        (r311a.door, r311a.battery.unwrap().millivolts),
        (Some(Door::Open), Some(3_000))
    );
}

#[test]
fn every_frame_says_what_its_line_says() {
    for frame in frames() {
        let measured = frame.model.decode(frame.f_port, &frame.bytes);
        assert_eq!(
            measured,
            Ok(frame.expected),
            "{:?} {:02X?}",
            frame.model,
            frame.bytes
        );
    }
}

#[test]
fn every_model_has_a_frame_below_zero_or_of_a_contact() {
    let frames = frames();
    for model in models() {
        let shown = frames
            .iter()
            .filter(|frame| frame.model.slug == model.slug)
            .any(|frame| {
                let probe = matches!(frame.expected.probe, Probe::Celsius(CentiCelsius(..0)));
                let ambient = frame.expected.ambient.is_some_and(|value| value.0 < 0);
                probe || ambient || frame.expected.door.is_some() || frame.expected.leak.is_some()
            });
        assert!(shown, "{model:?} has no frame in tests/data/frames.txt");
    }
}

#[test]
fn the_lht65_says_in_one_byte_what_the_others_mean() {
    let lht65 = |hex: &str| climate(&measured("dragino-lht65n", 2, hex));
    let case = (Some(2_100), Some(3_500), Some(3_000), Some(100));
    let with = |probe| (case.0, probe, case.1, case.2, case.3);
    // The probe's plug is out, whatever its bytes say.
    assert_eq!(lht65("CBB8 0834 015E 81 0ADD 7FFF"), with(Probe::Missing));
    assert_eq!(lht65("CBB8 0834 015E 81 7FFF 7FFF"), with(Probe::Missing));
    assert_eq!(lht65("CBB8 0834 015E 80 7FFF 7FFF"), with(Probe::Missing));
    // Light, voltage, counters: another sensor than a temperature probe.
    for external in ["04", "05", "06", "07", "08"] {
        assert_eq!(lht65(&format!("CBB8 0834 015E {external} 0ADD 7FFF")), with(NONE));
    }
    // The SHT31 probe.
    assert_eq!(lht65("CBB8 0834 015E 0B F8C6 0120"), with(at(-1_850)));
    // Serial numbers in place of the case temperature.
    let serial = |probe| (None, probe, None, case.2, case.3);
    assert_eq!(lht65("CBB8 28FF 6432 0F 1604 01C3"), serial(NONE));
    assert_eq!(lht65("CBB8 28FF 6432 10 F8C6 0120"), serial(at(-1_850)));
    assert_eq!(lht65("CBB8 28FF 6432 20 F8C6 6432"), serial(at(-1_850)));
    // The grade of the battery is not a percentage: graded 0, yet nearly full.
    assert_eq!(lht65("0BB8 0834 015E 00 7FFF 7FFF"), with(NONE));

    let status = measured("dragino-lht65n", 5, "0B 0112 01 FF 0BB8");
    assert_eq!(climate(&status), (None, NONE, None, Some(3_000), Some(100)));
}

#[test]
fn the_lht65_with_a_clock_sends_the_probe_first_and_no_voltage() {
    let frame = measured("dragino-lht65n", 2, "F8C6 0834 C15E 09 692000C0");
    assert_eq!(
        climate(&frame),
        (Some(2_100), at(-1_850), Some(3_500), None, None)
    );
    assert_eq!(frame.measured_at, Some(Timestamp::from_seconds(0x6920_00C0)));
    let missing = measured("dragino-lht65n", 2, "7FFF 0834 C15E 09 692000C0");
    assert_eq!(missing.probe, Probe::Missing);
    let unset = measured("dragino-lht65n", 2, "F8C6 0834 C15E 09 00000078");
    assert_eq!((unset.probe, unset.measured_at), (at(-1_850), None));
}

#[test]
fn stored_records_keep_their_own_time() {
    // One polled record, one that was not acknowledged, and three in a frame of the log.
    for flags in ["41", "81", "89", "C1"] {
        let record = measured("dragino-lht65n", 2, &format!("F8C6 0834 015E {flags} 692000C0"));
        assert_eq!(
            climate(&record),
            (Some(2_100), at(-1_850), Some(3_500), None, None),
            "{flags}"
        );
        assert_eq!(
            record.measured_at,
            Some(Timestamp::from_seconds(0x6920_00C0)),
            "{flags}"
        );
    }
    let log = "F8C6 0834 015E 41 69200000 7FFF 0834 015E 41 692000C0 F8F0 0834 015E 41 69200060";
    for port in [2, 3] {
        let log = bytes(log);
        let records: Vec<_> = find("dragino-lht65n")
            .unwrap()
            .decode_all(port, &log)
            .map(Result::unwrap)
            .collect();
        let probes: Vec<_> = records.iter().map(|record| record.probe).collect();
        assert_eq!(probes, [at(-1_850), Probe::Missing, at(-1_808)]);
        let newest = find("dragino-lht65n").unwrap().decode(port, &log).unwrap();
        assert_eq!(newest, records[1], "the newest counts, not the last");
    }

    let mcs = bytes("20CE 00F15365 47FF 50 01 20CE 3CF15365 48FF 50 00");
    let doors: Vec<_> = find("milesight-em300-mcs")
        .unwrap()
        .decode_all(85, &mcs)
        .map(|record| record.unwrap().door)
        .collect();
    assert_eq!(doors, [Some(Door::Open), Some(Door::Closed)]);

    let lht52 = bytes("F8C6 0120 F8F0 01 692000C0 F8C6 0120 F8F0 01 69200120");
    let model = find("dragino-lht52").unwrap();
    assert_eq!(model.decode_all(3, &lht52).filter(Result::is_ok).count(), 2);
    assert_eq!(
        model.decode(3, &lht52).unwrap().measured_at,
        Some(Timestamp::from_seconds(0x6920_0120))
    );
}

#[test]
fn a_stored_record_without_a_time_never_passes_for_the_present() {
    let timeless = Err(DecodeError::Malformed {
        what: "time of a stored record",
    });
    assert_eq!(
        decode("dragino-lht65n", 2, "F8C6 0834 015E 41 00000078"),
        timeless
    );
    assert_eq!(
        decode("dragino-lht65n", 3, "F8C6 0834 015E 01 00000078"),
        timeless
    );
    assert_eq!(decode("dragino-lht52", 3, "F8C6 0120 F8F0 01 00000078"), timeless);
    assert_eq!(
        decode("milesight-em300-th", 85, "20CE 78000000 47FF 50 00"),
        timeless
    );

    let half = bytes("20CE 00F15365 47FF 50 00 20CE 3CF1");
    let mut records = find("milesight-em300-th").unwrap().decode_all(85, &half);
    assert!(
        records.next().unwrap().is_ok(),
        "a damaged record does not cost its neighbour"
    );
    assert_eq!(
        records.next(),
        Some(Err(DecodeError::Truncated {
            expected: 6,
            actual: 4
        }))
    );
}

#[test]
fn reports_without_measurements_are_empty_and_not_errors() {
    for (slug, port, hex) in [
        (
            "milesight-em300-th",
            85,
            "FF0BFF FF0101 FF166136B40201000000 FF090300 FF0A0103 FF0F00",
        ),
        ("netvox-r311a", 6, "01 02 00 0A 01 20170503 0000"),
        ("netvox-r718ab", 7, "81 13 00 0000000000000000"),
        ("dragino-lht52", 4, "28FF643216040 1C3"),
        ("decentlab-dl-sht35", 1, "020001 0000"),
    ] {
        assert!(measured(slug, port, hex).is_empty(), "{slug} {hex}");
    }
}

#[test]
fn keeps_what_was_read_before_an_unknown_channel() {
    assert_eq!(
        measured("milesight-em300-th", 85, "0367C800 7A7A01").ambient,
        Some(CentiCelsius(2_000))
    );
    assert_eq!(
        measured("elsys-ers", 5, "0100E2 FE01").ambient,
        Some(CentiCelsius(2_260))
    );
    assert_eq!(
        decode("milesight-em300-th", 85, "7A7A01"),
        Err(DecodeError::UnknownChannel { channel: 0x7A })
    );
    assert_eq!(
        decode("elsys-ers", 5, "FE01"),
        Err(DecodeError::UnknownChannel { channel: 0xFE })
    );
}

#[test]
fn refuses_frames_of_another_kind_with_a_stable_code() {
    let long = "00".repeat(40);
    for (slug, port, hex, code) in [
        ("dragino-lds02", 2, "8B88", "unknown_port"),
        ("netvox-r311a", 85, "01", "unknown_port"),
        (
            "netvox-r311a",
            6,
            "01 13 01 24 F8C6 2710 000000",
            "unknown_device",
        ),
        ("netvox-r718ab", 6, "01 13 05 24 F8C6 2710 000000", "malformed"),
        ("decentlab-dl-sht35", 1, "010001 0000", "malformed"),
        ("decentlab-dl-sht35", 1, "020001 8000", "malformed"),
        ("dragino-lht65n", 2, "CBF6", "truncated"),
        ("dragino-lht65n", 3, "", "truncated"),
        ("milesight-em300-th", 85, "", "truncated"),
        ("elsys-ers", 5, &long, "unknown_channel"),
    ] {
        assert_eq!(decode(slug, port, hex).unwrap_err().code(), code, "{slug} {hex}");
    }
}
