//! Who is let in: what the authorizer found out, held against what the endpoint asks for.

use crate::context::Context;
use crate::event::{HttpEvent, Identity};
use crate::http::HandlerError;
use freshtrack_application::organizations::admit_person;
use freshtrack_application::platform::admit_administrator;
use freshtrack_application::{Actor, Administrator, Caller, OrgScope, Refusal, SignedIn};
use freshtrack_contracts::endpoints::Access;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{Right, Sites};
use freshtrack_domain::ids::{OrgId, SessionId, UserId};

/// Who was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Admitted {
    /// Anyone.
    Anyone,
    /// A person, outside of any organization.
    Person(SignedIn),
    /// An administrator of the platform.
    Administrator(Administrator),
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
        Access::Platform => {
            let person = person_of(identity)?;
            let administrator = admit_administrator(&context.records()?, person).await?;
            // To everybody else these endpoints do not exist.
            let administrator = administrator.ok_or_else(|| Refusal::not_found("page"))?;
            Ok(Admitted::Administrator(administrator))
        }
        Access::Organization(right) => {
            let identity = identity.ok_or_else(no_organization)?;
            // A malformed identifier is nobody's organization.
            let asked: OrgId = event
                .path_parameters
                .get("org_id")
                .and_then(|text| text.parse().ok())
                .ok_or_else(no_organization)?;
            let caller = if identity.org_id.is_empty() {
                let person = person_of(Some(identity))?;
                admit_person(&context.records()?, context.clock(), person, asked).await?
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

/// The caller that an authorizer told of, whose credential is for one organization.
pub(crate) fn caller_of(identity: &Identity) -> Option<Caller> {
    let words = |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_owned).collect() };
    let sites = words(&identity.sites);
    Some(Caller {
        scope: OrgScope::granted(identity.org_id.parse().ok()?),
        actor: Actor {
            id: identity.actor_id.clone(),
            acting_as: identity.acting_as.parse::<UserId>().ok(),
            session: identity.session_id.parse::<SessionId>().ok(),
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
