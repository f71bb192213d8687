//! From creation to deletion and back.

use crate::support::{House, code, input, person};
use freshtrack_application::organizations::{
    check_slug, create_organization, delete_organization, get_organization, restore_organization,
    update_organization,
};
use freshtrack_application::ports::Records;
use freshtrack_application::{ChainEnd, OrgScope, PortErrorKind};
use freshtrack_contracts::events::Happening;
use freshtrack_contracts::organizations::{RestoreOrganization, UpdateOrganization};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{Role, Sites};
use freshtrack_domain::ids::SiteId;
use freshtrack_domain::place::{ComplianceMode, Organization, TemperatureUnit};
use freshtrack_domain::text::Name;
use freshtrack_domain::time::Span;
use freshtrack_testkit::{SeededIds, fresh_id, killed_after};

#[tokio::test]
async fn whoever_creates_an_organization_owns_it() {
    let house = House::new();
    let (owner, org) = house.organization("Harbour Bistro").await;
    assert_eq!(org.slug.as_str(), "harbour-bistro");
    assert_eq!(org.compliance, ComplianceMode::Haccp);
    let member = house.member(org.id, owner.user_id).await.unwrap();
    assert_eq!((member.role, member.sites), (Role::Owner, Sites::All));
    let caller = house.caller(org.id, owner.user_id).await;
    let got = get_organization(&house.office(), &caller).await.unwrap();
    assert_eq!((got.view, got.rev), (org, 1));

    let (_, twin) = house.organization("Harbour  BISTRO").await;
    assert!(twin.slug.as_str().starts_with("harbour-bistro-"), "{}", twin.slug);
    let mut taken = input("Another");
    taken.slug = Some(twin.slug);
    let refused = create_organization(&house.office(), &person(), taken).await;
    assert_eq!(code(refused), ProblemCode::Conflict);
    let mut nowhere = input("Nowhere");
    nowhere.time_zone = "Atlantis/Capital".to_owned();
    let refused = create_organization(&house.office(), &person(), nowhere).await;
    assert_eq!(code(refused), ProblemCode::InvalidRequest);
}

#[test]
fn a_creation_that_died_anywhere_is_made_by_its_repetition_once() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for calls in 0.. {
        let house = House::new();
        let owner = person();
        let first = killed_after(
            calls,
            create_organization(&house.office(), &owner, input("Harbour Bistro")),
        );
        let died = first.is_none();
        // The same key draws the same identifiers.
        let again = House {
            ids: SeededIds::new(1),
            ..house
        };
        let repeated = runtime.block_on(create_organization(
            &again.office(),
            &owner,
            input("Harbour Bistro"),
        ));
        let org = repeated.unwrap().view;
        assert_eq!(org.slug.as_str(), "harbour-bistro", "{calls}");
        runtime.block_on(async {
            let scope = OrgScope::granted(org.id);
            let end = again.store().get::<ChainEnd>(scope, ChainEnd::KEY).await.unwrap();
            assert_eq!(end.unwrap().record.0.seq, 1, "{calls}");
            assert_eq!(again.owners(org.id).await, 1);
        });
        if !died {
            assert!(calls > 2, "it was never killed");
            break;
        }
    }
}

#[tokio::test]
async fn an_update_changes_what_it_mentions() {
    let house = House::new();
    let (owner, org) = house.organization("Harbour Bistro").await;
    let caller = house.caller(org.id, owner.user_id).await;
    let update = |read, input| {
        let (office, caller) = (house.office(), &caller);
        async move { update_organization(&office, caller, read, input).await }
    };
    let rename = UpdateOrganization {
        name: Some(Name::new("Harbour Bistro & Bar").unwrap()),
        slug: Some("harbour".parse().unwrap()),
        ..UpdateOrganization::default()
    };
    let renamed = update(Some(1), rename.clone()).await.unwrap();
    assert_eq!(renamed.rev, 2);
    assert_eq!(renamed.view.slug.as_str(), "harbour");
    assert_eq!(renamed.view.display, TemperatureUnit::Celsius);
    let same = update(None, rename.clone()).await.unwrap();
    assert_eq!(same.rev, 2, "nothing is nothing");
    assert_eq!(code(update(Some(1), rename).await), ProblemCode::Stale);

    let available = async |slug: &str| check_slug(&house.office(), slug).await.unwrap().available;
    assert!(available("harbour-bistro").await, "the former name is free");
    assert!(!available("harbour").await && !available("Harbour!").await);
    let (_, other) = house.organization("Other").await;
    let steal = UpdateOrganization {
        slug: Some(other.slug),
        ..UpdateOrganization::default()
    };
    assert_eq!(code(update(None, steal).await), ProblemCode::Conflict);

    let some_sites = crate::support::only(&[fresh_id::<SiteId>()]);
    let limited = house.join(org.id, Role::Admin, some_sites).await;
    let limited = house.caller(org.id, limited).await;
    let refused = update_organization(&house.office(), &limited, None, UpdateOrganization::default()).await;
    assert_eq!(code(refused), ProblemCode::MissingRight);
}

#[tokio::test]
async fn a_deleted_organization_is_gone_until_its_owner_restores_it() {
    let house = House::new();
    let (owner, org) = house.organization("Harbour Bistro").await;
    let caller = house.caller(org.id, owner.user_id).await;
    house.records.take_outbox();
    delete_organization(&house.office(), &caller).await.unwrap();
    let gone = get_organization(&house.office(), &caller).await;
    assert_eq!(code(gone), ProblemCode::NotFound);
    let events = house.records.take_outbox();
    assert_eq!(events[0].what, Happening::OrganizationDeleted {});

    // Its short name is free, and somebody takes it.
    let (_, successor) = house.organization("Harbour Bistro").await;
    assert_eq!(successor.slug, org.slug);
    let restore = |who, slug: Option<&str>| {
        let office = house.office();
        let input = RestoreOrganization {
            slug: slug.map(|slug| slug.parse().unwrap()),
        };
        async move { restore_organization(&office, &who, org.id, input).await }
    };
    let admin = house.join(org.id, Role::Admin, Sites::All).await;
    for stranger in [
        person(),
        freshtrack_application::SignedIn {
            user_id: admin,
            ..person()
        },
    ] {
        assert_eq!(code(restore(stranger, None).await), ProblemCode::NotFound);
    }
    assert_eq!(code(restore(owner, None).await), ProblemCode::Conflict);
    let restored = restore(owner, Some("harbour-again")).await.unwrap();
    assert_eq!(restored.view.slug.as_str(), "harbour-again");
    assert_eq!(restored.view.restorable_until, None);
    assert_eq!(
        get_organization(&house.office(), &caller).await.unwrap(),
        restored
    );
    assert_eq!(restore(owner, None).await.unwrap(), restored, "again is no harm");
}

#[tokio::test]
async fn after_thirty_days_nothing_is_restored() {
    let house = House::new();
    let (owner, org) = house.organization("Harbour Bistro").await;
    let caller = house.caller(org.id, owner.user_id).await;
    delete_organization(&house.office(), &caller).await.unwrap();
    house.clock.advance(Span::hours(30 * 24));
    let input = RestoreOrganization::default();
    let late = restore_organization(&house.office(), &owner, org.id, input).await;
    assert_eq!(code(late), ProblemCode::Conflict);
}

#[tokio::test]
async fn a_deletion_whose_answer_was_lost_has_happened() {
    let house = House::new();
    let (owner, org) = house.organization("Harbour Bistro").await;
    let caller = house.caller(org.id, owner.user_id).await;
    house
        .records
        .faults
        .lose_answer("records.commit", PortErrorKind::Unavailable, 1);
    delete_organization(&house.office(), &caller).await.unwrap_err();
    let store: &dyn Records = &house.records;
    let stored = store.get::<Organization>(caller.scope, org.id).await.unwrap();
    assert!(stored.unwrap().record.deleted.is_some());
    let again = delete_organization(&house.office(), &caller).await;
    assert_eq!(code(again), ProblemCode::NotFound);
}
