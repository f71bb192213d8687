//! What AWS charges, as data.

/// When the prices were last compared with AWS's price pages.
pub const AS_OF: &str = "November 2026";
/// Which region they are of.
pub const REGION: &str = "us-east-1";

/// What one unit costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// What is charged for.
    pub what: &'static str,
    /// Dollars for a million units.
    pub per_million: f64,
}

const fn price(what: &'static str, per_million: f64) -> Price {
    Price { what, per_million }
}

/// A request to an HTTP API, of up to 512 KB.
pub const HTTP_REQUEST: Price = price("HTTP API request", 1.00);
/// A message to or from a socket, of up to 32 KB.
pub const SOCKET_MESSAGE: Price = price("WebSocket message", 1.00);
/// A minute that a socket is open.
pub const SOCKET_MINUTE: Price = price("WebSocket connection minute", 0.25);
/// A message to an ordinary topic, of up to 5 KB. Through Basic Ingest, `$aws/rules/<rule>/<topic>`, it is free.
pub const IOT_MESSAGE: Price = price("IoT Core message", 1.00);
/// A topic rule triggered, for up to 5 KB.
pub const IOT_RULE: Price = price("IoT Core rule triggered", 0.15);
/// A topic rule's action, for up to 5 KB.
pub const IOT_ACTION: Price = price("IoT Core action", 0.15);
/// An invocation of a function.
pub const LAMBDA_REQUEST: Price = price("Lambda request", 0.20);
/// A gigabyte of memory held for a second, on arm64.
pub const LAMBDA_GB_SECOND: Price = price("Lambda GB-second", 13.333_4);
/// A write request unit on demand.
pub const WRITE_UNIT: Price = price("DynamoDB write unit", 0.625);
/// A read request unit on demand.
pub const READ_UNIT: Price = price("DynamoDB read unit", 0.125);
/// A gigabyte stored for a month, in dollars.
pub const STORED_GB_MONTH: f64 = 0.25;
