//! Event patterns: what a bus rule or an event source filter lets through.
//!
//! Matching is quamina's. It does not know `$or`, so a pattern with it is
//! expanded into one pattern per alternative before it is compiled.

use quamina::Quamina;
use serde_json::{Map, Value};

/// A compiled event pattern.
pub struct EventPattern {
    matcher: Quamina<u8>,
}

/// Why a pattern cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PatternError {
    /// The pattern is not a JSON object.
    #[error("an event pattern must be a JSON object")]
    NotAnObject,
    /// The text is not JSON.
    #[error("an event pattern must be JSON: {0}")]
    NotJson(String),
    /// `$or` without a list of two or more patterns.
    #[error("\"$or\" needs a list of at least two patterns")]
    Or,
    /// Two alternatives name the same field.
    #[error("\"$or\" and the pattern around it both name the field {0:?}")]
    Overlap(String),
    /// The matcher knows no such operator.
    #[error("event pattern: {0}")]
    Unsupported(String),
}

impl EventPattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// When the pattern is malformed or uses an operator that the matcher does
    /// not have (`anything-but` with `prefix`, `prefix` with
    /// `equals-ignore-case`): refused at start, never silently passed.
    pub fn compile(pattern: &Value) -> Result<Self, PatternError> {
        Self::compile_any(std::slice::from_ref(pattern))
    }

    /// Compiles the filter criteria of an event source mapping: patterns as
    /// JSON text of which one is enough. Without any there is nothing to match.
    ///
    /// # Errors
    /// As [`EventPattern::compile`], and when a text is not JSON.
    pub fn compile_filters(filters: &[String]) -> Result<Option<Self>, PatternError> {
        let patterns: Vec<Value> = filters
            .iter()
            .map(|filter| {
                serde_json::from_str(filter).map_err(|error| PatternError::NotJson(error.to_string()))
            })
            .collect::<Result<_, _>>()?;
        if patterns.is_empty() {
            Ok(None)
        } else {
            Self::compile_any(&patterns).map(Some)
        }
    }

    /// Compiles a set of patterns of which one is enough.
    ///
    /// # Errors
    /// As [`EventPattern::compile`].
    pub fn compile_any(patterns: &[Value]) -> Result<Self, PatternError> {
        let mut matcher = Quamina::new();
        for pattern in patterns {
            let Value::Object(pattern) = pattern else {
                return Err(PatternError::NotAnObject);
            };
            for alternative in expand(pattern)? {
                matcher
                    .add_pattern(0, &Value::Object(alternative).to_string())
                    .map_err(|error| PatternError::Unsupported(error.to_string()))?;
            }
        }
        Ok(Self { matcher })
    }

    /// Whether the event, a JSON object, fits. What is not JSON fits nothing.
    #[must_use]
    pub fn matches(&self, event: &[u8]) -> bool {
        self.matcher.has_matches(event).unwrap_or(false)
    }
}

impl std::fmt::Debug for EventPattern {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("EventPattern").finish_non_exhaustive()
    }
}

/// The pattern without `$or`: every way to choose one alternative of each.
fn expand(pattern: &Map<String, Value>) -> Result<Vec<Map<String, Value>>, PatternError> {
    let mut expanded = vec![Map::new()];
    for (field, value) in pattern {
        let choices: Vec<Map<String, Value>> = match value {
            Value::Array(alternatives) if field == "$or" => {
                if alternatives.len() < 2 {
                    return Err(PatternError::Or);
                }
                let mut choices = Vec::new();
                for alternative in alternatives {
                    choices.extend(expand(alternative.as_object().ok_or(PatternError::Or)?)?);
                }
                choices
            }
            _ if field == "$or" => return Err(PatternError::Or),
            Value::Object(nested) => expand(nested)?
                .into_iter()
                .map(|nested| Map::from_iter([(field.clone(), Value::Object(nested))]))
                .collect(),
            leaf => vec![Map::from_iter([(field.clone(), leaf.clone())])],
        };
        let mut combined = Vec::with_capacity(expanded.len() * choices.len());
        for base in &expanded {
            for choice in &choices {
                let mut merged = base.clone();
                merge(&mut merged, choice)?;
                combined.push(merged);
            }
        }
        expanded = combined;
    }
    Ok(expanded)
}

fn merge(base: &mut Map<String, Value>, addition: &Map<String, Value>) -> Result<(), PatternError> {
    for (field, value) in addition {
        match (base.get_mut(field), value) {
            (None, value) => {
                base.insert(field.clone(), value.clone());
            }
            (Some(Value::Object(existing)), Value::Object(value)) => merge(existing, value)?,
            (Some(_), _) => return Err(PatternError::Overlap(field.clone())),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn matches(pattern: Value, event: Value) -> bool {
        EventPattern::compile(&pattern)
            .unwrap()
            .matches(event.to_string().as_bytes())
    }

    #[test]
    fn operators_match_as_the_bus_documents_them() {
        let event = json!({
            "source": "freshtrack.alerts",
            "detail-type": "AlertOpened",
            "detail": { "kind": "temperature", "peak": 12.5, "site": null, "tags": ["a", "b"], "address": "10.0.0.7" },
        });
        let cases = [
            (json!({"source": ["freshtrack.alerts"]}), true),
            (json!({"source": ["other"]}), false),
            (json!({"source": [{"prefix": "freshtrack."}]}), true),
            (json!({"detail-type": [{"suffix": "Opened"}]}), true),
            (json!({"detail-type": [{"wildcard": "Alert*"}]}), true),
            (
                json!({"detail-type": [{"anything-but": ["AlertResolved"]}]}),
                true,
            ),
            (
                json!({"detail-type": [{"equals-ignore-case": "alertopened"}]}),
                true,
            ),
            (
                json!({"detail": {"peak": [{"numeric": [">", 10, "<=", 12.5]}]}}),
                true,
            ),
            (json!({"detail": {"peak": [{"numeric": [">", 12.5]}]}}), false),
            (json!({"detail": {"site": [null]}}), true),
            (json!({"detail": {"tags": ["b"]}}), true),
            (json!({"detail": {"missing": [{"exists": false}]}}), true),
            (json!({"detail": {"kind": [{"exists": true}]}}), true),
            (json!({"detail": {"address": [{"cidr": "10.0.0.0/24"}]}}), true),
        ];
        for (pattern, expected) in cases {
            assert_eq!(matches(pattern.clone(), event.clone()), expected, "{pattern}");
        }
    }

    #[test]
    fn or_is_expanded_at_any_level() {
        let pattern = json!({
            "source": ["freshtrack"],
            "detail": { "$or": [{"kind": ["offline"]}, {"peak": [{"numeric": [">", 8]}]}], "open": [true] },
        });
        let event = |detail: Value| json!({"source": "freshtrack", "detail": detail});
        assert!(matches(
            pattern.clone(),
            event(json!({"kind": "offline", "peak": 1, "open": true}))
        ));
        assert!(matches(
            pattern.clone(),
            event(json!({"kind": "temperature", "peak": 9, "open": true}))
        ));
        assert!(!matches(
            pattern.clone(),
            event(json!({"kind": "temperature", "peak": 7, "open": true}))
        ));
        assert!(!matches(
            pattern,
            event(json!({"kind": "offline", "peak": 9, "open": false}))
        ));
    }

    #[test]
    fn two_ors_give_every_combination() {
        let pattern = json!({
            "a": {"$or": [{"x": [1]}, {"y": [1]}]},
            "b": {"$or": [{"x": [1]}, {"y": [1]}]},
        });
        assert!(matches(pattern.clone(), json!({"a": {"y": 1}, "b": {"x": 1}})));
        assert!(!matches(pattern, json!({"a": {"x": 1, "y": 1}, "b": {"x": 2}})));
    }

    #[test]
    fn what_the_matcher_does_not_know_is_refused_when_it_is_compiled() {
        let refused = [
            json!({"a": [{"anything-but": {"prefix": "x"}}]}),
            json!({"a": [{"prefix": {"equals-ignore-case": "x"}}]}),
            json!({"a": [{"no-such-operator": 1}]}),
            json!({"a": "not a list"}),
        ];
        for pattern in refused {
            assert!(
                matches!(EventPattern::compile(&pattern), Err(PatternError::Unsupported(_))),
                "{pattern}"
            );
        }
        assert_eq!(
            EventPattern::compile(&json!([1])).unwrap_err(),
            PatternError::NotAnObject
        );
        assert_eq!(
            EventPattern::compile(&json!({"$or": [{"a": [1]}]})).unwrap_err(),
            PatternError::Or
        );
        assert_eq!(
            EventPattern::compile(&json!({"a": [1], "$or": [{"a": [2]}, {"b": [1]}]})).unwrap_err(),
            PatternError::Overlap("a".into())
        );
    }

    #[test]
    fn bytes_that_are_not_json_match_nothing() {
        assert!(
            !EventPattern::compile(&json!({"a": [{"exists": false}]}))
                .unwrap()
                .matches(b"\x00\x01")
        );
    }
}
