//! Invitations: who is asked, by whom, and what comes of it.

use crate::support::{House, code, only};
use freshtrack_application::mail::{MailJob, Occasion};
use freshtrack_application::organizations::{
    accept_invitation, create_invitation, delete_organization, list_invitations, list_members,
    preview_invitation, remove_member, resend_invitation, revoke_invitation,
};
use freshtrack_application::{Caller, Failure, PageRequest, PortErrorKind, SignedIn};
use freshtrack_contracts::identity::MembershipView;
use freshtrack_contracts::invitations::{
    CreateInvitation, InvitationStatus, InvitationToken, InvitationView,
};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{Role, Sites};
use freshtrack_domain::ids::SiteId;
use freshtrack_domain::time::Span;
use freshtrack_testkit::{SeededIds, Work, fresh_id, interleaved};

fn asking(email: &str, role: Role) -> CreateInvitation {
    CreateInvitation {
        email: email.parse().unwrap(),
        role,
        sites: Sites::All,
    }
}

async fn invite(house: &House, caller: &Caller, input: CreateInvitation) -> Result<InvitationView, Failure> {
    create_invitation(&house.office(), &house.post(), caller, input).await
}

/// The token in the newest mail, which must be the only one since the last that was looked at.
fn mailed(house: &House) -> InvitationToken {
    let mails: Vec<MailJob> = house.mails.take();
    assert_eq!(mails.len(), 1, "one mail");
    match mails.into_iter().map(|mail| mail.occasion).next() {
        Some(Occasion::Invitation { token, .. }) => InvitationToken { token: token.into() },
        _ => panic!("another mail"),
    }
}

async fn accept(
    house: &House,
    person: &SignedIn,
    token: &InvitationToken,
) -> Result<MembershipView, Failure> {
    accept_invitation(&house.office(), person, token).await
}

async fn listed(house: &House, caller: &Caller) -> Vec<InvitationView> {
    let page = list_invitations(&house.office(), caller, &PageRequest::default()).await;
    page.unwrap().items
}

#[tokio::test]
async fn whoever_is_invited_joins_by_the_link_in_their_mail() {
    let house = House::new();
    let (_, owner) = house.kitchen("olga@example.com").await;
    let invitation = invite(&house, &owner, asking(" Ann@Example.com ", Role::Manager))
        .await
        .unwrap();
    assert_eq!(invitation.status, InvitationStatus::Pending);
    let token = mailed(&house);

    let preview = preview_invitation(&house.office(), &token).await.unwrap();
    assert_eq!(preview.organization.as_str(), "Harbour Bistro");
    assert_eq!(
        (preview.invited_by.as_str(), preview.role),
        ("olga", Role::Manager)
    );
    assert_eq!(preview.email.as_str(), "ann@example.com");

    let stranger = house.account("bob@example.com").await;
    assert_eq!(
        code(accept(&house, &stranger, &token).await),
        ProblemCode::MissingRight
    );
    let ann = house.account("ann@example.com").await;
    house.clock.advance(Span::minutes(5));
    let joined = accept(&house, &ann, &token).await.unwrap();
    assert_eq!(
        (joined.org_id, joined.role),
        (owner.scope.org_id(), Role::Manager)
    );
    assert_eq!(
        house.member(joined.org_id, ann.user_id).await.unwrap().role,
        Role::Manager
    );
    assert_eq!(listed(&house, &owner).await[0].status, InvitationStatus::Accepted);

    assert_eq!(
        accept(&house, &ann, &token).await.unwrap(),
        joined,
        "again is no harm"
    );
    assert_eq!(
        code(accept(&house, &stranger, &token).await),
        ProblemCode::MissingRight
    );
    let seen_again = preview_invitation(&house.office(), &token).await;
    assert_eq!(code(seen_again), ProblemCode::Conflict);

    // The link does not let in again whoever was removed.
    remove_member(&house.office(), &owner, ann.user_id).await.unwrap();
    assert_eq!(code(accept(&house, &ann, &token).await), ProblemCode::Conflict);
    assert_eq!(house.member(joined.org_id, ann.user_id).await, None);
}

#[tokio::test]
async fn members_see_each_other_and_those_who_manage_see_addresses() {
    let house = House::new();
    let (_, owner) = house.kitchen("olga@example.com").await;
    let ann = house.account("ann@example.com").await;
    let org_id = owner.scope.org_id();
    house.enrol(org_id, ann.user_id, Role::Staff, Sites::All).await;
    let gone = house.join(org_id, Role::Viewer, Sites::All).await;
    let members = async |caller: &Caller| {
        let page = list_members(&house.office(), caller, &PageRequest::default()).await;
        page.unwrap().items
    };
    let ours = members(&owner).await;
    let ann_seen = ours.iter().find(|member| member.user_id == ann.user_id).unwrap();
    assert_eq!(
        (ann_seen.name.as_str(), ann_seen.email.as_deref()),
        ("ann", Some("ann@example.com"))
    );
    let gone_seen = ours.iter().find(|member| member.user_id == gone).unwrap();
    assert_eq!(
        (gone_seen.name.as_str(), gone_seen.email.as_deref()),
        ("Former user", None)
    );
    let staff = house.caller(org_id, ann.user_id).await;
    assert!(members(&staff).await.iter().all(|member| member.email.is_none()));

    let [here, there] = [0; 2].map(|_| fresh_id::<SiteId>());
    let local = house.join(org_id, Role::Manager, only(&[here])).await;
    let elsewhere = house.join(org_id, Role::Staff, only(&[there])).await;
    let seen = members(&house.caller(org_id, local).await).await;
    assert!(seen.iter().any(|member| member.user_id == local));
    assert!(
        seen.iter().all(|member| member.user_id != elsewhere),
        "another site's"
    );
}

#[tokio::test]
async fn an_account_or_none_makes_no_difference() {
    let house = House::new();
    let (_, owner) = house.kitchen("olga@example.com").await;
    house.account("known@example.com").await;
    let known = invite(&house, &owner, asking("known@example.com", Role::Staff))
        .await
        .unwrap();
    let unknown = invite(&house, &owner, asking("unknown@example.com", Role::Staff))
        .await
        .unwrap();
    assert_eq!((known.status, known.role), (unknown.status, unknown.role));
    assert_eq!(house.mails.take().len(), 2);
    // A member is one for everybody to see who may invite.
    let again = invite(&house, &owner, asking("olga@example.com", Role::Staff)).await;
    assert_eq!(code(again), ProblemCode::Conflict);
}

#[tokio::test]
async fn nobody_invites_to_more_than_they_may_give() {
    for acting in Role::ALL {
        for role in Role::ALL {
            let house = House::new();
            let (_, owner) = house.kitchen("olga@example.com").await;
            let org_id = owner.scope.org_id();
            let inviter = house.account("ivan@example.com").await;
            house.enrol(org_id, inviter.user_id, acting, Sites::All).await;
            let caller = house.caller(org_id, inviter.user_id).await;
            let result = invite(&house, &caller, asking("ann@example.com", role)).await;
            if acting.may_assign(role) {
                assert!(result.is_ok(), "{acting} invites {role}");
            } else {
                assert_eq!(code(result), ProblemCode::MissingRight, "{acting} invites {role}");
                assert!(house.mails.take().is_empty());
                let theirs = invite(&house, &owner, asking("ann@example.com", role)).await;
                if let Ok(theirs) = theirs {
                    let revoke = revoke_invitation(&house.office(), &caller, theirs.id).await;
                    assert_eq!(code(revoke), ProblemCode::MissingRight);
                }
            }
        }
    }
    let house = House::new();
    let (_, owner) = house.kitchen("olga@example.com").await;
    let org_id = owner.scope.org_id();
    let [here, there] = [0; 2].map(|_| fresh_id::<SiteId>());
    let admin = house.account("ivan@example.com").await;
    house
        .enrol(org_id, admin.user_id, Role::Admin, only(&[here]))
        .await;
    let local = house.caller(org_id, admin.user_id).await;
    let to = |sites| CreateInvitation {
        sites,
        ..asking("ann@example.com", Role::Staff)
    };
    for sites in [Sites::All, only(&[there]), only(&[here, there])] {
        assert_eq!(
            code(invite(&house, &local, to(sites)).await),
            ProblemCode::MissingRight
        );
    }
    let elsewhere = CreateInvitation {
        sites: only(&[there]),
        ..asking("bob@example.com", Role::Staff)
    };
    let elsewhere = invite(&house, &owner, elsewhere).await.unwrap();
    invite(&house, &local, to(only(&[here]))).await.unwrap();
    assert_eq!(listed(&house, &local).await.len(), 1);
    let revoke = revoke_invitation(&house.office(), &local, elsewhere.id).await;
    assert_eq!(code(revoke), ProblemCode::NotFound);
}

#[tokio::test]
async fn an_address_is_invited_once_at_a_time() {
    let house = House::new();
    let (_, owner) = house.kitchen("olga@example.com").await;
    let first = invite(&house, &owner, asking("ann@example.com", Role::Staff))
        .await
        .unwrap();
    let second = invite(&house, &owner, asking("ANN@example.com", Role::Viewer)).await;
    assert_eq!(code(second), ProblemCode::Conflict);
    // Another organization may ask her too.
    let (_, other) = house.kitchen("otto@example.com").await;
    invite(&house, &other, asking("ann@example.com", Role::Staff))
        .await
        .unwrap();

    revoke_invitation(&house.office(), &owner, first.id)
        .await
        .unwrap();
    revoke_invitation(&house.office(), &owner, first.id)
        .await
        .unwrap();
    let again = invite(&house, &owner, asking("ann@example.com", Role::Staff))
        .await
        .unwrap();
    house.clock.advance(Span::hours(7 * 24));
    assert_eq!(listed(&house, &owner).await[0].status, InvitationStatus::Expired);
    let anew = invite(&house, &owner, asking("ann@example.com", Role::Staff))
        .await
        .unwrap();
    let resend = resend_invitation(&house.office(), &house.post(), &owner, again.id).await;
    assert_eq!(code(resend), ProblemCode::Conflict, "there is a newer one");
    revoke_invitation(&house.office(), &owner, again.id)
        .await
        .unwrap();
    revoke_invitation(&house.office(), &owner, anew.id).await.unwrap();
}

#[tokio::test]
async fn a_link_holds_until_the_next_is_sent_the_invitation_is_revoked_or_a_week_is_over() {
    let house = House::new();
    let (_, owner) = house.kitchen("olga@example.com").await;
    let ann = house.account("ann@example.com").await;
    let invitation = invite(&house, &owner, asking("ann@example.com", Role::Staff))
        .await
        .unwrap();
    let first = mailed(&house);
    let resend = async || resend_invitation(&house.office(), &house.post(), &owner, invitation.id).await;
    assert_eq!(code(resend().await), ProblemCode::TooManyRequests, "at once");
    house.clock.advance(Span::minutes(1));
    let sent = resend().await.unwrap();
    let second = mailed(&house);
    assert!(sent.expires_at > invitation.expires_at);
    for result in [
        accept(&house, &ann, &first).await.map(drop),
        preview_invitation(&house.office(), &first).await.map(drop),
    ] {
        assert_eq!(code(result), ProblemCode::NotFound, "the first link");
    }
    house.clock.advance(Span::hours(7 * 24));
    assert_eq!(
        code(accept(&house, &ann, &second).await),
        ProblemCode::NotFound,
        "too late"
    );
    resend().await.unwrap();
    let third = mailed(&house);
    revoke_invitation(&house.office(), &owner, invitation.id)
        .await
        .unwrap();
    assert_eq!(
        code(accept(&house, &ann, &third).await),
        ProblemCode::NotFound,
        "revoked"
    );
    house.clock.advance(Span::minutes(1));
    assert_eq!(code(resend().await), ProblemCode::Conflict);
    for nonsense in ["", "0", &"0".repeat(32)] {
        let token = InvitationToken {
            token: nonsense.to_owned().into(),
        };
        assert_eq!(code(accept(&house, &ann, &token).await), ProblemCode::NotFound);
    }

    let often = invite(&house, &owner, asking("bob@example.com", Role::Staff))
        .await
        .unwrap();
    for _ in 1..10 {
        house.clock.advance(Span::minutes(1));
        resend_invitation(&house.office(), &house.post(), &owner, often.id)
            .await
            .unwrap();
    }
    house.clock.advance(Span::minutes(1));
    let enough = resend_invitation(&house.office(), &house.post(), &owner, often.id).await;
    assert_eq!(code(enough), ProblemCode::Conflict, "ten mails are enough");
}

#[tokio::test]
async fn a_deleted_organization_lets_nobody_join() {
    let house = House::new();
    let (_, owner) = house.kitchen("olga@example.com").await;
    let ann = house.account("ann@example.com").await;
    invite(&house, &owner, asking("ann@example.com", Role::Staff))
        .await
        .unwrap();
    let token = mailed(&house);
    delete_organization(&house.office(), &owner).await.unwrap();
    assert_eq!(code(accept(&house, &ann, &token).await), ProblemCode::NotFound);
    let preview = preview_invitation(&house.office(), &token).await;
    assert_eq!(code(preview), ProblemCode::NotFound);
}

#[tokio::test]
async fn a_mail_that_could_not_be_sent_is_sent_by_the_repetition() {
    let house = House::new();
    let (_, owner) = house.kitchen("olga@example.com").await;
    let attempt = async |seed| {
        let ids = SeededIds::new(seed);
        let office = freshtrack_application::organizations::Office {
            ids: &ids,
            ..house.office()
        };
        let input = asking("ann@example.com", Role::Staff);
        create_invitation(&office, &house.post(), &owner, input).await
    };
    house
        .mails
        .faults
        .fail("mail_lane.hand_over", PortErrorKind::Unavailable, 1);
    assert!(matches!(attempt(9).await, Err(Failure::Fault(_))));
    assert_eq!(code(attempt(10).await), ProblemCode::Conflict, "another request");
    let repeated = attempt(9).await.unwrap();
    let token = mailed(&house);
    let ann = house.account("ann@example.com").await;
    accept(&house, &ann, &token).await.unwrap();
    assert_eq!(listed(&house, &owner).await.len(), 1);
    assert_eq!(listed(&house, &owner).await[0].id, repeated.id);
}

#[test]
fn whatever_happens_at_once_an_invitation_is_accepted_or_revoked_and_not_both() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for order in 0..1_u32 << 9 {
        let house = House::new();
        let (owner, ann, invitation, token) = runtime.block_on(async {
            let (_, owner) = house.kitchen("olga@example.com").await;
            let ann = house.account("ann@example.com").await;
            let input = asking("ann@example.com", Role::Staff);
            let invitation = invite(&house, &owner, input).await.unwrap();
            (owner, ann, invitation, mailed(&house))
        });
        let accepted: Work<'_, bool> = Box::pin(async { accept(&house, &ann, &token).await.is_ok() });
        let revoked: Work<'_, bool> = Box::pin(async {
            revoke_invitation(&house.office(), &owner, invitation.id)
                .await
                .is_ok()
        });
        let turns = (0..9).map(|turn| (order >> turn & 1) as usize);
        let done = interleaved(vec![accepted, revoked], turns);
        assert!(done[0] != done[1], "{done:?}, by order {order:09b}");
        let member = runtime.block_on(house.member(owner.scope.org_id(), ann.user_id));
        assert_eq!(member.is_some(), done[0]);
        let status = runtime.block_on(listed(&house, &owner))[0].status;
        assert_eq!(status == InvitationStatus::Accepted, done[0]);
    }
}

#[tokio::test]
async fn nobody_writes_to_everybody() {
    let house = House::new();
    let (_, owner) = house.kitchen("olga@example.com").await;
    // Taken back and asked anew: a mail each time.
    let mut sent = 0;
    loop {
        let result = invite(&house, &owner, asking("ann@example.com", Role::Staff)).await;
        match result {
            Ok(invitation) => {
                sent += 1;
                revoke_invitation(&house.office(), &owner, invitation.id)
                    .await
                    .unwrap();
            }
            refused => {
                assert_eq!(code(refused), ProblemCode::TooManyRequests);
                break;
            }
        }
    }
    assert_eq!(sent, 20, "to one address in a day");
    house.clock.advance(Span::hours(24));
    invite(&house, &owner, asking("ann@example.com", Role::Staff))
        .await
        .unwrap();
    for number in 1..200 {
        let input = asking(&format!("guest{number}@example.com"), Role::Staff);
        let invitation = invite(&house, &owner, input).await.unwrap();
        revoke_invitation(&house.office(), &owner, invitation.id)
            .await
            .unwrap();
    }
    let enough = invite(&house, &owner, asking("bob@example.com", Role::Staff)).await;
    assert_eq!(code(enough), ProblemCode::TooManyRequests, "of one organization");
    let (_, other) = house.kitchen("otto@example.com").await;
    invite(&house, &other, asking("bob@example.com", Role::Staff))
        .await
        .unwrap();
}
