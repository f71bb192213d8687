//! Changes of records: all or nothing, once, and always in the audit chain.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what does not hold fails the test that relies on it"
)]

use freshtrack_application::ports::{Claim, ClaimSpace, Holder, Owner, Record, RecordKind, Records, Stored};
use freshtrack_application::{Actor, ChainEnd, Change, Failure, OrgScope, PortErrorKind, Refusal, Registry};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::audit::{self, AuditHead, BrokenChain, ChainedEntry};
use freshtrack_domain::time::Timestamp;
use freshtrack_testkit::{ManualClock, MemoryRecords, fresh_id};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Note {
    id: String,
    text: String,
}

impl Record for Note {
    const KIND: RecordKind = RecordKind("NOTE");

    fn key(&self) -> String {
        self.id.clone()
    }
}

struct Desk {
    records: MemoryRecords,
    clock: ManualClock,
    scope: OrgScope,
    actor: Actor,
}

impl Desk {
    fn new() -> Self {
        Self {
            records: MemoryRecords::default(),
            clock: ManualClock::at(Timestamp::from_seconds(1_790_000_000)),
            scope: OrgScope::granted(fresh_id()),
            actor: Actor::new("usr_1"),
        }
    }

    fn registry(&self) -> Registry<'_> {
        Registry {
            records: &self.records,
            clock: &self.clock,
        }
    }

    fn change(&self, action: &str, note: &Note) -> Change {
        Change::new(self.scope, &self.actor, action, &note.id).detail("text", &note.text)
    }

    async fn note(&self, id: &str) -> Option<Stored<Note>> {
        let records: &dyn Records = &self.records;
        records.get(self.scope, id).await.unwrap()
    }

    async fn chain(&self) -> (AuditHead, Vec<ChainedEntry>) {
        let records: &dyn Records = &self.records;
        let end = records.get::<ChainEnd>(self.scope, ChainEnd::KEY).await.unwrap();
        let entries = records.all::<ChainedEntry>(self.scope).await.unwrap();
        (
            end.map_or_else(AuditHead::default, |end| end.record.0),
            entries.into_iter().map(|stored| stored.record).collect(),
        )
    }
}

fn note(id: &str, text: &str) -> Note {
    Note {
        id: id.to_owned(),
        text: text.to_owned(),
    }
}

fn code_of(result: Result<(), Failure>) -> ProblemCode {
    match result {
        Err(Failure::Refused(refusal)) => refusal.code,
        other => panic!("expected a refusal, not {other:?}"),
    }
}

#[tokio::test]
async fn a_change_is_made_once_however_often_it_is_asked_for() {
    let desk = Desk::new();
    let one = note("a", "one");
    let create = || desk.change("note.created", &one).insert(&one).unwrap();
    // The store made the change and the answer was lost: its sender tries again.
    desk.records
        .faults
        .lose_answer("records.commit", PortErrorKind::Unavailable, 1);
    let lost = desk.registry().commit(create()).await;
    assert!(matches!(lost, Err(Failure::Fault(_))));
    desk.registry().commit(create()).await.unwrap();
    let (head, entries) = desk.chain().await;
    assert_eq!((head.seq, entries.len()), (1, 1));
    assert_eq!(audit::verify(AuditHead::default(), &entries), Ok(head));
    assert_eq!(
        entries[0].entry.details.get("text").map(String::as_str),
        Some("one")
    );
}

#[tokio::test]
async fn who_changes_what_somebody_else_just_changed_is_told() {
    let desk = Desk::new();
    let one = note("a", "one");
    let create = desk.change("note.created", &one).insert(&one).unwrap();
    desk.registry().commit(create).await.unwrap();
    let read = desk.note("a").await.unwrap();
    let rewrite = |text: &str| {
        let changed = note("a", text);
        desk.change("note.changed", &changed)
            .replace(&changed, read.rev)
            .unwrap()
    };
    desk.registry().commit(rewrite("two")).await.unwrap();
    let late = desk.registry().commit(rewrite("three")).await;
    assert_eq!(code_of(late), ProblemCode::Conflict);
    assert_eq!(desk.note("a").await.unwrap().record.text, "two");
    assert_eq!(
        desk.chain().await.0.seq,
        2,
        "what was not done is not in the chain"
    );
}

#[tokio::test]
async fn a_name_is_given_once() {
    let desk = Desk::new();
    let claim = |id: &str| {
        let holder = Holder {
            id: id.to_owned(),
            data: serde_json::Value::Null,
            expires_at: None,
        };
        let name = Claim {
            space: ClaimSpace::Slug,
            name: "kitchen".to_owned(),
        };
        desk.change("note.created", &note(id, ""))
            .insert(&note(id, ""))
            .unwrap()
            .claim(
                name,
                holder,
                Refusal::new(ProblemCode::Conflict, "The name is taken."),
            )
    };
    desk.registry().commit(claim("a")).await.unwrap();
    let second = desk.registry().commit(claim("b")).await;
    assert_eq!(code_of(second), ProblemCode::Conflict);
    assert_eq!(desk.note("b").await, None);
}

#[tokio::test]
async fn many_at_once_make_one_chain_and_tampering_shows() {
    let desk = Desk::new();
    let registry = desk.registry();
    let changes = (0..8).map(|index| {
        let note = note(&format!("n{index}"), "x");
        registry.commit(desk.change("note.created", &note).insert(&note).unwrap())
    });
    for result in futures_util::future::join_all(changes).await {
        result.unwrap();
    }
    let (head, entries) = desk.chain().await;
    assert_eq!(head.seq, 8);
    assert_eq!(audit::verify(AuditHead::default(), &entries), Ok(head));

    let owner = Owner::from(desk.scope);
    desk.records
        .tamper(owner, ChainedEntry::KIND, "000000000005", |entry| {
            entry["actor"] = "usr_2".into();
        });
    let (_, entries) = desk.chain().await;
    assert_eq!(
        audit::verify(AuditHead::default(), &entries),
        Err(BrokenChain::Altered(5))
    );
}
