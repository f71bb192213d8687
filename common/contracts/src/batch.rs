//! Items of a batch, each of which is read for itself, so that one that is malformed spoils no other.

use serde::de::{DeserializeOwned, Error as _};
use serde_json::Value;

/// Reads an item that names under `key` what it is of: that, and the rest of it. `expected` says what an item is.
///
/// # Errors
/// When it is not of the expected form.
pub(crate) fn read_item<K: DeserializeOwned, R: DeserializeOwned>(
    item: Value,
    key: &'static str,
    expected: &str,
) -> Result<(K, R), serde_json::Error> {
    let Value::Object(mut fields) = item else {
        return Err(serde_json::Error::custom(expected));
    };
    let of = fields
        .remove(key)
        .ok_or_else(|| serde_json::Error::missing_field(key))?;
    Ok((
        serde_json::from_value(of)?,
        serde_json::from_value(Value::Object(fields))?,
    ))
}
