//! Invitations: asking people by their address to join.

use super::members::{acting_member, may_not, member_changed, within};
use super::people::{name_of, user};
use super::{MOST_MEMBERSHIPS, Office, lifecycle};
use crate::error::{Failure, PortError, PortErrorKind, Refusal};
use crate::identity::{INVITATIONS, INVITATIONS_TO, address_of_account, email_claim};
use crate::mail::{MailJob, Occasion};
use crate::page::{Order, PageRequest, page_of};
use crate::ports::{Claim, ClaimSpace, Holder, MailLane, Owner, Record, Stored, Throttle};
use crate::registry::Change;
use crate::scope::{Caller, OrgScope, SignedIn};
use freshtrack_contracts::identity::{MembershipView, Token};
use freshtrack_contracts::invitations::{
    CreateInvitation, InvitationPreview, InvitationStatus, InvitationToken, InvitationView,
};
use freshtrack_contracts::page::Page;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::ids::{InvitationId, OrgId, UserId};
use freshtrack_domain::people::{
    EmailAddress, Invitation, InvitationOutcome, MOST_SENDINGS, Member, RESEND_AFTER, Secret, SecretHash,
};
use freshtrack_domain::place::Organization;
use freshtrack_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Invitations that wait for an answer at the same time: what can be looked through, and no way to write to everybody.
const MOST_OPEN: usize = 200;

/// What sends invitations, and keeps them from being many.
#[derive(Clone, Copy)]
pub struct Post<'a> {
    /// Where mails wait to be sent.
    pub lane: &'a dyn MailLane,
    /// How many were sent.
    pub throttle: &'a dyn Throttle,
}

/// What the claim on a token tells whoever has nothing but the token.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct InvitationGrant {
    org_id: OrgId,
    invitation_id: InvitationId,
}

/// Asks somebody to join. They get a mail, whether or not they have an account; the answer is the same.
///
/// # Errors
/// Refused when the caller may not give that role or those sites, when the address is invited or a member's already, and
/// after very many.
pub async fn create_invitation(
    office: &Office<'_>,
    post: &Post<'_>,
    caller: &Caller,
    input: CreateInvitation,
) -> Result<InvitationView, Failure> {
    let now = office.clock.now();
    let id = office.ids.id::<InvitationId>(now);
    let token = draw_token(office);
    let acting = acting_member(office, caller).await?;
    let invitation = Invitation {
        id,
        email: input.email,
        role: input.role,
        sites: input.sites,
        invited_by: acting.record.user_id,
        created_at: now,
        sent_at: now,
        sendings: 1,
        token: token.hash(),
        outcome: None,
    };
    may_invite(&acting.record, &invitation)?;
    refuse_member(office, caller, &invitation.email).await?;
    let all = office.records.all::<Invitation>(caller.scope).await?;
    let open = all
        .iter()
        .filter(|stored| stored.record.id != id && stored.record.is_open(now));
    if open.count() >= MOST_OPEN {
        return Err(Refusal::new(
            ProblemCode::Conflict,
            format!(
                "At most {MOST_OPEN} invitations can wait for an answer. Revoke some that nobody will answer."
            ),
        )
        .into());
    }
    admit(office, post, caller.scope, &invitation.email).await?;
    let change = Change::new(caller.scope, &caller.actor, "invitation.created", id)
        .detail("email", invitation.email.masked())
        .detail("role", invitation.role)
        .insert(&invitation)?;
    let change = claim(change, caller.scope.org_id(), &invitation)?.expect(&acting);
    office.registry().commit(change).await?;
    send(office, post, caller.scope, &invitation, &token).await?;
    Ok(view(&invitation, now))
}

/// The invitations that the caller may see, the newest first.
///
/// # Errors
/// Refused when there is no such page.
pub async fn list_invitations(
    office: &Office<'_>,
    caller: &Caller,
    request: &PageRequest,
) -> Result<Page<InvitationView>, Failure> {
    let now = office.clock.now();
    let visible = |invitation: &Invitation| caller.sites.meet(&invitation.sites);
    let page = page_of(office.records, caller.scope, request, Order::NewestFirst, visible).await?;
    Ok(page.map(|stored| view(&stored.record, now)))
}

/// Sends an invitation again, with a link of its own: the one before holds no more.
///
/// # Errors
/// Refused when there is no such invitation or it was answered, when it was sent just now or very often, and when the
/// address has been invited anew since it expired.
pub async fn resend_invitation(
    office: &Office<'_>,
    post: &Post<'_>,
    caller: &Caller,
    id: InvitationId,
) -> Result<InvitationView, Failure> {
    let now = office.clock.now();
    let token = draw_token(office);
    let acting = acting_member(office, caller).await?;
    let stored = find(office, caller, id).await?;
    let before = &stored.record;
    if before.token == token.hash() {
        // The same request was made before, and its mail perhaps not sent.
        send(office, post, caller.scope, before, &token).await?;
        return Ok(view(before, now));
    }
    may_invite(&acting.record, before)?;
    if before.outcome.is_some() {
        return Err(answered().into());
    }
    if before.sendings >= MOST_SENDINGS {
        return Err(Refusal::new(
            ProblemCode::Conflict,
            format!("This invitation was sent {MOST_SENDINGS} times. Revoke it and find out whether the address is right."),
        )
        .into());
    }
    let again_at = before.sent_at + RESEND_AFTER;
    if now < again_at {
        return Err(Refusal::too_many(again_at.since(now)).into());
    }
    admit(office, post, caller.scope, &before.email).await?;
    let invitation = Invitation {
        sent_at: now,
        sendings: before.sendings + 1,
        token: token.hash(),
        ..before.clone()
    };
    let change = Change::new(caller.scope, &caller.actor, "invitation.sent_again", id)
        .detail("email", invitation.email.masked())
        .replace(&invitation, stored.rev)?;
    let change = if before.is_open(now) {
        change.release(token_claim(&before.token), id)
    } else {
        change
    };
    let change = claim(change, caller.scope.org_id(), &invitation)?.expect(&acting);
    office.registry().commit(change).await?;
    send(office, post, caller.scope, &invitation, &token).await?;
    Ok(view(&invitation, now))
}

/// Takes an invitation back: its link holds no more. Doing it again changes nothing.
///
/// # Errors
/// Refused when there is no such invitation, when it was accepted, and to whoever could not have made it.
pub async fn revoke_invitation(
    office: &Office<'_>,
    caller: &Caller,
    id: InvitationId,
) -> Result<(), Failure> {
    let now = office.clock.now();
    let acting = acting_member(office, caller).await?;
    let stored = find(office, caller, id).await?;
    may_invite(&acting.record, &stored.record)?;
    match stored.record.outcome {
        Some(InvitationOutcome::Revoked { .. }) => return Ok(()),
        Some(InvitationOutcome::Accepted { .. }) => return Err(answered().into()),
        None => {}
    }
    let invitation = Invitation {
        outcome: Some(InvitationOutcome::Revoked { at: now }),
        ..stored.record.clone()
    };
    let mut change = Change::new(caller.scope, &caller.actor, "invitation.revoked", id)
        .detail("email", invitation.email.masked())
        .replace(&invitation, stored.rev)?;
    if stored.record.is_open(now) {
        change = change
            .release(token_claim(&invitation.token), id)
            .release(address_claim(caller.scope.org_id(), &invitation.email), id);
    }
    office.registry().commit(change).await
}

/// What an invitation says to whoever holds its link.
///
/// # Errors
/// Refused when the link holds no more.
pub async fn preview_invitation(
    office: &Office<'_>,
    input: &InvitationToken,
) -> Result<InvitationPreview, Failure> {
    let now = office.clock.now();
    let Presented {
        organization,
        invitation: Stored {
            record: invitation, ..
        },
    } = presented(office, &input.token).await?;
    if !invitation.is_open(now) {
        return Err(answered().into());
    }
    Ok(InvitationPreview {
        organization: organization.record.name,
        invited_by: name_of(office.records, invitation.invited_by).await?,
        email: invitation.email.clone(),
        role: invitation.role,
        expires_at: invitation.expires_at().into(),
    })
}

/// Makes the person a member of the organization that invited their address. Doing it again shows the membership.
///
/// # Errors
/// Refused when the link holds no more, when another address was invited, and to whoever is a member already.
pub async fn accept_invitation(
    office: &Office<'_>,
    person: &SignedIn,
    input: &InvitationToken,
) -> Result<MembershipView, Failure> {
    let now = office.clock.now();
    let Presented {
        organization,
        invitation,
    } = presented(office, &input.token).await?;
    let org_id = organization.record.id;
    let scope = OrgScope::granted(org_id);
    let account = user(office.records, person.user_id).await?;
    let account = account.ok_or_else(|| Refusal::new(ProblemCode::NotSignedIn, "The account is gone."))?;
    if account.record.email != invitation.record.email {
        return Err(may_not(format!(
            "accept this: it was sent to {}, and you are signed in with {}",
            invitation.record.email.masked(),
            account.record.email.masked()
        ))
        .into());
    }
    if let Some(InvitationOutcome::Accepted { by, .. }) = &invitation.record.outcome {
        // Only whoever accepted it gets here: the address is theirs. They may have been removed since.
        let member = office.records.get::<Member>(scope, by).await?;
        let member = member.ok_or_else(answered)?;
        return Ok(MembershipView::new(&organization.record, &member.record));
    }
    if !invitation.record.is_open(now) {
        return Err(answered().into());
    }
    let memberships = office.records.of_person(person.user_id, Member::KIND).await?;
    if memberships.len() >= MOST_MEMBERSHIPS {
        return Err(lifecycle::too_many_memberships().into());
    }
    let member = invitation.record.member(person.user_id, now);
    let accepted = Invitation {
        outcome: Some(InvitationOutcome::Accepted {
            by: person.user_id,
            at: now,
        }),
        ..invitation.record.clone()
    };
    let is_member = Refusal::new(
        ProblemCode::Conflict,
        "You are a member of this organization already.",
    );
    // The token's claim stays, so that whoever opens the link again is told what came of it.
    let change = Change::new(scope, &person.actor(), "invitation.accepted", accepted.id)
        .detail("role", member.role)
        .insert_unless(&member, is_member)?
        .replace(&accepted, invitation.rev)?
        .expect(&organization)
        .expect_of(Owner::User(person.user_id), &account)
        .release(address_claim(org_id, &accepted.email), accepted.id)
        .publish(member_changed(office, org_id, person.user_id, 0));
    office.registry().commit(change).await?;
    Ok(MembershipView::new(&organization.record, &member))
}

/// An invitation that whoever holds its token asks about.
struct Presented {
    organization: Stored<Organization>,
    invitation: Stored<Invitation>,
}

/// The invitation that `token` is of, open or not.
async fn presented(office: &Office<'_>, token: &Token) -> Result<Presented, Failure> {
    let gone = || Refusal::not_found("invitation");
    let secret: Secret = token.0.parse().map_err(|_| gone())?;
    let hash = secret.hash();
    let holder = office
        .records
        .holder(&token_claim(&hash), office.clock.now())
        .await?;
    // Others give tokens for other purposes; those are none here.
    let grant: InvitationGrant = holder
        .and_then(|holder| serde_json::from_value(holder.data).ok())
        .ok_or_else(gone)?;
    let scope = OrgScope::granted(grant.org_id);
    let invitation = office
        .records
        .get::<Invitation>(scope, grant.invitation_id)
        .await?;
    let invitation = invitation
        .filter(|stored| stored.record.token == hash)
        .ok_or_else(gone)?;
    let organization = lifecycle::find(office, scope)
        .await
        .map_err(|failure| match failure {
            Failure::Refused(_) => gone().into(),
            fault => fault,
        })?;
    Ok(Presented {
        organization,
        invitation,
    })
}

/// Refuses to invite somebody who is a member. The same is read whether or not there is an account.
async fn refuse_member(office: &Office<'_>, caller: &Caller, email: &EmailAddress) -> Result<(), Failure> {
    let now = office.clock.now();
    let holder = office.records.holder(&email_claim(email), now).await?;
    let nobody = || office.ids.id::<UserId>(now);
    let user_id = holder
        .and_then(|holder| holder.id.parse().ok())
        .unwrap_or_else(nobody);
    match office.records.get::<Member>(caller.scope, user_id).await? {
        None => Ok(()),
        Some(_) => Err(Refusal::new(
            ProblemCode::Conflict,
            "Somebody with this address is a member already.",
        )
        .about("email")
        .into()),
    }
}

/// Counts a mail before it is sent.
async fn admit(
    office: &Office<'_>,
    post: &Post<'_>,
    scope: OrgScope,
    email: &EmailAddress,
) -> Result<(), Failure> {
    let organization = scope.org_id().to_string();
    INVITATIONS
        .take(post.throttle, office.clock, &organization)
        .await?;
    INVITATIONS_TO
        .take(post.throttle, office.clock, &address_of_account(email))
        .await
}

async fn find(office: &Office<'_>, caller: &Caller, id: InvitationId) -> Result<Stored<Invitation>, Failure> {
    let stored = office.records.get::<Invitation>(caller.scope, id).await?;
    stored
        .filter(|stored| caller.sites.meet(&stored.record.sites))
        .ok_or_else(|| Refusal::not_found("invitation").into())
}

fn may_invite(acting: &Member, invitation: &Invitation) -> Result<(), Refusal> {
    let member = invitation.member(acting.user_id, invitation.created_at);
    if acting.may_give(invitation.role, &invitation.sites) {
        Ok(())
    } else {
        Err(may_not(format!("invite somebody to be {}", within(&member))))
    }
}

fn answered() -> Refusal {
    Refusal::new(
        ProblemCode::Conflict,
        "This invitation was accepted or revoked, or has expired. Ask for a new one.",
    )
}

fn draw_token(office: &Office<'_>) -> Secret {
    Secret::from_random(office.ids.random(), office.ids.random())
}

fn token_claim(token: &SecretHash) -> Claim {
    Claim {
        space: ClaimSpace::Token,
        name: token.as_str().to_owned(),
    }
}

fn address_claim(org_id: OrgId, email: &EmailAddress) -> Claim {
    Claim {
        space: ClaimSpace::Invitation,
        name: format!("{org_id}#{email}"),
    }
}

/// `change` in which `invitation` also takes its address and its token, for as long as it is open.
fn claim(change: Change, org_id: OrgId, invitation: &Invitation) -> Result<Change, PortError> {
    let grant = InvitationGrant {
        org_id,
        invitation_id: invitation.id,
    };
    let holder = |data| Holder {
        id: invitation.id.to_string(),
        data,
        expires_at: Some(invitation.expires_at()),
    };
    let grant = serde_json::to_value(grant)
        .map_err(|error| PortError::because("invitations.claim", PortErrorKind::Corrupt, error))?;
    let invited = Refusal::new(
        ProblemCode::Conflict,
        "This address has been invited already. Send that invitation again, or revoke it.",
    )
    .about("email");
    Ok(change
        .claim(
            address_claim(org_id, &invitation.email),
            holder(Value::Null),
            invited.clone(),
        )
        .claim(token_claim(&invitation.token), holder(grant), invited))
}

async fn send(
    office: &Office<'_>,
    post: &Post<'_>,
    scope: OrgScope,
    invitation: &Invitation,
    token: &Secret,
) -> Result<(), Failure> {
    let organization = lifecycle::find(office, scope).await?;
    let inviter = user(office.records, invitation.invited_by).await?;
    let inviter = inviter.ok_or_else(|| may_not("invite without an account".to_owned()))?;
    let job = MailJob {
        to: invitation.email.clone(),
        at: invitation.sent_at,
        occasion: Occasion::Invitation {
            organization: organization.record.name,
            invited_by: inviter.record.name,
            token: token.reveal().to_owned(),
            expires_at: invitation.expires_at(),
        },
    };
    Ok(post.lane.hand_over(&job).await?)
}

fn view(invitation: &Invitation, now: Timestamp) -> InvitationView {
    InvitationView {
        id: invitation.id,
        email: invitation.email.clone(),
        role: invitation.role,
        sites: invitation.sites.clone(),
        status: match invitation.outcome {
            Some(InvitationOutcome::Accepted { .. }) => InvitationStatus::Accepted,
            Some(InvitationOutcome::Revoked { .. }) => InvitationStatus::Revoked,
            None if invitation.is_open(now) => InvitationStatus::Pending,
            None => InvitationStatus::Expired,
        },
        invited_by: invitation.invited_by,
        created_at: invitation.created_at.into(),
        sent_at: invitation.sent_at.into(),
        expires_at: invitation.expires_at().into(),
    }
}
