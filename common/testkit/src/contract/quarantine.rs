use super::minute;
use crate::{fresh_id, lht65n_uplink};
use freshtrack_application::OrgScope;
use freshtrack_application::ports::{Quarantine, QuarantinedUplink};
use freshtrack_contracts::ingest::QuarantineReason;
use freshtrack_domain::device::DevEui;
use freshtrack_domain::ids::{FrameId, Id, Ulid};

/// Keeps frames once, the newest first, until they are removed.
pub async fn quarantine(quarantine: &dyn Quarantine) {
    let (scope, other) = (OrgScope::granted(fresh_id()), OrgScope::granted(fresh_id()));
    let frame = |number: u32| {
        let at = minute(number);
        let mut uplink = lht65n_uplink(DevEui(0xA840_4100_0018_1061), at, number, 350);
        // A port may store the frame as JSON, so it must keep numbers, nesting and absence apart.
        uplink.decoded = number.is_multiple_of(2).then(|| {
            r#"{"TempC_SHT":28.29,"Work_mode":"DS18B20","nested":{"a":[1,null,true]}}"#
                .parse()
                .unwrap()
        });
        let millis = u64::try_from(at.as_millis()).unwrap();
        QuarantinedUplink {
            id: FrameId::from_ulid(Ulid::from_parts(millis, fresh_id::<FrameId>().ulid().random())),
            reason: QuarantineReason::UnknownDevice,
            detail: "No sensor of the organization has the DevEUI A840410000181061.".to_owned(),
            kept_at: at,
            uplink,
        }
    };
    let frames: Vec<QuarantinedUplink> = (0..120).map(frame).collect();
    for frame in frames.iter().chain(&frames[100..]) {
        quarantine.keep(scope, frame).await.unwrap();
    }
    let newest_first: Vec<QuarantinedUplink> = frames.iter().rev().cloned().collect();
    let page = async |after| quarantine.list(scope, after, 100).await.unwrap();
    assert_eq!(page(None).await, newest_first[..100], "the newest first");
    assert_eq!(page(Some(newest_first[99].id)).await, newest_first[100..]);
    let oldest = &frames[0];
    assert_eq!(
        quarantine.find(scope, oldest.id).await.unwrap().as_ref(),
        Some(oldest)
    );

    let (device, nobody) = (oldest.uplink.dev_eui, DevEui(0xA840_4100_0000_0000));
    let of_device = async |after, limit| quarantine.of_device(scope, device, after, limit).await.unwrap();
    assert_eq!(of_device(None, 50).await, frames[..50], "the oldest first");
    assert_eq!(of_device(Some(frames[49].id), 200).await, frames[50..]);
    assert_eq!(of_device(Some(frames[119].id), 50).await, Vec::new());
    let none = [(scope, nobody), (other, device)];
    for (scope, dev_eui) in none {
        let found = quarantine.of_device(scope, dev_eui, None, 50).await.unwrap();
        assert_eq!(found, Vec::new(), "{dev_eui}");
    }

    assert_eq!(quarantine.list(other, None, 100).await.unwrap(), Vec::new());
    assert_eq!(
        quarantine.find(other, oldest.id).await.unwrap(),
        None,
        "another organization has no such frame"
    );
    quarantine.remove(other, oldest.id).await.unwrap();
    assert!(
        quarantine.find(scope, oldest.id).await.unwrap().is_some(),
        "nor can it remove ours"
    );

    quarantine.remove(scope, oldest.id).await.unwrap();
    quarantine.remove(scope, oldest.id).await.unwrap();
    assert_eq!(quarantine.find(scope, oldest.id).await.unwrap(), None);

    // What a network server decoded is any JSON: larger and smaller numbers than a store's own, empty names, and nested
    // deeper than a store's own values may be.
    let mut odd = oldest.clone();
    let deep = (0..60).fold("1".to_owned(), |value, _| format!(r#"{{"in":{value}}}"#));
    for decoded in [
        r#"{"large":1e300,"small":1e-300}"#,
        r#"{"":"","none":{},"text":"\u0000"}"#,
        &deep,
    ] {
        odd.uplink.decoded = Some(decoded.parse().unwrap());
        quarantine.keep(scope, &odd).await.unwrap();
        let kept = quarantine.find(scope, odd.id).await.unwrap();
        assert_eq!(kept.as_ref(), Some(&odd), "{decoded}");
    }
}
