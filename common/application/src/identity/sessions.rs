//! Sessions: how they begin, are listed and end.

use super::account::Account;
use super::totp::Factor;
use super::{AccessTokens, Accounts, settled};
use crate::error::{Failure, Refusal};
use crate::page::{Order, PageRequest, page_of};
use crate::ports::{Owner, Record, Records, Stored, Vault};
use crate::records::SUPPORT_DESK;
use crate::registry::Change;
use crate::scope::{Actor, SignedIn};
use freshtrack_contracts::events::{Event, Happening};
use freshtrack_contracts::identity::{SessionView, SignOut, Tokens};
use freshtrack_contracts::page::Page;
use freshtrack_domain::ids::{OrgId, SessionId, UserId};
use freshtrack_domain::people::{
    ACCESS_TOKEN_LIFE, Credentials, MOST_SESSIONS, Member, RefreshState, RefreshToken, Secret, Session,
};
use freshtrack_domain::support::SupportDesk;
use freshtrack_domain::time::Timestamp;
use futures_util::future;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// How much of what a program says it is is kept.
const LONGEST_USER_AGENT: usize = 200;

/// A session that is to begin.
pub(super) struct NewSession<'a> {
    pub(super) account: &'a Account,
    /// What takes the place of the credentials, if the sign-in changed them.
    pub(super) credentials: Option<Credentials>,
    /// What the second step was, if there was one.
    pub(super) second_factor: Option<Factor>,
    pub(super) user_agent: &'a str,
}

/// A session that has begun.
pub(super) struct Started {
    session: Session,
    secret: Secret,
}

/// Begins a session, with what `with` adds to the change.
///
/// Whoever changes a password ends all sessions. A session that begins at the same moment would not be among them, so the
/// credentials that were checked are written again, changed or not: of the two, one finds them no longer as it read them.
pub(super) async fn start(
    accounts: &Accounts<'_>,
    new: NewSession<'_>,
    with: impl FnOnce(Change) -> Change,
) -> Result<Started, Failure> {
    let now = accounts.clock.now();
    let user_id = new.account.user.record.id;
    let secret = Secret::from_random(accounts.ids.random(), accounts.ids.random());
    let session = Session {
        id: accounts.ids.id(now),
        user_id,
        created_at: now,
        last_used_at: now,
        user_agent: program(new.user_agent),
        second_factor: new.second_factor.is_some(),
        refresh: RefreshState::beginning_with(&secret),
    };
    let factor = new.second_factor.map_or("none", Factor::name);
    let mut change = Change::new(
        Owner::User(user_id),
        &Actor::new(user_id),
        "session.started",
        session.id,
    )
    .detail("second_factor", factor)
    .insert(&session)?;
    let checked = &new.account.credentials;
    let credentials = new.credentials.as_ref().unwrap_or(&checked.record);
    change = change.replace(credentials, checked.rev)?;
    let surplus = surplus(accounts.records, user_id).await?;
    change = without(accounts, user_id, change, &surplus).await?;
    accounts.registry().commit(with(change)).await?;
    Ok(Started { session, secret })
}

impl Started {
    /// What the client gets.
    pub(super) async fn tokens(
        self,
        accounts: &Accounts<'_>,
        vault: &dyn Vault,
        tokens: &AccessTokens,
    ) -> Result<Tokens, Failure> {
        tokens_of(accounts, vault, tokens, &self.session, self.secret).await
    }
}

/// What a client gets whose session goes on with `secret`.
pub(super) async fn tokens_of(
    accounts: &Accounts<'_>,
    vault: &dyn Vault,
    tokens: &AccessTokens,
    session: &Session,
    secret: Secret,
) -> Result<Tokens, Failure> {
    let person = SignedIn {
        user_id: session.user_id,
        session_id: session.id,
    };
    let refresh_token = RefreshToken {
        user_id: session.user_id,
        session_id: session.id,
        secret,
    };
    Ok(Tokens {
        access_token: tokens.issue(accounts, vault, person).await?.into(),
        expires_in: u32::try_from(ACCESS_TOKEN_LIFE.as_seconds()).unwrap_or(u32::MAX),
        refresh_token: refresh_token.reveal().into(),
    })
}

/// The sessions that have to go so that there is room for another: those unused for longest.
async fn surplus(records: &dyn Records, user_id: UserId) -> Result<Vec<Stored<Session>>, Failure> {
    let mut sessions = records.all::<Session>(Owner::User(user_id)).await?;
    sessions.sort_by_key(|stored| Reverse(stored.record.last_used_at));
    Ok(sessions.split_off(sessions.len().min(MOST_SESSIONS.saturating_sub(1))))
}

/// What a program says it is, cut to what can be shown.
fn program(user_agent: &str) -> String {
    let visible = user_agent.chars().filter(|c| !c.is_control());
    visible.take(LONGEST_USER_AGENT).collect()
}

/// A page of the person's sessions that last, the newest first.
///
/// # Errors
/// Refused when there is no such page.
pub async fn list_sessions(
    records: &dyn Records,
    now: Timestamp,
    person: SignedIn,
    request: &PageRequest,
) -> Result<Page<SessionView>, Failure> {
    let owner = Owner::User(person.user_id);
    let lasts = |session: &Session| session.lasts(now);
    let page = page_of::<Session>(records, owner, request, Order::NewestFirst, lasts).await?;
    Ok(page.map(|stored| view(&stored.record, person)))
}

fn view(session: &Session, person: SignedIn) -> SessionView {
    SessionView {
        id: session.id,
        current: session.id == person.session_id,
        user_agent: session.user_agent.clone(),
        second_factor: session.second_factor,
        created_at: session.created_at.into(),
        last_used_at: session.last_used_at.into(),
        expires_at: session.ends_at().into(),
    }
}

/// Ends one session of the person.
///
/// # Errors
/// Refused when they have no such session.
pub async fn revoke_session(
    accounts: &Accounts<'_>,
    person: SignedIn,
    session_id: SessionId,
) -> Result<(), Failure> {
    let change = || {
        Change::new(
            Owner::User(person.user_id),
            &person.actor(),
            "session.ended",
            session_id,
        )
    };
    let ended = end(accounts, person.user_id, change, |session| {
        session.id == session_id
    })
    .await?;
    if ended == 0 {
        return Err(Refusal::not_found("session").into());
    }
    Ok(())
}

/// Ends the session that asks, or all of the person's. Doing it again changes nothing.
///
/// # Errors
/// When the store has trouble.
pub async fn sign_out(accounts: &Accounts<'_>, person: SignedIn, input: SignOut) -> Result<(), Failure> {
    let change = || {
        let action = if input.everywhere {
            "session.all_ended"
        } else {
            "session.ended"
        };
        Change::new(
            Owner::User(person.user_id),
            &person.actor(),
            action,
            person.session_id,
        )
    };
    let ends = |session: &Session| input.everywhere || session.id == person.session_id;
    end(accounts, person.user_id, change, ends).await.map(drop)
}

/// Makes the change that `change` begins, which ends the sessions that are `chosen` as well; how many it ended.
async fn end(
    accounts: &Accounts<'_>,
    user_id: UserId,
    change: impl Fn() -> Change,
    chosen: impl Fn(&Session) -> bool,
) -> Result<usize, Failure> {
    settled(|| async {
        let (change, ended) = ending(accounts, user_id, change(), &chosen).await?;
        if ended > 0 {
            accounts.registry().commit(change).await?;
        }
        Ok(ended)
    })
    .await
}

/// Adds to `change` the end of the sessions of `user_id` that are `chosen`; how many that are.
pub(super) async fn ending(
    accounts: &Accounts<'_>,
    user_id: UserId,
    change: Change,
    chosen: impl Fn(&Session) -> bool,
) -> Result<(Change, usize), Failure> {
    let sessions = accounts.records.all::<Session>(Owner::User(user_id)).await?;
    let chosen: Vec<_> = sessions
        .into_iter()
        .filter(|stored| chosen(&stored.record))
        .collect();
    let change = without(accounts, user_id, change, &chosen).await?;
    Ok((change, chosen.len()))
}

/// `change` in which `sessions` of `user_id` end as well. Wherever the person may have something open, it is heard of.
async fn without(
    accounts: &Accounts<'_>,
    user_id: UserId,
    change: Change,
    sessions: &[Stored<Session>],
) -> Result<Change, Failure> {
    let Some(first) = sessions.first() else {
        return Ok(change);
    };
    let change = sessions.iter().fold(change, Change::remove);
    let ended: Vec<SessionId> = sessions.iter().map(|stored| stored.record.id).collect();
    let at = accounts.clock.now();
    let organizations = seen_by(accounts, user_id).await?;
    Ok(organizations.into_iter().fold(change, |change, org_id| {
        let what = Happening::SessionsEnded {
            sessions: ended.clone(),
        };
        let id = format!(
            "{}:{}:{org_id}@{}",
            first.record.id,
            what.detail_type(),
            at.as_millis()
        );
        change.publish(Event::of_record(org_id, id, at.into(), what))
    }))
}

/// The organizations that the person may look at: as a member, or in support of one.
async fn seen_by(accounts: &Accounts<'_>, user_id: UserId) -> Result<BTreeSet<OrgId>, Failure> {
    let (memberships, desk) = future::try_join(
        accounts.records.of_person(user_id, Member::KIND),
        accounts
            .records
            .get::<SupportDesk>(Owner::User(user_id), SUPPORT_DESK),
    )
    .await?;
    let supported = desk.and_then(|desk| Some(desk.record.active(accounts.clock.now())?.org_id));
    let member_of = memberships.into_iter().filter_map(|found| match found.owner {
        Owner::Org(org_id) => Some(org_id),
        _ => None,
    });
    Ok(member_of.chain(supported).collect())
}

/// Ends `session` because a refresh token of it was presented that was followed by another.
pub(super) async fn end_by_reuse(accounts: &Accounts<'_>, session: &Session) -> Result<(), Failure> {
    let change = || {
        Change::new(
            Owner::User(session.user_id),
            &Actor::new(session.user_id),
            "session.ended",
            session.id,
        )
        .detail("reason", "refresh_token_reused")
    };
    end(accounts, session.user_id, change, |other| other.id == session.id)
        .await
        .map(drop)
}
