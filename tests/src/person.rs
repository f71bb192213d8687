//! A person with an account, as their browser sees the system.

use crate::api::{Answer, Api};
use crate::patience::eventually;
use crate::world::World;
use freshtrack_contracts::identity::{SignInReply, Tokens};
use freshtrack_local::services::tray::TrayMessage;
use http::{Method, StatusCode};
use serde_json::{Value as Json, json};
use totp_rs::{Builder, Secret, Totp};

/// A password that is good enough, and everybody's in these tests.
pub const PASSWORD: &str = "seven wet cats on a blue roof";

/// A person who has signed in.
#[derive(Debug, Clone)]
pub struct Person {
    /// The system.
    pub api: Api,
    /// Their address.
    pub email: String,
    /// What keeps them signed in.
    pub tokens: Tokens,
}

impl World {
    /// A person with a new account, signed in.
    pub async fn person(&self, email: &str) -> Person {
        self.sign_up(email, PASSWORD).await;
        let verified = self
            .anyone(
                "verify-email",
                json!({ "token": self.token("verify-email", email).await }),
            )
            .await;
        assert_eq!(verified.status, StatusCode::NO_CONTENT, "{verified:?}");
        self.sign_in(email, PASSWORD).await
    }

    /// Asks for an account.
    pub async fn sign_up(&self, email: &str, password: &str) -> Answer {
        let asked = json!({ "email": email, "password": password, "name": "Ann Smith" });
        let answer = self.anyone("sign-up", asked).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
        answer
    }

    /// Signs somebody in who has no second factor.
    ///
    /// # Panics
    /// When they are not let in, or have one.
    pub async fn sign_in(&self, email: &str, password: &str) -> Person {
        let answer = self
            .anyone("sign-in", json!({ "email": email, "password": password }))
            .await;
        match answer.ok() {
            SignInReply::SignedIn(tokens) => Person {
                api: self.api,
                email: email.to_owned(),
                tokens,
            },
            SignInReply::SecondFactor { .. } => panic!("{email} has a second factor"),
        }
    }

    /// Posts `body` below `/v1/identity/`, as anybody may.
    pub async fn anyone(&self, path: &str, body: Json) -> Answer {
        let path = format!("/v1/identity/{path}");
        self.api.send(Method::POST, &path, None, body.to_string()).await
    }

    /// The newest mail to `to` whose text holds `part`, as soon as there is one.
    pub async fn mail(&self, to: &str, part: &str) -> TrayMessage {
        eventually(&format!("a mail to {to} with {part}"), async || {
            self.tray()
                .into_iter()
                .find(|message| message.to == [to] && message.body.contains(part))
        })
        .await
    }

    /// The token in the link `#<what>=<token>` of the newest mail to `to` that has one.
    ///
    /// # Panics
    /// When the link has no end.
    pub async fn token(&self, what: &str, to: &str) -> String {
        let link = format!("#{what}=");
        let mail = self.mail(to, &link).await;
        let (_, rest) = mail.body.split_once(&link).unwrap();
        rest.split_whitespace().next().unwrap().to_owned()
    }
}

impl Person {
    /// Gets `path` as this person.
    pub async fn get(&self, path: &str) -> Answer {
        self.api.get(path, &self.tokens.access_token.0).await
    }

    /// Posts `body` to `path` as this person.
    pub async fn post(&self, path: &str, body: Json) -> Answer {
        self.send(Method::POST, path, body).await
    }

    /// Sends `body` to `path` as this person.
    pub async fn send(&self, method: Method, path: &str, body: Json) -> Answer {
        let token = &self.tokens.access_token.0;
        self.api.send(method, path, Some(token), body.to_string()).await
    }

    /// Turns their second factor on; gives the authenticator and the recovery codes.
    ///
    /// # Panics
    /// When that does not work.
    pub async fn with_second_factor(&self, world: &World) -> (Authenticator, Vec<String>) {
        let enrolment: Json = self.post("/v1/me/totp", json!({})).await.ok();
        let authenticator = Authenticator::new(enrolment["secret"].as_str().unwrap());
        let code = authenticator.code(world);
        let codes: Json = self
            .post("/v1/me/totp/confirm", json!({ "code": code }))
            .await
            .ok();
        let codes = codes["codes"].as_array().unwrap();
        let codes = codes.iter().map(|code| code.as_str().unwrap().to_owned());
        (authenticator, codes.collect())
    }
}

/// A program that shows codes by the clock.
#[derive(Debug)]
pub struct Authenticator(Totp);

impl Authenticator {
    /// One that has been told `secret`, in base 32.
    ///
    /// # Panics
    /// When that is no secret.
    #[must_use]
    pub fn new(secret: &str) -> Self {
        let secret = Secret::try_from_base32(secret).unwrap();
        Self(Builder::new().with_secret(secret).build().unwrap())
    }

    /// What it shows at this moment.
    ///
    /// # Panics
    /// Before 1970.
    #[must_use]
    pub fn code(&self, world: &World) -> String {
        let seconds = u64::try_from(world.now().as_seconds()).unwrap();
        self.0.generate(seconds).to_string()
    }
}
