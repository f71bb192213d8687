//! Sealed blocks and late readings.

use crate::error::corrupt;
use crate::keys;
use crate::table::{Condition, Item, Query, Table, binary, bytes_of, data, item};
use async_trait::async_trait;
use freshtrack_application::ports::{LateEntry, ReadingLog};
use freshtrack_application::{OrgScope, PortError, PortErrorKind};
use freshtrack_domain::ids::{SensorId, UnitId};
use freshtrack_domain::log::{BlockHash, Entry, Fault, SealedBlock};
use freshtrack_domain::measurement::{CentiCelsius, Correction, Humidity};
use freshtrack_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const PAYLOAD: &str = "p";
const PREVIOUS: &str = "c";

/// The reading log in the table.
#[derive(Debug, Clone)]
pub struct DynamoReadingLog(pub Arc<Table>);

/// The plain part of a block's item.
#[derive(Serialize, Deserialize)]
struct BlockData {
    first: Timestamp,
    last: Timestamp,
}

/// A late reading's item.
#[derive(Serialize, Deserialize)]
struct LateData {
    at: Timestamp,
    sensor: SensorId,
    #[serde(skip_serializing_if = "Option::is_none")]
    t: Option<CentiCelsius>,
    #[serde(skip_serializing_if = "Option::is_none")]
    h: Option<Humidity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    door: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<LateFault>,
    #[serde(skip_serializing_if = "Correction::is_none", default)]
    c: Correction,
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    manual: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    bf: bool,
}

#[derive(Serialize, Deserialize)]
enum LateFault {
    ProbeMissing,
    Implausible,
}

#[async_trait]
impl ReadingLog for DynamoReadingLog {
    async fn put_block(
        &self,
        scope: OrgScope,
        unit_id: UnitId,
        block: &SealedBlock,
    ) -> Result<(), PortError> {
        const OP: &str = "reading_log.put_block";
        let key = keys::block(scope.org_id(), unit_id, block.first_at);
        let mut item = item(
            OP,
            "block",
            &key,
            &BlockData {
                first: block.first_at,
                last: block.last_at,
            },
        )?;
        item.insert(PAYLOAD.to_owned(), binary(block.payload.clone()));
        item.insert(PREVIOUS.to_owned(), binary(block.previous.0));
        match self.0.put(OP, item, Some(&Condition::ABSENT)).await {
            Err(error) if error.kind == PortErrorKind::Conflict => {
                let stored = self
                    .0
                    .get(OP, &key, true)
                    .await?
                    .map(|item| block_of(OP, item))
                    .transpose()?;
                if stored.as_ref() == Some(block) {
                    Ok(())
                } else {
                    Err(error)
                }
            }
            other => other,
        }
    }

    async fn put_late(&self, scope: OrgScope, unit_id: UnitId, late: &LateEntry) -> Result<bool, PortError> {
        const OP: &str = "reading_log.put_late";
        let LateEntry { entry, sensor_id } = late;
        let data = LateData {
            at: entry.recorded_at,
            sensor: *sensor_id,
            t: entry.temperature,
            h: entry.humidity,
            door: entry.door_open,
            fault: entry.fault.map(|fault| match fault {
                Fault::ProbeMissing => LateFault::ProbeMissing,
                Fault::Implausible => LateFault::Implausible,
            }),
            c: entry.correction,
            manual: entry.manual,
            bf: entry.back_filled,
        };
        let key = keys::late(scope.org_id(), unit_id, entry.recorded_at, *sensor_id);
        match self
            .0
            .put(OP, item(OP, "late", &key, &data)?, Some(&Condition::ABSENT))
            .await
        {
            Ok(()) => Ok(true),
            Err(error) if error.kind == PortErrorKind::Conflict => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn blocks(
        &self,
        scope: OrgScope,
        unit_id: UnitId,
        from: Timestamp,
        to: Timestamp,
        most: usize,
        fresh: bool,
    ) -> Result<Vec<SealedBlock>, PortError> {
        const OP: &str = "reading_log.blocks";
        let pk = keys::log_partition(scope.org_id(), unit_id);
        // The block before the first one within may reach into the span; blocks do not overlap, so one is enough.
        let before = Query {
            forward: false,
            limit: Some(1),
            consistent: fresh,
            ..Query::between(&pk, "R#".to_owned(), keys::block_sort(from))
        };
        let mut blocks: Vec<SealedBlock> = Vec::new();
        for item in self.0.query(OP, before).await? {
            let block = block_of(OP, item)?;
            if block.last_at >= from && block.first_at < from {
                blocks.push(block);
            }
        }
        let within = Query {
            consistent: fresh,
            limit: (most < usize::MAX).then_some(most),
            ..Query::between(&pk, keys::block_sort(from), keys::block_sort(to))
        };
        for item in self.0.query(OP, within).await? {
            blocks.push(block_of(OP, item)?);
        }
        blocks.truncate(most);
        Ok(blocks)
    }

    async fn late(
        &self,
        scope: OrgScope,
        unit_id: UnitId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<LateEntry>, PortError> {
        const OP: &str = "reading_log.late";
        let pk = keys::log_partition(scope.org_id(), unit_id);
        let first = format!("L#{}", keys::sortable(from.to_second()));
        // `~` sorts behind every character of a sensor's identifier.
        let last = format!("L#{}~", keys::sortable(to));
        let query = Query::between(&pk, first, last);
        self.0
            .query(OP, query)
            .await?
            .into_iter()
            .map(|item| late_of(OP, item))
            .collect()
    }
}

fn block_of(op: &'static str, mut item: Item) -> Result<SealedBlock, PortError> {
    let BlockData { first, last } = data(op, &mut item)?;
    let previous = bytes_of(&item, PREVIOUS)
        .try_into()
        .map_err(|error| corrupt(op, error))?;
    Ok(SealedBlock {
        first_at: first,
        last_at: last,
        previous: BlockHash(previous),
        payload: bytes_of(&item, PAYLOAD).to_vec(),
    })
}

fn late_of(op: &'static str, mut item: Item) -> Result<LateEntry, PortError> {
    let late: LateData = data(op, &mut item)?;
    let entry = Entry {
        recorded_at: late.at,
        slot: 0,
        temperature: late.t,
        fault: late.fault.map(|fault| match fault {
            LateFault::ProbeMissing => Fault::ProbeMissing,
            LateFault::Implausible => Fault::Implausible,
        }),
        humidity: late.h,
        door_open: late.door,
        correction: late.c,
        manual: late.manual,
        back_filled: late.bf,
    };
    Ok(LateEntry {
        entry,
        sensor_id: late.sensor,
    })
}
