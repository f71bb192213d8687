//! Who is in an organization, and in what place.

use crate::{id_of, member, organization, send};
use freshtrack_contracts::identity::MembershipView;
use freshtrack_contracts::invitations::{InvitationPreview, InvitationView};
use freshtrack_contracts::members::MemberView;
use freshtrack_contracts::page::Page;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{Right, Role};
use freshtrack_domain::time::Span;
use freshtrack_tests::{PASSWORD, Person, World};
use http::{Method, StatusCode};
use serde_json::{Value as Json, json};

#[tokio::test]
async fn whoever_is_invited_joins_by_their_mail() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let org = organization(&ann, "Harbour Bistro").await;
    let invitations = format!("/v1/orgs/{}/invitations", org.id);
    let asked = json!({ "email": "Bob@Example.com", "role": "manager" });
    let invited: InvitationView = ann.post(&invitations, asked.clone()).await.ok();
    let mail = world.mail("bob@example.com", "Harbour Bistro").await;
    assert!(mail.body.contains("Ann Smith"), "{mail:?}");
    assert_eq!(ann.post(&invitations, asked).await.code(), ProblemCode::Conflict);

    // Before there is an account: the page shows what it is about.
    let token = world.token("accept-invitation", "bob@example.com").await;
    let body = json!({ "token": token });
    let preview = ann
        .api
        .send(Method::POST, "/v1/invitations/preview", None, body.to_string())
        .await;
    let preview: InvitationPreview = preview.ok();
    assert_eq!(preview.organization.as_str(), "Harbour Bistro");
    assert_eq!(
        (preview.email.as_str(), preview.role),
        ("bob@example.com", Role::Manager)
    );

    let eve = world.person("eve@example.com").await;
    let stolen = eve.post("/v1/invitations/accept", body.clone()).await;
    assert_eq!(stolen.code(), ProblemCode::MissingRight);
    assert!(!stolen.problem().detail.contains("bob@"), "{stolen:?}");
    let bob = world.person("bob@example.com").await;
    let path = format!("/v1/orgs/{}", org.id);
    assert_eq!(bob.get(&path).await.code(), ProblemCode::NotFound, "not yet");
    let joined: MembershipView = bob.post("/v1/invitations/accept", body.clone()).await.ok();
    assert_eq!((joined.org_id, joined.role), (org.id, Role::Manager));
    assert!(joined.rights.contains(&Right::UpdateUnits) && !joined.rights.contains(&Right::ManageMembers));
    assert!(joined.may_assign.is_empty(), "{joined:?}");
    assert_eq!(bob.get(&path).await.status, StatusCode::OK);
    let again: MembershipView = bob.post("/v1/invitations/accept", body).await.ok();
    assert_eq!(again, joined);

    let members: Page<MemberView> = ann.get(&format!("{path}/members")).await.ok();
    let mut emails: Vec<_> = members
        .items
        .iter()
        .map(|member| member.email.as_deref())
        .collect();
    emails.sort_unstable();
    assert_eq!(emails, [Some("ann@example.com"), Some("bob@example.com")]);
    let members: Page<MemberView> = bob.get(&format!("{path}/members")).await.ok();
    assert!(
        members
            .items
            .iter()
            .all(|member| member.email.is_none() && !member.name.is_empty())
    );
    assert_eq!(bob.get(&invitations).await.code(), ProblemCode::MissingRight);
    let listed: Page<InvitationView> = ann.get(&invitations).await.ok();
    assert_eq!(listed.items[0].id, invited.id);
}

#[tokio::test]
async fn an_invitation_is_sent_again_and_taken_back() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let org = organization(&ann, "Harbour Bistro").await;
    let bob = world.person("bob@example.com").await;
    let path = format!("/v1/orgs/{}/invitations", org.id);
    let asked = json!({ "email": "bob@example.com", "role": "staff" });
    let invited: InvitationView = ann.post(&path, asked).await.ok();
    let first = world.token("accept-invitation", "bob@example.com").await;
    let resend = format!("{path}/{}/resend", invited.id);
    let at_once = ann.post(&resend, json!({})).await;
    assert_eq!(at_once.code(), ProblemCode::TooManyRequests);
    assert!(at_once.headers.contains_key("retry-after"));
    world.advance(Span::minutes(2));
    assert_eq!(ann.post(&resend, json!({})).await.status, StatusCode::OK);
    let accept = async |token: &str| {
        bob.post("/v1/invitations/accept", json!({ "token": token }))
            .await
    };
    assert_eq!(
        accept(&first).await.code(),
        ProblemCode::NotFound,
        "a newer one was sent"
    );

    let revoke = send(&ann, Method::DELETE, &format!("{path}/{}", invited.id)).await;
    assert_eq!(revoke.status, StatusCode::NO_CONTENT);
    world.settled().await;
    let second = world.token("accept-invitation", "bob@example.com").await;
    assert_ne!(first, second);
    assert_eq!(accept(&second).await.code(), ProblemCode::NotFound);
    let listed: Json = ann.get(&path).await.ok();
    assert_eq!(listed["items"][0]["status"], "revoked");
}

#[tokio::test]
async fn a_link_holds_for_a_week() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let org = organization(&ann, "Harbour Bistro").await;
    world.person("bob@example.com").await;
    let asked = json!({ "email": "bob@example.com", "role": "staff" });
    ann.post(&format!("/v1/orgs/{}/invitations", org.id), asked).await;
    let token = world.token("accept-invitation", "bob@example.com").await;
    world.advance(Span::hours(7 * 24));
    let bob = world.sign_in("bob@example.com", PASSWORD).await;
    let late = bob
        .post("/v1/invitations/accept", json!({ "token": token }))
        .await;
    assert_eq!(late.code(), ProblemCode::NotFound);
}

#[tokio::test]
async fn roles_hold_from_the_next_call_on() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let org = organization(&ann, "Harbour Bistro").await;
    let path = format!("/v1/orgs/{}", org.id);
    let admin = member(&world, &ann, org.id, "adam@example.com", Role::Admin).await;
    let staff = member(&world, &ann, org.id, "stan@example.com", Role::Staff).await;
    let [ann_id, admin_id, staff_id] = [id_of(&ann).await, id_of(&admin).await, id_of(&staff).await];
    let of = |id| format!("{path}/members/{id}");
    let update = async |who: &Person, whom: &str, change: Json| who.send(Method::PATCH, whom, change).await;

    let site = json!({ "name": "Pier 4", "time_zone": "America/New_York" });
    let site: Json = admin.post(&format!("{path}/sites"), site).await.ok();
    let forbidden = staff
        .post(
            &format!("{path}/sites"),
            json!({ "name": "x", "time_zone": "UTC" }),
        )
        .await;
    assert_eq!(forbidden.code(), ProblemCode::MissingRight);

    // An administrator never touches owners and administrators, and makes none.
    for (whom, change) in [
        (of(ann_id), json!({ "role": "staff" })),
        (of(admin_id), json!({ "role": "manager" })),
        (of(staff_id), json!({ "role": "admin" })),
        (of(staff_id), json!({ "role": "owner" })),
    ] {
        assert_eq!(
            update(&admin, &whom, change).await.code(),
            ProblemCode::MissingRight
        );
    }
    let own = send(&staff, Method::DELETE, &of(admin_id)).await;
    assert_eq!(own.code(), ProblemCode::MissingRight);
    let promoted = update(&admin, &of(staff_id), json!({ "role": "manager" })).await;
    assert_eq!(promoted.ok::<MemberView>().role, Role::Manager);
    assert_eq!(
        update(&ann, &of(staff_id), json!({ "role": "owner" }))
            .await
            .code(),
        ProblemCode::MissingRight
    );

    // Limited to a site that is not the one there is: nothing else exists any more.
    let elsewhere = json!({ "role": "staff", "sites": { "only": ["sit_01JD8Q6V5X8A2C4E6G8J0M2P4R"] } });
    assert_eq!(
        update(&ann, &of(staff_id), elsewhere).await.status,
        StatusCode::OK
    );
    let site_path = format!("{path}/sites/{}", site["id"].as_str().unwrap());
    assert_eq!(staff.get(&site_path).await.code(), ProblemCode::NotFound);
    assert_eq!(admin.get(&site_path).await.status, StatusCode::OK);

    let removed = send(&admin, Method::DELETE, &of(staff_id)).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    assert_eq!(
        staff.get(&path).await.code(),
        ProblemCode::NotFound,
        "from the next call on"
    );
    assert_eq!(
        send(&admin, Method::DELETE, &of(staff_id)).await.code(),
        ProblemCode::NotFound
    );
}

#[tokio::test]
async fn an_organization_always_has_an_owner() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let org = organization(&ann, "Harbour Bistro").await;
    let path = format!("/v1/orgs/{}", org.id);
    let bob = member(&world, &ann, org.id, "bob@example.com", Role::Staff).await;
    let leave = format!("{path}/leave");
    assert_eq!(
        send(&ann, Method::POST, &leave).await.code(),
        ProblemCode::Conflict
    );
    let stranger = world.person("eve@example.com").await;
    let to_stranger = json!({ "user_id": id_of(&stranger).await });
    let ownership = format!("{path}/ownership");
    assert_eq!(
        ann.post(&ownership, to_stranger).await.code(),
        ProblemCode::NotFound
    );
    let to_bob = json!({ "user_id": id_of(&bob).await });
    assert_eq!(
        bob.post(&ownership, to_bob.clone()).await.code(),
        ProblemCode::MissingRight
    );
    assert_eq!(ann.post(&ownership, to_bob).await.status, StatusCode::NO_CONTENT);
    let members: Page<MemberView> = bob.get(&format!("{path}/members")).await.ok();
    let mut roles: Vec<_> = members.items.iter().map(|member| member.role).collect();
    roles.sort();
    assert_eq!(roles, [Role::Owner, Role::Admin]);
    assert_eq!(
        send(&ann, Method::POST, &leave).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(ann.get(&path).await.code(), ProblemCode::NotFound);
}

#[tokio::test]
async fn two_tenants_see_nothing_of_each_other() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let bob = world.person("bob@example.com").await;
    let ours = organization(&ann, "Harbour Bistro").await;
    let theirs = organization(&bob, "Golden Fork").await;
    let guest = member(&world, &ann, ours.id, "gus@example.com", Role::Viewer).await;
    let guest_id = id_of(&guest).await;
    let foreign = format!("/v1/orgs/{}", theirs.id);
    for path in [
        "",
        "/members",
        "/invitations",
        "/access-keys",
        "/audit",
        "/support-sessions",
    ] {
        let answer = ann.get(&format!("{foreign}{path}")).await;
        assert_eq!(answer.code(), ProblemCode::NotFound, "{path}");
    }
    // Identifiers of one tenant below the path of the other.
    let member = format!("{foreign}/members/{guest_id}");
    let removed = send(&bob, Method::DELETE, &member).await;
    assert_eq!(removed.code(), ProblemCode::NotFound);
    assert_eq!(
        guest.get(&format!("/v1/orgs/{}", ours.id)).await.status,
        StatusCode::OK
    );
}
