//! That an alert may wait.

use super::{Act, HandleAlerts};
use crate::error::{Failure, Refusal};
use crate::registry::settled;
use crate::scope::Caller;
use freshtrack_contracts::alerts::{AlertView, SnoozeAlert};
use freshtrack_contracts::events::Happening;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::alert::AlertStatus;
use freshtrack_domain::handling::{Handling, LONGEST_SNOOZE, Snooze};
use freshtrack_domain::ids::AlertId;

/// Lets the alert `id` wait. Its unit is watched as before; a rise in severity ends the waiting. It is still to be signed.
///
/// # Errors
/// Refused when there is no such alert that the caller may see, its condition is over, or it would wait too long.
pub async fn snooze_alert(
    ports: &HandleAlerts<'_>,
    caller: &Caller,
    id: AlertId,
    input: SnoozeAlert,
) -> Result<AlertView, Failure> {
    let snooze = || async {
        let seen = ports.look(caller, id).await?;
        let (until, at) = (input.until.0, seen.signature.at);
        if until <= at || until > at + LONGEST_SNOOZE {
            let refusal = Refusal::invalid("until must be within the next 24 hours.");
            return Err(refusal.about("until").into());
        }
        if seen.alert.status == AlertStatus::Resolved {
            return Err(Refusal::new(
                ProblemCode::Conflict,
                "The condition is over: there is nothing to wait for.",
            )
            .into());
        }
        let known = seen.handling();
        if known
            .snoozed(&seen.alert, at)
            .is_some_and(|known| known.until == until && known.note == input.note)
        {
            return Ok(seen.handled());
        }
        let act = Act {
            handling: Handling {
                snooze: Some(Snooze {
                    signature: seen.signature.clone(),
                    until,
                    note: input.note.clone(),
                }),
                ..known
            },
            what: Happening::AlertSnoozed,
            text: input.note.as_str().to_owned(),
            corrective_action: None,
            until: Some(until),
        };
        ports.sign(caller, "alert.snoozed", seen, act).await
    };
    Ok(ports.view(&settled(snooze).await?))
}
