//! What became of an alert.

use super::{Act, HandleAlerts};
use crate::error::{Failure, Refusal};
use crate::registry::settled;
use crate::scope::Caller;
use freshtrack_contracts::alerts::{AlertView, ResolveAlert};
use freshtrack_contracts::events::Happening;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::handling::{HandlingStatus, Resolution, demands_corrective_action};
use freshtrack_domain::ids::AlertId;
use freshtrack_domain::place::Site;

/// The caller says what became of the alert `id`. The unit stays as it is measured: while the condition holds the alert is
/// shown, and if it becomes worse it asks for people anew. Saying the same again changes nothing.
///
/// # Errors
/// Refused when there is no such alert that the caller may see, when something else was said already, and when the site wants
/// to know what was done and nothing is said of it.
pub async fn resolve_alert(
    ports: &HandleAlerts<'_>,
    caller: &Caller,
    id: AlertId,
    input: ResolveAlert,
) -> Result<AlertView, Failure> {
    let ResolveAlert {
        text,
        corrective_action,
    } = input;
    if text.is_empty() {
        return Err(Refusal::invalid("text must say what was found.")
            .about("text")
            .into());
    }
    let action = corrective_action.filter(|action| !action.is_empty());
    let resolve = || async {
        let seen = ports.look(caller, id).await?;
        let known = seen.handling();
        if let Some(said) = &known.resolution
            && seen.status() == HandlingStatus::Resolved
        {
            if said.text == text && said.corrective_action == action {
                return Ok(seen.handled());
            }
            return Err(Refusal::new(
                ProblemCode::Conflict,
                "Somebody has said what became of this alert. What was signed stays.",
            )
            .into());
        }
        let alert = &seen.alert;
        let site = ports.records.get::<Site>(caller.scope, alert.site_id).await?;
        let demanded =
            site.is_some_and(|site| demands_corrective_action(&site.record, alert.kind, alert.severity));
        if demanded && action.is_none() {
            return Err(Refusal::new(
                ProblemCode::CorrectiveActionRequired,
                "This site keeps a record of what is done about critical temperatures. Say what was done.",
            )
            .about("corrective_action")
            .into());
        }
        let act = Act {
            handling: known.resolved(Resolution {
                signature: seen.signature.clone(),
                text: text.clone(),
                corrective_action: action.clone(),
            }),
            what: Happening::AlertSignedOff,
            text: text.as_str().to_owned(),
            corrective_action: action.clone(),
            until: None,
        };
        ports.sign(caller, "alert.resolved", seen, act).await
    };
    Ok(ports.view(&settled(resolve).await?))
}
