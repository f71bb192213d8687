//! What a function answers to a batch of records.

use serde_json::Value;

/// The records that a function names as failed (`ReportBatchItemFailures`).
///
/// `None` when the answer cannot be understood, which counts as a failure of
/// the whole batch: a reply that is not JSON, an entry without its identifier.
/// A reply without the list, or with nothing in it, is a success.
pub(crate) fn item_failures(reply: &[u8]) -> Option<Vec<String>> {
    if reply.trim_ascii().is_empty() {
        return Some(Vec::new());
    }
    let reply: Value = serde_json::from_slice(reply).ok()?;
    let failures = match reply.get("batchItemFailures") {
        None | Some(Value::Null) => return Some(Vec::new()),
        Some(failures) => failures.as_array()?,
    };
    failures
        .iter()
        .map(|failure| {
            let identifier = failure.get("itemIdentifier").and_then(Value::as_str);
            identifier
                .filter(|identifier| !identifier.is_empty())
                .map(str::to_owned)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_read_as_lambda_documents_them() {
        let none = Some(Vec::new());
        let cases = [
            ("", none.clone()),
            ("null", none.clone()),
            ("{}", none.clone()),
            (r#"{"batchItemFailures": null}"#, none.clone()),
            (r#"{"batchItemFailures": []}"#, none),
            (
                r#"{"batchItemFailures": [{"itemIdentifier": "a"}]}"#,
                Some(vec!["a".to_owned()]),
            ),
            (r#"{"batchItemFailures": [{"itemIdentifier": ""}]}"#, None),
            (r#"{"batchItemFailures": [{"itemIdentifier": null}]}"#, None),
            (r#"{"batchItemFailures": [{"id": "a"}]}"#, None),
            (r#"{"batchItemFailures": "a"}"#, None),
            ("not json", None),
        ];
        for (reply, expected) in cases {
            assert_eq!(item_failures(reply.as_bytes()), expected, "{reply}");
        }
    }
}
