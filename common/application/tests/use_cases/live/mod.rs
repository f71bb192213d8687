//! Screens: who may watch, what they are shown, and what they get after a gap.

mod resyncs;
mod showing;
mod subscriptions;
mod tickets;

use crate::support::{Stage, done, minute, shown};
use freshtrack_application::ports::Clock;
use freshtrack_application::{
    Caller, Failure, Import, Resync, import_organization, resync, subscribe, unsubscribe,
};
use freshtrack_contracts::live::{ServerBody, Topic};
use freshtrack_contracts::organization::{AreaDocument, OrganizationDocument, SiteDocument};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::Sites;
use freshtrack_domain::ids::{SiteId, UnitId};
use freshtrack_testkit::{World, fresh_id};

impl Stage {
    /// Two units, each in a site of its own.
    fn with_two_sites() -> (Self, [SiteId; 2]) {
        let stage = Self::new(2);
        let now = stage.world.clock.now();
        stage.world.clock.set(minute(0));
        let other: SiteId = fresh_id();
        let mut document = stage.kitchen.document();
        let moved = document.sites[0].areas[0].units.pop().unwrap();
        document.sites.push(SiteDocument {
            id: other,
            name: "Pier 5".to_owned(),
            time_zone: "America/New_York".to_owned(),
            areas: vec![AreaDocument {
                id: fresh_id(),
                name: "Bar".to_owned(),
                units: vec![moved],
            }],
        });
        let here = stage.kitchen.site_id;
        stage.import(document);
        stage.world.clock.set(now);
        (stage, [here, other])
    }

    fn import(&self, document: OrganizationDocument) {
        let World { memory, clock, .. } = &self.world;
        let import = Import {
            records: &self.world.records,
            states: memory,
            clock,
        };
        done(import_organization(&import, document)).unwrap();
    }

    /// Somebody who sees some sites only.
    fn viewer_of(&self, sites: &[SiteId]) -> Caller {
        Caller {
            sites: Sites::Only(sites.iter().copied().collect()),
            ..self.viewer()
        }
    }

    async fn subscribe(&self, caller: &Caller, id: &str, topics: Vec<Topic>) -> Result<Vec<Topic>, Failure> {
        let World { memory, records, .. } = &self.world;
        match subscribe(memory, records, caller, id, topics).await? {
            ServerBody::Subscribed { topics } => Ok(topics),
            other => panic!("{other:?}"),
        }
    }

    async fn unsubscribe(&self, id: &str, topics: &[Topic]) -> Vec<Topic> {
        match unsubscribe(&self.world.memory, self.scope(), id, topics)
            .await
            .unwrap()
        {
            ServerBody::Subscribed { topics } => topics,
            other => panic!("{other:?}"),
        }
    }

    async fn resync(&self, id: &str, since: i64) -> Vec<ServerBody> {
        let World {
            memory,
            records,
            sockets,
            clock,
            ..
        } = &self.world;
        let ports = Resync {
            connections: memory,
            sockets,
            states: memory,
            alerts: memory,
            records,
            clock,
        };
        resync(&ports, self.scope(), id, since).await.unwrap();
        shown(self, id)
    }

    /// The units that `id` was shown, and the alerts.
    fn units_and_alerts(&self, id: &str) -> (Vec<UnitId>, usize) {
        units_and_alerts(&shown(self, id))
    }
}

fn units_and_alerts(shown: &[ServerBody]) -> (Vec<UnitId>, usize) {
    let (mut ids, mut count) = (Vec::new(), 0);
    for body in shown {
        match body {
            ServerBody::UnitsChanged { units } => ids.extend(units.iter().map(|unit| unit.unit_id)),
            ServerBody::AlertsChanged { alerts } => count += alerts.len(),
            _ => {}
        }
    }
    (ids, count)
}

fn code_of<T: std::fmt::Debug>(result: Result<T, Failure>) -> ProblemCode {
    match result {
        Err(Failure::Refused(refusal)) => refusal.code,
        other => panic!("expected a refusal, not {other:?}"),
    }
}
