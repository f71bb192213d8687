//! What members are and how they go.

use crate::support::{House, code, only};
use freshtrack_application::organizations::{
    leave_organization, remove_member, transfer_ownership, update_member,
};
use freshtrack_application::{Actor, Caller, Failure, OrgScope};
use freshtrack_contracts::members::UpdateMember;
use freshtrack_contracts::organizations::TransferOwnership;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{Role, Sites};
use freshtrack_domain::audit::ChainedEntry;
use freshtrack_domain::ids::{SiteId, UserId};
use freshtrack_testkit::{Work, fresh_id, interleaved};

fn role(role: Role) -> UpdateMember {
    UpdateMember {
        role: Some(role),
        sites: None,
    }
}

/// Who may make whom what: for every role that acts, every role before and every role after.
#[tokio::test]
async fn roles_are_given_and_taken_by_the_matrix() {
    for acting in Role::ALL {
        for before in Role::ALL {
            for after in Role::ALL {
                let house = House::new();
                let (_, org) = house.organization("Harbour Bistro").await;
                let actor = house.join(org.id, acting, Sites::All).await;
                let target = house.join(org.id, before, Sites::All).await;
                let caller = house.caller(org.id, actor).await;
                let result = update_member(&house.office(), &caller, target, None, role(after)).await;
                let case = format!("{acting} makes {before} {after}");
                let allowed = acting.may_assign(before) && acting.may_assign(after);
                let now = house.member(org.id, target).await.unwrap().role;
                if allowed || (acting.may_assign(before) && before == after) {
                    assert_eq!(result.unwrap().view.role, after, "{case}");
                    assert_eq!(now, after, "{case}");
                } else {
                    assert_eq!(code(result), ProblemCode::MissingRight, "{case}");
                    assert_eq!(now, before, "{case}");
                }
                let removed = remove_member(&house.office(), &caller, target).await;
                let may_remove = acting.may_assign(if allowed { after } else { before });
                assert_eq!(removed.is_ok(), may_remove, "{case}, then removes them");
            }
        }
    }
}

#[tokio::test]
async fn nobody_is_managed_beyond_the_own_sites() {
    let house = House::new();
    let (_, org) = house.organization("Harbour Bistro").await;
    let [here, there] = [0; 2].map(|_| fresh_id::<SiteId>());
    let admin = house.join(org.id, Role::Admin, only(&[here])).await;
    let caller = house.caller(org.id, admin).await;
    let sites = |sites| UpdateMember {
        role: None,
        sites: Some(sites),
    };
    let update = async |who, input| update_member(&house.office(), &caller, who, None, input).await;

    let ours = house.join(org.id, Role::Staff, only(&[here])).await;
    let both = house.join(org.id, Role::Staff, only(&[here, there])).await;
    let theirs = house.join(org.id, Role::Staff, only(&[there])).await;
    assert_eq!(
        update(ours, role(Role::Viewer)).await.unwrap().view.role,
        Role::Viewer
    );
    assert_eq!(
        code(update(ours, sites(only(&[there]))).await),
        ProblemCode::MissingRight
    );
    assert_eq!(
        code(update(ours, sites(Sites::All)).await),
        ProblemCode::MissingRight
    );
    assert_eq!(
        code(update(both, role(Role::Viewer)).await),
        ProblemCode::MissingRight
    );
    assert_eq!(
        code(update(theirs, role(Role::Viewer)).await),
        ProblemCode::NotFound,
        "as if they did not exist"
    );
    let removed = remove_member(&house.office(), &caller, theirs).await;
    assert_eq!(code(removed), ProblemCode::NotFound);
    remove_member(&house.office(), &caller, ours).await.unwrap();
    assert_eq!(house.member(org.id, ours).await, None);
}

#[tokio::test]
async fn the_last_owner_stays() {
    let house = House::new();
    let (owner, org) = house.organization("Harbour Bistro").await;
    let caller = house.caller(org.id, owner.user_id).await;
    let leave = leave_organization(&house.office(), &caller).await;
    assert_eq!(code(leave), ProblemCode::Conflict);
    for input in [role(Role::Admin), role(Role::Viewer)] {
        let demote = update_member(&house.office(), &caller, owner.user_id, None, input).await;
        assert_eq!(code(demote), ProblemCode::MissingRight);
    }
    let remove = remove_member(&house.office(), &caller, owner.user_id).await;
    assert_eq!(code(remove), ProblemCode::MissingRight);

    let staff = house.join(org.id, Role::Staff, Sites::All).await;
    let staff = house.caller(org.id, staff).await;
    leave_organization(&house.office(), &staff).await.unwrap();
    assert_eq!(house.owners(org.id).await, 1);
}

#[tokio::test]
async fn ownership_changes_hands() {
    let house = House::new();
    let (owner, org) = house.organization("Harbour Bistro").await;
    let caller = house.caller(org.id, owner.user_id).await;
    let heir = house.join(org.id, Role::Staff, only(&[fresh_id()])).await;
    let hand_on = async |user_id: UserId| {
        transfer_ownership(&house.office(), &caller, &TransferOwnership { user_id }).await
    };
    assert_eq!(code(hand_on(fresh_id()).await), ProblemCode::NotFound);
    assert_eq!(code(hand_on(owner.user_id).await), ProblemCode::Conflict);
    hand_on(heir).await.unwrap();
    let now = house.member(org.id, heir).await.unwrap();
    assert_eq!((now.role, now.sites), (Role::Owner, Sites::All));
    assert_eq!(
        house.member(org.id, owner.user_id).await.unwrap().role,
        Role::Admin
    );
    assert_eq!(
        code(hand_on(heir).await),
        ProblemCode::MissingRight,
        "no longer theirs"
    );
    leave_organization(&house.office(), &caller).await.unwrap();
}

/// Two changes at once, by every order of their first eight calls.
fn at_once(
    first: impl for<'a> Fn(&'a House, &'a Pair) -> Work<'a, Result<(), Failure>>,
    second: impl for<'a> Fn(&'a House, &'a Pair) -> Work<'a, Result<(), Failure>>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for order in 0..1_u32 << 8 {
        let house = House::new();
        let pair = runtime.block_on(Pair::new(&house));
        let turns = (0..8).map(|turn| (order >> turn & 1) as usize);
        interleaved(vec![first(&house, &pair), second(&house, &pair)], turns);
        let owners = runtime.block_on(house.owners(pair.one.scope.org_id()));
        assert!(owners >= 1, "nobody owns it any more, by order {order:08b}");
    }
}

/// Two owners of one organization.
struct Pair {
    one: Caller,
    other: Caller,
}

impl Pair {
    async fn new(house: &House) -> Self {
        let (owner, org) = house.organization("Harbour Bistro").await;
        let other = house.join(org.id, Role::Owner, Sites::All).await;
        Self {
            one: house.caller(org.id, owner.user_id).await,
            other: house.caller(org.id, other).await,
        }
    }
}

fn leave<'a>(house: &'a House, caller: &'a Caller) -> Work<'a, Result<(), Failure>> {
    Box::pin(async move { leave_organization(&house.office(), caller).await })
}

fn hand_on<'a>(house: &'a House, caller: &'a Caller, to: &'a Caller) -> Work<'a, Result<(), Failure>> {
    let input = TransferOwnership {
        user_id: to.actor.id.parse().unwrap(),
    };
    Box::pin(async move { transfer_ownership(&house.office(), caller, &input).await })
}

#[test]
fn of_two_owners_who_go_at_once_one_remains() {
    at_once(
        |house, pair| leave(house, &pair.one),
        |house, pair| leave(house, &pair.other),
    );
    at_once(
        |house, pair| hand_on(house, &pair.one, &pair.other),
        |house, pair| leave(house, &pair.other),
    );
    at_once(
        |house, pair| hand_on(house, &pair.one, &pair.other),
        |house, pair| hand_on(house, &pair.other, &pair.one),
    );
}

#[test]
fn of_two_administrators_who_were_just_demoted_none_acts() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for order in 0..1_u32 << 8 {
        let house = House::new();
        let (org, owner, admin, staff) = runtime.block_on(async {
            let (owner, org) = house.organization("Harbour Bistro").await;
            let owner = house.caller(org.id, owner.user_id).await;
            let admin = house.join(org.id, Role::Admin, Sites::All).await;
            let admin = house.caller(org.id, admin).await;
            let staff = house.join(org.id, Role::Staff, Sites::All).await;
            (org, owner, admin, staff)
        });
        let admin_id: UserId = admin.actor.id.parse().unwrap();
        let demote: Work<'_, bool> = Box::pin(async {
            let input = role(Role::Viewer);
            update_member(&house.office(), &owner, admin_id, None, input)
                .await
                .is_ok()
        });
        let promote: Work<'_, bool> = Box::pin(async {
            let input = role(Role::Manager);
            update_member(&house.office(), &admin, staff, None, input)
                .await
                .is_ok()
        });
        let turns = (0..8).map(|turn| (order >> turn & 1) as usize);
        let done = interleaved(vec![demote, promote], turns);
        let role_of = |id| runtime.block_on(house.member(org.id, id)).unwrap().role;
        assert_eq!(done[0], role_of(admin_id) == Role::Viewer);
        assert_eq!(done[1], role_of(staff) == Role::Manager);
        assert!(done[0] || done[1], "both gave way, by order {order:08b}");
        let scope = OrgScope::granted(org.id);
        let chain = runtime
            .block_on(house.store().all::<ChainedEntry>(scope))
            .unwrap();
        let updated: Vec<_> = chain
            .iter()
            .skip(1)
            .map(|stored| &stored.record.entry.target)
            .collect();
        if done[0] && done[1] {
            // An administrator still made a manager; a viewer would not have.
            assert_eq!(
                updated,
                [&staff.to_string(), &admin_id.to_string()],
                "{order:08b}"
            );
        }
    }
}

#[tokio::test]
async fn in_support_nobody_leaves_for_a_member() {
    let house = House::new();
    let (_, org) = house.organization("Harbour Bistro").await;
    let admin = house.join(org.id, Role::Admin, Sites::All).await;
    let caller = Caller {
        actor: Actor {
            acting_as: Some(admin),
            ..Actor::new(fresh_id::<UserId>())
        },
        ..house.caller(org.id, admin).await
    };
    let leave = leave_organization(&house.office(), &caller).await;
    assert_eq!(code(leave), ProblemCode::MissingRight);
    // What the member may do, their supporter may.
    let staff = house.join(org.id, Role::Staff, Sites::All).await;
    let input = role(Role::Viewer);
    update_member(&house.office(), &caller, staff, None, input)
        .await
        .unwrap();
}
