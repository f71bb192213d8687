//! Temperatures logged by hand: kept as people told them, measured like any other, and asked for when they are due.

mod due;
mod get;
mod keep;
mod list;

pub use due::list_due_logs;
pub use get::get_log;
pub use keep::{log_temperature, log_temperatures};
pub use list::{LogQuery, list_logs};

use crate::error::{Failure, Refusal};
use crate::ports::{Claim, ClaimSpace, IdSource, Records};
use crate::record_readings::RecordReadings;
use crate::registry::Registry;
use crate::scope::{Caller, OrgScope};
use freshtrack_contracts::logbook::LogView;
use freshtrack_domain::ids::{LogId, UnitId};
use freshtrack_domain::logbook::{ClientId, ManualLog};
use freshtrack_domain::measurement::CentiCelsius;
use freshtrack_domain::place::Unit;

/// What keeping logs needs.
pub struct KeepLogs<'a> {
    /// The logs, and the units they are of.
    pub records: &'a dyn Records,
    /// What readings go through.
    pub record: RecordReadings<'a>,
    /// New identifiers.
    pub ids: &'a dyn IdSource,
}

impl KeepLogs<'_> {
    const fn registry(&self) -> Registry<'_> {
        Registry {
            records: self.records,
            clock: self.record.clock,
        }
    }
}

/// The unit, which is not deleted, if the caller may see it.
async fn unit(records: &dyn Records, caller: &Caller, id: UnitId) -> Result<Unit, Failure> {
    let found = records.get::<Unit>(caller.scope, id).await?;
    let unit = found
        .map(|stored| stored.record)
        .filter(|unit| unit.deleted.is_none())
        .ok_or_else(|| Refusal::not_found("unit"))?;
    caller.sees(unit.site_id, "unit")?;
    Ok(unit)
}

/// What a device called a log: within an organization no two logs are called the same.
fn called(scope: OrgScope, id: &ClientId) -> Claim {
    Claim {
        space: ClaimSpace::ClientLog,
        name: format!("{}#{id}", scope.org_id()),
    }
}

/// That a log is corrected, which it is once: a correction that is wrong is corrected itself.
fn correction_of(scope: OrgScope, id: LogId) -> Claim {
    Claim {
        space: ClaimSpace::Correction,
        name: format!("{}#{id}", scope.org_id()),
    }
}

fn view(log: ManualLog, corrected_by: Option<LogId>) -> LogView {
    LogView {
        id: log.id,
        unit_id: log.unit_id,
        site_id: log.site_id,
        temperature_c: log.temperature.celsius(),
        low_c: log.low.celsius(),
        high_c: log.high.celsius(),
        judged_by: log.standard.map(Into::into),
        in_range: log.in_range,
        notes: log.notes,
        corrective_action: log.corrective_action,
        photo: log.photo,
        client_id: log.client_id,
        corrects: log.corrects,
        corrected_by,
        recorded_at: log.recorded_at.into(),
        received_at: log.received_at.into(),
        by: log.by,
        acting_as: log.acting_as,
    }
}

/// The temperature that is told in the one unit or the other.
fn told(celsius: Option<f64>, fahrenheit: Option<f64>) -> Result<CentiCelsius, Refusal> {
    let (read, field) = match (celsius, fahrenheit) {
        (Some(degrees), None) => (CentiCelsius::from_celsius(degrees), "temperature_c"),
        (None, Some(degrees)) => (CentiCelsius::from_fahrenheit(degrees), "temperature_f"),
        _ => return Err(Refusal::invalid("Give either temperature_c or temperature_f.")),
    };
    read.ok_or_else(|| Refusal::invalid(format!("{field} is not a temperature.")).about(field))
}
