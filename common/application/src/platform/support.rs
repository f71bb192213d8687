//! Support: an administrator acts in the place of a member, for a short time, and the customer reads of it.

use crate::error::{Failure, Refusal};
use crate::organizations::{Office, event, find_organization, user, whole_organization};
use crate::page::{Order, PageRequest, page_of};
use crate::ports::{Owner, Stored};
use crate::records::SUPPORT_DESK;
use crate::registry::{Change, changed_meanwhile};
use crate::scope::{Administrator, Caller, OrgScope};
use freshtrack_contracts::events::Happening;
use freshtrack_contracts::page::Page;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_contracts::support::{ActiveSupportView, StartSupport, SupportSessionView, SupportStatus};
use freshtrack_domain::ids::{SupportSessionId, UserId};
use freshtrack_domain::people::Member;
use freshtrack_domain::place::Organization;
use freshtrack_domain::support::{
    ActiveSupport, LONGEST_SUPPORT, SupportDesk, SupportEnd, SupportEndReason, SupportSession,
};
use freshtrack_domain::time::{Span, Timestamp};

/// How long a session lasts unless the administrator says otherwise (specification 1.4).
const DEFAULT_MINUTES: u32 = 30;

/// Lets the administrator act in the place of a member. What they supported before ends.
///
/// # Errors
/// Refused when there is no such member, when it is they themselves, when they are a member too, and after very many
/// within an hour.
pub async fn start_support(
    office: &Office<'_>,
    administrator: Administrator,
    input: StartSupport,
) -> Result<SupportSessionView, Failure> {
    let now = office.clock.now();
    let id = office.ids.id::<SupportSessionId>(now);
    let person = administrator.person();
    let owner = Owner::User(person.user_id);
    let scope = OrgScope::granted(input.org_id);
    let organization = find_organization(office, scope).await?;
    let minutes = input.minutes.unwrap_or(DEFAULT_MINUTES);
    let life = Span::minutes(minutes);
    if life == Span::ZERO || life > LONGEST_SUPPORT {
        return Err(
            Refusal::invalid(format!("minutes must be 1 to {}.", LONGEST_SUPPORT.as_minutes())).into(),
        );
    }
    let member = office.records.get::<Member>(scope, input.user_id).await?;
    let member = member.ok_or_else(|| Refusal::not_found("member"))?;
    if office
        .records
        .get::<Member>(scope, person.user_id)
        .await?
        .is_some()
    {
        return Err(Refusal::new(
            ProblemCode::Conflict,
            "You are a member of this organization: act as yourself.",
        )
        .into());
    }
    let session = SupportSession {
        id,
        org_id: input.org_id,
        administrator: person.user_id,
        member: member.record.user_id,
        reason: input.reason,
        started_at: now,
        expires_at: now + life,
        ended: None,
    };
    let desk = desk_of(office, owner).await?;
    if desk
        .as_ref()
        .is_some_and(|desk| desk.record.active.as_ref().is_some_and(|active| active.id == id))
    {
        // The same request was made before.
        return view(office, &session, &organization.record, now).await;
    }
    let desk = match desk {
        Some(desk) if desk.record.active(now).is_some() => {
            end(office, administrator, desk, SupportEndReason::Replaced).await?;
            desk_of(office, owner).await?
        }
        desk => desk,
    };
    let mut next = desk.as_ref().map(|desk| desk.record.clone()).unwrap_or_default();
    let active = ActiveSupport {
        id,
        org_id: session.org_id,
        member: session.member,
        sign_in: person.session_id,
        expires_at: session.expires_at,
    };
    next.begin(active, now).map_err(Refusal::too_many)?;
    let change = Change::new(scope, &person.actor(), "support.started", session.member)
        .detail("session", id)
        .detail("reason", &session.reason)
        .detail("minutes", minutes)
        .insert(&session)?
        .expect(&member);
    // Two that begin at once meet here: one of them finds the desk changed.
    let change = match desk {
        Some(desk) => change.replace_for(owner, &next, desk.rev)?,
        None => change.insert_unless_for(owner, &next, changed_meanwhile())?,
    };
    office.registry().commit(change).await?;
    view(office, &session, &organization.record, now).await
}

/// Ends what the administrator supports at the moment. Doing it again changes nothing.
///
/// # Errors
/// When the store has trouble.
pub async fn end_support(office: &Office<'_>, administrator: Administrator) -> Result<(), Failure> {
    let owner = Owner::User(administrator.person().user_id);
    match desk_of(office, owner).await? {
        Some(desk) if desk.record.active(office.clock.now()).is_some() => {
            end(office, administrator, desk, SupportEndReason::Manual).await
        }
        _ => Ok(()),
    }
}

/// What the administrator supports at the moment.
///
/// # Errors
/// When the store does not answer.
pub async fn get_active_support(
    office: &Office<'_>,
    administrator: Administrator,
) -> Result<ActiveSupportView, Failure> {
    let now = office.clock.now();
    let desk = desk_of(office, Owner::User(administrator.person().user_id)).await?;
    let Some(active) = desk.and_then(|desk| desk.record.active(now).cloned()) else {
        return Ok(ActiveSupportView { session: None });
    };
    let scope = OrgScope::granted(active.org_id);
    let session = office.records.get::<SupportSession>(scope, active.id).await?;
    let organization = office.records.get::<Organization>(scope, active.org_id).await?;
    let session = match session.zip(organization) {
        Some((session, organization)) => {
            Some(view(office, &session.record, &organization.record, now).await?)
        }
        None => None,
    };
    Ok(ActiveSupportView { session })
}

/// Who of the platform acted in the caller's organization, the newest first.
///
/// # Errors
/// Refused when there is no such page, and to members who do not work for the whole organization.
pub async fn list_support_sessions(
    office: &Office<'_>,
    caller: &Caller,
    request: &PageRequest,
) -> Result<Page<SupportSessionView>, Failure> {
    whole_organization(caller)?;
    let now = office.clock.now();
    let organization = find_organization(office, caller.scope).await?;
    let page = page_of::<SupportSession>(office.records, caller.scope, request, Order::NewestFirst, |_| {
        true
    })
    .await?;
    let mut items = Vec::with_capacity(page.items.len());
    for stored in &page.items {
        items.push(view(office, &stored.record, &organization.record, now).await?);
    }
    Ok(Page {
        items,
        next_cursor: page.next_cursor,
    })
}

async fn desk_of(office: &Office<'_>, owner: Owner) -> Result<Option<Stored<SupportDesk>>, Failure> {
    Ok(office.records.get::<SupportDesk>(owner, SUPPORT_DESK).await?)
}

async fn end(
    office: &Office<'_>,
    administrator: Administrator,
    desk: Stored<SupportDesk>,
    reason: SupportEndReason,
) -> Result<(), Failure> {
    let person = administrator.person();
    let Some(active) = desk.record.active.clone() else {
        return Ok(());
    };
    let scope = OrgScope::granted(active.org_id);
    let cleared = SupportDesk {
        active: None,
        ..desk.record
    };
    let mut change = Change::new(scope, &person.actor(), "support.ended", active.member)
        .detail("session", active.id)
        .replace_for(Owner::User(person.user_id), &cleared, desk.rev)?
        .publish(event(
            office,
            active.org_id,
            active.id,
            desk.rev,
            Happening::SupportEnded {
                user_id: person.user_id,
            },
        ));
    if let Some(session) = office.records.get::<SupportSession>(scope, active.id).await? {
        let ended = SupportSession {
            ended: Some(SupportEnd {
                at: office.clock.now(),
                reason,
            }),
            ..session.record
        };
        change = change.replace(&ended, session.rev)?;
    }
    office.registry().commit(change).await
}

async fn view(
    office: &Office<'_>,
    session: &SupportSession,
    organization: &Organization,
    now: Timestamp,
) -> Result<SupportSessionView, Failure> {
    let name = async |user_id: UserId| -> Result<Option<String>, Failure> {
        let user = user(office.records, user_id).await?;
        Ok(user.map(|user| user.record.name.to_string()))
    };
    Ok(SupportSessionView {
        id: session.id,
        org_id: session.org_id,
        organization: organization.name.clone(),
        administrator: session.administrator,
        administrator_name: name(session.administrator).await?,
        member: session.member,
        member_name: name(session.member).await?,
        reason: session.reason.to_string(),
        status: match &session.ended {
            Some(SupportEnd { reason, .. }) => SupportStatus::from(*reason),
            None if session.is_active(now) => SupportStatus::Active,
            None => SupportStatus::TimedOut,
        },
        started_at: session.started_at.into(),
        ends_at: session
            .ended
            .as_ref()
            .map_or(session.expires_at, |end| end.at)
            .into(),
    })
}
