//! Frames kept aside.

use crate::error::corrupt;
use crate::keys;
use crate::table::{Item, Query, Table, data, expire, item, text};
use async_trait::async_trait;
use freshtrack_application::ports::{Quarantine, QuarantinedUplink};
use freshtrack_application::{OrgScope, PortError};
use freshtrack_domain::device::DevEui;
use freshtrack_domain::ids::FrameId;
use freshtrack_domain::time::Span;
use std::sync::Arc;

/// How long a frame is kept: time enough to find and register a forgotten sensor.
const KEPT_FOR: Span = Span::hours(90 * 24);
const BY_DEVICE: &str = "GSI1";

/// Frames kept aside in the table.
#[derive(Debug, Clone)]
pub struct DynamoQuarantine(pub Arc<Table>);

#[async_trait]
impl Quarantine for DynamoQuarantine {
    async fn keep(&self, scope: OrgScope, frame: &QuarantinedUplink) -> Result<(), PortError> {
        const OP: &str = "quarantine.keep";
        let written = serde_json::to_string(frame).map_err(|error| corrupt(OP, error))?;
        let mut item = item(OP, "frame", &keys::frame(scope.org_id(), frame.id), &written)?;
        let device = keys::frames_of_device(scope.org_id(), frame.uplink.dev_eui);
        item.insert("g1pk".to_owned(), text(device));
        item.insert("g1sk".to_owned(), text(frame.id.to_string()));
        self.0.put(OP, expire(item, frame.kept_at + KEPT_FOR), None).await
    }

    async fn list(
        &self,
        scope: OrgScope,
        after: Option<FrameId>,
        limit: usize,
    ) -> Result<Vec<QuarantinedUplink>, PortError> {
        const OP: &str = "quarantine.list";
        let partition = keys::quarantine_partition(scope.org_id());
        let query = Query {
            forward: false,
            limit: Some(limit),
            ..match after {
                None => Query::new("pk = :pk", &partition, Vec::new()),
                Some(after) => {
                    let after = keys::frame(scope.org_id(), after).sk;
                    Query::new("pk = :pk AND sk < :after", &partition, vec![(":after", after)])
                }
            }
        };
        let items = self.0.query(OP, query).await?;
        items.into_iter().map(|item| frame_of(OP, item)).collect()
    }

    async fn of_device(
        &self,
        scope: OrgScope,
        dev_eui: DevEui,
        after: Option<FrameId>,
        limit: usize,
    ) -> Result<Vec<QuarantinedUplink>, PortError> {
        const OP: &str = "quarantine.of_device";
        let device = keys::frames_of_device(scope.org_id(), dev_eui);
        let query = Query {
            index: Some(BY_DEVICE),
            limit: Some(limit),
            ..match after {
                None => Query::new("g1pk = :pk", &device, Vec::new()),
                Some(after) => Query::new(
                    "g1pk = :pk AND g1sk > :after",
                    &device,
                    vec![(":after", after.to_string())],
                ),
            }
        };
        let items = self.0.query(OP, query).await?;
        items.into_iter().map(|item| frame_of(OP, item)).collect()
    }

    async fn find(&self, scope: OrgScope, id: FrameId) -> Result<Option<QuarantinedUplink>, PortError> {
        const OP: &str = "quarantine.find";
        let found = self.0.get(OP, &keys::frame(scope.org_id(), id), true).await?;
        found.map(|item| frame_of(OP, item)).transpose()
    }

    async fn remove(&self, scope: OrgScope, id: FrameId) -> Result<(), PortError> {
        self.0
            .delete("quarantine.remove", &keys::frame(scope.org_id(), id))
            .await
            .map(drop)
    }
}

/// The frame in `item`: written as JSON, because what a network server decoded may hold numbers, names and a depth of
/// nesting that DynamoDB's own values do not allow.
fn frame_of(op: &'static str, mut item: Item) -> Result<QuarantinedUplink, PortError> {
    let written: String = data(op, &mut item)?;
    serde_json::from_str(&written).map_err(|error| corrupt(op, error))
}
