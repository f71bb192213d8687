//! Timed processes, from their start to the alert and to what was done.

mod clock;
mod people;

use crate::support::{START, Stage, minute};
use freshtrack_application::ports::Records;
use freshtrack_application::processes::{
    ProcessQuery, end_process, get_process, list_processes, observe_process, observe_processes,
    start_process, sweep_processes,
};
use freshtrack_application::{ChainEnd, Failure, PageRequest};
use freshtrack_contracts::page::PageSize;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_contracts::processes::{ObservationReport, ObservationView, ProcessView};
use freshtrack_domain::alert::{Alert, AlertStatus};
use freshtrack_domain::ids::ProcessId;
use freshtrack_domain::process::Verdict;
use serde_json::{Value as Json, json};

pub(super) const CLIENT: &str = "01JD8Q6V5W3Y8R2T4N6M8P0Q2S";
pub(super) const OTHER: &str = "0193a5c2-7f3e-7b1a-9c4d-5e6f7a8b9c0d";

impl Stage {
    /// A kitchen at the start of its first day.
    pub(super) fn at_start(units: usize) -> Self {
        let stage = Self::new(units);
        stage.world.clock.set(START);
        stage
    }

    /// Starts a process of `kind` at the first unit, with what `more` says.
    pub(super) async fn start(&self, kind: &str, more: Json) -> Result<ProcessView, Failure> {
        let mut input = json!({ "kind": kind, "product": "Tomato soup", "unit_id": self.unit(0) });
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        let input = serde_json::from_value(input).unwrap();
        start_process(&self.world.processes(), &self.world.ids, &self.logger(), input).await
    }

    pub(super) async fn observe(
        &self,
        process: ProcessId,
        observation: Json,
    ) -> Result<ObservationView, Failure> {
        let input = serde_json::from_value(observation).unwrap();
        let (ports, ids) = (self.world.processes(), &self.world.ids);
        observe_process(&ports, ids, &self.logger(), process, input).await
    }

    pub(super) async fn probe(&self, process: ProcessId, minutes: u32, celsius: f64) -> ObservationView {
        let observation = json!({ "temperature_c": celsius, "measured_at": minute(minutes).to_string() });
        self.observe(process, observation).await.unwrap()
    }

    pub(super) async fn observe_all(&self, observations: Vec<Json>) -> Result<ObservationReport, Failure> {
        let input = serde_json::from_value(json!({ "observations": observations })).unwrap();
        observe_processes(&self.world.processes(), &self.world.ids, &self.logger(), input).await
    }

    pub(super) async fn end(&self, process: ProcessId, end: Json) -> Result<ProcessView, Failure> {
        let input = serde_json::from_value(end).unwrap();
        let (ports, ids) = (self.world.processes(), &self.world.ids);
        end_process(&ports, ids, &self.logger(), process, input).await
    }

    pub(super) async fn shown_process(&self, process: ProcessId) -> ProcessView {
        get_process(&self.world.evidence(), &self.viewer(), process)
            .await
            .unwrap()
    }

    pub(super) async fn verdict(&self, process: ProcessId) -> Verdict {
        self.shown_process(process).await.progress.verdict
    }

    /// Lets the clock look for what is due, as it does every minute; how many processes it wrote anew.
    pub(super) async fn look(&self, minutes: u32) -> usize {
        self.world.clock.set(minute(minutes));
        let report = sweep_processes(&self.world.processes()).await.unwrap();
        assert_eq!(report.failed, 0);
        report.changed
    }

    /// The only open alert.
    pub(super) async fn alert(&self) -> Alert {
        let open = self.alerts(AlertStatus::Open).await;
        let [alert] = open.try_into().unwrap();
        alert
    }

    pub(super) async fn processes(&self, query: ProcessQuery) -> Vec<ProcessId> {
        let mut request = PageRequest::new(PageSize::ITEMS, Some(2), None).unwrap();
        let mut ids = Vec::new();
        loop {
            let page = list_processes(&self.world.records, &self.viewer(), query, &request)
                .await
                .unwrap();
            ids.extend(page.items.iter().map(|process| process.id));
            match page.next_cursor {
                None => break ids,
                cursor => request.cursor = cursor,
            }
        }
    }

    pub(super) async fn audit_entries(&self) -> u64 {
        let records: &dyn Records = &self.world.records;
        let end = records
            .get::<ChainEnd>(self.scope(), ChainEnd::KEY)
            .await
            .unwrap();
        end.map_or(0, |end| end.rev)
    }
}

pub(super) fn refusal_of<T: std::fmt::Debug>(result: Result<T, Failure>) -> (ProblemCode, Option<String>) {
    match result {
        Err(Failure::Refused(refusal)) => (refusal.code, refusal.field),
        other => panic!("expected a refusal, not {other:?}"),
    }
}

pub(super) fn refused(code: ProblemCode, field: &str) -> (ProblemCode, Option<String>) {
    (code, Some(field.to_owned()))
}
