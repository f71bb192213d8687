//! What sensors are sent, to the byte.

use freshtrack_decoders::{DownlinkFrame, downlink, find, models};
use freshtrack_domain::network::{ExternalMode, SettingChange};
use freshtrack_domain::time::Timestamp;

/// An instant each of whose bytes is another.
const NOW: Timestamp = Timestamp::from_seconds(0x6B00_1234);

fn sent(model: &str, change: &SettingChange) -> Option<DownlinkFrame> {
    downlink(find(model).unwrap(), change, NOW)
}

#[test]
fn each_change_has_its_bytes() {
    for (change, bytes) in [
        (
            SettingChange::UplinkInterval { seconds: 600 },
            vec![0x01, 0x00, 0x02, 0x58],
        ),
        (
            SettingChange::UplinkInterval { seconds: 86_400 },
            vec![0x01, 0x01, 0x51, 0x80],
        ),
        (
            SettingChange::ExternalMode {
                mode: ExternalMode::Probe,
            },
            vec![0xA2, 0x01],
        ),
        (
            SettingChange::ExternalMode {
                mode: ExternalMode::ProbeWithTime,
            },
            vec![0xA2, 0x09],
        ),
        (SettingChange::SetTime {}, vec![0x30, 0x6B, 0x00, 0x12, 0x34]),
        (SettingChange::TimeSync {}, vec![0x28, 0x01]),
        (SettingChange::TimeSyncPeriod { days: 10 }, vec![0x29, 0x0A]),
        (SettingChange::ClearDatalog {}, vec![0xA3, 0x01]),
        (SettingChange::Pnackmd { enabled: true }, vec![0x34, 0x01]),
        (SettingChange::Pnackmd { enabled: false }, vec![0x34, 0x00]),
        (
            SettingChange::Alarm {
                parameters: "0A1E05".parse().unwrap(),
            },
            vec![0xAA, 0x0A, 0x1E, 0x05],
        ),
    ] {
        for model in ["dragino-lht65", "dragino-lht65n"] {
            let frame = sent(model, &change).unwrap();
            assert_eq!((frame.f_port, frame.payload), (2, bytes.clone()), "{change:?}");
        }
    }
}

#[test]
fn a_model_is_sent_only_what_it_understands() {
    let interval = SettingChange::UplinkInterval { seconds: 1_200 };
    for model in ["dragino-lht52", "dragino-lds02"] {
        let frame = sent(model, &interval).unwrap();
        assert_eq!(frame.payload, [0x01, 0x00, 0x04, 0xB0]);
        assert_eq!(sent(model, &SettingChange::ClearDatalog {}), None, "{model}");
    }
    assert_eq!(sent("milesight-em300-th", &interval), None);
    let raw = SettingChange::Raw {
        f_port: 85,
        payload: "FF03B004".parse().unwrap(),
    };
    let frame = sent("milesight-em300-th", &raw).unwrap();
    assert_eq!((frame.f_port, frame.payload), (85, vec![0xFF, 0x03, 0xB0, 0x04]));
}

#[test]
fn the_catalogue_says_who_takes_them() {
    let interval = SettingChange::UplinkInterval { seconds: 600 };
    for model in models() {
        assert_eq!(
            sent(model.slug, &interval).is_some(),
            model.takes_downlinks,
            "{model:?}"
        );
    }
}
