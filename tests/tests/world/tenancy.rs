//! What one organization may see and do to another: nothing.

use crate::samples::sample;
use freshtrack_contracts::endpoints::{Access, Endpoint, endpoints};
use freshtrack_contracts::ingest::{ItemStatus, QuarantineReason};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::alert::AlertStatus;
use freshtrack_testkit::fresh_id;
use freshtrack_tests::{Answer, Frame, Tenant, World, eventually, statuses};
use http::{Method, StatusCode};
use serde_json::json;

/// An organization in which there is something to be seen of every kind.
pub(crate) struct Furnished {
    pub(crate) tenant: Tenant,
    alert: String,
    frame: String,
    /// What only this organization may know: a part of each of its names.
    secret: String,
}

impl Furnished {
    pub(crate) async fn new(world: &World) -> Self {
        let mut tenant = Tenant::new(world.api, 1);
        let secret = format!("{:032x}", rand::random::<u128>());
        tenant.document.name = format!("Bistro {secret}");
        tenant.document.sites[0].name = format!("Pier {secret}");
        tenant.document.sites[0].areas[0].name = format!("Line {secret}");
        tenant.unit_mut(0).name = format!("Reach-in {secret}");
        tenant.import().await;
        let warm = Frame::first(tenant.dev_eui(0), world.now(), 900);
        tenant.things_stack(&warm.things_stack()).await;
        let unknown = Frame::first("70B3D57ED0000001", world.now(), 300);
        tenant.things_stack(&unknown.things_stack()).await;
        let alert = tenant.alerts(AlertStatus::Open).await.alerts[0].id.to_string();
        let frame = tenant.quarantine().await.frames[0].id.to_string();
        Self {
            tenant,
            alert,
            frame,
            secret,
        }
    }

    /// The value for the path parameter `name`: something of this organization.
    pub(crate) fn parameter(&self, name: &str) -> String {
        match name {
            "org_id" => self.tenant.org_id().to_string(),
            "site_id" => self.tenant.document.sites[0].id.to_string(),
            "area_id" => self.tenant.document.sites[0].areas[0].id.to_string(),
            "unit_id" => self.tenant.unit(0).id.to_string(),
            "sensor_id" => self.tenant.unit(0).sensors[0].id.to_string(),
            "alert_id" => self.alert.clone(),
            "frame_id" => self.frame.clone(),
            // Nothing is there to be seen under this one, so nothing of it can leak either.
            _ => fresh_id::<freshtrack_domain::ids::UnitId>().to_string(),
        }
    }

    /// Everything there is to be seen.
    async fn everything(&self) -> String {
        let tenant = &self.tenant;
        let mut overview = tenant.overview().await;
        overview.as_of = freshtrack_domain::time::Timestamp::from_millis(0).into();
        let seen = (
            overview,
            tenant.readings(0).await,
            tenant.alerts(AlertStatus::Open).await,
            tenant.alerts(AlertStatus::Resolved).await,
            tenant.quarantine().await,
        );
        format!("{seen:?}")
    }

    /// Whether `answer` tells anything that only this organization may know.
    fn is_betrayed_by(&self, answer: &Answer) -> bool {
        let text = String::from_utf8_lossy(&answer.body);
        text.contains(&self.secret) || text.contains(&self.alert)
    }
}

/// The path of `endpoint`, with each parameter given by `value`.
pub(crate) fn path(endpoint: &Endpoint, value: impl Fn(&str) -> String) -> String {
    let segment = |segment: &str| match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some(name) => value(name),
        None => segment.to_owned(),
    };
    endpoint
        .path
        .split('/')
        .map(segment)
        .collect::<Vec<_>>()
        .join("/")
}

/// Calls `endpoint` at `path` with a body that it understands.
async fn call(world: &World, endpoint: &Endpoint, path: &str, authorization: Option<&str>) -> Answer {
    let method: Method = endpoint.method.parse().unwrap();
    let sample = sample(endpoint.function);
    let body = sample["body"].as_str().unwrap_or_default().to_owned();
    world.api.send_as(method, path, authorization, body).await
}

/// Whether `answer` is the endpoint's own, and not the gateway's for one that it does not let in.
fn is_let_in(answer: &Answer) -> bool {
    answer.status.is_success() || answer.headers["content-type"] == "application/problem+json"
}

fn bearer(key: &str) -> String {
    format!("Bearer {key}")
}

#[tokio::test]
async fn no_key_opens_another_organization() {
    let world = World::start().await;
    let (ours, theirs) = (Furnished::new(&world).await, Furnished::new(&world).await);
    let before = theirs.everything().await;
    for endpoint in endpoints() {
        let called = path(endpoint, |name| theirs.parameter(name));
        for key in &ours.tenant.document.access_keys {
            let answer = call(&world, endpoint, &called, Some(&bearer(&key.secret))).await;
            match endpoint.access {
                Access::Anyone => {}
                Access::Organization(_) => {
                    assert_eq!(
                        answer.code(),
                        ProblemCode::NotFound,
                        "{} {answer:?}",
                        endpoint.function
                    );
                }
                Access::SignedIn | Access::Platform => {
                    assert!(
                        answer.status.is_client_error(),
                        "{} {answer:?}",
                        endpoint.function
                    );
                }
            }
            assert!(
                !theirs.is_betrayed_by(&answer),
                "{} {answer:?}",
                endpoint.function
            );
        }
    }
    assert_eq!(theirs.everything().await, before);
}

#[tokio::test]
async fn what_is_another_organizations_is_nowhere_in_ours() {
    let world = World::start().await;
    let (ours, theirs) = (Furnished::new(&world).await, Furnished::new(&world).await);
    let before = theirs.everything().await;
    let mut tried = 0;
    for endpoint in endpoints() {
        let Some(right) = endpoint.access.right().filter(|right| right.is_for_keys()) else {
            continue;
        };
        let called = path(endpoint, |name| match name {
            "org_id" => ours.parameter(name),
            _ => theirs.parameter(name),
        });
        let own = path(endpoint, |name| ours.parameter(name));
        if called == own {
            continue;
        }
        tried += 1;
        let authorization = bearer(ours.tenant.key(right));
        let answer = call(&world, endpoint, &called, Some(&authorization)).await;
        assert!(
            matches!(answer.code(), ProblemCode::NotFound | ProblemCode::InvalidRequest),
            "{} {answer:?}",
            endpoint.function
        );
        assert!(
            !theirs.is_betrayed_by(&answer),
            "{} {answer:?}",
            endpoint.function
        );
    }
    assert!(tried > 0);
    assert_eq!(theirs.everything().await, before);
}

#[tokio::test]
async fn a_key_opens_what_its_right_covers_and_nothing_else() {
    let world = World::start().await;
    let ours = Furnished::new(&world).await;
    // Reading first: what the others change or delete may not be there to be read any more.
    let (reading, changing): (Vec<_>, Vec<_>) = endpoints().partition(|endpoint| endpoint.method == "GET");
    for endpoint in reading.into_iter().chain(changing) {
        let called = path(endpoint, |name| ours.parameter(name));
        let Some(right) = endpoint.access.right() else {
            continue;
        };
        for key in &ours.tenant.document.access_keys {
            let answer = call(&world, endpoint, &called, Some(&bearer(&key.secret))).await;
            let what = format!("{} with {}: {answer:?}", endpoint.function, key.name);
            if key.rights.contains(&right) {
                let opened = answer.status.is_success()
                    || endpoint.method != "GET"
                        && !matches!(
                            answer.code(),
                            ProblemCode::MissingRight | ProblemCode::NotSignedIn
                        );
                assert!(opened, "{what}");
            } else {
                let problem = answer.problem();
                assert_eq!(problem.code, ProblemCode::MissingRight, "{what}");
                assert!(problem.detail.contains(right.name()), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn without_a_valid_key_nothing_opens() {
    let world = World::start().await;
    let ours = Furnished::new(&world).await;
    for endpoint in endpoints() {
        let called = path(endpoint, |name| ours.parameter(name));
        let anonymous = call(&world, endpoint, &called, None).await;
        if endpoint.access == Access::Anyone {
            assert!(is_let_in(&anonymous), "{anonymous:?}");
            continue;
        }
        assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED, "{anonymous:?}");
        assert!(!ours.is_betrayed_by(&anonymous), "{anonymous:?}");
        let keys = &ours.tenant.document.access_keys;
        let (key, other) = (keys[0].secret.as_str(), keys[1].secret.as_str());
        let (prefix, secret) = key.rsplit_once('_').unwrap();
        let (other_prefix, _) = other.rsplit_once('_').unwrap();
        let swapped: String = secret.chars().rev().collect();
        for garbage in [
            "Bearer".to_owned(),
            "Bearer ".to_owned(),
            bearer("null"),
            key.to_owned(),
            format!("Basic {key}"),
            format!("Bearer {key},{key}"),
            bearer(&format!("{key}0")),
            bearer(&key[..key.len() - 1]),
            bearer(&key.to_uppercase()),
            bearer(&format!("{prefix}_{swapped}")),
            bearer(&format!("{other_prefix}_{secret}")),
            bearer(prefix),
            bearer(&"a".repeat(4_000)),
            "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c3JfMSJ9.".to_owned(),
        ] {
            let answer = call(&world, endpoint, &called, Some(&garbage)).await;
            assert!(
                matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN),
                "{garbage}: {answer:?}"
            );
            assert!(!ours.is_betrayed_by(&answer), "{garbage}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn an_organization_that_is_none_is_not_found() {
    let world = World::start().await;
    let ours = Furnished::new(&world).await;
    for endpoint in endpoints() {
        let Some(right) = endpoint.access.right().filter(|right| right.is_for_keys()) else {
            continue;
        };
        let org = ours.tenant.org_id().to_string();
        for none in [
            org.to_lowercase(),
            org.replace("org_", ""),
            format!("{org}%20"),
            format!("{org}%00"),
            format!("{org}%23"),
            ours.tenant.unit(0).id.to_string(),
            "*".to_owned(),
            "..".to_owned(),
            "%2E%2E".to_owned(),
        ] {
            let called = path(endpoint, |name| match name {
                "org_id" => none.clone(),
                _ => ours.parameter(name),
            });
            let authorization = bearer(ours.tenant.key(right));
            let answer = call(&world, endpoint, &called, Some(&authorization)).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{called} {answer:?}");
            assert!(!ours.is_betrayed_by(&answer), "{called} {answer:?}");
        }
    }
}

#[tokio::test]
async fn readings_for_another_organizations_sensor_do_not_reach_it() {
    let world = World::start().await;
    let (ours, theirs) = (world.tenant(1).await, Furnished::new(&world).await);
    let before = theirs.everything().await;
    let mut screen = theirs.tenant.watching().await;
    let their_eui = theirs.tenant.dev_eui(0);
    let frame = |count| Frame::new(their_eui, world.now(), count, -2000);

    for report in [
        ours.things_stack(&frame(7).things_stack()).await,
        ours.chirpstack("up", &frame(8).chirpstack()).await,
    ] {
        assert_eq!(statuses(&report), [ItemStatus::Quarantined]);
        let reason = report.results[0].reason.as_ref().unwrap();
        assert!(reason.contains("No sensor of the organization"), "{reason}");
    }
    let mut by_id = frame(9).uploaded();
    by_id.as_object_mut().unwrap().remove("dev_eui");
    by_id["sensor_id"] = json!(theirs.tenant.unit(0).sensors[0].id);
    let mut with_their_name = frame(9).uploaded();
    with_their_name["org_id"] = json!(theirs.tenant.org_id());
    let report = ours.upload(&[frame(9).uploaded(), by_id, with_their_name]).await;
    assert_eq!(statuses(&report), [ItemStatus::Rejected; 3]);

    // In the message, every field that says whose it is says: theirs.
    let mut forged = frame(10).aws_iot();
    for (name, value) in [
        ("org_id", json!(theirs.tenant.org_id())),
        ("device_id", json!(their_eui)),
        ("dev_eui", json!(their_eui)),
        ("received_at_ms", json!(0)),
        ("message_base64", json!("e30=")),
    ] {
        forged[name] = value;
    }
    let mut device = world.device("ours").await;
    let topic = format!("freshtrack/{}/ours/up", ours.org_id());
    device.publish(&topic, forged.to_string()).await;
    let kept = eventually("the forged message in our own quarantine", async || {
        let frames = ours.quarantine().await.frames;
        (frames.len() == 3).then_some(frames)
    })
    .await;
    assert!(
        kept.iter()
            .all(|frame| frame.reason == QuarantineReason::UnknownDevice)
    );
    for frame in &kept {
        let report = ours.replay(frame.id).await.ok();
        assert_eq!(statuses(&report), [ItemStatus::Quarantined]);
    }

    world.settled().await;
    assert_eq!(theirs.everything().await, before);
    assert_eq!(screen.so_far().await, []);
}

#[tokio::test]
async fn a_topic_that_names_no_organization_leads_nowhere() {
    let world = World::start().await;
    let theirs = Furnished::new(&world).await;
    let before = theirs.everything().await;
    let (org, eui) = (theirs.tenant.org_id(), theirs.tenant.dev_eui(0));
    let frame = Frame::new(eui, world.now(), 7, -2000).aws_iot().to_string();
    let mut device = world.device("device").await;
    for topic in [
        format!("freshtrack/{org}/{eui}/up/more"),
        format!("freshtrack/{org}/up"),
        format!("other/{org}/{eui}/up"),
        format!("freshtrack/{org}/{eui}/down"),
    ] {
        device.publish(&topic, &frame).await;
    }
    device
        .publish(
            &format!("freshtrack/{}/{eui}/up", org.to_string().to_lowercase()),
            &frame,
        )
        .await;
    // Of all of them only the last is for the system at all.
    let letter = world.dead_letter("AsyncDeadLetters").await;
    assert!(letter.contains("org_id"), "{letter}");
    world.settled().await;
    assert_eq!(theirs.everything().await, before);
}

/// The same document under another organization's identifier: its sensors and keys are the first one's.
#[tokio::test]
async fn an_import_takes_nothing_from_another_organization() {
    let world = World::start().await;
    let first = Furnished::new(&world).await;
    let before = first.everything().await;
    let mut copy = first.tenant.clone();
    copy.document.id = fresh_id();

    let problem = copy.try_import().await.unwrap_err();
    let message = problem["errorMessage"].as_str().unwrap();
    assert!(message.contains(first.tenant.dev_eui(0)), "{message}");
    copy.unit_mut(0).sensors.clear();
    copy.try_import().await.unwrap_err();

    assert_eq!(first.everything().await, before, "its keys still open it");
    let frame = Frame::new(
        first.tenant.dev_eui(0),
        world.now() + freshtrack_domain::time::Span::seconds(1),
        2,
        300,
    );
    let report = first.tenant.things_stack(&frame.things_stack()).await;
    assert_eq!(statuses(&report), [ItemStatus::Accepted]);
}
