//! Lists, a page at a time.
//!
//! A cursor says which list it belongs to and behind which of its items the next page begins. It is a position and
//! allows nothing: whose list is read is decided by the caller's scope alone.

use crate::error::{Failure, PortError, Refusal};
use crate::ports::{Found, Owner, Record, RecordKind, Records, Stored};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use freshtrack_contracts::page::{Page, PageSize};
use std::fmt::Display;
use std::str::FromStr;

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
        Self::of(PageSize::ITEMS)
    }
}

/// In which order a list is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By key, which begins with the time of creation unless the list says otherwise.
    OldestFirst,
    /// The other way round.
    NewestFirst,
}

impl PageRequest {
    /// The first page of a list that is read in pages of this `size`.
    #[must_use]
    pub const fn of(size: PageSize) -> Self {
        Self {
            limit: size.default,
            cursor: None,
        }
    }

    /// A page of `limit` items that begins where `cursor` says.
    ///
    /// # Errors
    /// Refused when no page has that many items.
    pub fn new(size: PageSize, limit: Option<usize>, cursor: Option<&str>) -> Result<Self, Refusal> {
        let limit = limit.unwrap_or(size.default);
        if !(1..=size.most).contains(&limit) {
            return Err(Refusal::invalid(format!("limit must be 1 to {}.", size.most)));
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
    pub fn after<K: FromStr>(&self, kind: RecordKind) -> Result<Option<K>, Refusal> {
        let Some(cursor) = &self.cursor else {
            return Ok(None);
        };
        Some(cursor)
            .filter(|cursor| cursor.len() <= LONGEST_CURSOR)
            .and_then(|cursor| URL_SAFE_NO_PAD.decode(cursor).ok())
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|text| text.strip_prefix(kind.0)?.strip_prefix('#')?.parse().ok())
            .map(Some)
            .ok_or_else(|| Refusal::invalid("cursor must be the `next_cursor` of a page of this list."))
    }
}

/// The cursor of the page behind `key` in the list of `kind`.
#[must_use]
pub fn cursor_behind(kind: RecordKind, key: impl Display) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}#{key}", kind.0))
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
    let (owner, newest_first) = (owner.into(), order == Order::NewestFirst);
    let read = move |after: Option<String>, limit| async move {
        let after = after.as_deref();
        records.list(owner, R::KIND, after, limit, newest_first).await
    };
    page_of_found(request, wanted, read).await
}

/// A page of the records of `owner` whose keys begin with `prefix`, in the order opposite to their keys', with the cursor of
/// the next.
///
/// # Errors
/// As [`page_of`].
pub(crate) async fn page_below<R: Record>(
    records: &dyn Records,
    owner: impl Into<Owner>,
    request: &PageRequest,
    prefix: &str,
) -> Result<Page<Stored<R>>, Failure> {
    // `~` sorts behind every character of an identifier.
    let behind = request.after(R::KIND)?.unwrap_or_else(|| format!("{prefix}~"));
    if !behind.starts_with(prefix) {
        return Err(Refusal::invalid("cursor must be the `next_cursor` of a page of this list.").into());
    }
    // One more than fits, to know whether there is a next page.
    let limit = request.limit.saturating_add(1);
    let found = records
        .list(owner.into(), R::KIND, Some(&behind), limit, true)
        .await?;
    let mut items = found
        .into_iter()
        .map(Found::read::<R>)
        .collect::<Result<Vec<_>, _>>()?;
    items.retain(|stored| stored.record.key().starts_with(prefix));
    let more = items.len() > request.limit;
    items.truncate(request.limit);
    Ok(Page {
        next_cursor: items
            .last()
            .filter(|_| more)
            .map(|last| cursor_behind(R::KIND, last.record.key())),
        items,
    })
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
    let read = move |after: Option<String>, limit| async move {
        records.listed(R::KIND, after.as_deref(), limit).await
    };
    page_of_found(request, wanted, read).await
}

/// A page of the records that `read` finds and that are `wanted`.
async fn page_of_found<R: Record, F>(
    request: &PageRequest,
    wanted: impl Fn(&R) -> bool,
    read: impl Fn(Option<String>, usize) -> F,
) -> Result<Page<Stored<R>>, Failure>
where
    F: Future<Output = Result<Vec<Found>, PortError>>,
{
    let key = |stored: &Stored<R>| stored.record.key();
    let wanted = |stored: &Stored<R>| wanted(&stored.record);
    let read = |after, limit| {
        let found = read(after, limit);
        async move { found.await?.into_iter().map(Found::read).collect() }
    };
    page_by(request, R::KIND, key, wanted, read).await
}

/// A page of those items of the list of `kind` that are `wanted`, with the cursor of the next. `read` gives items behind
/// a key, in the order of the list and at most as many as it is told: fewer only if there are no more.
///
/// # Errors
/// As [`page_of`].
pub(crate) async fn page_by<K, T, F>(
    request: &PageRequest,
    kind: RecordKind,
    key: impl Fn(&T) -> K,
    wanted: impl Fn(&T) -> bool,
    read: impl Fn(Option<K>, usize) -> F,
) -> Result<Page<T>, Failure>
where
    K: FromStr + Display + Clone,
    F: Future<Output = Result<Vec<T>, PortError>>,
{
    let mut after: Option<K> = request.after(kind)?;
    let mut items: Vec<T> = Vec::new();
    // One more than fits, to know whether there is a next page.
    let mut limit = request.limit.saturating_add(1);
    for _ in 0..MOST_READS {
        let found = read(after.clone(), limit).await?;
        let is_last = found.len() < limit;
        for item in found {
            if items.len() == request.limit {
                return Ok(Page {
                    items,
                    next_cursor: after.map(|key| cursor_behind(kind, key)),
                });
            }
            after = Some(key(&item));
            if wanted(&item) {
                items.push(item);
            }
        }
        if is_last {
            after = None;
            break;
        }
        limit = PageSize::ITEMS.most;
    }
    Ok(Page {
        items,
        next_cursor: after.map(|key| cursor_behind(kind, key)),
    })
}

/// A page of `all` items of the list of `kind`, in the order of their keys as text, with the cursor of the next: for what
/// has to be read as a whole, because its order or what it shows depends on more than itself.
///
/// # Errors
/// Refused when the cursor is of another list.
pub(crate) fn page_of_whole<T>(
    request: &PageRequest,
    kind: RecordKind,
    order: Order,
    all: impl IntoIterator<Item = T>,
    key: impl Fn(&T) -> String,
) -> Result<Page<T>, Refusal> {
    let in_order = |left: &str, right: &str| match order {
        Order::OldestFirst => left.cmp(right),
        Order::NewestFirst => right.cmp(left),
    };
    let after: Option<String> = request.after(kind)?;
    let is_behind = |key: &str| after.as_ref().is_none_or(|after| in_order(after, key).is_lt());
    let keyed = all.into_iter().map(|item| (key(&item), item));
    let mut rest: Vec<(String, T)> = keyed.filter(|(key, _)| is_behind(key)).collect();
    rest.sort_by(|(left, _), (right, _)| in_order(left, right));
    let more = rest.len() > request.limit;
    rest.truncate(request.limit);
    Ok(Page {
        next_cursor: rest
            .last()
            .filter(|_| more)
            .map(|(key, _)| cursor_behind(kind, key)),
        items: rest.into_iter().map(|(_, item)| item).collect(),
    })
}

/// `number` as part of a key: numbers sort as their digits do.
pub(crate) fn in_digits(number: impl Display) -> String {
    format!("{number:0>20}")
}
