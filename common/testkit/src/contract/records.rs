use super::minute;
use crate::fresh_id;
use freshtrack_application::ports::{
    Alerts, Claim, ClaimSpace, CommitError, Found, Holder, Owner, RawRecord, RecordKind, Records, Step,
};
use freshtrack_application::{OrgScope, PortErrorKind};
use freshtrack_domain::alert::{Alert, AlertKind, AlertStatus, Severity};
use freshtrack_domain::ids::{AlertId, Id, OrgId, Ulid, UserId};
use serde_json::json;

const KIND: RecordKind = RecordKind("TEST");
/// Begins as the other does, so that a list of one must not run into the other.
const LONGER: RecordKind = RecordKind("TESTS");

fn raw(kind: RecordKind, key: &str, content: u32) -> RawRecord {
    RawRecord {
        kind,
        key: key.to_owned(),
        data: json!({ "content": content, "nothing": null, "list": [1, "two"] }),
        person: None,
        listed: false,
        expires_at: None,
    }
}

fn contents(found: &[Found]) -> Vec<u64> {
    found
        .iter()
        .map(|found| found.data["content"].as_u64().unwrap())
        .collect()
}

fn step_of(result: Result<(), CommitError>) -> usize {
    match result {
        Err(CommitError::Step(step)) => step,
        other => panic!("expected a step to stand in the way, not {other:?}"),
    }
}

/// Keeps records by owner, and makes a change as a whole or not at all.
pub async fn records(records: &dyn Records) {
    let org = Owner::Org(fresh_id::<OrgId>());
    let (other, person) = (Owner::Org(fresh_id::<OrgId>()), fresh_id::<UserId>());
    let now = minute(0);
    let find = async |owner, key: &str| records.find(owner, KIND, key).await.unwrap();

    let insert = [
        Step::Insert(org, raw(KIND, "a", 1)),
        Step::Insert(other, raw(KIND, "a", 2)),
    ];
    records.commit(&insert, &[], now).await.unwrap();
    let first = find(org, "a").await.unwrap();
    assert_eq!(
        (first.owner, first.rev, &first.data),
        (org, 1, &raw(KIND, "a", 1).data)
    );
    assert_eq!(contents(&[find(other, "a").await.unwrap()]), [2]);
    assert_eq!(find(org, "b").await, None);
    assert_eq!(records.find(org, LONGER, "a").await.unwrap(), None);

    let replace = |rev| {
        [
            Step::Insert(org, raw(KIND, "b", 3)),
            Step::Replace(org, raw(KIND, "a", 4), rev),
        ]
    };
    assert_eq!(step_of(records.commit(&replace(7), &[], now).await), 1);
    assert_eq!(find(org, "b").await, None, "all of a change or nothing");
    records.commit(&replace(1), &[], now).await.unwrap();
    assert_eq!(find(org, "a").await.unwrap().rev, 2);
    assert_eq!(
        step_of(records.commit(&replace(2), &[], now).await),
        0,
        "an insert finds itself"
    );

    let expect = |key: &str, rev| Step::Expect(org, KIND, key.to_owned(), rev);
    let expecting = |expected| [expected, Step::Insert(org, raw(KIND, "c", 5))];
    assert_eq!(
        step_of(records.commit(&expecting(expect("z", None)), &[], now).await),
        0
    );
    assert_eq!(
        step_of(records.commit(&expecting(expect("a", Some(1))), &[], now).await),
        0
    );
    records
        .commit(&expecting(expect("a", Some(2))), &[], now)
        .await
        .unwrap();
    let longer = [expect("b", None), Step::Insert(org, raw(LONGER, "aa", 6))];
    records.commit(&longer, &[], now).await.unwrap();

    let list = async |after, limit, newest_first| {
        contents(&records.list(org, KIND, after, limit, newest_first).await.unwrap())
    };
    assert_eq!(list(None, usize::MAX, false).await, [4, 3, 5]);
    assert_eq!(list(None, 2, false).await, [4, 3]);
    assert_eq!(list(Some("b"), 2, false).await, [5]);
    assert!(list(Some("c"), 2, false).await.is_empty());
    assert_eq!(list(None, 2, true).await, [5, 3]);
    assert_eq!(list(Some("b"), 2, true).await, [4]);
    assert_eq!(
        contents(&records.list_eventually(org, KIND).await.unwrap()),
        [4, 3, 5]
    );

    let twice = [expect("a", None), Step::Replace(org, raw(KIND, "a", 7), 2)];
    let refused = records.commit(&twice, &[], now).await.unwrap_err();
    assert!(
        matches!(&refused, CommitError::Port(error) if error.kind == PortErrorKind::Rejected),
        "two steps about one thing: {refused:?}"
    );

    let remove = |rev| [Step::Remove(org, KIND, "c".to_owned(), rev)];
    assert_eq!(step_of(records.commit(&remove(2), &[], now).await), 0);
    records.commit(&remove(1), &[], now).await.unwrap();
    assert_eq!(
        step_of(records.commit(&remove(1), &[], now).await),
        0,
        "it is gone"
    );
    assert_eq!(list(None, usize::MAX, false).await, [4, 3]);

    let personal = |owner, content| {
        let record = RawRecord {
            person: Some(person),
            ..raw(KIND, "p", content)
        };
        Step::Insert(owner, record)
    };
    let own = Owner::User(person);
    let steps = [personal(org, 7), personal(other, 8), personal(own, 9)];
    records.commit(&steps, &[], now).await.unwrap();
    let mut found = records.of_person(person, KIND).await.unwrap();
    found.sort_by_key(|found| found.owner);
    assert_eq!(contents(&found).iter().sum::<u64>(), 7 + 8 + 9);
    assert!(
        [org, other, own]
            .iter()
            .all(|owner| found.iter().any(|found| found.owner == *owner))
    );
    assert!(records.of_person(person, LONGER).await.unwrap().is_empty());
}

/// Writes the alert of a record together with it, or neither.
pub async fn alerts_of_records(records: &dyn Records, alerts: &dyn Alerts) {
    let org_id = fresh_id::<OrgId>();
    let (org, scope) = (Owner::Org(org_id), OrgScope::granted(org_id));
    let opened = Alert {
        id: AlertId::from_ulid(Ulid::from_parts(u64::try_from(minute(0).as_millis()).unwrap(), 1)),
        unit_id: fresh_id(),
        site_id: fresh_id(),
        kind: AlertKind::TimedProcess,
        severity: Severity::Warning,
        status: AlertStatus::Open,
        opened_at: minute(0),
        escalated_at: None,
        resolved_at: None,
        found_at: None,
        trigger: None,
        worst: None,
        limit: None,
        side: None,
        sensor_id: None,
        related_id: None,
        process_id: Some(fresh_id()),
        alarm: None,
        explanation: "The soup is too warm.".to_owned(),
    };
    let over = Alert {
        status: AlertStatus::Resolved,
        resolved_at: Some(minute(5)),
        ..opened.clone()
    };
    let step = |alert: &Alert| Step::Alert(org_id, Box::new(alert.clone()));
    let list = async |status| alerts.list(scope, status, None, 10).await.unwrap();
    let first = [Step::Insert(org, raw(KIND, "a", 1)), step(&opened)];
    records.commit(&first, &[], minute(0)).await.unwrap();
    assert_eq!(
        alerts.now(scope, opened.id).await.unwrap().as_ref(),
        Some(&opened)
    );
    assert_eq!(list(AlertStatus::Open).await, std::slice::from_ref(&opened));
    let outdated = [Step::Replace(org, raw(KIND, "a", 2), 7), step(&over)];
    assert_eq!(step_of(records.commit(&outdated, &[], minute(5)).await), 0);
    assert_eq!(alerts.now(scope, opened.id).await.unwrap(), Some(opened));
    let second = [Step::Replace(org, raw(KIND, "a", 2), 1), step(&over)];
    records.commit(&second, &[], minute(5)).await.unwrap();
    assert_eq!(list(AlertStatus::Open).await, []);
    assert_eq!(list(AlertStatus::Resolved).await, [over]);
}

/// Lists the records of one kind of all owners, the newest first.
pub async fn listed(records: &dyn Records) {
    // The listing is the whole platform's: a kind of its own keeps tests on a shared store apart.
    let name: &'static str = Box::leak(fresh_id::<OrgId>().to_string().into_boxed_str());
    let kind = RecordKind(name);
    let owners = [0; 3].map(|_| Owner::Org(fresh_id::<OrgId>()));
    for (owner, key) in owners.into_iter().zip(["a", "b", "c"]) {
        let record = RawRecord {
            listed: true,
            ..raw(kind, key, 1)
        };
        let steps = [
            Step::Insert(owner, record),
            Step::Insert(owner, raw(kind, &format!("{key}-unlisted"), 2)),
        ];
        records.commit(&steps, &[], minute(0)).await.unwrap();
    }
    let list = async |before, limit| {
        let found = records.listed(kind, before, limit).await.unwrap();
        found.iter().map(|found| found.owner).collect::<Vec<_>>()
    };
    let [a, b, c] = owners;
    assert_eq!(list(None, 10).await, [c, b, a]);
    assert_eq!(list(None, 2).await, [c, b]);
    assert_eq!(list(Some("c"), 10).await, [b, a]);
    assert!(list(Some("a"), 10).await.is_empty());
    let gone = [Step::Remove(b, kind, "b".to_owned(), 1)];
    records.commit(&gone, &[], minute(1)).await.unwrap();
    assert_eq!(list(None, 10).await, [c, a]);
}

/// Gives a name to one holder at a time.
pub async fn claims(records: &dyn Records) {
    let unique = fresh_id::<OrgId>().to_string();
    let claim = |space| Claim {
        space,
        name: unique.clone(),
    };
    let holder = |id: &str, expires_at| Holder {
        id: id.to_owned(),
        data: json!({ "of": id }),
        expires_at,
    };
    let take = |id: &str, expires_at| [Step::Claim(claim(ClaimSpace::Slug), holder(id, expires_at))];
    let who = async |space, at| records.holder(&claim(space), at).await.unwrap();

    assert_eq!(who(ClaimSpace::Slug, minute(0)).await, None);
    records.commit(&take("a", None), &[], minute(0)).await.unwrap();
    records.commit(&take("a", None), &[], minute(0)).await.unwrap();
    assert_eq!(who(ClaimSpace::Slug, minute(0)).await, Some(holder("a", None)));
    assert_eq!(who(ClaimSpace::Email, minute(0)).await, None, "another space");
    assert_eq!(step_of(records.commit(&take("b", None), &[], minute(0)).await), 0);

    let release = |id: &str| [Step::Release(claim(ClaimSpace::Slug), id.to_owned())];
    assert_eq!(step_of(records.commit(&release("b"), &[], minute(0)).await), 0);
    records.commit(&release("a"), &[], minute(0)).await.unwrap();
    assert_eq!(
        step_of(records.commit(&release("a"), &[], minute(0)).await),
        0,
        "good for one use"
    );

    records
        .commit(&take("b", Some(minute(5))), &[], minute(0))
        .await
        .unwrap();
    assert_eq!(
        who(ClaimSpace::Slug, minute(4)).await,
        Some(holder("b", Some(minute(5))))
    );
    assert_eq!(who(ClaimSpace::Slug, minute(5)).await, None, "it has ended");
    assert_eq!(step_of(records.commit(&take("c", None), &[], minute(4)).await), 0);
    records.commit(&take("c", None), &[], minute(5)).await.unwrap();
}
