//! Alerts, and what people do about them.
//!
//! The unit's side writes the alert with every change of its condition; people's acts are a record of their own beside it. So
//! neither overwrites the other, however often and in whichever order they come.

mod acknowledge;
mod analyze;
mod get;
mod list;
mod record_trail;
mod resolve;
mod signatures;
mod snooze;

pub use acknowledge::{acknowledge_alert, acknowledge_alerts};
pub use analyze::{AnalyticsQuery, analyze_alerts};
pub use get::get_alert;
pub use list::{AlertQuery, list_alerts};
pub use record_trail::record_trail;
pub use resolve::resolve_alert;
pub use signatures::ask_for_signature;
pub use snooze::snooze_alert;

use crate::error::{Failure, PortError, Refusal};
use crate::live::{Live, LiveUpdate};
use crate::ports::{Alerts, Clock, Records, Stored};
use crate::registry::{Change, Registry, changed_meanwhile};
use crate::scope::{Caller, OrgScope};
use freshtrack_contracts::alerts::{AlertAct, AlertView};
use freshtrack_contracts::events::{Event, Happening};
use freshtrack_domain::alert::Alert;
use freshtrack_domain::handling::{Account, Handled, Handling, HandlingStatus, Signature, Unsigned};
use freshtrack_domain::ids::{AlertId, Id, Ulid};
use freshtrack_domain::time::Timestamp;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde::Serialize;

/// Alerts looked up at once.
const PARALLEL_LOOKUPS: usize = 16;

/// What doing something about alerts needs.
#[derive(Clone, Copy)]
pub struct HandleAlerts<'a> {
    /// The alerts.
    pub alerts: &'a dyn Alerts,
    /// What people have done about them.
    pub records: &'a dyn Records,
    /// Who is watching.
    pub live: Live<'a>,
    /// The time.
    pub clock: &'a dyn Clock,
}

/// An alert as somebody sees it who is about to do something.
struct Seen {
    alert: Alert,
    stored: Option<Stored<Handling>>,
    signature: Signature,
}

/// What somebody does about an alert.
struct Act {
    handling: Handling,
    what: fn(AlertAct) -> Happening,
    text: String,
    corrective_action: Option<Account>,
    until: Option<Timestamp>,
}

impl Seen {
    /// What people have done so far.
    fn handling(&self) -> Handling {
        let done = self.stored.as_ref().map(|stored| stored.record.clone());
        done.unwrap_or_else(|| Handling::new(self.alert.id))
    }

    fn status(&self) -> HandlingStatus {
        self.handling().status(self.alert.severity)
    }

    fn handled(self) -> Handled {
        Handled {
            alert: self.alert,
            handling: self.stored.map(|stored| stored.record),
        }
    }
}

impl HandleAlerts<'_> {
    /// The alert `id` if the caller may see it, as it is now.
    async fn look(&self, caller: &Caller, id: AlertId) -> Result<Seen, Failure> {
        let found = self.alerts.now(caller.scope, id).await?;
        let alert = found.ok_or_else(|| Refusal::not_found("alert"))?;
        caller.sees(alert.site_id, "alert")?;
        Ok(Seen {
            stored: self.records.get(caller.scope, id).await?,
            signature: Signature {
                at: self.clock.now(),
                by: caller.actor.id.clone(),
                acting_as: caller.actor.acting_as,
                severity: alert.severity,
            },
            alert,
        })
    }

    /// Adds `act` to `change`. An alert that it signs leaves the list of those that ask for a signature, unless it was put
    /// there for something worse than was seen.
    async fn with_act(
        &self,
        caller: &Caller,
        change: Change,
        seen: &Seen,
        act: &Act,
    ) -> Result<Change, Failure> {
        let (scope, alert, signature) = (caller.scope, &seen.alert, &seen.signature);
        let rev = seen.stored.as_ref().map_or(0, |stored| stored.rev);
        let told = AlertAct {
            alert_id: alert.id,
            site_id: alert.site_id,
            kind: alert.kind,
            signature: signature.into(),
            text: act.text.clone(),
            corrective_action: act.corrective_action.clone(),
            until: act.until.map(Into::into),
        };
        let event = Event {
            unit_id: Some(alert.unit_id),
            ..Event::of_record(
                scope.org_id(),
                format!("{}:{}", alert.id, rev + 1),
                signature.at.into(),
                (act.what)(told),
            )
        };
        let change = match rev {
            0 => change.insert_unless(&act.handling, changed_meanwhile())?,
            rev => change.replace(&act.handling, rev)?,
        };
        let is_signed = act.handling.status(alert.severity) != HandlingStatus::Open;
        let listed = if is_signed {
            self.records.get::<Unsigned>(scope, alert.id).await?
        } else {
            None
        };
        let change = match listed.filter(|listed| listed.record.severity <= alert.severity) {
            Some(listed) => change.remove(&listed),
            None => change,
        };
        Ok(change.publish(event))
    }

    /// Writes down that the caller does `act`, which the audit log calls `action`, and shows it to who watches.
    async fn sign(&self, caller: &Caller, action: &str, seen: Seen, act: Act) -> Result<Handled, Failure> {
        let change = Change::new(caller.scope, &caller.actor, action, seen.alert.id)
            .detail("unit", seen.alert.unit_id)
            .detail("kind", name_of(&seen.alert.kind))
            .detail("severity", name_of(&seen.alert.severity));
        let change = self.with_act(caller, change, &seen, &act).await?;
        self.registry().commit(change).await?;
        self.show(caller.scope, std::slice::from_ref(&seen.alert)).await;
        Ok(Handled {
            alert: seen.alert,
            handling: Some(act.handling),
        })
    }

    async fn show(&self, scope: OrgScope, alerts: &[Alert]) {
        let updates: Vec<LiveUpdate> = alerts.iter().cloned().map(LiveUpdate::of_alert).collect();
        self.live.push(scope, &updates, self.clock.now()).await;
    }

    fn view(&self, handled: &Handled) -> AlertView {
        AlertView::handled(handled, self.clock.now())
    }

    const fn registry(&self) -> Registry<'_> {
        Registry {
            records: self.records,
            clock: self.clock,
        }
    }
}

/// `alerts` with what people have done about each.
pub(crate) async fn handled(
    records: &dyn Records,
    scope: OrgScope,
    alerts: impl IntoIterator<Item = Alert>,
) -> Result<Vec<Handled>, PortError> {
    stream::iter(alerts)
        .map(|alert| handled_one(records, scope, alert))
        .buffered(PARALLEL_LOOKUPS)
        .try_collect()
        .await
}

async fn handled_one(records: &dyn Records, scope: OrgScope, alert: Alert) -> Result<Handled, PortError> {
    let found = records.get::<Handling>(scope, alert.id).await?;
    Ok(Handled {
        handling: found.map(|stored| stored.record),
        alert,
    })
}

/// The least identifier of an alert that opened at `at` or later.
fn first_of(at: Timestamp) -> AlertId {
    AlertId::from_ulid(Ulid::from_parts(u64::try_from(at.as_millis()).unwrap_or(0), 0))
}

/// The name of `value` on the wire.
fn name_of(value: &impl Serialize) -> String {
    let json = serde_json::to_value(value).unwrap_or_default();
    json.as_str().map(str::to_owned).unwrap_or_default()
}
