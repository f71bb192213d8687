use super::minute;
use crate::fresh_id;
use freshtrack_application::PortErrorKind;
use freshtrack_application::ports::{Throttle, Vault};
use freshtrack_domain::ids::OrgId;
use freshtrack_domain::people::Sealed;

/// Opens what it sealed, for the purpose it was sealed for and no other.
pub async fn vault(vault: &dyn Vault) {
    let content = b"sixteen bytes or more".as_slice();
    let sealed = vault.seal("test/a", content).await.unwrap();
    assert_eq!(vault.open("test/a", &sealed).await.unwrap(), content);
    let again = vault.seal("test/a", content).await.unwrap();
    assert_ne!(again, sealed, "the same content is not seen to be the same");
    let empty = vault.seal("test/a", &[]).await.unwrap();
    assert!(vault.open("test/a", &empty).await.unwrap().is_empty());

    let text = serde_json::to_string(&sealed).unwrap();
    assert!(!text.contains("sixteen"), "{text}");
    let read: Sealed = serde_json::from_str(&text).unwrap();
    assert_eq!(vault.open("test/a", &read).await.unwrap(), content);

    let mut mixed = sealed.clone();
    mixed.data.insert_str(0, "AAAA");
    for (purpose, sealed) in [("test/b", &sealed), ("test/a", &mixed)] {
        let error = vault.open(purpose, sealed).await.unwrap_err();
        assert_eq!(error.kind, PortErrorKind::Corrupt, "{purpose}");
    }
}

/// Counts each name for itself, and begins anew after it was told to forget.
pub async fn throttle(throttle: &dyn Throttle) {
    let name = |what: &str| format!("{}/{what}", fresh_id::<OrgId>());
    let (one, two) = (name("one"), name("two"));
    let count = async |name: &str| throttle.count(name, minute(5)).await.unwrap();
    assert_eq!(
        [count(&one).await, count(&one).await, count(&two).await],
        [1, 2, 1]
    );
    let mut at_once = futures_util::future::join_all((0..8).map(|_| count(&two))).await;
    at_once.sort_unstable();
    assert_eq!(at_once, (2..=9).collect::<Vec<u32>>(), "none is counted twice");
    throttle.forget(&one).await.unwrap();
    throttle.forget(&one).await.unwrap();
    assert_eq!([count(&one).await, count(&two).await], [1, 10]);
}
