//! Schemathesis against the running system: requests that are made up from the OpenAPI document, valid ones and others,
//! must get answers that the document tells of.
//!
//! Run by `cargo verify fuzz`, which installs Schemathesis and says where it is. With `FRESHTRACK_FUZZ_SEED=number` it makes
//! up more requests, other ones for each number.

use crate::house::{House, SITES};
use crate::request::parameters;
use freshtrack_contracts::endpoints::{Endpoint, endpoints};
use freshtrack_domain::access::Role;
use freshtrack_tests::World;
use serde_json::json;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// What ends the organization, the sign-in or the account that everything else is tried with.
const ENDINGS: [&str; 6] = [
    "organizations-delete",
    "organizations-leave",
    "organizations-transfer-ownership",
    "organizations-delete-account",
    "identity-sign-out",
    "identity-revoke-session",
];

/// What answers 200 and tells of each item for itself whether it could be read.
const ITEM_BY_ITEM: [&str; 2] = ["logbook-log-many", "processes-observe-many"];

/// Who calls.
enum Caller<'a> {
    /// Nobody in particular.
    Anyone,
    /// Whoever owns the organization.
    Owner(&'a House<'a>),
}

#[expect(
    clippy::disallowed_methods,
    reason = "told by the environment, as what needs a tool is"
)]
fn told(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Where `cargo verify fuzz` has installed it.
fn schemathesis() -> PathBuf {
    told("SCHEMATHESIS")
        .expect("run by `cargo verify fuzz`, which sets SCHEMATHESIS")
        .into()
}

/// How many requests, and which: the same each time, so that what is found can be found again.
fn effort() -> Vec<String> {
    let options = told("FRESHTRACK_FUZZ_SEED").map_or_else(
        || "--seed 1 --max-examples 15 --generation-deterministic".to_owned(),
        |seed| format!("--seed {seed} --max-examples 60"),
    );
    options.split(' ').map(str::to_owned).collect()
}

/// What Schemathesis is told of the system besides the document, as its configuration file.
fn configuration(caller: &Caller<'_>) -> String {
    let mut text = std::fs::read_to_string(World::root().join("tests/fuzz.toml")).unwrap();
    let Caller::Owner(house) = caller else {
        return text;
    };
    let token = house.token(Role::Owner);
    writeln!(text, "\n[headers]\nAuthorization = \"Bearer {token}\"").unwrap();
    // Things that there are, for each that a path may name. What is deleted is made up or was made by the run itself.
    let named = endpoints()
        .flat_map(parameters)
        .collect::<std::collections::BTreeSet<_>>();
    for name in &named {
        let values = SITES.map(|site| house.standing(site)[*name].as_str());
        writeln!(text, "\n[dictionaries.{name}]\nvalues = {}", json!(values)).unwrap();
    }
    for endpoint in endpoints() {
        let mut told = Vec::new();
        if ENDINGS.contains(&endpoint.function) {
            told.push("enabled = false".to_owned());
        }
        if ITEM_BY_ITEM.contains(&endpoint.function) {
            told.push("checks.negative_data_rejection.enabled = false".to_owned());
        }
        for name in parameters(endpoint).filter(|name| *name == "org_id" || !takes_away(endpoint)) {
            told.push(format!(
                "parameters.\"path.{name}\" = {{ dictionary = \"{name}\", probability = 0.9 }}"
            ));
        }
        if !told.is_empty() {
            let function = endpoint.function;
            writeln!(text, "\n[[operations]]\ninclude-operation-id = \"{function}\"").unwrap();
            writeln!(text, "{}", told.join("\n")).unwrap();
        }
    }
    text
}

/// Whether nothing is left afterwards of what `endpoint` is asked for.
fn takes_away(endpoint: &Endpoint) -> bool {
    endpoint.method == "DELETE" || endpoint.path.ends_with("/purge")
}

/// Lets Schemathesis loose on `world`.
async fn loose(world: &World, caller: Caller<'_>, folder: &Path) {
    let config = folder.join("schemathesis.toml");
    std::fs::write(&config, configuration(&caller)).unwrap();
    let status = tokio::process::Command::new(schemathesis())
        .arg("--config-file")
        .arg(&config)
        .arg("run")
        .arg(World::root().join("contracts/openapi.json"))
        .args(["--url", &format!("http://{}", world.api.address)])
        .args(effort())
        .current_dir(folder)
        .stdin(Stdio::null())
        .status()
        .await
        .unwrap();
    assert!(status.success(), "Schemathesis found something: see above");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Schemathesis: cargo verify fuzz"]
async fn nobody_meets_an_answer_that_the_document_does_not_tell_of() {
    let world = World::start().await;
    let folder = tempfile::tempdir().unwrap();
    loose(&world, Caller::Anyone, folder.path()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Schemathesis: cargo verify fuzz"]
async fn an_owner_meets_no_answer_that_the_document_does_not_tell_of() {
    let world = World::start().await;
    let house = House::new(&world).await;
    let folder = tempfile::tempdir().unwrap();
    loose(&world, Caller::Owner(&house), folder.path()).await;
}
