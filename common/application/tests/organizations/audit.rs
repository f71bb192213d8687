//! The audit chain, read back and verified.

use crate::support::{House, code, input, only, person};
use freshtrack_application::audit::{AuditFilter, list_audit, verify_all, verify_audit};
use freshtrack_application::organizations::{create_organization, remove_member, update_organization};
use freshtrack_application::ports::{Owner, Record};
use freshtrack_application::{Caller, ChainEnd, PageRequest};
use freshtrack_contracts::audit::{AuditDamage, AuditEntryView, BrokenEntry};
use freshtrack_contracts::organizations::UpdateOrganization;
use freshtrack_contracts::page::PageSize;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{Role, Sites};
use freshtrack_domain::audit::ChainedEntry;
use freshtrack_domain::text::Name;
use freshtrack_testkit::fresh_id;
use proptest::prelude::*;

/// An organization that was renamed `times`, and its owner.
async fn renamed(times: usize) -> (House, Caller) {
    let house = House::new();
    let owner = person();
    let org = create_organization(&house.office(), &owner, input("Harbour Bistro")).await;
    let caller = house.caller(org.unwrap().view.id, owner.user_id).await;
    for time in 0..times {
        let input = UpdateOrganization {
            name: Some(Name::new(&format!("Name {time}")).unwrap()),
            ..UpdateOrganization::default()
        };
        update_organization(&house.office(), &caller, None, input)
            .await
            .unwrap();
    }
    (house, caller)
}

async fn entries(house: &House, caller: &Caller, filter: AuditFilter) -> Vec<AuditEntryView> {
    let page = list_audit(house.store(), caller, &PageRequest::default(), &filter).await;
    page.unwrap().items
}

#[tokio::test]
async fn whoever_did_what_is_told_newest_first() {
    let (house, caller) = renamed(2).await;
    let staff = house.join(caller.scope.org_id(), Role::Staff, Sites::All).await;
    remove_member(&house.office(), &caller, staff).await.unwrap();
    let all = entries(&house, &caller, AuditFilter::default()).await;
    let told: Vec<_> = all
        .iter()
        .map(|entry| (entry.seq, entry.action.as_str()))
        .collect();
    let expected = [
        (4, "member.removed"),
        (3, "organization.updated"),
        (2, "organization.updated"),
        (1, "organization.created"),
    ];
    assert_eq!(told, expected);
    assert_eq!(
        (&all[0].actor, &all[0].target),
        (&caller.actor.id, &staff.to_string())
    );

    let count = async |filter| entries(&house, &caller, filter).await.len();
    let of = |actor: Option<&str>, action: Option<&str>, target: Option<&str>| AuditFilter {
        actor: actor.map(str::to_owned),
        action: action.map(str::to_owned),
        target: target.map(str::to_owned),
    };
    assert_eq!(count(of(None, Some("organization.updated"), None)).await, 2);
    assert_eq!(count(of(None, Some("organization."), None)).await, 3);
    assert_eq!(count(of(None, Some("organization"), None)).await, 0);
    assert_eq!(count(of(Some(&caller.actor.id), None, None)).await, 4);
    assert_eq!(count(of(Some("usr_other"), None, None)).await, 0);
    let both = of(None, Some("member."), Some(&staff.to_string()));
    assert_eq!(count(both).await, 1);

    let limited = Caller {
        sites: only(&[fresh_id()]),
        ..caller
    };
    let refused = list_audit(
        house.store(),
        &limited,
        &PageRequest::default(),
        &AuditFilter::default(),
    )
    .await;
    assert_eq!(code(refused), ProblemCode::MissingRight);
}

#[tokio::test]
async fn an_intact_chain_verifies_and_whoever_noted_its_hash_can_tell() {
    let (house, caller) = renamed(3).await;
    let found = verify_all(house.store(), caller.scope, &PageRequest::default()).await;
    let found = found.unwrap();
    assert_eq!(
        (found.verified, found.broken, &found.next_cursor),
        (4, None, &None)
    );
    let newest = &entries(&house, &caller, AuditFilter::default()).await[0];
    assert_eq!(found.hash, newest.hash);
    let nobody = verify_all(house.store(), Owner::Platform, &PageRequest::default()).await;
    assert_eq!(nobody.unwrap().verified, 0, "nothing was done, nothing is wrong");
}

#[tokio::test]
async fn a_long_chain_is_verified_in_stretches() {
    let (house, caller) = renamed(1_100).await;
    let first = verify_audit(house.store(), &caller, &PageRequest::default()).await;
    let first = first.unwrap();
    assert_eq!((first.verified, first.broken), (1_000, None));
    let rest = PageRequest::new(PageSize::ITEMS, None, first.next_cursor.as_deref()).unwrap();
    let last = verify_audit(house.store(), &caller, &rest).await.unwrap();
    assert_eq!(
        (last.verified, last.broken, last.next_cursor),
        (1_101, None, None)
    );
    // Whoever forges a cursor deceives themselves.
    let forged = freshtrack_application::cursor_behind(
        freshtrack_application::ports::RecordKind("VERIFIED"),
        format!("1000#{}", "00".repeat(32)),
    );
    let forged = PageRequest::new(PageSize::ITEMS, None, Some(&forged)).unwrap();
    let found = verify_audit(house.store(), &caller, &forged).await.unwrap();
    assert_eq!(found.broken.map(|broken| broken.seq), Some(1_001));
    for bad in ["nonsense", "VkVSSUZJRUQjMQ"] {
        let bad = PageRequest::new(PageSize::ITEMS, None, Some(bad)).unwrap();
        let refused = verify_audit(house.store(), &caller, &bad).await;
        assert_eq!(code(refused), ProblemCode::InvalidRequest);
    }
}

/// What somebody with access to the store may do to it.
#[derive(Debug, Clone, Copy)]
enum Tampering {
    Actor,
    Time,
    Detail,
    Hash,
    Nonsense,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_first_altered_entry_is_named(
        length in 0_usize..8,
        at in 0_usize..8,
        how in prop::sample::select(vec![
            Tampering::Actor, Tampering::Time, Tampering::Detail, Tampering::Hash, Tampering::Nonsense,
        ]),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (house, caller) = runtime.block_on(renamed(length));
        let seq = at % (length + 1) + 1;
        let owner = Owner::from(caller.scope);
        house.records.tamper(owner, ChainedEntry::KIND, &format!("{seq:012}"), |entry| match how {
            Tampering::Actor => entry["actor"] = "usr_other".into(),
            Tampering::Time => entry["at"] = 1.into(),
            Tampering::Detail => entry["details"]["more"] = "x".into(),
            Tampering::Hash => entry["hash"] = "00".repeat(32).into(),
            Tampering::Nonsense => *entry = "gone".into(),
        });
        let found = runtime
            .block_on(verify_all(house.store(), caller.scope, &PageRequest::default()))
            .unwrap();
        let seq = u64::try_from(seq).unwrap();
        let altered = BrokenEntry { seq, damage: AuditDamage::Altered };
        prop_assert_eq!(found.broken, Some(altered));
        prop_assert_eq!(found.verified, seq - 1);
    }
}

#[tokio::test]
async fn what_was_cut_off_or_rolled_back_shows_against_the_end_that_is_kept() {
    let end_at = |seq: u64, hash: Option<String>| {
        move |end: &mut serde_json::Value| {
            end["seq"] = seq.into();
            if let Some(hash) = hash {
                end["hash"] = hash.into();
            }
        }
    };
    // The end tells of one more than there is: the last was cut off.
    let (house, caller) = renamed(2).await;
    let owner = Owner::from(caller.scope);
    house
        .records
        .tamper(owner, ChainEnd::KIND, ChainEnd::KEY, end_at(4, None));
    let found = verify_all(house.store(), owner, &PageRequest::default()).await;
    let missing = BrokenEntry {
        seq: 4,
        damage: AuditDamage::Missing,
    };
    assert_eq!(found.unwrap().broken, Some(missing));

    // The end is older than the entries: it was put back.
    let (house, caller) = renamed(2).await;
    let owner = Owner::from(caller.scope);
    house
        .records
        .tamper(owner, ChainEnd::KIND, ChainEnd::KEY, end_at(2, None));
    let found = verify_all(house.store(), owner, &PageRequest::default()).await;
    assert_eq!(found.unwrap().broken.map(|broken| broken.seq), Some(3));

    // Another chain of the same length.
    let (house, caller) = renamed(2).await;
    let owner = Owner::from(caller.scope);
    let other = end_at(3, Some("11".repeat(32)));
    house.records.tamper(owner, ChainEnd::KIND, ChainEnd::KEY, other);
    let found = verify_all(house.store(), owner, &PageRequest::default()).await;
    assert_eq!(found.unwrap().broken.map(|broken| broken.seq), Some(3));
}
