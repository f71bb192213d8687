//! That the page about the table tells the truth.

use crate::contract;
use crate::engine::{Call, Engine};
use freshtrack_aws::design::{self, ACCESS_PATTERNS, ENTITIES};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const PAGE: &str = "docs/table-design.md";
/// Where the kinds of records and the spaces of claims are told apart from the names of other items.
const OTHERS: &[&str] = &["STATE", "ALR", "TICKET", "THROTTLE"];

/// Call, partition, sort key.
type Seen = (String, String, String);

#[tokio::test]
async fn every_access_is_in_the_list_and_costs_what_it_says() {
    let engine = Engine::in_memory();
    contract::everything(&engine).await;
    let mut seen: BTreeMap<Seen, f64> = BTreeMap::new();
    for call in engine.calls() {
        let units = call.units.unwrap_or(f64::INFINITY);
        for access in accesses(&call) {
            let least = seen.entry(access).or_insert(f64::INFINITY);
            *least = least.min(units);
        }
    }
    let listed: BTreeMap<Seen, f64> = ACCESS_PATTERNS
        .iter()
        .map(|pattern| {
            let seen = (pattern.call.into(), pattern.partition.into(), pattern.sort.into());
            (seen, pattern.units)
        })
        .collect();
    let (asked, known) = (
        seen.keys().collect::<BTreeSet<_>>(),
        listed.keys().collect::<BTreeSet<_>>(),
    );
    let differing: Vec<_> = asked.symmetric_difference(&known).collect();
    assert!(
        differing.is_empty(),
        "asked and not listed, or listed and not asked: {differing:#?}"
    );
    for (access, units) in seen.into_iter().filter(|(_, units)| units.is_finite()) {
        assert_eq!(listed[&access], units, "{access:?}");
    }
}

#[test]
fn every_key_that_is_reached_is_one_of_an_item() {
    for pattern in ACCESS_PATTERNS
        .iter()
        .filter(|pattern| !pattern.call.contains("GSI"))
    {
        let known = ENTITIES.iter().any(|entity| {
            entity.partition == pattern.partition
                && (pattern.sort.is_empty() || begins_alike(entity.sort, pattern.sort))
        });
        assert!(known, "{pattern:?}");
    }
}

#[test]
fn the_page_is_the_list() {
    let path = freshtrack_tests::World::root().join(PAGE);
    if std::env::var_os("FRESHTRACK_WRITE").is_some() {
        std::fs::write(&path, design::page()).unwrap();
    }
    let page = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(
        page,
        design::page(),
        "FRESHTRACK_WRITE=1 cargo test -p freshtrack-tests --test store the_page writes {PAGE}"
    );
}

/// Whether the condition `asked` is about keys like `sort`.
fn begins_alike(sort: &str, asked: &str) -> bool {
    let beginning = sort.split_inclusive('#').next().unwrap();
    asked.contains(beginning)
}

/// What `call` reaches, told by the shape of the keys.
fn accesses(call: &Call) -> Vec<Seen> {
    let Call {
        operation, request, ..
    } = call;
    let strength = if request["ConsistentRead"] == true {
        ", consistent"
    } else {
        ""
    };
    match operation.as_str() {
        "GetItem" => vec![by_key(format!("GetItem{strength}"), &request["Key"])],
        "DeleteItem" | "UpdateItem" => vec![by_key(operation.clone(), &request["Key"])],
        "PutItem" => vec![by_key(operation.clone(), &request["Item"])],
        "TransactWriteItems" => request["TransactItems"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|item| item.as_object().unwrap())
            .map(|(step, content)| {
                let key = if step == "Put" {
                    &content["Item"]
                } else {
                    &content["Key"]
                };
                by_key(format!("{step} in a transaction"), key)
            })
            .collect(),
        "Query" => {
            let index = request["IndexName"].as_str().map(|name| format!(" {name}"));
            let values = &request["ExpressionAttributeValues"];
            let partition = partition(values[":pk"]["S"].as_str().unwrap());
            let condition = request["KeyConditionExpression"].as_str().unwrap();
            let sort = condition
                .split_once(" AND ")
                .map(|(_, sort)| condition_of(sort, values, &partition))
                .unwrap_or_default();
            let partition = if sort.contains("{KIND}") {
                "{OWNER}".to_owned()
            } else {
                partition
            };
            vec![(
                format!("Query{}{strength}", index.unwrap_or_default()),
                partition,
                sort,
            )]
        }
        other => panic!("nothing is known of {other}"),
    }
}

fn by_key(call: String, key: &Value) -> Seen {
    let (pk, sk) = (key["pk"]["S"].as_str().unwrap(), key["sk"]["S"].as_str().unwrap());
    let space = pk.split('#').next().unwrap();
    if space == sk && !OTHERS.contains(&space) {
        return (call, "{SPACE}#{name}".to_owned(), "{SPACE}".to_owned());
    }
    let partition = partition(pk);
    let sort = sort_key(sk, &partition);
    let partition = if sort.starts_with("{KIND}") {
        "{OWNER}".to_owned()
    } else {
        partition
    };
    (call, partition, sort)
}

/// The condition on the sort key, with what its values begin with.
fn condition_of(condition: &str, values: &Value, partition: &str) -> String {
    let value = |name: &str| {
        let value = values[name]["S"].as_str().unwrap();
        let shape = sort_key(value, partition);
        shape.split_inclusive('#').next().unwrap_or_default().to_owned()
    };
    let words: Vec<&str> = condition
        .split([' ', '(', ')', ','])
        .filter(|word| !word.is_empty())
        .collect();
    match words[..] {
        ["begins_with", _, prefix] => format!("begins with {}", value(prefix)),
        [_, "BETWEEN", from, "AND", _] => format!("between {}...", value(from)),
        [_, "<", of] if values[of]["S"].as_str().unwrap().contains('#') => {
            format!("before {}...", value(of))
        }
        [_, "<", _] => "before an identifier".to_owned(),
        [_, ">", _] => "behind an identifier".to_owned(),
        [_, "<=", _] => "until {time}".to_owned(),
        _ => panic!("{condition}"),
    }
}

fn partition(pk: &str) -> String {
    let parts: Vec<&str> = pk.split('#').collect();
    match parts[..] {
        ["P"] | ["O", _] | ["U", _] => format!(
            "{}{}",
            parts[0],
            if parts.len() > 1 {
                format!("#{}", identifier(parts[1]))
            } else {
                String::new()
            }
        ),
        ["O", org, own @ ("Q" | "WS" | "OPEN" | "RESOLVED")] => format!("O#{}#{own}", identifier(org)),
        ["O", org, "Q", _] => format!("O#{}#Q#{{device}}", identifier(org)),
        ["O", org, of @ ("U" | "A"), id] => format!("O#{}#{of}#{}", identifier(org), identifier(id)),
        ["U", user, _] => format!("U#{}#{{KIND}}", identifier(user)),
        ["P", _] => "P#{KIND}".to_owned(),
        ["TIMER", _] => "TIMER#{shard}".to_owned(),
        ["TICKET", _] => "TICKET#{ticket}".to_owned(),
        ["THROTTLE", ..] => "THROTTLE#{name}".to_owned(),
        _ => panic!("nothing is known of the partition {pk}"),
    }
}

fn sort_key(sk: &str, partition: &str) -> String {
    let parts: Vec<&str> = sk.split('#').collect();
    let records = ["P", "O#{org}", "U#{user}"].contains(&partition);
    match parts[..] {
        [name] if OTHERS.contains(&name) => name.to_owned(),
        ["STATE", ""] => "STATE#".to_owned(),
        [name @ ("STATE" | "ALR"), id] => format!("{name}#{}", identifier(id)),
        _ if records => "{KIND}#{id}".to_owned(),
        ["R", _] => "R#{time}".to_owned(),
        ["L", _] => "L#{time}".to_owned(),
        ["L", _, _] => "L#{time}#{sensor}".to_owned(),
        ["T", _, _] => "T#{time}#{event}".to_owned(),
        ["F", _] => "F#{frame}".to_owned(),
        ["C", _] => "C#{connection}".to_owned(),
        _ => panic!("nothing is known of the key {sk} in {partition}"),
    }
}

/// The kind of identifier that `id` is, by its prefix.
fn identifier(id: &str) -> &'static str {
    match id.split_once('_').unwrap().0 {
        "org" => "{org}",
        "usr" => "{user}",
        "unt" => "{unit}",
        "alr" => "{alert}",
        other => panic!("nothing is known of identifiers that begin with {other}_"),
    }
}
