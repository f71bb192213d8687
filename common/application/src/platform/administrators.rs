//! Who is an administrator of the platform. Only operators decide that.

use crate::error::{Failure, PortError, Refusal};
use crate::identity::email_claim;
use crate::organizations::{OPERATOR, Office, event};
use crate::ports::{Owner, Records};
use crate::records::SUPPORT_DESK;
use crate::registry::Change;
use crate::scope::{Actor, Administrator, SignedIn};
use freshtrack_contracts::events::Happening;
use freshtrack_contracts::support::AdministratorAddress;
use freshtrack_domain::ids::UserId;
use freshtrack_domain::support::{Appointment, SupportDesk};

/// The person as an administrator, if they are one.
///
/// # Errors
/// When the store does not answer: then nothing is known and nothing is allowed.
pub async fn admit_administrator(
    records: &dyn Records,
    person: SignedIn,
) -> Result<Option<Administrator>, PortError> {
    let appointment = records
        .get::<Appointment>(Owner::Platform, person.user_id)
        .await?;
    Ok(appointment.map(|_| Administrator::granted(person)))
}

/// Makes the person with this address an administrator. Doing it again changes nothing.
///
/// # Errors
/// Refused when nobody has an account with this address.
pub async fn grant_administrator(
    office: &Office<'_>,
    input: &AdministratorAddress,
) -> Result<UserId, Failure> {
    let user_id = holder_of(office, input).await?;
    let known = office
        .records
        .get::<Appointment>(Owner::Platform, user_id)
        .await?;
    if known.is_none() {
        let appointment = Appointment {
            user_id,
            since: office.clock.now(),
        };
        let change = change("administrator.granted", user_id).insert(&appointment)?;
        office.registry().commit(change).await?;
    }
    Ok(user_id)
}

/// Makes the person with this address an administrator no more. What they support at the moment ends with it.
///
/// # Errors
/// Refused when nobody has an account with this address.
pub async fn revoke_administrator(
    office: &Office<'_>,
    input: &AdministratorAddress,
) -> Result<UserId, Failure> {
    let user_id = holder_of(office, input).await?;
    let known = office
        .records
        .get::<Appointment>(Owner::Platform, user_id)
        .await?;
    if let Some(appointment) = known {
        let desk = office
            .records
            .get::<SupportDesk>(Owner::User(user_id), SUPPORT_DESK)
            .await?;
        let mut change = change("administrator.revoked", user_id).remove(&appointment);
        if let Some(active) = desk.and_then(|desk| desk.record.active(office.clock.now()).cloned()) {
            let what = Happening::SupportEnded { user_id };
            change = change.publish(event(office, active.org_id, user_id, appointment.rev, what));
        }
        office.registry().commit(change).await?;
    }
    Ok(user_id)
}

fn change(action: &str, user_id: UserId) -> Change {
    Change::new(Owner::Platform, &Actor::new(OPERATOR), action, user_id)
}

async fn holder_of(office: &Office<'_>, input: &AdministratorAddress) -> Result<UserId, Failure> {
    let holder = office
        .records
        .holder(&email_claim(&input.email), office.clock.now())
        .await?;
    holder
        .and_then(|holder| holder.id.parse().ok())
        .ok_or_else(|| Refusal::not_found("account").into())
}
