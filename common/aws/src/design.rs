//! The table as it is meant: what its items are, and every way in which they are reached.
//!
//! `docs/table-design.md` is this list as a page. The store's tests hold both to what the adapters really ask.

use std::fmt::Write as _;

/// A kind of item.
#[derive(Debug, Clone, Copy)]
pub struct Entity {
    /// What it is.
    pub what: &'static str,
    /// Its partition key.
    pub partition: &'static str,
    /// Its sort key.
    pub sort: &'static str,
    /// Under which index it is also found, by which keys.
    pub index: Option<(&'static str, &'static str)>,
    /// When DynamoDB deletes it by itself.
    pub expires: Option<&'static str>,
}

const fn entity(what: &'static str, partition: &'static str, sort: &'static str) -> Entity {
    Entity {
        what,
        partition,
        sort,
        index: None,
        expires: None,
    }
}

/// Every kind of item.
pub const ENTITIES: &[Entity] = &[
    Entity {
        index: Some((
            "GSI1",
            "`U#{user}#{KIND}` / the owner's partition, or `P#{KIND}` / `{id}`",
        )),
        expires: Some("sessions, invitations and whatever else has an end"),
        ..entity(
            "record: whatever is set up, by an organization, a person or the platform",
            "{OWNER}",
            "{KIND}#{id}",
        )
    },
    Entity {
        expires: Some("claims that are tokens"),
        ..entity(
            "claim: a name that only one may have, and who has it",
            "{SPACE}#{name}",
            "{SPACE}",
        )
    },
    entity(
        "state of a unit, with the head of its reading log, the events of its last change, and when something falls due",
        "O#{org}",
        "STATE#{unit}",
    ),
    entity("sealed block of the reading log", "O#{org}#U#{unit}", "R#{time}"),
    entity("late reading", "O#{org}#U#{unit}", "L#{time}#{sensor}"),
    Entity {
        index: Some(("GSI1", "`O#{org}#OPEN` or `O#{org}#RESOLVED` / `{alert}`")),
        ..entity("alert", "O#{org}", "ALR#{alert}")
    },
    entity(
        "what happened to an alert",
        "O#{org}#A#{alert}",
        "T#{time}#{event}",
    ),
    Entity {
        expires: Some("after 90 days"),
        index: Some(("GSI1", "`O#{org}#Q#{device}` / `{frame}`")),
        ..entity("frame kept aside", "O#{org}#Q", "F#{frame}")
    },
    Entity {
        expires: Some("with the connection"),
        ..entity("socket and what it subscribed to", "O#{org}#WS", "C#{connection}")
    },
    Entity {
        expires: Some("after 30 seconds"),
        ..entity("ticket to open a socket", "TICKET#{ticket}", "TICKET")
    },
    Entity {
        expires: Some("with its window"),
        ..entity("count of attempts", "THROTTLE#{name}", "THROTTLE")
    },
];

/// A way in which items are reached.
#[derive(Debug, Clone, Copy)]
pub struct AccessPattern {
    /// The call, with its index and consistency where it has a choice.
    pub call: &'static str,
    /// The partition that is asked for.
    pub partition: &'static str,
    /// Which of its items; all of them where nothing is said.
    pub sort: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// Request units that it costs at least: for every 4 KB that are read, every KB that is written; in a transaction, for
    /// this one of its items.
    pub units: f64,
}

const fn pattern(
    call: &'static str,
    partition: &'static str,
    sort: &'static str,
    purpose: &'static str,
    units: f64,
) -> AccessPattern {
    AccessPattern {
        call,
        partition,
        sort,
        purpose,
        units,
    }
}

/// Every access pattern; first those that a reading takes.
pub const ACCESS_PATTERNS: &[AccessPattern] = &[
    pattern(
        "GetItem",
        "{SPACE}#{name}",
        "{SPACE}",
        "sensor by its DevEUI, remembered for a minute",
        0.5,
    ),
    pattern(
        "GetItem, consistent",
        "O#{org}",
        "STATE#{unit}",
        "unit to judge",
        1.0,
    ),
    pattern(
        "PutItem",
        "O#{org}",
        "STATE#{unit}",
        "reading, if nobody else wrote since",
        1.0,
    ),
    pattern(
        "PutItem",
        "O#{org}#U#{unit}",
        "R#{time}",
        "block that is sealed",
        1.0,
    ),
    pattern(
        "GetItem, consistent",
        "O#{org}#U#{unit}",
        "R#{time}",
        "block that is there already: whether it is the same",
        1.0,
    ),
    pattern(
        "PutItem",
        "O#{org}#U#{unit}",
        "L#{time}#{sensor}",
        "reading that came too late for its block",
        1.0,
    ),
    pattern(
        "Put in a transaction",
        "O#{org}",
        "STATE#{unit}",
        "reading that opens, raises or resolves an alert",
        2.0,
    ),
    pattern(
        "Put in a transaction",
        "O#{org}",
        "ALR#{alert}",
        "that alert",
        2.0,
    ),
    pattern(
        "Query",
        "O#{org}#WS",
        "",
        "screens to tell, remembered for a moment",
        0.5,
    ),
    pattern(
        "Query",
        "O#{org}",
        "begins with STATE#",
        "units of an organization that are due, every minute",
        0.5,
    ),
    pattern(
        "GetItem",
        "O#{org}",
        "STATE#{unit}",
        "unit whose readings are listed",
        0.5,
    ),
    pattern(
        "Query",
        "O#{org}#U#{unit}",
        "between R#...",
        "blocks of a span, and the one before it",
        0.5,
    ),
    pattern(
        "Query, consistent",
        "O#{org}#U#{unit}",
        "between R#...",
        "the same, when the newest block is not everywhere yet",
        1.0,
    ),
    pattern(
        "Query",
        "O#{org}#U#{unit}",
        "between L#...",
        "late readings of a span",
        0.5,
    ),
    pattern(
        "Query",
        "O#{org}",
        "begins with STATE#",
        "all units of an organization",
        0.5,
    ),
    pattern(
        "Query, consistent",
        "O#{org}",
        "between ALR#...",
        "alerts that opened in a span, to know whether what is found late was told",
        1.0,
    ),
    pattern(
        "PutItem",
        "O#{org}",
        "ALR#{alert}",
        "alert that was found late, with its event, and its place among those that have ended",
        4.0,
    ),
    pattern("GetItem", "O#{org}", "ALR#{alert}", "alert", 0.5),
    pattern(
        "GetItem, consistent",
        "O#{org}",
        "ALR#{alert}",
        "alert about which somebody does something",
        1.0,
    ),
    pattern("Query", "O#{org}#A#{alert}", "", "what happened to it", 0.5),
    pattern(
        "PutItem",
        "O#{org}#A#{alert}",
        "T#{time}#{event}",
        "something that happened to it",
        1.0,
    ),
    pattern("Query GSI1", "O#{org}#OPEN", "", "open alerts, newest first", 0.5),
    pattern(
        "Query GSI1",
        "O#{org}#RESOLVED",
        "",
        "resolved alerts, newest first",
        0.5,
    ),
    pattern(
        "Query GSI1",
        "O#{org}#RESOLVED",
        "before an identifier",
        "the next page of them",
        0.5,
    ),
    pattern("PutItem", "O#{org}#Q", "F#{frame}", "frame kept aside", 1.0),
    pattern("Query", "O#{org}#Q", "", "frames kept aside, newest first", 0.5),
    pattern("Query", "O#{org}#Q", "before F#...", "the next page of them", 1.5),
    pattern(
        "Query GSI1",
        "O#{org}#Q#{device}",
        "",
        "frames kept aside of a device, oldest first",
        0.5,
    ),
    pattern(
        "Query GSI1",
        "O#{org}#Q#{device}",
        "behind an identifier",
        "the next of them",
        0.5,
    ),
    pattern(
        "GetItem, consistent",
        "O#{org}#Q",
        "F#{frame}",
        "frame to replay",
        1.0,
    ),
    pattern(
        "DeleteItem",
        "O#{org}#Q",
        "F#{frame}",
        "frame that was replayed",
        1.0,
    ),
    pattern("PutItem", "TICKET#{ticket}", "TICKET", "ticket", 1.0),
    pattern(
        "DeleteItem",
        "TICKET#{ticket}",
        "TICKET",
        "ticket that is used: whoever deletes it has it",
        1.0,
    ),
    pattern(
        "PutItem",
        "O#{org}#WS",
        "C#{connection}",
        "socket and its subscriptions, if nobody else wrote since",
        1.0,
    ),
    pattern(
        "GetItem, consistent",
        "O#{org}#WS",
        "C#{connection}",
        "socket that says something",
        1.0,
    ),
    pattern(
        "DeleteItem",
        "O#{org}#WS",
        "C#{connection}",
        "socket that is gone",
        1.0,
    ),
    pattern("Query, consistent", "O#{org}#WS", "", "sockets to close", 1.0),
    pattern("GetItem, consistent", "{OWNER}", "{KIND}#{id}", "record", 1.0),
    pattern(
        "GetItem",
        "{OWNER}",
        "{KIND}#{id}",
        "record of something that is looked up for a reading",
        0.5,
    ),
    pattern(
        "Query, consistent",
        "{OWNER}",
        "between {KIND}#...",
        "records of a kind, page by page",
        1.0,
    ),
    pattern(
        "Query",
        "{OWNER}",
        "begins with {KIND}#",
        "all records of a kind, where a moment's delay does no harm",
        0.5,
    ),
    pattern(
        "Query GSI1",
        "U#{user}#{KIND}",
        "",
        "records that are found by a person: memberships",
        0.5,
    ),
    pattern(
        "Query GSI1",
        "P#{KIND}",
        "",
        "records of a kind that the platform lists, newest first",
        0.5,
    ),
    pattern(
        "Query GSI1",
        "P#{KIND}",
        "before an identifier",
        "the next page of them",
        0.5,
    ),
    pattern(
        "GetItem, consistent",
        "{SPACE}#{name}",
        "{SPACE}",
        "who has a name: an e-mail address, a slug, the prefix of an access key, a token",
        1.0,
    ),
    pattern(
        "Put in a transaction",
        "{OWNER}",
        "{KIND}#{id}",
        "record that is new or changed, and the entry of the audit chain beside it",
        2.0,
    ),
    pattern(
        "Delete in a transaction",
        "{OWNER}",
        "{KIND}#{id}",
        "record that goes",
        2.0,
    ),
    pattern(
        "ConditionCheck in a transaction",
        "{OWNER}",
        "{KIND}#{id}",
        "record that must still be as it was",
        2.0,
    ),
    pattern(
        "Put in a transaction",
        "{SPACE}#{name}",
        "{SPACE}",
        "name that is taken, if nobody has it",
        2.0,
    ),
    pattern(
        "Delete in a transaction",
        "{SPACE}#{name}",
        "{SPACE}",
        "name that is given up, by who has it",
        2.0,
    ),
    pattern(
        "UpdateItem",
        "THROTTLE#{name}",
        "THROTTLE",
        "attempt that is counted",
        1.0,
    ),
    pattern(
        "DeleteItem",
        "THROTTLE#{name}",
        "THROTTLE",
        "count that begins anew",
        1.0,
    ),
];

/// `docs/table-design.md`.
#[must_use]
pub fn page() -> String {
    let mut page = String::from(
        "# The table\n\n\
         One table, `pk` and `sk`, a sparse index (`GSI1` by person, status or kind), a stream \
         that carries what happened, deletion by time. Every item has `et` (its kind), `v` (the version of its shape) and `d` (its \
         content); what is changed under a condition has `rev`. Why it is so: [ADR 3](adr/0003-single-table-head-and-blocks.md), \
         [ADR 4](adr/0004-outbox.md), [ADR 11](adr/0011-records.md).\n\n\
         Written from `common/aws/src/design.rs`, which the store's tests hold to what the adapters ask.\n\n\
         ## Items\n\n\
         `{OWNER}` is `O#{org}`, `U#{user}` or `P`. `{KIND}` names a kind of record (`SITE`, `UNIT`, `SEN`, `MEMBER`, ...), `{SPACE}` what \
         a claim is on (`EMAIL`, `SLUG`, `EUI`, `KEY`, ...). `{time}` is milliseconds in thirteen digits, so that it sorts.\n\n\
         | item | `pk` | `sk` | index | deleted by time |\n|---|---|---|---|---|\n",
    );
    for Entity {
        what,
        partition,
        sort,
        index,
        expires,
    } in ENTITIES
    {
        let index = index.map_or_else(String::new, |(name, keys)| format!("{name}: {keys}"));
        let expires = expires.unwrap_or_default();
        // Writing to a string does not fail.
        let _ = writeln!(
            page,
            "| {what} | `{partition}` | `{sort}` | {index} | {expires} |"
        );
    }
    page.push_str(
        "\n## Access patterns\n\n\
         There is no other way in which the table is read or written, and no scan. Units are request units as DynamoDB bills them: of \
         reading, for up to 4 KB; of writing, for up to 1 KB and without what indexes add; in a transaction, for each of its items.\n\n\
         | for | call | `pk` | `sk` | units |\n|---|---|---|---|---:|\n",
    );
    for AccessPattern {
        call,
        partition,
        sort,
        purpose,
        units,
    } in ACCESS_PATTERNS
    {
        let _ = writeln!(
            page,
            "| {purpose} | {call} | `{partition}` | {} | {units} |",
            quoted(sort)
        );
    }
    page
}

fn quoted(sort: &str) -> String {
    if sort.is_empty() {
        String::new()
    } else {
        format!("`{sort}`")
    }
}
