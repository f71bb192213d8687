//! The dashboard in a real browser, served by the system in this process.

use freshtrack_contracts::organization::{OrganizationDocument, UnitDocument};
use freshtrack_domain::access::Right;
use freshtrack_domain::time::Span;
use freshtrack_domain::unit::UnitKind;
use freshtrack_local::clock::LocalClock;
use freshtrack_local::dashboard;
use freshtrack_local::demonstration::Demonstration;
use freshtrack_tests::{Setup, World};
use serde_json::json;
use std::collections::VecDeque;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

/// How many lines of the browser's tests, the last ones, are told again where this test fails: which of them failed, and why.
const TOLD_AGAIN: usize = 150;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium and Node.js: `cargo verify browser` runs it"]
async fn the_dashboard_works_in_a_browser() {
    let folder = World::root().join("dashboard");
    if dashboard::is_outdated(&folder) {
        dashboard::build(&folder).await.unwrap();
    }
    // The browser has a clock of its own, which is the world's.
    let world = World::with(Setup {
        clock: LocalClock::real(),
        ..Setup::default()
    })
    .await;
    Demonstration::import(&world.host).await.unwrap();
    let organization: OrganizationDocument =
        serde_json::from_str(include_str!("../../local/demo/organization.json")).unwrap();
    let key = |right| {
        let mut keys = organization.access_keys.iter();
        &keys.find(|key| key.rights.contains(&right)).unwrap().secret
    };

    let unit = |kind| -> &UnitDocument {
        let areas = organization.sites.iter().flat_map(|site| &site.areas);
        let mut units = areas.flat_map(|area| &area.units);
        units
            .find(|unit| unit.kind == kind && unit.sensors[0].model == "dragino-lht65n")
            .unwrap()
    };

    // One unit in alarm, so that the page under test shows one of everything.
    let cooler = unit(UnitKind::WalkInCooler);
    let warm = |minutes_ago| {
        json!({
            "dev_eui": cooler.sensors[0].dev_eui,
            "recorded_at": (world.now() - Span::minutes(minutes_ago)).to_string(),
            "temperature_c": 9.5,
        })
    };
    let readings = json!({ "readings": [warm(20), warm(1)] });
    let path = format!("/v1/orgs/{}/readings", organization.id);
    let answer = world
        .api
        .post(&path, key(Right::Ingest), readings.to_string())
        .await;
    assert!(answer.status.is_success(), "{answer:?}");

    let fridge = unit(UnitKind::Fridge);
    let mut run = Command::new("sh")
        .args(["-c", "exec npm run e2e 2>&1"])
        .current_dir(&folder)
        .env("FRESHTRACK_URL", format!("http://{}", world.api.address))
        .env("FRESHTRACK_ORG", organization.id.to_string())
        .env("FRESHTRACK_READ_KEY", key(Right::Read))
        .env("FRESHTRACK_INGEST_KEY", key(Right::Ingest))
        .env("FRESHTRACK_DEV_EUI", &fridge.sensors[0].dev_eui)
        .env("FRESHTRACK_UNIT_NAME", &fridge.name)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("npm runs");
    let mut lines = BufReader::new(run.stdout.take().unwrap()).lines();
    let mut last = VecDeque::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        println!("{line}");
        if last.len() == TOLD_AGAIN {
            last.pop_front();
        }
        last.push_back(line);
    }
    let status = run.wait().await.unwrap();
    let told = Vec::from(last).join("\n");
    assert!(status.success(), "the browser's tests failed: {status}\n{told}");
}
