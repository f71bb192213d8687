//! What people do about alerts, beside what sensors and the clock make of them.

mod acting;
mod listing;

use crate::support::{COLD, Stage, WARM, minute};
use freshtrack_application::alerts::{
    AlertQuery, acknowledge_alert, ask_for_signature, get_alert, list_alerts, record_trail, resolve_alert,
    snooze_alert,
};
use freshtrack_application::ports::{Clock, Records};
use freshtrack_application::{Actor, Caller, Change, Failure, PageRequest, Registry};
use freshtrack_contracts::alerts::{AlertView, HandlingView, ResolveAlert, SnoozeAlert};
use freshtrack_contracts::events::Event;
use freshtrack_contracts::page::PageSize;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{Role, Sites};
use freshtrack_domain::alert::AlertStatus;
use freshtrack_domain::ids::AlertId;
use freshtrack_domain::place::Site;
use freshtrack_domain::text::{Notes, Paragraph};
use freshtrack_domain::time::Timestamp;
use freshtrack_testkit::World;

impl Stage {
    fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    fn member(&self, name: &str, role: Role) -> Caller {
        Caller {
            scope: self.scope(),
            actor: Actor::new(name),
            rights: role.rights(),
            sites: Sites::All,
        }
    }

    fn cook(&self) -> Caller {
        self.member("usr_cook", Role::Staff)
    }

    fn manager(&self) -> Caller {
        self.member("usr_manager", Role::Manager)
    }

    /// Unit `number` is out of range at these minutes, and the bus has told of what came of it.
    async fn alarmed(&self, number: usize, minutes: &[u32]) -> AlertId {
        for at in minutes {
            self.record(&[self.measured(number, minute(*at), WARM)]).await;
        }
        self.deliver().await;
        let open = self.alerts(AlertStatus::Open).await;
        open.iter()
            .find(|alert| alert.unit_id == self.unit(number))
            .unwrap()
            .id
    }

    /// Unit `number` is in range again from this minute on.
    async fn recovered(&self, number: usize, at: u32) {
        for at in [at, at + 5] {
            self.record(&[self.measured(number, minute(at), COLD)]).await;
        }
        self.deliver().await;
    }

    /// The bus delivers what has left by the outbox.
    async fn deliver(&self) -> Vec<Event> {
        let mut events = self.world.memory.take_outbox();
        events.extend(self.world.records.take_outbox());
        for event in &events {
            self.hear(event).await;
        }
        events
    }

    async fn hear(&self, event: &Event) {
        let World {
            memory,
            records,
            clock,
            ..
        } = &self.world;
        record_trail(memory, event).await.unwrap();
        ask_for_signature(records, clock, event).await.unwrap();
    }

    async fn acknowledge(&self, caller: &Caller, id: AlertId) -> Result<AlertView, Failure> {
        acknowledge_alert(&self.world.handle_alerts(), caller, id, note("Seen.")).await
    }

    async fn snooze(&self, id: AlertId, until: Timestamp) -> Result<AlertView, Failure> {
        let input = SnoozeAlert {
            until: until.into(),
            note: Notes::default(),
        };
        snooze_alert(&self.world.handle_alerts(), &self.cook(), id, input).await
    }

    async fn resolve(&self, id: AlertId, text: &str, action: Option<&str>) -> Result<AlertView, Failure> {
        let input = ResolveAlert {
            text: Paragraph::new(text).unwrap(),
            corrective_action: action.map(|action| Paragraph::new(action).unwrap()),
        };
        resolve_alert(&self.world.handle_alerts(), &self.manager(), id, input).await
    }

    async fn listed(&self, caller: &Caller, query: AlertQuery) -> Vec<AlertView> {
        let World {
            memory,
            records,
            clock,
            ..
        } = &self.world;
        let mut items = Vec::new();
        let mut request = PageRequest::new(PageSize::ITEMS, Some(2), None).unwrap();
        loop {
            let page = list_alerts(memory, records, clock, caller, query, &request)
                .await
                .unwrap();
            items.extend(page.items);
            match page.next_cursor {
                None => break items,
                cursor => request.cursor = cursor,
            }
        }
    }

    async fn unsigned(&self) -> Vec<AlertId> {
        let query = AlertQuery {
            unsigned: true,
            ..AlertQuery::default()
        };
        let listed = self.listed(&self.viewer(), query).await;
        listed.iter().map(|alert| alert.id).collect()
    }

    /// The trail of an alert: what happened, who did it, what they said.
    async fn trail(&self, id: AlertId) -> Vec<(String, Option<String>, String)> {
        let World {
            memory,
            records,
            clock,
            ..
        } = &self.world;
        let detail = get_alert(memory, records, clock, &self.viewer(), id)
            .await
            .unwrap();
        let entries = detail.trail.into_iter();
        entries
            .map(|entry| (entry.event, entry.by, entry.detail))
            .collect()
    }

    async fn at_site(&self, change: impl Fn(&mut Site)) {
        let records: &dyn Records = &self.world.records;
        let mut stored = records
            .get::<Site>(self.scope(), self.kitchen.site_id)
            .await
            .unwrap()
            .unwrap();
        change(&mut stored.record);
        let updated = Change::new(
            self.scope(),
            &Actor::new("usr_owner"),
            "site.updated",
            stored.record.id,
        );
        let registry = Registry {
            records,
            clock: &self.world.clock,
        };
        let updated = updated.replace(&stored.record, stored.rev).unwrap();
        registry.commit(updated).await.unwrap();
    }
}

fn note(text: &str) -> Notes {
    Notes::new(text).unwrap()
}

fn handling(alert: &AlertView) -> &HandlingView {
    alert.handling.as_ref().unwrap()
}

fn code_of<T: std::fmt::Debug>(result: Result<T, Failure>) -> ProblemCode {
    match result {
        Err(Failure::Refused(refusal)) => refusal.code,
        other => panic!("expected a refusal, not {other:?}"),
    }
}
