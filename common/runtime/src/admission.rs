//! Who is let in: what the authorizer found out, held against what the endpoint asks for.

use crate::context::Context;
use crate::event::{HttpEvent, Identity};
use crate::http::HandlerError;
use freshtrack_application::ports::Records;
use freshtrack_application::{Actor, Caller, OrgScope, Refusal, SignedIn};
use freshtrack_contracts::endpoints::Access;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{Right, Sites};
use freshtrack_domain::ids::{OrgId, UserId};
use freshtrack_domain::people::Member;
use freshtrack_domain::place::Organization;
use futures_util::future;

/// Who was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Admitted {
    /// Anyone.
    Anyone,
    /// A person, outside of any organization.
    Person(SignedIn),
    /// Somebody within an organization.
    Caller(Caller),
}

/// Lets the sender of `event` in if that is somebody who has the `access` that the endpoint asks for.
pub(crate) async fn admit(
    context: &Context,
    access: Access,
    event: &HttpEvent,
) -> Result<Admitted, HandlerError> {
    let identity = event
        .request_context
        .authorizer
        .as_ref()
        .and_then(|authorizer| authorizer.lambda.as_ref());
    match access {
        Access::Anyone => Ok(Admitted::Anyone),
        Access::SignedIn => Ok(Admitted::Person(person_of(identity)?)),
        Access::Platform => Err(Refusal::not_found("page").into()),
        Access::Organization(right) => {
            let identity = identity.ok_or_else(no_organization)?;
            // A malformed identifier is nobody's organization.
            let asked: OrgId = event
                .path_parameters
                .get("org_id")
                .and_then(|text| text.parse().ok())
                .ok_or_else(no_organization)?;
            let caller = if identity.org_id.is_empty() {
                member(context, identity, asked).await?
            } else {
                caller_of(identity).filter(|caller| caller.scope.org_id() == asked)
            };
            let caller = caller.ok_or_else(no_organization)?;
            if caller.may(right) {
                Ok(Admitted::Caller(caller))
            } else {
                Err(missing(right).into())
            }
        }
    }
}

/// The answer to everybody who has no business in an organization, whether it exists or not.
fn no_organization() -> Refusal {
    Refusal::not_found("organization")
}

fn missing(right: Right) -> Refusal {
    Refusal::new(
        ProblemCode::MissingRight,
        format!("This needs the right `{right}`, which your role or key does not have."),
    )
}

fn person_of(identity: Option<&Identity>) -> Result<SignedIn, Refusal> {
    identity
        .and_then(|identity| {
            Some(SignedIn {
                user_id: identity.actor_id.parse().ok()?,
                session_id: identity.session_id.parse().ok()?,
            })
        })
        .ok_or_else(|| Refusal::new(ProblemCode::NotSignedIn, "Sign in as a person to do this."))
}

/// The person as a member of the organization they ask for, unless that was deleted. Read anew for every call, so that
/// who was removed or given another role feels it at once.
async fn member(
    context: &Context,
    identity: &Identity,
    org_id: OrgId,
) -> Result<Option<Caller>, HandlerError> {
    let person = person_of(Some(identity))?;
    let records = context.records()?;
    let records: &dyn Records = &records;
    let scope = OrgScope::granted(org_id);
    let (organization, member) = future::try_join(
        records.get::<Organization>(scope, org_id),
        records.get::<Member>(scope, person.user_id),
    )
    .await?;
    if organization.is_none_or(|stored| stored.record.deleted.is_some()) {
        return Ok(None);
    }
    Ok(member.map(|stored| Caller {
        scope,
        actor: person.actor(),
        rights: stored.record.role.rights(),
        sites: stored.record.sites,
    }))
}

/// The caller that an authorizer told of, whose credential is for one organization.
pub(crate) fn caller_of(identity: &Identity) -> Option<Caller> {
    let words = |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_owned).collect() };
    let sites = words(&identity.sites);
    Some(Caller {
        scope: OrgScope::granted(identity.org_id.parse().ok()?),
        actor: Actor {
            id: identity.actor_id.clone(),
            acting_as: identity.acting_as.parse::<UserId>().ok(),
        },
        rights: words(&identity.scopes)
            .iter()
            .filter_map(|name| name.parse().ok())
            .collect(),
        sites: if sites.is_empty() {
            Sites::All
        } else {
            Sites::Only(sites.iter().filter_map(|id| id.parse().ok()).collect())
        },
    })
}
