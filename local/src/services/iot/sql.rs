//! The statement of a topic rule: the part of IoT SQL that the product uses.
//!
//! `SELECT *`, fields, literals, `topic(n)`, `timestamp()`, `clientid()` and
//! `encode(.., 'base64')`, each with `AS`; `FROM` a topic filter; `WHERE` with
//! comparisons, `AND`, `OR`, `NOT` and parentheses. Anything else is refused when
//! the rule is read.

mod parser;

use base64::Engine as _;
use serde_json::{Map, Value};

pub use self::parser::SqlError;
use super::topic;

/// A message as a statement sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message<'m> {
    /// The topic; for Basic Ingest without its first three levels.
    pub(super) topic: &'m str,
    /// The bytes published.
    pub(super) payload: &'m [u8],
    /// Who published.
    pub(super) client_id: &'m str,
    /// When it arrived, milliseconds since 1970.
    pub(super) received_at_ms: i64,
}

/// A parsed statement.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Statement {
    items: Vec<Item>,
    filter: String,
    condition: Option<Expression>,
}

/// One entry of the select list.
#[derive(Clone, Debug, PartialEq)]
enum Item {
    /// `*`: every field of the payload.
    All,
    /// An expression under a name.
    Field { name: String, value: Expression },
}

#[derive(Clone, Debug, PartialEq)]
enum Expression {
    Literal(Value),
    /// A field of the payload, by its path.
    Path(Vec<String>),
    /// The topic, or its level counted from 1.
    Topic(Option<usize>),
    Timestamp,
    ClientId,
    /// The whole payload as base64.
    EncodePayload,
    /// A value's text as base64.
    Encode(Box<Expression>),
    Not(Box<Expression>),
    And(Box<Expression>, Box<Expression>),
    Or(Box<Expression>, Box<Expression>),
    Compare(Comparison, Box<Expression>, Box<Expression>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Why a statement cannot be applied to a message.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(super) enum EvaluationError {
    /// Fields are asked of bytes that are not JSON.
    #[error("the payload is not JSON; use encode(*, 'base64') to select binary payloads")]
    NotJson,
    /// Fields are added to something that is not an object.
    #[error("the payload is not a JSON object, so no fields can be added to it")]
    NotAnObject,
}

impl Statement {
    /// Reads a statement.
    pub(super) fn parse(sql: &str) -> Result<Self, SqlError> {
        parser::parse(sql)
    }

    /// Whether `FROM` selects the topic.
    pub(super) fn selects(&self, topic: &str) -> bool {
        topic::selects(&self.filter, topic)
    }

    /// What the statement makes of a message; `None` when `WHERE` leaves it out.
    pub(super) fn apply(&self, message: &Message<'_>) -> Result<Option<Value>, EvaluationError> {
        let payload = Payload {
            message,
            json: serde_json::from_slice(message.payload).ok(),
        };
        if let Some(condition) = &self.condition
            && payload.evaluate(condition)? != Some(Value::Bool(true))
        {
            return Ok(None);
        }
        if self.items == [Item::All] {
            return payload.json().cloned().map(Some);
        }
        let mut selected = Map::new();
        for item in &self.items {
            match item {
                Item::All => match payload.json()? {
                    Value::Object(fields) => selected.extend(fields.clone()),
                    _ => return Err(EvaluationError::NotAnObject),
                },
                Item::Field { name, value } => {
                    // A field that is not there leaves none behind.
                    if let Some(value) = payload.evaluate(value)? {
                        selected.insert(name.clone(), value);
                    }
                }
            }
        }
        Ok(Some(Value::Object(selected)))
    }
}

struct Payload<'m> {
    message: &'m Message<'m>,
    json: Option<Value>,
}

impl Payload<'_> {
    fn json(&self) -> Result<&Value, EvaluationError> {
        self.json.as_ref().ok_or(EvaluationError::NotJson)
    }

    /// The value of an expression; `None` is SQL's undefined.
    fn evaluate(&self, expression: &Expression) -> Result<Option<Value>, EvaluationError> {
        let base64 = base64::engine::general_purpose::STANDARD;
        Ok(match expression {
            Expression::Literal(value) => Some(value.clone()),
            Expression::Path(path) => path
                .iter()
                .try_fold(self.json()?, |value, name| value.get(name))
                .cloned(),
            Expression::Topic(None) => Some(self.message.topic.into()),
            Expression::Topic(Some(level)) => level
                .checked_sub(1)
                .and_then(|index| self.message.topic.split('/').nth(index))
                .map(Value::from),
            Expression::Timestamp => Some(self.message.received_at_ms.into()),
            Expression::ClientId => Some(self.message.client_id.into()),
            Expression::EncodePayload => Some(base64.encode(self.message.payload).into()),
            Expression::Encode(value) => self.evaluate(value)?.map(|value| match value {
                Value::String(text) => base64.encode(text).into(),
                other => base64.encode(other.to_string()).into(),
            }),
            Expression::Not(value) => boolean(self.evaluate(value)?).map(|value| Value::Bool(!value)),
            Expression::And(left, right) => {
                // A side that is undefined matters only when the other does not decide.
                match (boolean(self.evaluate(left)?), boolean(self.evaluate(right)?)) {
                    (Some(false), _) | (_, Some(false)) => Some(Value::Bool(false)),
                    (Some(true), Some(true)) => Some(Value::Bool(true)),
                    _ => None,
                }
            }
            Expression::Or(left, right) => {
                match (boolean(self.evaluate(left)?), boolean(self.evaluate(right)?)) {
                    (Some(true), _) | (_, Some(true)) => Some(Value::Bool(true)),
                    (Some(false), Some(false)) => Some(Value::Bool(false)),
                    _ => None,
                }
            }
            Expression::Compare(comparison, left, right) => {
                let (left, right) = (self.evaluate(left)?, self.evaluate(right)?);
                left.zip(right)
                    .and_then(|(left, right)| compare(*comparison, &left, &right))
                    .map(Value::Bool)
            }
        })
    }
}

fn boolean(value: Option<Value>) -> Option<bool> {
    value.as_ref().and_then(Value::as_bool)
}

/// Order is defined for two numbers, where a text that reads as a number counts
/// as one; equality for any two values.
fn compare(comparison: Comparison, left: &Value, right: &Value) -> Option<bool> {
    let numbers = number(left).zip(number(right));
    let equal = || match numbers {
        Some((left, right)) => left.total_cmp(&right).is_eq(),
        None => left == right,
    };
    match comparison {
        Comparison::Equal => Some(equal()),
        Comparison::NotEqual => Some(!equal()),
        Comparison::Less => numbers.map(|(left, right)| left < right),
        Comparison::LessOrEqual => numbers.map(|(left, right)| left <= right),
        Comparison::Greater => numbers.map(|(left, right)| left > right),
        Comparison::GreaterOrEqual => numbers.map(|(left, right)| left >= right),
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}
