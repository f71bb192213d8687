//! That somebody has seen an alert, or many.

use super::{Act, HandleAlerts, PARALLEL_LOOKUPS, Seen};
use crate::error::{Failure, Refusal};
use crate::registry::{Change, settled};
use crate::scope::Caller;
use freshtrack_contracts::alerts::{
    AcknowledgeAlerts, AcknowledgedAlert, AcknowledgementReport, AcknowledgementResult, AlertView,
    MOST_AT_ONCE,
};
use freshtrack_contracts::events::Happening;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::alert::Alert;
use freshtrack_domain::handling::{Acknowledgement, HandlingStatus};
use freshtrack_domain::ids::AlertId;
use freshtrack_domain::text::Notes;
use futures_util::stream::{self, StreamExt};
use std::collections::BTreeMap;

/// Alerts that are acknowledged by one transaction, of which each takes two of the hundred things it may be about.
const AT_ONCE: usize = 40;

/// The caller has seen the alert `id`. Changes nothing if somebody has seen it as bad as it is, or said what became of it.
///
/// # Errors
/// Refused when there is no such alert that the caller may see.
pub async fn acknowledge_alert(
    ports: &HandleAlerts<'_>,
    caller: &Caller,
    id: AlertId,
    note: Notes,
) -> Result<AlertView, Failure> {
    let acknowledge = || async {
        let seen = ports.look(caller, id).await?;
        if seen.status() != HandlingStatus::Open {
            return Ok(seen.handled());
        }
        let act = act(&seen, &note);
        ports.sign(caller, "alert.acknowledged", seen, act).await
    };
    Ok(ports.view(&settled(acknowledge).await?))
}

/// The caller has seen many alerts. Each is answered for itself; doing it again changes nothing.
///
/// # Errors
/// Refused when there are none or more than a hundred.
pub async fn acknowledge_alerts(
    ports: &HandleAlerts<'_>,
    caller: &Caller,
    input: AcknowledgeAlerts,
) -> Result<AcknowledgementReport, Failure> {
    let AcknowledgeAlerts { alerts, note } = input;
    if alerts.is_empty() || alerts.len() > MOST_AT_ONCE {
        let refusal = Refusal::invalid(format!("alerts must name 1 to {MOST_AT_ONCE}."));
        return Err(refusal.about("alerts").into());
    }
    let mut results: BTreeMap<AlertId, AcknowledgementResult> = alerts
        .iter()
        .map(|id| (*id, AcknowledgementResult::NotFound))
        .collect();
    let ids: Vec<AlertId> = results.keys().copied().collect();
    for some in ids.chunks(AT_ONCE) {
        for id in settled(|| acknowledge_some(ports, caller, some, &note)).await? {
            results.insert(id, AcknowledgementResult::Acknowledged);
        }
    }
    let result = |alert_id: AlertId| AcknowledgedAlert {
        alert_id,
        result: results
            .get(&alert_id)
            .copied()
            .unwrap_or(AcknowledgementResult::NotFound),
    };
    Ok(AcknowledgementReport {
        results: alerts.into_iter().map(result).collect(),
    })
}

/// Acknowledges those of `ids` that the caller may see, all of them or none; which they are.
async fn acknowledge_some(
    ports: &HandleAlerts<'_>,
    caller: &Caller,
    ids: &[AlertId],
    note: &Notes,
) -> Result<Vec<AlertId>, Failure> {
    let looks: Vec<Result<Seen, Failure>> = stream::iter(ids.to_vec())
        .map(|id| ports.look(caller, id))
        .buffered(PARALLEL_LOOKUPS)
        .collect()
        .await;
    let mut seen = Vec::new();
    for look in looks {
        match look {
            Err(Failure::Refused(refusal)) if refusal.code == ProblemCode::NotFound => {}
            look => seen.push(look?),
        }
    }
    let found = seen.iter().map(|seen| seen.alert.id).collect();
    seen.retain(|seen| seen.status() == HandlingStatus::Open);
    if seen.is_empty() {
        return Ok(found);
    }
    let names: Vec<String> = seen.iter().map(|seen| seen.alert.id.to_string()).collect();
    let mut change = Change::new(
        caller.scope,
        &caller.actor,
        "alerts.acknowledged",
        caller.scope.org_id(),
    )
    .detail("alerts", names.join(" "));
    for seen in &seen {
        change = ports.with_act(caller, change, seen, &act(seen, note)).await?;
    }
    ports.registry().commit(change).await?;
    let alerts: Vec<Alert> = seen.into_iter().map(|seen| seen.alert).collect();
    ports.show(caller.scope, &alerts).await;
    Ok(found)
}

fn act(seen: &Seen, note: &Notes) -> Act {
    Act {
        handling: seen.handling().acknowledged(Acknowledgement {
            signature: seen.signature.clone(),
            note: note.clone(),
        }),
        what: Happening::AlertAcknowledged,
        text: note.as_str().to_owned(),
        corrective_action: None,
        until: None,
    }
}
