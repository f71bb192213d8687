//! Addresses and telephone numbers have one form each: what is the same is one, and what is not stays apart.

use freshtrack_contracts::identity::{Me, UserView};
use freshtrack_contracts::invitations::InvitationView;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::time::Span;
use freshtrack_tests::{Answer, PASSWORD, Person, World};
use http::{Method, StatusCode};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// One address, as people and their telephones write it.
const SPELLINGS: [&str; 4] = [
    "ann.smith@example.com",
    "Ann.Smith@Example.COM",
    "  ANN.SMITH@EXAMPLE.COM",
    "\tann.smith@example.com \n",
];

async fn me(person: &Person) -> UserView {
    let me: Me = person.get("/v1/me").await.ok();
    me.user
}

#[tokio::test]
async fn one_mailbox_has_one_account_however_it_is_written() {
    let world = World::start().await;
    let [email, ..] = SPELLINGS;
    world.sign_up(SPELLINGS[2], PASSWORD).await;
    let token = world.token("verify-email", email).await;
    let verified = world.anyone("verify-email", json!({ "token": token })).await;
    assert_eq!(verified.status, StatusCode::NO_CONTENT);
    let ann = me(&world.sign_in(email, PASSWORD).await).await;
    assert_eq!(ann.email.as_str(), email);
    for spelling in SPELLINGS {
        // Nobody is written to by strangers more than five times an hour.
        world.advance(Span::hours(1));
        let same = world.sign_in(spelling, PASSWORD).await;
        assert_eq!(me(&same).await, ann, "{spelling:?}");
        world.sign_up(spelling, "another good password, or not").await;
        let reset = world.anyone("password-reset", json!({ "email": spelling })).await;
        assert_eq!(reset.status, StatusCode::ACCEPTED, "{spelling:?}");
    }
    world.settled().await;
    let written_to: BTreeSet<String> = world.tray().into_iter().flat_map(|mail| mail.to).collect();
    assert_eq!(written_to, BTreeSet::from([email.to_owned()]));
    let second = world
        .tray()
        .into_iter()
        .filter(|mail| mail.body.contains("#verify-email="));
    assert_eq!(second.count(), 1, "the account that there is was asked for once");
}

#[tokio::test]
async fn a_password_is_guessed_as_seldom_however_the_address_is_written() {
    let world = World::start().await;
    for spelling in SPELLINGS.into_iter().cycle().take(10) {
        let guess = json!({ "email": spelling, "password": "some other password" });
        assert_eq!(
            world.anyone("sign-in", guess).await.code(),
            ProblemCode::NotSignedIn
        );
    }
    for spelling in SPELLINGS {
        let guess = json!({ "email": spelling, "password": "some other password" });
        let refused = world.anyone("sign-in", guess).await;
        assert_eq!(refused.code(), ProblemCode::TooManyRequests, "{spelling:?}");
    }
}

/// Some providers ignore dots and what follows a plus sign, and some give each such address to somebody else. Nobody
/// outside of them can tell, so each is an account of its own.
#[tokio::test]
async fn addresses_that_may_be_somebody_elses_are_not_merged() {
    let world = World::start().await;
    let mut accounts = BTreeSet::new();
    let addresses = [
        "ann.smith@example.com",
        "annsmith@example.com",
        "ann.smith+kitchen@example.com",
        "ann_smith@example.com",
        "ann.smith@mail.example.com",
        "ann.smith@example.org",
    ];
    for address in addresses {
        let person = me(&world.person(address).await).await;
        assert_eq!(person.email.as_str(), address);
        accounts.insert(person.id);
    }
    assert_eq!(accounts.len(), addresses.len());
}

#[tokio::test]
async fn an_invitation_is_for_a_mailbox_and_not_for_its_spelling() {
    let world = World::start().await;
    let owner = world.person("olga@example.com").await;
    let asked = json!({ "name": "Harbour Bistro", "time_zone": "Europe/London" });
    let org: Json = owner.post("/v1/orgs", asked).await.ok();
    let invitations = format!("/v1/orgs/{}/invitations", org["id"].as_str().unwrap());
    let invite = async |email: &str| {
        owner
            .post(&invitations, json!({ "email": email, "role": "staff" }))
            .await
    };
    let invited: InvitationView = invite(SPELLINGS[2]).await.ok();
    assert_eq!(invited.email.as_str(), SPELLINGS[0]);
    for spelling in SPELLINGS {
        assert_eq!(
            invite(spelling).await.code(),
            ProblemCode::Conflict,
            "{spelling:?}"
        );
    }
    let ann = world.person(SPELLINGS[0]).await;
    let token = world.token("accept-invitation", SPELLINGS[0]).await;
    let accepted = ann
        .post("/v1/invitations/accept", json!({ "token": token }))
        .await;
    assert_eq!(accepted.status, StatusCode::OK, "{accepted:?}");
}

/// Holds that `answer` refuses the field `field`, and does not repeat `value`.
fn refuses(answer: &Answer, field: &str, value: &str) {
    let problem = answer.problem();
    assert_eq!(
        problem.code,
        ProblemCode::InvalidRequest,
        "{value:?}: {problem:?}"
    );
    assert_eq!(problem.field.as_deref(), Some(field), "{value:?}: {problem:?}");
    let value = value.trim();
    let is_repeated = !value.is_empty() && problem.detail.contains(value);
    assert!(!is_repeated, "{value:?}: {problem:?}");
}

#[tokio::test]
async fn what_is_no_address_is_refused_by_the_name_of_its_field() {
    let world = World::start().await;
    let owner = world.person("olga@example.com").await;
    let asked = json!({ "name": "Harbour Bistro", "time_zone": "Europe/London" });
    let org: Json = owner.post("/v1/orgs", asked).await.ok();
    let invitations = format!("/v1/orgs/{}/invitations", org["id"].as_str().unwrap());
    let long = format!("{}@example.com", "a".repeat(250));
    for bad in [
        "",
        "  ",
        "ann.smith",
        "ann.smith@localhost",
        "ann.smith@127.0.0.1",
        "ann smith@example.com",
        "ann..smith@example.com",
        "Ann Smith <ann.smith@example.com>",
        "ann.smith@example.com, bob@example.com",
        "ann.smith@example.com\r\nBcc: bob@example.com",
        "ann.smith@bücher.example",
        &long,
    ] {
        for (path, extra) in [
            ("sign-up", json!({ "password": PASSWORD, "name": "Ann Smith" })),
            ("sign-in", json!({ "password": PASSWORD })),
            ("verify-email/resend", json!({})),
            ("password-reset", json!({})),
        ] {
            let mut body = extra;
            body["email"] = json!(bad);
            refuses(&world.anyone(path, body).await, "email", bad);
        }
        let invited = owner
            .post(&invitations, json!({ "email": bad, "role": "staff" }))
            .await;
        refuses(&invited, "email", bad);
    }
    world.settled().await;
    assert!(world.tray().iter().all(|mail| mail.to == ["olga@example.com"]));
}

#[tokio::test]
async fn a_telephone_number_is_kept_as_it_is_dialled_from_everywhere() {
    let world = World::start().await;
    let ann = world.person("ann@example.com").await;
    let change = async |phone: Json| ann.send(Method::PATCH, "/v1/me", json!({ "phone": phone })).await;
    assert_eq!(me(&ann).await.phone, None);
    for spelling in [
        "+1 (207) 555-0123",
        " +12075550123 ",
        "001 207.555.0123",
        "+1 207/555 0123",
    ] {
        let changed: UserView = change(json!(spelling)).await.ok();
        assert_eq!(changed.phone.unwrap().as_str(), "+12075550123", "{spelling}");
    }
    let changed: UserView = change(json!("+44 (0)20 7946 0958")).await.ok();
    assert_eq!(changed.phone.as_ref().unwrap().as_str(), "+442079460958");
    for bad in [
        "",
        "207 555 0199",
        "020 7946 0958",
        "+0 20 7946 0958",
        "+1 208",
        "+1 207 555 0123 4567 89",
        "+1 207 555 0123 ext. 4",
        "+1 207 KITCHEN",
        "+１２０７５５５０１２３",
    ] {
        refuses(&change(json!(bad)).await, "phone", bad);
    }
    let number = change(json!(12_075_550_123_u64)).await.problem();
    assert_eq!(number.field.as_deref(), Some("phone"), "{number:?}");
    assert_eq!(me(&ann).await, changed, "what is refused changes nothing");
    let renamed = ann
        .send(Method::PATCH, "/v1/me", json!({ "name": "Ann Jones" }))
        .await;
    assert_eq!(
        renamed.ok::<UserView>().phone,
        changed.phone,
        "what is not mentioned stays"
    );
    let cleared: UserView = change(Json::Null).await.ok();
    assert_eq!(cleared.phone, None);
}
