//! What the bus and the scheduler write on a message they could not deliver.

use super::lambda::LambdaError;
use super::sqs::{MessageAttribute, NewMessage};

/// A dead letter: what was to be delivered, with attributes that say why not.
pub(crate) fn letter<'n>(body: &str, attributes: impl IntoIterator<Item = (&'n str, String)>) -> NewMessage {
    let attributes = attributes
        .into_iter()
        .map(|(name, value)| {
            let attribute = MessageAttribute {
                data_type: "String".to_owned(),
                string_value: Some(value),
                binary_value: None,
            };
            (name.to_owned(), attribute)
        })
        .collect();
    NewMessage {
        attributes,
        ..NewMessage::body(body)
    }
}

/// The `ERROR_CODE` of a refusal.
pub(crate) fn error_code(refusal: &LambdaError) -> &'static str {
    match refusal {
        LambdaError::FunctionNotFound(_) => "NO_RESOURCE",
        LambdaError::Destination { .. } | LambdaError::Store(_) | LambdaError::Queue(_) => "SDK_CLIENT_ERROR",
    }
}
