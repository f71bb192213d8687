//! The demonstration as its visitors meet it: they come without a key, look around, and see a compressor fail.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what does not hold fails the test that relies on it"
)]

use bytes::Bytes;
use freshtrack_local::clock::LocalClock;
use freshtrack_local::demonstration::Demonstration;
use freshtrack_local::gateway::socket::Lifetimes;
use freshtrack_local::host::{DEMONSTRATION_PATH, Functions, Host, Settings};
use freshtrack_local::services::store::DataLocation;
use freshtrack_local::{client, product};
use http::{Request, header};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;
use std::path::Path;
use std::time::Duration;

/// A working day has begun in each of the demonstrated sites.
const NOON: Timestamp = Timestamp::constant(1_795_262_400, 0);
/// More than anything takes.
const PATIENCE: Duration = Duration::from_secs(60);

async fn host(clock: &LocalClock) -> Host {
    let loopback = ([127, 0, 0, 1], 0).into();
    Host::start(Settings {
        template: Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml"),
        address: loopback,
        mqtt: Some(loopback),
        data: DataLocation::Memory,
        clock: clock.clone(),
        functions: Functions::InProcess(Box::new(|surroundings| {
            product::handlers(&product::context(surroundings))
        })),
        dashboard: "no dashboard is needed".into(),
        lifetimes: Lifetimes::default(),
    })
    .await
    .unwrap()
}

async fn get(host: &Host, path: &str, key: Option<&str>) -> Json {
    let mut request = Request::get(path);
    if let Some(key) = key {
        request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
    }
    let request = request.body(Bytes::new()).unwrap();
    let response = client::send(host.address(), request).await.unwrap();
    assert!(response.status().is_success(), "{path}: {response:?}");
    serde_json::from_slice(response.body()).unwrap()
}

/// Someone with a link to an organization's dashboard.
struct Visitor<'a> {
    host: &'a Host,
    org_id: String,
    key: String,
}

impl<'a> Visitor<'a> {
    fn following(host: &'a Host, link: &Json) -> Self {
        let href = link["href"].as_str().unwrap();
        let access = href
            .strip_prefix("/#org=")
            .expect("an organization in the fragment");
        let (org_id, key) = access.split_once("&key=").expect("and a key");
        Self {
            host,
            org_id: org_id.to_owned(),
            key: key.to_owned(),
        }
    }

    async fn sees(&self, rest: &str) -> Json {
        get(
            self.host,
            &format!("/v1/orgs/{}/{rest}", self.org_id),
            Some(&self.key),
        )
        .await
    }

    /// The unit called `name`.
    async fn sees_unit(&self, name: &str) -> Json {
        let overview = self.sees("overview").await;
        let children = |of: &Json, name: &str| of[name].as_array().unwrap().clone();
        let units = children(&overview, "sites")
            .iter()
            .flat_map(|site| children(site, "areas"))
            .flat_map(|area| children(&area, "units"))
            .collect::<Vec<_>>();
        units.into_iter().find(|unit| unit["name"] == name).unwrap()
    }
}

#[tokio::test]
async fn a_visitor_without_a_key_is_led_to_each_organization() {
    let host = host(&LocalClock::manual(NOON)).await;
    assert_eq!(
        get(&host, DEMONSTRATION_PATH, None).await,
        serde_json::json!([]),
        "a system that demonstrates nothing says so"
    );
    Demonstration::import(&host).await.unwrap();
    let links = get(&host, DEMONSTRATION_PATH, None).await;
    assert_eq!(links.as_array().unwrap().len(), 2);
    for link in links.as_array().unwrap() {
        let overview = Visitor::following(&host, link).sees("overview").await;
        assert_eq!(overview["name"], link["name"]);
    }
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compressor_fails_and_its_alert_opens_is_confirmed_and_ends() {
    let clock = LocalClock::manual(NOON);
    let host = host(&clock).await;
    let demonstration = Demonstration::import(&host).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("simulated");
    // As if it had just been running: there is no past to tell.
    std::fs::write(&kept, NOON.to_string()).unwrap();
    let mut sensors = demonstration.sensors(&host, &clock, &kept).unwrap();
    let links = get(&host, DEMONSTRATION_PATH, None).await;
    let visitor = Visitor::following(&host, &links[0]);
    tokio::select! {
        () = sensors.send(&clock, &kept, |_| {}) => panic!("sensors send until they are dropped"),
        () = compressor_story(&visitor, &clock) => {}
    }
    drop(sensors);
    host.stop().await;
}

async fn compressor_story(visitor: &Visitor<'_>, clock: &LocalClock) {
    let mut course = vec![visitor.sees_unit("Walk-in cooler").await["now"]["status"].clone()];
    while course.len() < 6 {
        assert!(clock.now() < NOON + SignedDuration::from_hours(1), "{course:?}");
        let status = next_minute(visitor, clock).await;
        if course.last() != Some(&status) {
            course.push(status);
        }
    }
    assert_eq!(
        course,
        ["pending", "ok", "excursion", "alarm_active", "restoring", "ok"]
    );

    let cooler = visitor.sees_unit("Walk-in cooler").await;
    let alerts = visitor.sees("alerts?status=resolved").await["items"].clone();
    let of_cooler = alerts
        .as_array()
        .unwrap()
        .iter()
        .filter(|alert| alert["unit_id"] == cooler["id"]);
    let [alert] = of_cooler.collect::<Vec<_>>()[..] else {
        panic!("one alert was opened and ended: {alerts}");
    };
    let at = |what: &str| -> Timestamp { alert[what].as_str().unwrap().parse().unwrap() };
    let failed_at = NOON + SignedDuration::from_mins(2);
    assert!(failed_at < at("opened_at"), "{alert}");
    assert!(
        at("opened_at") < failed_at + SignedDuration::from_mins(5),
        "{alert}"
    );
    let confirmed_after = at("escalated_at").duration_since(at("opened_at"));
    // The unit's confirm time, and as much as the sweep of timers may come late.
    let (confirm_time, sweep) = (SignedDuration::from_mins(2), SignedDuration::from_mins(1));
    assert!(
        (confirm_time..=confirm_time + sweep).contains(&confirmed_after),
        "{alert}"
    );
    assert!(at("escalated_at") < at("resolved_at"), "{alert}");
    assert_eq!(alert["severity"], "critical");
}

/// Lets a minute pass, waits until the unit's sensor has sent what it measured in it, and tells the unit's status.
async fn next_minute(visitor: &Visitor<'_>, clock: &LocalClock) -> Json {
    let before = clock.now();
    clock.advance(Duration::from_secs(60));
    let sent = async {
        loop {
            let now = visitor.sees_unit("Walk-in cooler").await["now"].clone();
            let measured: Option<Timestamp> = now["measured_at"].as_str().map(|at| at.parse().unwrap());
            if measured.is_some_and(|at| before < at) {
                return now["status"].clone();
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let status = tokio::time::timeout(PATIENCE, sent).await;
    status.expect("the walk-in cooler's sensor sends each minute")
}
