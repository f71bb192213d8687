//! EventBridge Scheduler on the system's clock.
//!
//! A run and the time of the next one are kept in one transaction, so a run is
//! neither lost nor repeated when the process is killed. What came due while the
//! system was stopped, or while its clock jumped, runs once.

mod expression;

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction, params};
use serde_json::json;

pub use self::expression::{ExpressionError, Timetable};
use super::dead_letter;
use super::identifiers::{Account, uuid};
use super::lambda::{AsyncInvocations, LambdaError};
use super::sqs::NewMessage;
use super::store::{Store, StoreError};
use crate::clock::LocalClock;
use crate::template::{Schedule, Target};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS schedules (
        name TEXT PRIMARY KEY,
        expression TEXT NOT NULL,
        time_zone TEXT NOT NULL,
        due_at INTEGER
    );";

/// The pause after the store failed.
const STORE_PAUSE: std::time::Duration = std::time::Duration::from_secs(1);

/// Why the schedules cannot run.
#[derive(Debug, thiserror::Error)]
pub enum SchedulerError {
    /// An expression or zone that AWS would refuse.
    #[error("schedule {schedule}: {source}")]
    Expression {
        /// The schedule's name.
        schedule: String,
        /// What is wrong with it.
        source: ExpressionError,
    },
    /// The state could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for SchedulerError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// The enabled schedules and when each is due.
pub struct Scheduler {
    store: Store,
    clock: LocalClock,
    invocations: AsyncInvocations,
    account: Account,
    schedules: Vec<Entry>,
}

struct Entry {
    schedule: Schedule,
    timetable: Timetable,
    /// `None` once nothing is to come.
    due: Option<Timestamp>,
}

impl Scheduler {
    /// Reads the schedules and when they are due. One that is new, or whose
    /// expression has changed, starts now.
    ///
    /// # Errors
    /// When an expression is one that AWS would refuse or the store fails.
    pub fn open(
        store: Store,
        clock: LocalClock,
        invocations: AsyncInvocations,
        account: Account,
        schedules: &[Schedule],
    ) -> Result<Self, SchedulerError> {
        store.create(SCHEMA)?;
        let mut entries = Vec::new();
        for schedule in schedules.iter().filter(|schedule| schedule.enabled) {
            let timetable =
                Timetable::parse(&schedule.expression, &schedule.time_zone).map_err(|source| {
                    SchedulerError::Expression {
                        schedule: schedule.name.clone(),
                        source,
                    }
                })?;
            let due = store.write(|transaction| match kept(transaction, schedule)? {
                Some(due) => Ok(due),
                None => {
                    let due = timetable.first(clock.now());
                    keep(transaction, schedule, due)?;
                    Ok::<_, SchedulerError>(due)
                }
            })?;
            entries.push(Entry {
                schedule: schedule.clone(),
                timetable,
                due,
            });
        }
        Ok(Self {
            store,
            clock,
            invocations,
            account,
            schedules: entries,
        })
    }

    /// Runs what comes due until the task is dropped.
    pub async fn run(mut self) {
        loop {
            let Some(due) = self.schedules.iter().filter_map(|entry| entry.due).min() else {
                return std::future::pending().await;
            };
            self.clock.sleep_until(due.as_millisecond()).await;
            if let Err(error) = self.run_due() {
                tracing::error!(%error, "a schedule could not run");
                tokio::time::sleep(STORE_PAUSE).await;
            }
        }
    }

    fn run_due(&mut self) -> Result<(), SchedulerError> {
        let now = self.clock.now();
        let mut schedules = std::mem::take(&mut self.schedules);
        let mut outcome = Ok(());
        for entry in &mut schedules {
            let Some(due) = entry.due.filter(|due| *due <= now) else {
                continue;
            };
            let following = entry.timetable.following(due, now);
            let ran = self.store.write(|transaction| {
                let reached = self.deliver(transaction, &entry.schedule, due)?;
                keep(transaction, &entry.schedule, following)?;
                Ok::<_, SchedulerError>(reached)
            });
            match ran {
                Ok(reached) => {
                    entry.due = following;
                    if let Some(target) = reached {
                        self.invocations.wake_target(&target);
                    }
                }
                Err(error) => outcome = Err(error),
            }
        }
        self.schedules = schedules;
        outcome
    }

    /// Hands the run to its target, or to the dead letter queue; returns who got it.
    fn deliver(
        &self,
        transaction: &Transaction<'_>,
        schedule: &Schedule,
        due: Timestamp,
    ) -> Result<Option<Target>, SchedulerError> {
        let arn = self
            .account
            .arn("scheduler", format_args!("schedule/default/{}", schedule.name));
        let message = NewMessage {
            group_id: schedule.message_group.clone(),
            ..NewMessage::body(self.input(schedule, &arn, due))
        };
        let refusal = match self.invocations.deliver(transaction, &schedule.target, &message) {
            Ok(()) => return Ok(Some(schedule.target.clone())),
            Err(LambdaError::Store(error)) => return Err(error.into()),
            Err(refusal) => refusal,
        };
        tracing::error!(schedule = schedule.name, %refusal, "a scheduled call could not be made");
        let Some(dead_letters) = &schedule.dead_letters else {
            return Ok(None);
        };
        let dead_letters = Target::Queue(dead_letters.clone());
        let attributes = [
            ("SCHEDULE_ARN", arn),
            ("TARGET_ARN", self.invocations.target_arn(&schedule.target)),
            ("ERROR_CODE", dead_letter::error_code(&refusal).to_owned()),
            ("ERROR_MESSAGE", refusal.to_string()),
        ];
        let letter = dead_letter::letter(&message.body, attributes);
        match self.invocations.deliver(transaction, &dead_letters, &letter) {
            Ok(()) => Ok(Some(dead_letters)),
            Err(LambdaError::Store(error)) => Err(error.into()),
            Err(refusal) => {
                tracing::error!(schedule = schedule.name, %refusal, "the dead letter queue refused a call");
                Ok(None)
            }
        }
    }

    /// The schedule's input with its context attributes filled in, or
    /// Scheduler's own event.
    fn input(&self, schedule: &Schedule, arn: &str, due: Timestamp) -> String {
        let id = uuid();
        let time = format!("{due:.0}");
        let Some(input) = &schedule.input else {
            return json!({
                "version": "0",
                "id": id,
                "detail-type": "Scheduled Event",
                "source": "aws.scheduler",
                "account": self.account.id,
                "time": time,
                "region": self.account.region,
                "resources": [arn],
                "detail": "{}",
            })
            .to_string();
        };
        let context = BTreeMap::from([
            ("<aws.scheduler.schedule-arn>", arn),
            ("<aws.scheduler.scheduled-time>", &time),
            ("<aws.scheduler.execution-id>", &id),
            ("<aws.scheduler.attempt-number>", "1"),
        ]);
        context
            .iter()
            .fold(input.clone(), |input, (name, value)| input.replace(name, value))
    }
}

/// When the schedule is due as an earlier run left it; `None` when it is new.
fn kept(
    transaction: &Transaction<'_>,
    schedule: &Schedule,
) -> Result<Option<Option<Timestamp>>, SchedulerError> {
    let due_at: Option<Option<i64>> = transaction
        .prepare_cached(
            "SELECT due_at FROM schedules WHERE name = ?1 AND expression = ?2 AND time_zone = ?3",
        )?
        .query_row(
            params![schedule.name, schedule.expression, schedule.time_zone],
            |row| row.get(0),
        )
        .optional()?;
    Ok(due_at.map(|due_at| due_at.and_then(|due_at| Timestamp::from_millisecond(due_at).ok())))
}

fn keep(
    transaction: &Transaction<'_>,
    schedule: &Schedule,
    due: Option<Timestamp>,
) -> Result<(), SchedulerError> {
    let due_at = due.map(Timestamp::as_millisecond);
    transaction
        .prepare_cached("INSERT OR REPLACE INTO schedules VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![
            schedule.name,
            schedule.expression,
            schedule.time_zone,
            due_at
        ])?;
    Ok(())
}

#[cfg(test)]
mod tests;
