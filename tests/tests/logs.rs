//! Nothing that is secret or personal is in a log, however closely the product is listened to.
//!
//! A test binary of its own: a process has one log.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what does not hold fails the test that relies on it"
)]

use freshtrack_contracts::identity::SignInReply;
use freshtrack_domain::time::Span;
use freshtrack_tests::{Authenticator, Frame, Person, Socket, Tenant, World};
use http::{Method, StatusCode};
use serde_json::{Value as Json, json};
use std::io;
use std::sync::{Arc, Mutex};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// All that our own code can say, and of others what Lambda's default level lets through.
const FILTER: &str = "info,freshtrack=trace";

/// What was logged.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Log {
    /// Takes everything that this process logs from now on.
    fn listen() -> Self {
        let log = Self::default();
        tracing_subscriber::fmt()
            .json()
            .with_env_filter(EnvFilter::new(FILTER))
            .with_writer(log.clone())
            .init();
        log
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// What must be nowhere in the log, each with what it is.
#[derive(Debug, Default)]
struct Kept(Vec<(&'static str, String)>);

impl Kept {
    fn keep(&mut self, what: &'static str, value: impl Into<String>) -> String {
        let value = value.into();
        self.0.push((what, value.clone()));
        value
    }

    fn keep_text(&mut self, what: &'static str, value: &Json) -> String {
        self.keep(what, value.as_str().unwrap())
    }

    fn keep_tokens(&mut self, person: &Person) {
        self.keep("an access token", &person.tokens.access_token.0);
        self.keep("a refresh token", &person.tokens.refresh_token.0);
    }
}

const EMAIL: &str = "wilhelmina.quackenbush@example.com";
const GUEST: &str = "thaddeus.pumpernickel@example.com";
const NAME: &str = "Wilhelmina Quackenbush";
const PASSWORD: &str = "seven wet cats on a blue roof";
const NEXT_PASSWORD: &str = "nine dry dogs under a red bridge";
const NETWORK_KEY: &str = "NNSXS.LOCAL.EVERYTHING";
const APP_KEY: &str = "00112233445566778899AABBCCDDEEFF";

/// Signs up, with a mistake on the way; gives the token of the mail.
async fn sign_up(world: &World, kept: &mut Kept) -> String {
    for (what, value) in [
        ("an address", EMAIL),
        ("an address", GUEST),
        ("a name", NAME),
        ("a name", "Quackenbush"),
        ("a name", "Pumpernickel"),
        ("a password", PASSWORD),
        ("a password", NEXT_PASSWORD),
        ("the key of a network server", NETWORK_KEY),
        ("the root key of a sensor", APP_KEY),
    ] {
        kept.keep(what, value);
    }
    let asked = json!({ "email": EMAIL, "password": PASSWORD, "name": NAME });
    let mut wrong = asked.clone();
    wrong["nickname"] = json!("Willy");
    assert_eq!(
        world.anyone("sign-up", wrong).await.status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(world.anyone("sign-up", asked).await.status, StatusCode::ACCEPTED);
    let token = world.token("verify-email", EMAIL).await;
    let verified = world.anyone("verify-email", json!({ "token": token })).await;
    assert_eq!(verified.status, StatusCode::NO_CONTENT);
    kept.keep("the token of a mail", token)
}

/// Turns the second factor on and signs in by it, with mistakes on the way, and goes on with the session.
async fn sign_in(world: &World, kept: &mut Kept) -> Person {
    let wrong = json!({ "email": EMAIL, "password": "five odd eels in a green sea" });
    kept.keep_text("a wrong password", &wrong["password"]);
    assert_eq!(
        world.anyone("sign-in", wrong).await.status,
        StatusCode::UNAUTHORIZED
    );
    let first = world.sign_in(EMAIL, PASSWORD).await;
    kept.keep_tokens(&first);
    let enrolment: Json = first.post("/v1/me/totp", json!({})).await.ok();
    let secret = kept.keep_text("the secret of a second factor", &enrolment["secret"]);
    let authenticator = Authenticator::new(&secret);
    let code = json!({ "code": authenticator.code(world) });
    let codes: Json = first.post("/v1/me/totp/confirm", code).await.ok();
    for code in codes["codes"].as_array().unwrap() {
        kept.keep_text("a recovery code", code);
    }
    world.advance(Span::minutes(1));
    let asked = json!({ "email": EMAIL, "password": PASSWORD });
    let SignInReply::SecondFactor { challenge, .. } = world.anyone("sign-in", asked).await.ok() else {
        unreachable!("it was turned on");
    };
    let challenge = kept.keep("a challenge", challenge.0);
    let wrong = json!({ "challenge": challenge, "code": "000000" });
    assert!(
        world
            .anyone("sign-in/second-step", wrong)
            .await
            .status
            .is_client_error()
    );
    let right = json!({ "challenge": challenge, "code": authenticator.code(world) });
    let tokens = world.anyone("sign-in/second-step", right).await.ok();
    let mut person = Person { tokens, ..first };
    kept.keep_tokens(&person);
    let stale = person.tokens.refresh_token.0.clone();
    let refresh = async |token: &str| world.anyone("refresh", json!({ "refresh_token": token })).await;
    let older = person.clone();
    person.tokens = refresh(&stale).await.ok();
    kept.keep_tokens(&person);
    world.advance(Span::minutes(1));
    // A token that was followed by another ends the session, and that is worth a line in the log.
    assert_eq!(refresh(&stale).await.status, StatusCode::UNAUTHORIZED);
    let reset = async |path: &str, body: Json| world.anyone(path, body).await;
    reset("password-reset", json!({ "email": EMAIL })).await;
    let token = kept.keep("the token of a mail", world.token("reset-password", EMAIL).await);
    let complete = json!({ "token": token, "password": NEXT_PASSWORD });
    let complete = reset("password-reset/complete", complete).await;
    assert_eq!(complete.status, StatusCode::NO_CONTENT, "{complete:?}");
    let asked = json!({ "email": EMAIL, "password": NEXT_PASSWORD });
    let SignInReply::SecondFactor { challenge, .. } = world.anyone("sign-in", asked).await.ok() else {
        unreachable!("it stays");
    };
    let challenge = kept.keep("a challenge", challenge.0);
    let code = json!({ "challenge": challenge, "code": codes["codes"][0] });
    person.tokens = world.anyone("sign-in/second-step", code).await.ok();
    kept.keep_tokens(&person);
    drop(older);
    person
}

/// Sets up an organization with everything that has a secret.
async fn set_up(world: &World, ann: &Person, kept: &mut Kept) {
    let asked = json!({ "name": "Quackenbush & Daughters", "time_zone": "UTC" });
    let org: Json = ann.post("/v1/orgs", asked).await.ok();
    let path = format!("/v1/orgs/{}", org["id"].as_str().unwrap());
    let invited = json!({ "email": GUEST, "role": "staff" });
    let invited = ann.post(&format!("{path}/invitations"), invited).await;
    assert_eq!(invited.status, StatusCode::CREATED, "{invited:?}");
    let token = kept.keep("an invitation", world.token("accept-invitation", GUEST).await);
    let stolen = ann
        .post("/v1/invitations/accept", json!({ "token": token }))
        .await;
    assert!(stolen.status.is_client_error());

    let asked = json!({ "name": "Gateway", "rights": ["ingest", "read"] });
    let key: Json = ann.post(&format!("{path}/access-keys"), asked).await.ok();
    let secret = kept.keep_text("an access key", &key["secret"]);
    let rotation = format!(
        "{path}/access-keys/{}/rotation",
        key["key"]["id"].as_str().unwrap()
    );
    let next: Json = ann.post(&rotation, json!({})).await.ok();
    kept.keep_text("an access key", &next["secret"]);
    let unknown = Frame::first("70B3D57ED0000001", world.now(), 300).things_stack();
    let webhook = format!("{path}/ingest/things-stack");
    let sent = world.api.post(&webhook, &secret, unknown.to_string()).await;
    assert_eq!(sent.status, StatusCode::OK);
    let broken = format!("{secret}{secret}");
    assert!(world.api.get(&path, &broken).await.status.is_client_error());

    let server = json!({
        "kind": "things_stack", "address": { "sandbox": "nam1" }, "application_id": "freshtrack-local",
    });
    let network = json!({ "name": "Lab", "server": server, "api_key": NETWORK_KEY });
    let network: Json = ann.post(&format!("{path}/networks"), network).await.ok();
    kept.keep_text("the secret of a webhook", &network["webhook_secret"]);
    let mut tenant = Tenant::new(world.api, 1);
    tenant.document.id = org["id"].as_str().unwrap().parse().unwrap();
    for key in &tenant.document.access_keys {
        kept.keep("an access key", &key.secret);
    }
    tenant.import().await;
    let asked = json!({
        "network_id": network["network"]["id"], "join_eui": "A840410000000101", "app_key": APP_KEY,
    });
    let provisioning = format!("{path}/sensors/{}/provisioning", tenant.sensor(0));
    let provisioned = ann.post(&provisioning, asked).await;
    assert_eq!(provisioned.status, StatusCode::ACCEPTED, "{provisioned:?}");

    let ticket: Json = ann.post(&format!("{path}/live/tickets"), json!({})).await.ok();
    let url = ticket["url"].as_str().unwrap();
    kept.keep("a ticket", url.split_once("ticket=").unwrap().1);
    let mut socket = Socket::open(url).await.unwrap();
    socket.subscribe(json!(["org"])).await;
    let warm = Frame::first(tenant.dev_eui(0), world.now(), 900);
    tenant.things_stack(&warm.things_stack()).await;
    assert!(Socket::open(url).await.is_err());
    let token = &ann.tokens.access_token.0;
    let deleted = world.api.send(Method::DELETE, &path, Some(token), "").await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT, "{deleted:?}");
    world.settled().await;
}

#[tokio::test]
async fn nothing_secret_or_personal_is_in_the_log() {
    let log = Log::listen();
    let world = World::start().await;
    let mut kept = Kept::default();
    sign_up(&world, &mut kept).await;
    let ann = sign_in(&world, &mut kept).await;
    set_up(&world, &ann, &mut kept).await;
    let text = log.text();
    assert!(
        text.contains("a refresh token was reused"),
        "the log is listened to"
    );
    let text = text.to_lowercase();
    for (what, value) in &kept.0 {
        assert!(
            !text.contains(&value.to_lowercase()),
            "{what} is in the log: {value}"
        );
    }
}
