//! Access keys: what machines may do, and until when.

use crate::support::{House, code, only};
use freshtrack_application::organizations::{
    authorize_access_key, create_access_key, delete_organization, list_access_keys, restore_organization,
    revoke_access_key, rotate_access_key,
};
use freshtrack_application::{Caller, PageRequest, PortErrorKind};
use freshtrack_contracts::access_keys::{
    AccessKeyStatus, AccessKeyView, CreateAccessKey, NewAccessKey, RotateAccessKey,
};
use freshtrack_contracts::organizations::RestoreOrganization;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{Right, Role, Sites};
use freshtrack_domain::ids::SiteId;
use freshtrack_domain::text::Name;
use freshtrack_domain::time::Span;
use freshtrack_testkit::{SeededIds, fresh_id};

fn key(rights: &[Right]) -> CreateAccessKey {
    CreateAccessKey {
        name: Name::new("Gateway on the roof").unwrap(),
        rights: rights.iter().copied().collect(),
        sites: Sites::All,
        expires_at: None,
    }
}

/// An organization with its owner and a key that may send readings.
async fn desk() -> (House, Caller, NewAccessKey) {
    let house = House::new();
    let (owner, org) = house.organization("Harbour Bistro").await;
    let caller = house.caller(org.id, owner.user_id).await;
    let new = create_access_key(&house.office(), &caller, key(&[Right::Ingest, Right::Read])).await;
    (house, caller, new.unwrap())
}

async fn who(house: &House, secret: &str) -> Option<Caller> {
    authorize_access_key(house.store(), &house.clock, secret)
        .await
        .unwrap()
}

async fn listed(house: &House, caller: &Caller) -> Vec<AccessKeyView> {
    let page = list_access_keys(&house.office(), caller, &PageRequest::default()).await;
    page.unwrap().items
}

#[tokio::test]
async fn a_key_allows_what_it_was_made_for() {
    let (house, owner, new) = desk().await;
    let machine = who(&house, &new.secret.0).await.unwrap();
    assert_eq!(machine.scope, owner.scope);
    assert_eq!(machine.actor.id, new.key.id.to_string());
    assert_eq!(
        machine.rights.iter().collect::<Vec<_>>(),
        [Right::Ingest, Right::Read]
    );
    assert!(new.secret.0.starts_with(&new.key.prefix) && new.secret.0.len() > new.key.prefix.len());

    let wrong = format!("{}_{}", new.key.prefix, "0".repeat(32));
    for bad in ["", "ftk_", &new.key.prefix, &wrong, &new.secret.0.to_uppercase()] {
        assert_eq!(who(&house, bad).await, None, "{bad}");
    }
    house
        .records
        .faults
        .fail("records.holder", PortErrorKind::Unavailable, 1);
    let unknown = authorize_access_key(house.store(), &house.clock, &new.secret.0).await;
    assert!(unknown.is_err(), "nothing known, nothing allowed");
}

#[tokio::test]
async fn nobody_gives_a_key_more_than_they_have() {
    let (house, owner, _) = desk().await;
    let create = async |caller: &Caller, input| create_access_key(&house.office(), caller, input).await;
    for right in Right::ALL {
        let result = create(&owner, key(&[right])).await;
        if right.is_for_keys() {
            assert!(result.is_ok(), "{right}");
        } else {
            assert_eq!(code(result), ProblemCode::InvalidRequest, "{right}");
        }
    }
    assert_eq!(code(create(&owner, key(&[])).await), ProblemCode::InvalidRequest);

    // Whoever has fewer rights gives fewer.
    let narrow = Caller {
        rights: Role::Viewer.rights().with(Right::ManageAccessKeys),
        ..owner.clone()
    };
    assert!(create(&narrow, key(&[Right::Read, Right::Ingest])).await.is_ok());
    let more = create(&narrow, key(&[Right::ManageDevices])).await;
    assert_eq!(code(more), ProblemCode::MissingRight);

    // And nowhere else.
    let [here, there] = [0; 2].map(|_| fresh_id::<SiteId>());
    let local = Caller {
        sites: only(&[here]),
        ..owner.clone()
    };
    let at = |sites| CreateAccessKey {
        sites,
        ..key(&[Right::Read])
    };
    let own = create(&local, at(only(&[here]))).await.unwrap();
    assert_eq!(who(&house, &own.secret.0).await.unwrap().sites, only(&[here]));
    for sites in [Sites::All, only(&[there]), only(&[here, there])] {
        assert_eq!(code(create(&local, at(sites)).await), ProblemCode::MissingRight);
    }
    let elsewhere = create(&owner, at(only(&[there]))).await.unwrap().key.id;
    let revoke = revoke_access_key(&house.office(), &local, elsewhere).await;
    assert_eq!(code(revoke), ProblemCode::NotFound);
    let seen: Vec<_> = listed(&house, &local)
        .await
        .into_iter()
        .map(|key| key.id)
        .collect();
    assert!(seen.contains(&own.key.id) && !seen.contains(&elsewhere));

    let ingest_here = CreateAccessKey {
        sites: only(&[here]),
        ..key(&[Right::Ingest])
    };
    assert_eq!(
        code(create(&owner, ingest_here).await),
        ProblemCode::InvalidRequest
    );
}

#[tokio::test]
async fn a_key_that_ends_by_itself_ends_in_time() {
    let (house, owner, _) = desk().await;
    let now = house.office().clock.now();
    let until = |expires_at| CreateAccessKey {
        expires_at: Some(expires_at),
        ..key(&[Right::Read])
    };
    let past = create_access_key(&house.office(), &owner, until(now.into())).await;
    assert_eq!(code(past), ProblemCode::InvalidRequest);
    let day = now + Span::hours(24);
    let short = create_access_key(&house.office(), &owner, until(day.into())).await;
    let short = short.unwrap();
    house.clock.set(day - Span::seconds(1));
    assert!(who(&house, &short.secret.0).await.is_some());
    house.clock.set(day);
    assert_eq!(who(&house, &short.secret.0).await, None);
    let keys = listed(&house, &owner).await;
    let key = keys.iter().find(|key| key.id == short.key.id).unwrap();
    assert_eq!(key.status, AccessKeyStatus::Expired);
    let rotate = rotate_access_key(&house.office(), &owner, key.id, RotateAccessKey::default()).await;
    assert_eq!(code(rotate), ProblemCode::Conflict);
    revoke_access_key(&house.office(), &owner, key.id).await.unwrap();
}

#[tokio::test]
async fn while_a_secret_is_changed_both_hold() {
    let (house, owner, first) = desk().await;
    let id = first.key.id;
    let rotate = async |hours| {
        let input = RotateAccessKey {
            overlap_hours: Some(hours),
        };
        rotate_access_key(&house.office(), &owner, id, input).await
    };
    assert_eq!(code(rotate(169).await), ProblemCode::InvalidRequest);
    let second = rotate(2).await.unwrap();
    assert_eq!(second.key.id, id);
    for secret in [&first.secret.0, &second.secret.0] {
        assert_eq!(who(&house, secret).await.unwrap().actor.id, id.to_string());
    }
    house.clock.advance(Span::hours(1));
    // Rotated again before the first had ended: it ends now, for there are never more than two.
    let third = rotate(1).await.unwrap();
    assert_eq!(who(&house, &first.secret.0).await, None);
    for secret in [&second.secret.0, &third.secret.0] {
        assert!(who(&house, secret).await.is_some());
    }
    house.clock.advance(Span::hours(1));
    assert_eq!(who(&house, &second.secret.0).await, None);
    assert!(who(&house, &third.secret.0).await.is_some());

    let fourth = rotate(0).await.unwrap();
    assert_eq!(who(&house, &third.secret.0).await, None, "at once if wanted");
    assert!(who(&house, &fourth.secret.0).await.is_some());

    let fifth = rotate(24).await.unwrap();
    revoke_access_key(&house.office(), &owner, id).await.unwrap();
    for secret in [&fourth.secret.0, &fifth.secret.0] {
        assert_eq!(who(&house, secret).await, None, "revoked with all its secrets");
    }
    revoke_access_key(&house.office(), &owner, id).await.unwrap();
    assert_eq!(code(rotate(1).await), ProblemCode::Conflict);
}

#[tokio::test]
async fn a_repeated_request_shows_the_same_secret_and_makes_no_second_key() {
    let house = House::new();
    let (owner, org) = house.organization("Harbour Bistro").await;
    let caller = house.caller(org.id, owner.user_id).await;
    let again = |seed| freshtrack_application::organizations::Office {
        ids: Box::leak(Box::new(SeededIds::new(seed))),
        ..house.office()
    };
    house
        .records
        .faults
        .lose_answer("records.commit", PortErrorKind::Unavailable, 1);
    let lost = create_access_key(&again(7), &caller, key(&[Right::Read])).await;
    assert!(lost.is_err());
    let one = create_access_key(&again(7), &caller, key(&[Right::Read]))
        .await
        .unwrap();
    let two = create_access_key(&again(7), &caller, key(&[Right::Read]))
        .await
        .unwrap();
    assert_eq!(one, two);
    assert_eq!(listed(&house, &caller).await.len(), 1);

    let rotate = async || {
        let input = RotateAccessKey::default();
        rotate_access_key(&again(8), &caller, one.key.id, input).await
    };
    house
        .records
        .faults
        .lose_answer("records.commit", PortErrorKind::Unavailable, 1);
    assert!(rotate().await.is_err());
    let rotated = rotate().await.unwrap();
    assert_eq!(rotate().await.unwrap().secret.0, rotated.secret.0);
    assert!(
        who(&house, &one.secret.0).await.is_some(),
        "the one before still holds"
    );
    assert!(who(&house, &rotated.secret.0).await.is_some());

    // And once more, after the next rotation.
    let input = RotateAccessKey::default();
    let next = rotate_access_key(&again(9), &caller, one.key.id, input)
        .await
        .unwrap();
    let before = listed(&house, &caller).await;
    assert_eq!(rotate().await.unwrap().secret.0, rotated.secret.0);
    assert_eq!(listed(&house, &caller).await, before);
    assert!(who(&house, &next.secret.0).await.is_some());
}

#[tokio::test]
async fn its_last_use_is_known_to_the_hour() {
    let (house, owner, new) = desk().await;
    let last = async || listed(&house, &owner).await[0].last_used_at.map(|at| at.0);
    assert_eq!(last().await, None);
    let start = house.office().clock.now();
    who(&house, &new.secret.0).await.unwrap();
    assert_eq!(last().await, Some(start));
    house.clock.advance(Span::minutes(59));
    who(&house, &new.secret.0).await.unwrap();
    assert_eq!(last().await, Some(start), "not written for every call");
    house.clock.advance(Span::minutes(1));
    // That it cannot be noted keeps nobody out.
    house
        .records
        .faults
        .fail("records.commit", PortErrorKind::Unavailable, 1);
    assert!(who(&house, &new.secret.0).await.is_some());
    assert_eq!(last().await, Some(start));
    who(&house, &new.secret.0).await.unwrap();
    assert_eq!(last().await, Some(start + Span::hours(1)));
}

#[tokio::test]
async fn keys_of_a_deleted_organization_hold_no_more_until_it_is_restored() {
    let house = House::new();
    let (person, org) = house.organization("Harbour Bistro").await;
    let owner = house.caller(org.id, person.user_id).await;
    let new = create_access_key(&house.office(), &owner, key(&[Right::Ingest]))
        .await
        .unwrap();
    delete_organization(&house.office(), &owner).await.unwrap();
    assert_eq!(who(&house, &new.secret.0).await, None);
    let input = RestoreOrganization::default();
    restore_organization(&house.office(), &person, org.id, input)
        .await
        .unwrap();
    assert!(who(&house, &new.secret.0).await.is_some());
}

#[tokio::test]
async fn another_organization_has_no_such_key() {
    let (house, _, new) = desk().await;
    let (stranger, other) = house.organization("Other").await;
    let stranger = house.caller(other.id, stranger.user_id).await;
    let id = new.key.id;
    let rotate = rotate_access_key(&house.office(), &stranger, id, RotateAccessKey::default()).await;
    assert_eq!(code(rotate), ProblemCode::NotFound);
    let revoke = revoke_access_key(&house.office(), &stranger, id).await;
    assert_eq!(code(revoke), ProblemCode::NotFound);
    assert!(listed(&house, &stranger).await.is_empty());
    assert!(who(&house, &new.secret.0).await.is_some());
}
