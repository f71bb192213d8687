//! The catalogue says what a model does, and trying a decoder tells what a frame says.

use freshtrack_application::PageRequest;
use freshtrack_application::devices::{decode_frame, get_model, list_models};
use freshtrack_contracts::devices::{BatterySource, DecodeFrame, DecodedRecord, Measure};
use freshtrack_contracts::problem::ProblemCode;

fn hex(payload: &str) -> DecodeFrame {
    DecodeFrame {
        payload_hex: Some(payload.to_owned()),
        ..DecodeFrame::default()
    }
}

#[test]
fn models_are_described() {
    let models = list_models(&PageRequest::default()).unwrap().items;
    assert_eq!(models.len(), freshtrack_decoders::models().count());
    let model = get_model("dragino-lht65n").unwrap();
    assert_eq!(model.measures, [Measure::Temperature, Measure::Humidity]);
    assert_eq!((model.default_interval_seconds, model.f_port), (600, 2));
    assert!(model.has_probe && model.takes_downlinks);
    let BatterySource::Curve { curve, .. } = model.battery else {
        panic!("{model:?}");
    };
    assert_eq!((curve[0].millivolts, curve[0].percent), (3_000, 100));
    assert_eq!(
        get_model("milesight-em300-th").unwrap().battery,
        BatterySource::Sensor
    );
    assert_eq!(get_model("acme-9000").unwrap_err().code, ProblemCode::NotFound);
}

#[test]
fn a_frame_is_read_in_both_spellings() {
    let by_hex = decode_frame("dragino-lht65n", &hex("CB F6 0B 0D 03 76 01 0A DD 7F FF")).unwrap();
    let by_base64 = DecodeFrame {
        payload_base64: Some("y/YLDQN2AQrdf/8=".to_owned()),
        ..DecodeFrame::default()
    };
    assert_eq!(decode_frame("dragino-lht65n", &by_base64).unwrap(), by_hex);
    let [DecodedRecord::Decoded(values)] = &by_hex.records[..] else {
        panic!("{by_hex:?}");
    };
    assert_eq!(
        (
            values.ambient_c,
            values.probe_c,
            values.humidity_percent,
            values.battery_volts
        ),
        (Some(28.29), Some(27.81), Some(88.6), Some(3.062))
    );
}

#[test]
fn what_cannot_be_read_says_why() {
    let wrong_port = DecodeFrame {
        f_port: Some(42),
        ..hex("CBF60B0D0376010ADD7FFF")
    };
    for (input, expected) in [(hex("CBF6"), "truncated"), (wrong_port, "unknown_port")] {
        let decoded = decode_frame("dragino-lht65n", &input).unwrap();
        let [DecodedRecord::Failed { code, detail }] = &decoded.records[..] else {
            panic!("{decoded:?}");
        };
        assert_eq!(code, expected);
        assert!(!detail.is_empty());
    }
    let both = DecodeFrame {
        payload_base64: Some("AA==".to_owned()),
        ..hex("00")
    };
    for bad in [
        hex(""),
        hex("C"),
        hex("ZZ"),
        hex(&"00".repeat(513)),
        DecodeFrame::default(),
        both,
    ] {
        let refusal = decode_frame("dragino-lht65n", &bad).unwrap_err();
        assert_eq!(refusal.code, ProblemCode::InvalidRequest, "{bad:?}");
    }
    assert_eq!(
        decode_frame("acme-9000", &hex("00")).unwrap_err().code,
        ProblemCode::NotFound
    );
}
