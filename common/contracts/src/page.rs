//! Lists, a page at a time.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much of a list is on one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize {
    /// Items unless the caller says otherwise.
    pub default: usize,
    /// Items at most.
    pub most: usize,
}

impl PageSize {
    /// Of a list of things that are looked at one by one.
    pub const ITEMS: Self = Self {
        default: 50,
        most: 200,
    };
    /// Of what was measured, of which a chart needs all: a month of one sensor at any interval of five minutes or more. Of
    /// the largest readings these are two megabytes, of the six that Lambda replies with at most.
    pub const SERIES: Self = Self {
        default: 10_000,
        most: 10_000,
    };
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "{T}Page")]
pub struct Page<T> {
    /// What is on it. A page may hold less than was asked for and still not be the last.
    pub items: Vec<T>,
    /// The `cursor` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The page with what `view` makes of its items.
    #[must_use]
    pub fn map<U>(self, view: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(view).collect(),
            next_cursor: self.next_cursor,
        }
    }
}
