//! Attempts, counted in the table.

use crate::error::{corrupt, sdk};
use crate::keys;
use crate::table::{PK, SK, TTL, Table, number, number_of, text};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, ReturnValue};
use freshtrack_application::PortError;
use freshtrack_application::ports::Throttle;
use freshtrack_domain::time::{Span, Timestamp};
use std::sync::Arc;

/// How long a counter is kept beyond its time: what is counted late must not begin anew.
const KEPT_FOR: Span = Span::hours(1);

/// Counters in the table, each an item of its own.
#[derive(Debug, Clone)]
pub struct DynamoThrottle(pub Arc<Table>);

#[async_trait]
impl Throttle for DynamoThrottle {
    async fn count(&self, name: &str, until: Timestamp) -> Result<u32, PortError> {
        const OP: &str = "throttle.count";
        let key = keys::throttle(name);
        let output = self
            .0
            .client
            .update_item()
            .table_name(&self.0.name)
            .key(PK, text(key.pk))
            .key(SK, text(key.sk))
            .update_expression("SET et = :et, v = :v, #ttl = :ttl ADD n :one")
            .expression_attribute_names("#ttl", TTL)
            .expression_attribute_values(":et", text("throttle"))
            .expression_attribute_values(":v", number(1))
            .expression_attribute_values(":ttl", number((until + KEPT_FOR).as_seconds()))
            .expression_attribute_values(":one", number(1))
            .return_values(ReturnValue::UpdatedNew)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| sdk(OP, error))?;
        self.0.metered_write(output.consumed_capacity());
        output
            .attributes()
            .and_then(|counter| number_of(counter, "n"))
            .ok_or_else(|| corrupt(OP, "the counter counts nothing"))
    }

    async fn forget(&self, name: &str) -> Result<(), PortError> {
        self.0
            .delete("throttle.forget", &keys::throttle(name))
            .await
            .map(drop)
    }
}
