//! Decides what a person who has signed in may do in an organization.

use super::lifecycle::is_deleted;
use crate::error::PortError;
use crate::ports::{Clock, Owner, Records};
use crate::records::SUPPORT_DESK;
use crate::scope::{Actor, Caller, OrgScope, SignedIn};
use freshtrack_domain::ids::OrgId;
use freshtrack_domain::people::Member;
use freshtrack_domain::place::Organization;
use freshtrack_domain::support::{Appointment, SupportDesk};
use freshtrack_domain::time::Timestamp;
use futures_util::future;

/// The person as a member of `org_id`, or as an administrator who supports one of its members at the moment; `None` if
/// they are neither, or the organization was deleted. Asked anew for every call, so that who was removed or given
/// another role feels it at once.
///
/// # Errors
/// When the store does not answer: then nothing is known and nothing is allowed.
pub async fn admit_person(
    records: &dyn Records,
    clock: &dyn Clock,
    person: SignedIn,
    org_id: OrgId,
) -> Result<Option<Caller>, PortError> {
    let admitted = admit(records, clock, person, org_id).await?;
    Ok(admitted.map(|admitted| admitted.caller))
}

/// Somebody who was let into an organization.
pub(super) struct Admitted {
    pub(super) caller: Caller,
    /// When the support by which they are here ends by itself, if they are here by that.
    pub(super) support_ends: Option<Timestamp>,
}

/// Does what [`admit_person`] does, and tells how long that holds.
pub(super) async fn admit(
    records: &dyn Records,
    clock: &dyn Clock,
    person: SignedIn,
    org_id: OrgId,
) -> Result<Option<Admitted>, PortError> {
    let scope = OrgScope::granted(org_id);
    let (organization, member) = future::try_join(
        records.get::<Organization>(scope, org_id),
        records.get::<Member>(scope, person.user_id),
    )
    .await?;
    if is_deleted(organization) {
        return Ok(None);
    }
    if let Some(member) = member {
        return Ok(Some(Admitted {
            caller: caller(scope, person.actor(), member.record),
            support_ends: None,
        }));
    }
    let supported = supported(records, clock, person).await?;
    let Some(supported) = supported.filter(|supported| supported.org_id == org_id) else {
        return Ok(None);
    };
    let actor = Actor {
        acting_as: Some(supported.member.user_id),
        ..person.actor()
    };
    Ok(Some(Admitted {
        caller: caller(scope, actor, supported.member),
        support_ends: Some(supported.ends),
    }))
}

fn caller(scope: OrgScope, actor: Actor, member: Member) -> Caller {
    Caller {
        scope,
        actor,
        rights: member.role.rights(),
        sites: member.sites,
    }
}

/// Whom an administrator of the platform supports.
pub(crate) struct Supported {
    /// Where.
    pub(crate) org_id: OrgId,
    /// The member in whose place they act.
    pub(crate) member: Member,
    /// When that ends by itself.
    pub(crate) ends: Timestamp,
}

/// Whom the person supports by this sign-in at the moment, being an administrator of the platform.
pub(crate) async fn supported(
    records: &dyn Records,
    clock: &dyn Clock,
    person: SignedIn,
) -> Result<Option<Supported>, PortError> {
    let desk = records
        .get::<SupportDesk>(Owner::User(person.user_id), SUPPORT_DESK)
        .await?;
    let active = desk.and_then(|desk| desk.record.active(clock.now()).cloned());
    let Some(active) = active.filter(|active| active.sign_in == person.session_id) else {
        return Ok(None);
    };
    let (appointment, member) = future::try_join(
        records.get::<Appointment>(Owner::Platform, person.user_id),
        records.get::<Member>(OrgScope::granted(active.org_id), active.member),
    )
    .await?;
    Ok(appointment.and(member).map(|member| Supported {
        org_id: active.org_id,
        member: member.record,
        ends: active.expires_at,
    }))
}
