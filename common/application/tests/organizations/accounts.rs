//! The end of an account.

use crate::support::{House, code};
use freshtrack_application::organizations::{
    create_invitation, delete_account, get_organization, leave_organization, list_own_organizations,
    transfer_ownership,
};
use freshtrack_application::ports::{Claim, ClaimSpace};
use freshtrack_application::{Caller, Failure, PageRequest, PortErrorKind, SignedIn};
use freshtrack_contracts::invitations::CreateInvitation;
use freshtrack_contracts::organizations::TransferOwnership;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{Role, Sites};
use freshtrack_domain::ids::UserId;
use freshtrack_domain::network::{Dissolution, RemovalReason};
use freshtrack_domain::people::User;
use freshtrack_domain::time::Span;
use freshtrack_testkit::{Work, interleaved, killed_after};

async fn exists(house: &House, person: &SignedIn) -> bool {
    let owner = freshtrack_application::ports::Owner::User(person.user_id);
    let user = house.store().get::<User>(owner, person.user_id).await.unwrap();
    user.is_some()
}

async fn is_taken(house: &House, email: &str) -> bool {
    let claim = Claim {
        space: ClaimSpace::Email,
        name: email.to_owned(),
    };
    let now = house.office().clock.now();
    house.store().holder(&claim, now).await.unwrap().is_some()
}

#[tokio::test]
async fn the_only_owner_of_others_stays_until_they_hand_on() {
    let house = House::new();
    let (owner, caller) = house.kitchen("olga@example.com").await;
    let ann = house.account("ann@example.com").await;
    let org_id = caller.scope.org_id();
    house.enrol(org_id, ann.user_id, Role::Staff, Sites::All).await;
    // One that could go goes only together with all others.
    let (_, other) = house.kitchen("otto@example.com").await;
    house
        .enrol(other.scope.org_id(), owner.user_id, Role::Viewer, Sites::All)
        .await;
    let refused = delete_account(&house.office(), &owner).await;
    assert_eq!(code(refused), ProblemCode::Conflict);
    assert!(exists(&house, &owner).await);
    assert!(house.member(other.scope.org_id(), owner.user_id).await.is_some());

    let heir = TransferOwnership { user_id: ann.user_id };
    transfer_ownership(&house.office(), &caller, &heir).await.unwrap();
    delete_account(&house.office(), &owner).await.unwrap();
    assert!(!exists(&house, &owner).await);
    assert!(!is_taken(&house, "olga@example.com").await, "the address is free");
    for org_id in [org_id, other.scope.org_id()] {
        assert_eq!(house.member(org_id, owner.user_id).await, None);
    }
    let theirs = house.caller(org_id, ann.user_id).await;
    get_organization(&house.office(), &theirs).await.unwrap();
    delete_account(&house.office(), &owner).await.unwrap();
}

#[tokio::test]
async fn the_last_member_takes_the_organization_along() {
    let house = House::new();
    let (owner, caller) = house.kitchen("olga@example.com").await;
    delete_account(&house.office(), &owner).await.unwrap();
    let gone = get_organization(&house.office(), &caller).await;
    assert_eq!(code(gone), ProblemCode::NotFound);
    let org_id = caller.scope.org_id();
    assert_eq!(house.owners(org_id).await, 0);
    let ending = house
        .store()
        .get::<Dissolution>(caller.scope, org_id)
        .await
        .unwrap();
    assert_eq!(ending.unwrap().record.reason, RemovalReason::UserDeleted);
}

#[test]
fn a_deletion_that_died_anywhere_is_completed_by_its_repetition() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for calls in 0.. {
        let house = House::new();
        let (owner, caller) = runtime.block_on(house.kitchen("olga@example.com"));
        let died = killed_after(calls, delete_account(&house.office(), &owner)).is_none();
        runtime.block_on(async {
            let member = house.member(caller.scope.org_id(), owner.user_id).await;
            if member.is_some() {
                assert!(
                    exists(&house, &owner).await,
                    "nobody is a member without an account"
                );
            }
            delete_account(&house.office(), &owner).await.unwrap();
            assert!(!exists(&house, &owner).await && !is_taken(&house, "olga@example.com").await);
            assert_eq!(house.owners(caller.scope.org_id()).await, 0);
        });
        if !died {
            assert!(calls > 6, "it was never killed");
            break;
        }
    }
}

#[test]
fn of_two_owners_who_delete_their_accounts_at_once_one_remains() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for order in 0..1_u32 << 8 {
        let house = House::new();
        let (one, other, caller) = runtime.block_on(async {
            let (one, caller) = house.kitchen("olga@example.com").await;
            let other = house.account("otto@example.com").await;
            let org_id = caller.scope.org_id();
            house.enrol(org_id, other.user_id, Role::Owner, Sites::All).await;
            house.join(org_id, Role::Staff, Sites::All).await;
            (one, other, caller)
        });
        let delete = |person: SignedIn| -> Work<'_, Result<(), Failure>> {
            let house = &house;
            Box::pin(async move { delete_account(&house.office(), &person).await })
        };
        let turns = (0..8).map(|turn| (order >> turn & 1) as usize);
        interleaved(vec![delete(one), delete(other)], turns);
        let owners = runtime.block_on(house.owners(caller.scope.org_id()));
        assert_eq!(owners, 1, "by order {order:08b}");
    }
}

#[tokio::test]
async fn whoever_has_no_account_any_more_joins_nothing() {
    let house = House::new();
    let (_, owner) = house.kitchen("olga@example.com").await;
    let ann = house.account("ann@example.com").await;
    let input = CreateInvitation {
        email: "ann@example.com".parse().unwrap(),
        role: Role::Staff,
        sites: Sites::All,
    };
    create_invitation(&house.office(), &house.post(), &owner, input)
        .await
        .unwrap();
    let freshtrack_application::mail::Occasion::Invitation { token, .. } =
        house.mails.take().remove(0).occasion
    else {
        panic!("another mail");
    };
    delete_account(&house.office(), &ann).await.unwrap();
    let token = freshtrack_contracts::invitations::InvitationToken { token: token.into() };
    let accepted =
        freshtrack_application::organizations::accept_invitation(&house.office(), &ann, &token).await;
    assert_eq!(code(accepted), ProblemCode::NotSignedIn);
}

#[tokio::test]
async fn a_person_sees_their_organizations_and_what_they_can_restore() {
    let house = House::new();
    let (owner, caller) = house.kitchen("olga@example.com").await;
    let org_id = caller.scope.org_id();
    let ann = house.account("ann@example.com").await;
    house.enrol(org_id, ann.user_id, Role::Admin, Sites::All).await;
    let seen = async |person: &SignedIn| {
        let page = list_own_organizations(&house.office(), person, &PageRequest::default())
            .await
            .unwrap();
        page.items
    };
    assert_eq!(seen(&owner).await.len(), 1);
    assert_eq!(seen(&ann).await[0].restorable_until, None);
    freshtrack_application::organizations::delete_organization(&house.office(), &caller)
        .await
        .unwrap();
    assert!(seen(&owner).await[0].restorable_until.is_some());
    assert!(seen(&ann).await.is_empty(), "only its owner restores it");
    house.clock.advance(Span::hours(30 * 24));
    assert!(seen(&owner).await.is_empty(), "nobody any more");
}

#[tokio::test]
async fn a_change_whose_answer_was_lost_is_no_second_one() {
    let house = House::new();
    let (_, owner) = house.kitchen("olga@example.com").await;
    let ann: UserId = house.join(owner.scope.org_id(), Role::Staff, Sites::All).await;
    let caller: Caller = house.caller(owner.scope.org_id(), ann).await;
    house
        .records
        .faults
        .lose_answer("records.commit", PortErrorKind::Unavailable, 1);
    leave_organization(&house.office(), &caller).await.unwrap_err();
    let again = leave_organization(&house.office(), &caller).await;
    assert_eq!(code(again), ProblemCode::MissingRight, "no member any more");
}
