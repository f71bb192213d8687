//! Sockets end with the access that they rest on.

use crate::support::{House, only};
use freshtrack_application::organizations::{
    create_access_key, delete_organization, holds_until, remove_member, revoke_access_key, update_member,
};
use freshtrack_application::platform::{
    end_support, grant_administrator, revoke_administrator, start_support,
};
use freshtrack_application::ports::{Clock, Connections};
use freshtrack_application::{Actor, Administrator, Caller, Failure, SignedIn, close_sockets, connect};
use freshtrack_contracts::access_keys::CreateAccessKey;
use freshtrack_contracts::members::UpdateMember;
use freshtrack_contracts::support::{AdministratorAddress, StartSupport};
use freshtrack_domain::access::{Right, Role, Sites};
use freshtrack_domain::ids::{Id, SessionId, SiteId, Ulid};
use freshtrack_domain::support::Reason;
use freshtrack_domain::text::Name;
use freshtrack_domain::time::{Span, Timestamp};
use freshtrack_testkit::{Memory, RecordedSockets, Work, fresh_id, interleaved};
use std::cell::Cell;

/// A sign-in at another issuer, of which nothing is kept here.
fn elsewhere() -> SessionId {
    SessionId::from_ulid(Ulid::from_parts(0, fresh_id::<SessionId>().ulid().random()))
}

/// `caller`, signed in at another issuer.
fn signed_in(caller: &Caller) -> Caller {
    let mut caller = caller.clone();
    caller.actor.session = Some(elsewhere());
    caller
}

/// When a socket that opens now ends at the latest.
fn latest(house: &House) -> Timestamp {
    house.clock.now() + Span::hours(2)
}

/// Open sockets of an organization, each named after who opened it.
struct Screens {
    memory: Memory,
    sockets: RecordedSockets,
}

impl Screens {
    async fn open(house: &House, callers: &[(&str, &Caller)]) -> Self {
        Self::until(latest(house), house, callers).await
    }

    /// Those that may stay open until `until`.
    async fn until(until: Timestamp, house: &House, callers: &[(&str, &Caller)]) -> Self {
        let memory = Memory::default();
        for (name, caller) in callers {
            connect(&memory, house.store(), &house.clock, caller, name, until)
                .await
                .unwrap();
        }
        Self {
            memory,
            sockets: RecordedSockets::default(),
        }
    }

    /// Lets the worker hear of everything that happened; which sockets are closed by then.
    async fn follow(&self, house: &House, caller: &Caller) -> Vec<String> {
        for event in house.records.take_outbox() {
            close_sockets(&self.memory, &self.sockets, &event).await.unwrap();
        }
        let closed = self.sockets.closed();
        let open = self.memory.of_org(caller.scope.org_id(), true).await.unwrap();
        assert!(open.iter().all(|connection| !closed.contains(&connection.id)));
        closed
    }
}

/// Whether what `caller` was let in by still holds: whether a ticket of theirs opens a socket.
async fn holds(house: &House, caller: &Caller) -> bool {
    let until = holds_until(house.store(), &house.clock, caller, latest(house)).await;
    until.unwrap().is_some()
}

#[tokio::test]
async fn who_is_removed_or_moved_loses_the_socket_and_nobody_else() {
    let house = House::new();
    let (_, owner) = house.kitchen("olga@example.com").await;
    let owner = signed_in(&owner);
    let org_id = owner.scope.org_id();
    let (ann, bob) = (
        house.join(org_id, Role::Staff, Sites::All).await,
        house.join(org_id, Role::Staff, Sites::All).await,
    );
    let [ann_calls, bob_calls] = [
        signed_in(&house.caller(org_id, ann).await),
        signed_in(&house.caller(org_id, bob).await),
    ];
    let screens = Screens::open(
        &house,
        &[("olga", &owner), ("ann", &ann_calls), ("bob", &bob_calls)],
    )
    .await;
    assert!(holds(&house, &ann_calls).await && holds(&house, &bob_calls).await);
    house.records.take_outbox();

    remove_member(&house.office(), &owner, ann).await.unwrap();
    assert_eq!(screens.follow(&house, &owner).await, ["ann"]);
    assert!(
        !holds(&house, &ann_calls).await,
        "nor does a ticket from before open one"
    );
    let elsewhere = UpdateMember {
        role: None,
        sites: Some(only(&[fresh_id::<SiteId>()])),
    };
    update_member(&house.office(), &owner, bob, None, elsewhere)
        .await
        .unwrap();
    assert_eq!(screens.follow(&house, &owner).await, ["ann", "bob"]);
    assert!(!holds(&house, &bob_calls).await);

    assert!(holds(&house, &owner).await);
    delete_organization(&house.office(), &owner).await.unwrap();
    assert_eq!(screens.follow(&house, &owner).await, ["ann", "bob", "olga"]);
    assert!(!holds(&house, &owner).await);
}

#[tokio::test]
async fn a_revoked_key_loses_its_socket() {
    let house = House::new();
    let (_, owner) = house.kitchen("olga@example.com").await;
    let owner = signed_in(&owner);
    let end = house.clock.now() + Span::minutes(90);
    let input = CreateAccessKey {
        name: Name::new("Wall display").unwrap(),
        rights: [Right::Read].into(),
        sites: Sites::All,
        expires_at: Some(end.into()),
    };
    let key = create_access_key(&house.office(), &owner, input)
        .await
        .unwrap()
        .key
        .id;
    let machine = Caller {
        actor: Actor::new(key),
        ..owner.clone()
    };
    let until = holds_until(house.store(), &house.clock, &machine, latest(&house)).await;
    assert_eq!(until.unwrap(), Some(end), "no longer than the key");
    let screens = Screens::until(end, &house, &[("olga", &owner), ("display", &machine)]).await;
    revoke_access_key(&house.office(), &owner, key).await.unwrap();
    assert_eq!(screens.follow(&house, &owner).await, ["display"]);
    assert!(!holds(&house, &machine).await);
}

#[tokio::test]
async fn support_loses_its_socket_when_it_ends_and_when_its_member_goes() {
    let house = House::new();
    let (_, owner) = house.kitchen("olga@example.com").await;
    let owner = signed_in(&owner);
    let org_id = owner.scope.org_id();
    let person = SignedIn {
        session_id: elsewhere(),
        ..house.account("sue@example.com").await
    };
    let address = AdministratorAddress {
        email: "sue@example.com".parse().unwrap(),
    };
    grant_administrator(&house.office(), &address).await.unwrap();
    let administrator = Administrator::granted(person);
    let staff = house.join(org_id, Role::Staff, Sites::All).await;
    let start = async || {
        let input = StartSupport {
            org_id,
            user_id: staff,
            reason: Reason::new("Ticket 4711").unwrap(),
            minutes: Some(30),
        };
        start_support(&house.office(), administrator, input)
            .await
            .unwrap();
    };
    start().await;
    let acting = Caller {
        actor: Actor {
            acting_as: Some(staff),
            ..person.actor()
        },
        ..house.caller(org_id, staff).await
    };
    let end = house.clock.now() + Span::minutes(30);
    let until = holds_until(house.store(), &house.clock, &acting, latest(&house)).await;
    assert_eq!(until.unwrap(), Some(end), "no longer than the support");
    let screens = Screens::until(end, &house, &[("olga", &owner), ("sue", &acting)]).await;
    end_support(&house.office(), administrator).await.unwrap();
    assert_eq!(screens.follow(&house, &owner).await, ["sue"]);
    assert!(
        !holds(&house, &acting).await,
        "nor does a ticket from before open one"
    );

    start().await;
    let screens = Screens::until(end, &house, &[("olga", &owner), ("sue", &acting)]).await;
    revoke_administrator(&house.office(), &address).await.unwrap();
    assert_eq!(screens.follow(&house, &owner).await, ["sue"]);
    assert!(!holds(&house, &acting).await);

    grant_administrator(&house.office(), &address).await.unwrap();
    let again = Screens::until(end, &house, &[("olga", &owner), ("sue", &acting)]).await;
    remove_member(&house.office(), &owner, staff).await.unwrap();
    assert_eq!(again.follow(&house, &owner).await, ["sue"]);
    assert!(!holds(&house, &acting).await);
}

/// The worker may hear of an end before the socket that it is to close is listed: then that one must not open.
#[tokio::test]
async fn no_socket_opens_for_access_that_ends_meanwhile() {
    let mut refused = 0;
    for calls in 0..40 {
        let house = House::new();
        let (_, owner) = house.kitchen("olga@example.com").await;
        let org_id = owner.scope.org_id();
        let ann = house.join(org_id, Role::Staff, Sites::All).await;
        let caller = signed_in(&house.caller(org_id, ann).await);
        house.records.take_outbox();
        let screens = Screens::open(&house, &[]).await;
        let (opened, opened_before) = (Cell::new(None), Cell::new(false));
        let opening = async {
            let until = latest(&house);
            let socket = connect(
                &screens.memory,
                house.store(),
                &house.clock,
                &caller,
                "ann",
                until,
            );
            opened.set(Some(socket.await));
        };
        let ending = async {
            opened_before.set(matches!(opened.take(), Some(Ok(()))));
            remove_member(&house.office(), &owner, ann).await.unwrap();
            screens.follow(&house, &owner).await;
        };
        let work: Vec<Work<'_, ()>> = vec![Box::pin(opening), Box::pin(ending)];
        interleaved(
            work,
            std::iter::repeat_n(0, calls).chain(std::iter::repeat_n(1, 1_000)),
        );
        if opened_before.get() {
            assert_eq!(screens.sockets.closed(), ["ann"]);
        } else {
            assert!(
                matches!(opened.take(), Some(Err(Failure::Refused(_)))),
                "after {calls} calls"
            );
            refused += 1;
        }
        assert_eq!(screens.memory.of_org(org_id, true).await.unwrap(), []);
    }
    assert!(
        (1..40).contains(&refused),
        "{refused}: the end came too early or too late each time"
    );
}
