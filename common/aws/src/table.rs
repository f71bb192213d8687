//! The single table: items in and out, and a meter that counts what they cost.

use crate::clients::AwsClients;
use crate::error::{corrupt, sdk};
use crate::keys::Key;
use aws_sdk_dynamodb::types::{AttributeValue, ConsumedCapacity, ReturnConsumedCapacity};
use aws_sdk_dynamodb::{Client, primitives::Blob};
use freshtrack_application::{PortError, PortErrorKind};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// An item as the SDK has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// Attributes that every item has besides its own.
pub(crate) const PK: &str = "pk";
pub(crate) const SK: &str = "sk";
/// The kind of item.
const ENTITY: &str = "et";
/// The version of the item's shape, for reading old ones.
const VERSION: &str = "v";
/// The item's content, as one map.
pub(crate) const DATA: &str = "d";
/// When DynamoDB deletes the item, in seconds since the epoch.
pub(crate) const TTL: &str = "ttl";

/// Counts consumed capacity in hundredths of a unit, so that benchmarks and tests can say what things cost.
#[derive(Debug, Default)]
pub struct Meter {
    read: AtomicU64,
    write: AtomicU64,
}

impl Meter {
    /// Read request units and write request units since the start.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 hundredths")]
    pub fn units(&self) -> (f64, f64) {
        let total = |counter: &AtomicU64| counter.load(Ordering::Relaxed) as f64 / 100.0;
        (total(&self.read), total(&self.write))
    }

    fn count(counter: &AtomicU64, consumed: Option<&ConsumedCapacity>) {
        let units = consumed.and_then(ConsumedCapacity::capacity_units).unwrap_or(0.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "small and never negative"
        )]
        counter.fetch_add((units * 100.0).round() as u64, Ordering::Relaxed);
    }
}

/// The table.
#[derive(Debug)]
pub struct Table {
    pub(crate) client: Client,
    pub(crate) name: String,
    meter: Meter,
}

impl Table {
    /// The table called `name`.
    #[must_use]
    pub fn new(clients: &AwsClients, name: impl Into<String>) -> Self {
        Self {
            client: clients.dynamodb(),
            name: name.into(),
            meter: Meter::default(),
        }
    }

    /// What has been consumed.
    #[must_use]
    pub const fn meter(&self) -> &Meter {
        &self.meter
    }

    pub(crate) fn metered_write(&self, consumed: Option<&ConsumedCapacity>) {
        Meter::count(&self.meter.write, consumed);
    }

    pub(crate) async fn get(
        &self,
        op: &'static str,
        key: &Key,
        consistent: bool,
    ) -> Result<Option<Item>, PortError> {
        let output = self
            .client
            .get_item()
            .table_name(&self.name)
            .key(PK, text(&key.pk))
            .key(SK, text(&key.sk))
            .consistent_read(consistent)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| sdk(op, error))?;
        Meter::count(&self.meter.read, output.consumed_capacity());
        Ok(output.item)
    }

    /// Puts an item; with `condition`, only if it holds. `Conflict` tells that it did not.
    pub(crate) async fn put(
        &self,
        op: &'static str,
        item: Item,
        condition: Option<&Condition>,
    ) -> Result<(), PortError> {
        let mut request = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(item))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        if let Some(condition) = condition {
            request = request
                .condition_expression(condition.expression)
                .set_expression_attribute_values(condition.values());
        }
        let output = request.send().await.map_err(|error| sdk(op, error))?;
        self.metered_write(output.consumed_capacity());
        Ok(())
    }

    /// Deletes an item; answers with what it was.
    pub(crate) async fn delete(&self, op: &'static str, key: &Key) -> Result<Option<Item>, PortError> {
        let output = self
            .client
            .delete_item()
            .table_name(&self.name)
            .key(PK, text(&key.pk))
            .key(SK, text(&key.sk))
            .return_values(aws_sdk_dynamodb::types::ReturnValue::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| sdk(op, error))?;
        self.metered_write(output.consumed_capacity());
        Ok(output.attributes)
    }

    /// Runs a query to its end, or until `limit` items.
    pub(crate) async fn query(&self, op: &'static str, query: Query<'_>) -> Result<Vec<Item>, PortError> {
        let mut items = Vec::new();
        if query.nothing {
            return Ok(items);
        }
        let mut start = None;
        loop {
            let mut request = self
                .client
                .query()
                .table_name(&self.name)
                .set_index_name(query.index.map(str::to_owned))
                .scan_index_forward(query.forward)
                .set_limit(
                    query
                        .limit
                        .and_then(|limit| i32::try_from(limit - items.len().min(limit)).ok()),
                )
                .set_exclusive_start_key(start)
                .consistent_read(query.consistent)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .key_condition_expression(query.condition)
                .set_filter_expression(query.filter.map(str::to_owned))
                .set_projection_expression(query.attributes.map(str::to_owned))
                .expression_attribute_values(":pk", text(query.pk));
            for (name, value) in &query.values {
                request = request.expression_attribute_values(*name, text(value));
            }
            let output = request.send().await.map_err(|error| sdk(op, error))?;
            Meter::count(&self.meter.read, output.consumed_capacity());
            items.extend(output.items.unwrap_or_default());
            start = output.last_evaluated_key.filter(|key| !key.is_empty());
            if start.is_none() || query.limit.is_some_and(|limit| items.len() >= limit) {
                return Ok(items);
            }
        }
    }
}

/// A query. `condition` names the partition `:pk` and, as `filter` does, may use `values`.
pub(crate) struct Query<'a> {
    pub(crate) index: Option<&'static str>,
    pub(crate) condition: &'static str,
    pub(crate) pk: &'a str,
    pub(crate) values: Vec<(&'static str, String)>,
    /// Which of the items that were read are answered.
    pub(crate) filter: Option<&'static str>,
    /// Which of their attributes are answered, if not all.
    pub(crate) attributes: Option<&'static str>,
    pub(crate) forward: bool,
    pub(crate) consistent: bool,
    pub(crate) limit: Option<usize>,
    /// Whether no item can be meant, so that there is nothing to ask for.
    pub(crate) nothing: bool,
}

impl<'a> Query<'a> {
    /// The items of `pk` that `condition` selects, in order.
    pub(crate) const fn new(
        condition: &'static str,
        pk: &'a str,
        values: Vec<(&'static str, String)>,
    ) -> Self {
        Self {
            index: None,
            condition,
            pk,
            values,
            filter: None,
            attributes: None,
            forward: true,
            consistent: false,
            limit: None,
            nothing: false,
        }
    }

    /// The items of `pk` from the sort key `first` to `last`, both included, in order; none where the last is before the
    /// first, which `DynamoDB` would not accept as a question.
    pub(crate) fn between(pk: &'a str, first: String, last: String) -> Self {
        Self {
            nothing: last < first,
            ..Self::new(
                "pk = :pk AND sk BETWEEN :first AND :last",
                pk,
                vec![(":first", first), (":last", last)],
            )
        }
    }
}

/// A condition on what is stored.
pub(crate) struct Condition {
    pub(crate) expression: &'static str,
    value: Option<(&'static str, AttributeValue)>,
}

impl Condition {
    /// There is no such item.
    pub(crate) const ABSENT: Self = Self {
        expression: "attribute_not_exists(pk)",
        value: None,
    };

    /// `expression`, which uses the value `name`.
    pub(crate) const fn on(expression: &'static str, name: &'static str, value: AttributeValue) -> Self {
        Self {
            expression,
            value: Some((name, value)),
        }
    }

    pub(crate) fn values(&self) -> Option<HashMap<String, AttributeValue>> {
        self.value
            .as_ref()
            .map(|(name, value)| HashMap::from([((*name).to_owned(), value.clone())]))
    }
}

/// An item of the kind `entity` at `key` that holds `data`.
pub(crate) fn item<T: Serialize>(
    op: &'static str,
    entity: &str,
    key: &Key,
    data: &T,
) -> Result<Item, PortError> {
    let data =
        serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(data).map_err(|error| corrupt(op, error))?;
    Ok(HashMap::from([
        (PK.to_owned(), text(&key.pk)),
        (SK.to_owned(), text(&key.sk)),
        (ENTITY.to_owned(), text(entity)),
        (VERSION.to_owned(), AttributeValue::N("1".to_owned())),
        (DATA.to_owned(), data),
    ]))
}

/// Lets DynamoDB delete `item` after `at`.
pub(crate) fn expire(mut item: Item, at: freshtrack_domain::time::Timestamp) -> Item {
    item.insert(TTL.to_owned(), AttributeValue::N(at.as_seconds().to_string()));
    item
}

/// What `item` holds.
pub(crate) fn data<T: DeserializeOwned>(op: &'static str, item: &mut Item) -> Result<T, PortError> {
    let data = item
        .remove(DATA)
        .ok_or_else(|| PortError::new(op, PortErrorKind::Corrupt))?;
    serde_dynamo::aws_sdk_dynamodb_1::from_attribute_value(data).map_err(|error| corrupt(op, error))
}

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn binary(value: impl Into<Vec<u8>>) -> AttributeValue {
    AttributeValue::B(Blob::new(value))
}

pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// The attribute `name` of `item` as text; empty if it has none.
pub(crate) fn text_of<'a>(item: &'a Item, name: &str) -> &'a str {
    item.get(name)
        .and_then(|value| value.as_s().ok())
        .map_or("", String::as_str)
}

/// The attribute `name` of `item` as a number.
pub(crate) fn number_of<N: std::str::FromStr>(item: &Item, name: &str) -> Option<N> {
    item.get(name)
        .and_then(|value| value.as_n().ok())
        .and_then(|value| value.parse().ok())
}

/// The attribute `name` of `item` as bytes; empty if it has none.
pub(crate) fn bytes_of<'a>(item: &'a Item, name: &str) -> &'a [u8] {
    item.get(name)
        .and_then(|value| value.as_b().ok())
        .map_or(&[], |blob| blob.as_ref())
}
