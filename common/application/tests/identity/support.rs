//! Everything that accounts need, in memory, and people who use it.

use freshtrack_application::identity::{AccessTokens, Accounts, Origin, sign_in, sign_up, verify_email};
use freshtrack_application::mail::{MailJob, Occasion};
use freshtrack_application::ports::{Owner, Records};
use freshtrack_application::{Failure, SignedIn};
use freshtrack_contracts::identity::{SignIn, SignInReply, SignUp, Token, Tokens, VerifyEmail};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::audit::ChainedEntry;
use freshtrack_domain::people::{Password, RefreshToken};
use freshtrack_domain::text::Name;
use freshtrack_domain::time::Timestamp;
use freshtrack_testkit::{ManualClock, MemoryRecords, MemoryThrottle, MemoryVault, RecordedMails, SeededIds};

pub(crate) const EMAIL: &str = "ann@example.com";
pub(crate) const PASSWORD: &str = "seven wet cats on a blue roof";
pub(crate) const START: Timestamp = Timestamp::from_seconds(1_790_000_000);

pub(crate) const ORIGIN: Origin<'static> = Origin {
    address: "203.0.113.9",
    user_agent: "Tablet",
};

pub(crate) struct Desk {
    pub(crate) records: MemoryRecords,
    pub(crate) throttle: MemoryThrottle,
    pub(crate) vault: MemoryVault,
    pub(crate) mails: RecordedMails,
    pub(crate) ids: SeededIds,
    pub(crate) clock: ManualClock,
    pub(crate) tokens: AccessTokens,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self {
            records: MemoryRecords::default(),
            throttle: MemoryThrottle::default(),
            vault: MemoryVault::default(),
            mails: RecordedMails::default(),
            ids: SeededIds::new(1),
            clock: ManualClock::at(START),
            tokens: AccessTokens::new("urn:freshtrack:test"),
        }
    }

    pub(crate) fn accounts(&self) -> Accounts<'_> {
        Accounts {
            records: &self.records,
            throttle: &self.throttle,
            ids: &self.ids,
            clock: &self.clock,
        }
    }

    pub(crate) fn store(&self) -> &dyn Records {
        &self.records
    }

    /// Somebody with an account.
    pub(crate) async fn account(&self, email: &str) {
        sign_up(&self.accounts(), &self.mails, ORIGIN, sign_up_as(email))
            .await
            .unwrap();
        let token = self.token().await;
        verify_email(&self.accounts(), ORIGIN, &VerifyEmail { token })
            .await
            .unwrap();
    }

    /// The token of the newest mail.
    pub(crate) async fn token(&self) -> Token {
        let mail: MailJob = self.mails.take().pop().expect("a mail");
        match mail.occasion {
            Occasion::SignUp { token, .. } | Occasion::PasswordReset { token } => Token(token),
            _ => panic!("a mail without a token"),
        }
    }

    pub(crate) async fn try_sign_in(&self, email: &str, password: &str) -> Result<SignInReply, Failure> {
        let input = SignIn {
            email: email.parse().unwrap(),
            password: Password::new(password).unwrap(),
        };
        sign_in(&self.accounts(), &self.vault, &self.tokens, ORIGIN, input).await
    }

    /// Signs somebody in who has no second factor.
    pub(crate) async fn sign_in(&self, email: &str) -> (SignedIn, Tokens) {
        match self.try_sign_in(email, PASSWORD).await.unwrap() {
            SignInReply::SignedIn(tokens) => (person_of(&tokens), tokens),
            SignInReply::SecondFactor { .. } => panic!("{email} has a second factor"),
        }
    }

    /// Somebody with an account who has signed in.
    pub(crate) async fn person(&self, email: &str) -> (SignedIn, Tokens) {
        self.account(email).await;
        self.sign_in(email).await
    }

    /// What was done to a person's account, in order.
    pub(crate) async fn actions(&self, person: SignedIn) -> Vec<String> {
        let chain = self
            .store()
            .all::<ChainedEntry>(Owner::User(person.user_id))
            .await
            .unwrap();
        chain
            .into_iter()
            .map(|stored| stored.record.entry.action)
            .collect()
    }
}

pub(crate) fn sign_up_as(email: &str) -> SignUp {
    SignUp {
        email: email.parse().unwrap(),
        password: Password::new(PASSWORD).unwrap(),
        name: Name::new("Ann Smith").unwrap(),
        locale: None,
    }
}

pub(crate) fn person_of(tokens: &Tokens) -> SignedIn {
    let token: RefreshToken = tokens.refresh_token.0.parse().unwrap();
    SignedIn {
        user_id: token.user_id,
        session_id: token.session_id,
    }
}

pub(crate) fn code<T>(result: Result<T, Failure>) -> ProblemCode {
    match result.map(drop).unwrap_err() {
        Failure::Refused(refusal) => refusal.code,
        Failure::Fault(fault) => panic!("refused, not failed: {fault}"),
    }
}

/// Whether it failed through a fault that passes.
pub(crate) fn failed<T>(result: Result<T, Failure>) -> bool {
    matches!(result, Err(Failure::Fault(fault)) if fault.is_retryable())
}
