//! What the contracts say, as documents: OpenAPI for the HTTP API, AsyncAPI for the socket, pages for people.

mod alarms;
mod asyncapi;
mod openapi;
mod page;

pub use alarms::alarms;
pub use asyncapi::asyncapi;
pub use openapi::openapi;
pub use page::page;

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

/// A generator whose definitions a document keeps under `components`.
fn generator() -> SchemaGenerator {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    settings.into_generator()
}

fn license() -> Value {
    json!({ "name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0" })
}
