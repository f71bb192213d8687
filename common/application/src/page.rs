//! Lists, a page at a time.
//!
//! A cursor says which list it belongs to and behind which of its items the next page begins. It is a position and
//! allows nothing: whose list is read is decided by the caller's scope alone.

use crate::error::{Failure, Refusal};
use crate::ports::{Owner, Record, RecordKind, Records, Stored};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use freshtrack_contracts::page::{DEFAULT_LIMIT, MAX_LIMIT, Page};

/// The longest cursor. The longest key of a list is far shorter.
const LONGEST_CURSOR: usize = 512;
/// How many pages are read for one of the caller's when it wants few items of many. It may get a page that is not full
/// then, and goes on behind it as behind any other.
const MOST_READS: usize = 10;

/// Which part of a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// At most this many items.
    pub limit: usize,
    /// Where the page begins, as the page before said.
    pub cursor: Option<String>,
}

impl Default for PageRequest {
    fn default() -> Self {
        Self {
            limit: DEFAULT_LIMIT,
            cursor: None,
        }
    }
}

/// In which order a list is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By identifier, which begins with the time of creation.
    OldestFirst,
    /// The other way round.
    NewestFirst,
}

impl PageRequest {
    /// A page of `limit` items that begins where `cursor` says.
    ///
    /// # Errors
    /// Refused when no page has that many items.
    pub fn new(limit: Option<usize>, cursor: Option<&str>) -> Result<Self, Refusal> {
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(Refusal::invalid(format!("limit must be 1 to {MAX_LIMIT}.")));
        }
        Ok(Self {
            limit,
            cursor: cursor.map(str::to_owned),
        })
    }

    /// The key in the list of `kind` behind which the page begins.
    ///
    /// # Errors
    /// Refused when the cursor is none of ours, or of another list.
    pub fn after(&self, kind: RecordKind) -> Result<Option<String>, Refusal> {
        let Some(cursor) = &self.cursor else {
            return Ok(None);
        };
        Some(cursor)
            .filter(|cursor| cursor.len() <= LONGEST_CURSOR)
            .and_then(|cursor| URL_SAFE_NO_PAD.decode(cursor).ok())
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|text| Some(text.strip_prefix(kind.0)?.strip_prefix('#')?.to_owned()))
            .map(Some)
            .ok_or_else(|| Refusal::invalid("cursor must be the `next_cursor` of a page of this list."))
    }
}

/// The cursor of the page behind `key` in the list of `kind`.
#[must_use]
pub fn cursor_behind(kind: RecordKind, key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}#{key}", kind.0))
}

/// Where a list comes from.
#[derive(Debug, Clone, Copy)]
enum List {
    /// The records of one owner.
    Of(Owner, Order),
    /// Those of all owners.
    All,
}

/// A page of the records of `owner` that are `wanted`, with the cursor of the next.
///
/// # Errors
/// Refused when the cursor is of another list; a fault when the store does not answer.
pub async fn page_of<R: Record>(
    records: &dyn Records,
    owner: impl Into<Owner>,
    request: &PageRequest,
    order: Order,
    wanted: impl Fn(&R) -> bool,
) -> Result<Page<Stored<R>>, Failure> {
    page(records, List::Of(owner.into(), order), request, wanted).await
}

/// A page of the records of all owners that are `wanted`, the newest first, with the cursor of the next. For
/// administrators of the platform.
///
/// # Errors
/// As [`page_of`].
pub async fn page_of_all<R: Record>(
    records: &dyn Records,
    request: &PageRequest,
    wanted: impl Fn(&R) -> bool,
) -> Result<Page<Stored<R>>, Failure> {
    page(records, List::All, request, wanted).await
}

async fn page<R: Record>(
    records: &dyn Records,
    list: List,
    request: &PageRequest,
    wanted: impl Fn(&R) -> bool,
) -> Result<Page<Stored<R>>, Failure> {
    let mut after = request.after(R::KIND)?;
    let mut items: Vec<Stored<R>> = Vec::new();
    // One more than fits, to know whether there is a next page.
    let mut limit = request.limit.saturating_add(1);
    for _ in 0..MOST_READS {
        let found = match list {
            List::Of(owner, order) => {
                let newest_first = order == Order::NewestFirst;
                records
                    .list(owner, R::KIND, after.as_deref(), limit, newest_first)
                    .await?
            }
            List::All => records.listed(R::KIND, after.as_deref(), limit).await?,
        };
        let is_last = found.len() < limit;
        for found in found {
            let stored = found.read::<R>()?;
            if items.len() == request.limit {
                return Ok(Page {
                    items,
                    next_cursor: after.map(|key| cursor_behind(R::KIND, &key)),
                });
            }
            after = Some(stored.record.key());
            if wanted(&stored.record) {
                items.push(stored);
            }
        }
        if is_last {
            after = None;
            break;
        }
        limit = MAX_LIMIT;
    }
    Ok(Page {
        items,
        next_cursor: after.map(|key| cursor_behind(R::KIND, &key)),
    })
}
