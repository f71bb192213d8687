//! Timed processes: started, measured and ended by people or fed by a sensor, judged by the clock, and asking for somebody
//! before it is too late.

mod end;
mod get;
mod judging;
mod list;
mod observe;
mod start;
mod sweep;

pub use end::end_process;
pub use get::get_process;
pub use list::{ProcessQuery, list_observations, list_process_kinds, list_processes};
pub use observe::{observe_process, observe_processes};
pub use start::start_process;
pub use sweep::{ProcessSweep, sweep_processes};

use crate::error::{Failure, Refusal};
use crate::live::Live;
use crate::ports::{Claim, ClaimSpace, Clock, ReadingLog, Records, Stored, UnitStates};
use crate::registry::Registry;
use crate::scope::{Caller, OrgScope};
use freshtrack_domain::ids::ProcessId;
use freshtrack_domain::logbook::ClientId;
use freshtrack_domain::measurement::{CentiCelsius, TemperatureSample};
use freshtrack_domain::process::Process;
use freshtrack_domain::reading::{EARLIEST, MAX_FUTURE};
use freshtrack_domain::time::Timestamp;

/// What is known of processes: enough to tell how far they are.
#[derive(Clone, Copy)]
pub struct Evidence<'a> {
    /// The processes, and the units at which they take place.
    pub records: &'a dyn Records,
    /// The newest readings of those units.
    pub states: &'a dyn UnitStates,
    /// Their older readings.
    pub log: &'a dyn ReadingLog,
    /// The time.
    pub clock: &'a dyn Clock,
}

/// What seeing to processes needs.
#[derive(Clone, Copy)]
pub struct Processes<'a> {
    /// What is known of them.
    pub evidence: Evidence<'a>,
    /// Who is watching.
    pub live: Live<'a>,
}

impl Processes<'_> {
    const fn registry(&self) -> Registry<'_> {
        Registry {
            records: self.evidence.records,
            clock: self.evidence.clock,
        }
    }
}

/// The process `id`, if the caller may see it.
async fn seen(records: &dyn Records, caller: &Caller, id: ProcessId) -> Result<Stored<Process>, Failure> {
    let found = records.get::<Process>(caller.scope, id).await?;
    let stored = found.ok_or_else(|| Refusal::not_found("process"))?;
    caller.sees(stored.record.site_id, "process")?;
    Ok(stored)
}

/// What a device called a process or an observation: within an organization no two of the kind are called the same.
fn called(scope: OrgScope, space: ClaimSpace, id: &ClientId) -> Claim {
    Claim {
        space,
        name: format!("{}#{id}", scope.org_id()),
    }
}

/// The temperature that is told in the one unit or the other, if it is one of food.
fn told(celsius: Option<f64>, fahrenheit: Option<f64>) -> Result<CentiCelsius, Refusal> {
    let (read, field) = match (celsius, fahrenheit) {
        (Some(degrees), None) => (CentiCelsius::from_celsius(degrees), "temperature_c"),
        (None, Some(degrees)) => (CentiCelsius::from_fahrenheit(degrees), "temperature_f"),
        _ => return Err(Refusal::invalid("Give either temperature_c or temperature_f.")),
    };
    read.filter(|read| matches!(TemperatureSample::judge(*read), TemperatureSample::Valid(_)))
        .ok_or_else(|| Refusal::invalid(format!("{field} is not a temperature of food.")).about(field))
}

/// Refuses a time at which nothing can have been done, as of every reading; late is not too late.
fn check_time(at: Timestamp, now: Timestamp, field: &str) -> Result<(), Refusal> {
    let wrong = if at > now + MAX_FUTURE {
        "is more than five minutes ahead"
    } else if at < EARLIEST {
        "is before there was anything to measure"
    } else {
        return Ok(());
    };
    Err(Refusal::invalid(format!("{field} {wrong}.")).about(field))
}
