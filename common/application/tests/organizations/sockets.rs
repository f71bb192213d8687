//! Sockets end with the access that they rest on.

use crate::support::{House, only};
use freshtrack_application::organizations::{
    create_access_key, delete_organization, remove_member, revoke_access_key, still_holds, update_member,
};
use freshtrack_application::platform::{end_support, start_support};
use freshtrack_application::ports::{Connections, TicketGrant};
use freshtrack_application::{Actor, Administrator, Caller, close_sockets, connect};
use freshtrack_contracts::access_keys::CreateAccessKey;
use freshtrack_contracts::members::UpdateMember;
use freshtrack_contracts::support::StartSupport;
use freshtrack_domain::access::{Right, Role, Sites};
use freshtrack_domain::ids::SiteId;
use freshtrack_domain::support::Reason;
use freshtrack_domain::text::Name;
use freshtrack_testkit::{Memory, RecordedSockets, fresh_id};

/// Open sockets of an organization, each named after who opened it.
struct Screens {
    memory: Memory,
    sockets: RecordedSockets,
}

impl Screens {
    async fn open(house: &House, callers: &[(&str, &Caller)]) -> Self {
        let memory = Memory::default();
        for (name, caller) in callers {
            connect(&memory, &house.clock, caller, name).await.unwrap();
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

fn ticket(house: &House, caller: &Caller) -> TicketGrant {
    TicketGrant {
        org_id: caller.scope.org_id(),
        actor: caller.actor.clone(),
        sites: caller.sites.clone(),
        expires_at: house.office().clock.now(),
    }
}

async fn holds(house: &House, ticket: &TicketGrant) -> bool {
    still_holds(house.store(), &house.clock, ticket).await.unwrap()
}

#[tokio::test]
async fn who_is_removed_or_moved_loses_the_socket_and_nobody_else() {
    let house = House::new();
    let (_, owner) = house.kitchen("olga@example.com").await;
    let org_id = owner.scope.org_id();
    let (ann, bob) = (
        house.join(org_id, Role::Staff, Sites::All).await,
        house.join(org_id, Role::Staff, Sites::All).await,
    );
    let [ann_calls, bob_calls] = [house.caller(org_id, ann).await, house.caller(org_id, bob).await];
    let screens = Screens::open(
        &house,
        &[("olga", &owner), ("ann", &ann_calls), ("bob", &bob_calls)],
    )
    .await;
    let (ann_ticket, bob_ticket) = (ticket(&house, &ann_calls), ticket(&house, &bob_calls));
    assert!(holds(&house, &ann_ticket).await && holds(&house, &bob_ticket).await);
    house.records.take_outbox();

    remove_member(&house.office(), &owner, ann).await.unwrap();
    assert_eq!(screens.follow(&house, &owner).await, ["ann"]);
    assert!(
        !holds(&house, &ann_ticket).await,
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
    assert!(!holds(&house, &bob_ticket).await);

    let olga_ticket = ticket(&house, &owner);
    delete_organization(&house.office(), &owner).await.unwrap();
    assert_eq!(screens.follow(&house, &owner).await, ["ann", "bob", "olga"]);
    assert!(!holds(&house, &olga_ticket).await);
}

#[tokio::test]
async fn a_revoked_key_loses_its_socket() {
    let house = House::new();
    let (_, owner) = house.kitchen("olga@example.com").await;
    let input = CreateAccessKey {
        name: Name::new("Wall display").unwrap(),
        rights: [Right::Read].into(),
        sites: Sites::All,
        expires_at: None,
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
    let screens = Screens::open(&house, &[("olga", &owner), ("display", &machine)]).await;
    assert!(holds(&house, &ticket(&house, &machine)).await);
    revoke_access_key(&house.office(), &owner, key).await.unwrap();
    assert_eq!(screens.follow(&house, &owner).await, ["display"]);
    assert!(!holds(&house, &ticket(&house, &machine)).await);
}

#[tokio::test]
async fn support_loses_its_socket_when_it_ends_and_when_its_member_goes() {
    let house = House::new();
    let (_, owner) = house.kitchen("olga@example.com").await;
    let org_id = owner.scope.org_id();
    let person = house.account("sue@example.com").await;
    let administrator = Administrator::granted(person);
    let staff = house.join(org_id, Role::Staff, Sites::All).await;
    let start = async || {
        let input = StartSupport {
            org_id,
            user_id: staff,
            reason: Reason::new("Ticket 4711").unwrap(),
            minutes: None,
        };
        start_support(&house.office(), administrator, input)
            .await
            .unwrap();
    };
    start().await;
    let acting = Caller {
        actor: Actor {
            acting_as: Some(staff),
            // What ends with a sign-in is tested from outside: here nobody has signed in.
            session: None,
            ..person.actor()
        },
        ..house.caller(org_id, staff).await
    };
    let screens = Screens::open(&house, &[("olga", &owner), ("sue", &acting)]).await;
    assert!(holds(&house, &ticket(&house, &acting)).await);
    end_support(&house.office(), administrator).await.unwrap();
    assert_eq!(screens.follow(&house, &owner).await, ["sue"]);

    let again = Screens::open(&house, &[("olga", &owner), ("sue", &acting)]).await;
    remove_member(&house.office(), &owner, staff).await.unwrap();
    assert_eq!(again.follow(&house, &owner).await, ["sue"]);
    assert!(!holds(&house, &ticket(&house, &acting)).await);
}
