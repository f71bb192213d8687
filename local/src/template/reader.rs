//! Reading the properties of a resource by name, type and range.

use super::error::{Problem, Shown};
use serde_json::{Map, Value as Json};
use std::ops::RangeInclusive;
use std::time::Duration;

/// A mapping whose fields are taken one by one; what nobody took is unknown to the host and an error.
#[derive(Debug)]
pub(super) struct Reader {
    place: String,
    fields: Map<String, Json>,
}

impl Reader {
    pub(super) fn new(place: String, fields: Map<String, Json>) -> Self {
        Self { place, fields }
    }

    /// An error about this mapping as a whole.
    pub(super) fn problem(&self, message: impl Into<String>) -> Problem {
        Problem::new(&self.place, message)
    }

    /// An error about the field `key`.
    pub(super) fn problem_in(&self, key: &str, message: impl Into<String>) -> Problem {
        Problem::new(format!("{}.{key}", self.place), message)
    }

    fn mismatch(&self, key: &str, expected: &str, found: &Json) -> Problem {
        self.problem_in(key, format!("expected {expected}, found {}", Shown(found)))
    }

    pub(super) fn json(&mut self, key: &str) -> Option<Json> {
        self.fields.remove(key)
    }

    pub(super) fn string(&mut self, key: &str) -> Result<Option<String>, Problem> {
        match self.json(key) {
            None => Ok(None),
            Some(value) => scalar(&value)
                .map(Some)
                .ok_or_else(|| self.mismatch(key, "a text", &value)),
        }
    }

    pub(super) fn required(&mut self, key: &str) -> Result<String, Problem> {
        self.string(key)?
            .ok_or_else(|| self.problem_in(key, "is required"))
    }

    /// The field `key`, which the local system knows one value of.
    pub(super) fn must_be(&mut self, key: &str, expected: &str) -> Result<(), Problem> {
        let found = self.required(key)?;
        if found == expected {
            return Ok(());
        }
        Err(self.problem_in(key, format!("expected {expected}, found \"{found}\"")))
    }

    /// One of `allowed`, the first of which is the default.
    pub(super) fn choice(&mut self, key: &str, allowed: &[&'static str]) -> Result<&'static str, Problem> {
        let Some(found) = self.string(key)? else {
            return Ok(allowed.first().copied().unwrap_or_default());
        };
        allowed
            .iter()
            .copied()
            .find(|choice| *choice == found)
            .ok_or_else(|| {
                self.problem_in(
                    key,
                    format!("expected one of {}, found \"{found}\"", allowed.join(", ")),
                )
            })
    }

    pub(super) fn number(&mut self, key: &str, range: RangeInclusive<u32>) -> Result<Option<u32>, Problem> {
        let Some(value) = self.json(key) else {
            return Ok(None);
        };
        scalar(&value)
            .and_then(|text| text.parse().ok())
            .filter(|number| range.contains(number))
            .map(Some)
            .ok_or_else(|| {
                let expected = format!("a whole number from {} to {}", range.start(), range.end());
                self.mismatch(key, &expected, &value)
            })
    }

    /// A whole number of seconds.
    pub(super) fn seconds(
        &mut self,
        key: &str,
        range: RangeInclusive<u32>,
    ) -> Result<Option<Duration>, Problem> {
        Ok(self
            .number(key, range)?
            .map(|seconds| Duration::from_secs(u64::from(seconds))))
    }

    pub(super) fn boolean(&mut self, key: &str) -> Result<Option<bool>, Problem> {
        let Some(value) = self.json(key) else {
            return Ok(None);
        };
        match scalar(&value).as_deref() {
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            _ => Err(self.mismatch(key, "true or false", &value)),
        }
    }

    /// A list of texts; a single text counts as a list of one.
    pub(super) fn strings(&mut self, key: &str) -> Result<Vec<String>, Problem> {
        let Some(value) = self.json(key) else {
            return Ok(Vec::new());
        };
        let items = match &value {
            Json::Array(items) => items.iter().map(scalar).collect(),
            single => scalar(single).map(|text| vec![text]),
        };
        items.ok_or_else(|| self.mismatch(key, "a list of texts", &value))
    }

    pub(super) fn object(&mut self, key: &str) -> Result<Option<Self>, Problem> {
        match self.json(key) {
            None => Ok(None),
            Some(Json::Object(fields)) => Ok(Some(Self::new(format!("{}.{key}", self.place), fields))),
            Some(other) => Err(self.mismatch(key, "a mapping", &other)),
        }
    }

    pub(super) fn required_object(&mut self, key: &str) -> Result<Self, Problem> {
        self.object(key)?
            .ok_or_else(|| self.problem_in(key, "is required"))
    }

    pub(super) fn objects(&mut self, key: &str) -> Result<Vec<Self>, Problem> {
        let items = match self.json(key) {
            None => return Ok(Vec::new()),
            Some(Json::Array(items)) => items,
            Some(other) => return Err(self.mismatch(key, "a list of mappings", &other)),
        };
        let mut readers = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            match item {
                Json::Object(fields) => {
                    readers.push(Self::new(format!("{}.{key}[{index}]", self.place), fields));
                }
                other => return Err(self.mismatch(&format!("{key}[{index}]"), "a mapping", &other)),
            }
        }
        Ok(readers)
    }

    /// The names of its fields.
    pub(super) fn keys(&self) -> Vec<String> {
        self.fields.keys().cloned().collect()
    }

    /// Texts by name.
    pub(super) fn texts_by_name(mut self) -> Result<Vec<(String, String)>, Problem> {
        let names = self.keys();
        let mut texts = Vec::with_capacity(names.len());
        for name in names {
            let text = self.required(&name)?;
            texts.push((name, text));
        }
        Ok(texts)
    }

    /// Mappings by name.
    pub(super) fn objects_by_name(mut self) -> Result<Vec<(String, Self)>, Problem> {
        let names = self.keys();
        let mut objects = Vec::with_capacity(names.len());
        for name in names {
            let object = self.required_object(&name)?;
            objects.push((name, object));
        }
        Ok(objects)
    }

    /// Passes over fields that mean nothing on this machine.
    pub(super) fn skip(&mut self, keys: &[&str]) {
        for key in keys {
            self.fields.remove(*key);
        }
    }

    /// # Errors
    /// When a field is left: to pass over it silently would be to serve something else than was declared.
    pub(super) fn finish(self) -> Result<(), Problem> {
        match self.fields.keys().next() {
            None => Ok(()),
            Some(key) => Err(self.problem_in(key, "the local system does not know this property")),
        }
    }
}

/// CloudFormation lets numbers and truth values be written as text and the other way round.
fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(truth) => Some(truth.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}
