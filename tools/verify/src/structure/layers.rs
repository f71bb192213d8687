//! Which crate may depend on which: `domain <- application <- {aws, vendors} <- runtime <- functions`.

use super::crates::Crate;
use crate::findings::Findings;

/// The dependencies a crate may have.
struct Layer {
    /// The crate's folder; `functions/*` stands for every area.
    folder: &'static str,
    /// Folders of the crates it may depend on.
    may_use: &'static [&'static str],
    /// Beginnings of names of outside crates that do not belong in it.
    may_not_use: &'static [&'static str],
}

/// What does I/O or waits: nothing the rules of the business are made of.
const IO: &[&str] = &[
    "async-", "aws", "axum", "futures", "http", "hyper", "lambda", "rand", "reqwest", "rusqlite", "smol",
    "tokio",
];

/// What carries requests and replies, and AWS: a use case knows only its ports.
const TRANSPORT: &[&str] = &["aws", "axum", "http", "hyper", "lambda", "reqwest", "rusqlite"];

const LAYERS: &[Layer] = &[
    Layer {
        folder: "common/domain",
        may_use: &[],
        may_not_use: IO,
    },
    Layer {
        folder: "common/contracts",
        may_use: &["common/domain"],
        may_not_use: IO,
    },
    Layer {
        folder: "common/decoders",
        may_use: &["common/domain"],
        may_not_use: IO,
    },
    Layer {
        folder: "common/application",
        may_use: &["common/domain", "common/decoders", "common/contracts"],
        may_not_use: TRANSPORT,
    },
    Layer {
        folder: "common/aws",
        may_use: &["common/domain", "common/application", "common/contracts"],
        may_not_use: &["lambda"],
    },
    Layer {
        folder: "common/vendors",
        may_use: &["common/domain", "common/application", "common/contracts"],
        may_not_use: &["aws", "lambda"],
    },
    Layer {
        folder: "common/runtime",
        may_use: &[
            "common/domain",
            "common/application",
            "common/contracts",
            "common/aws",
            "common/vendors",
        ],
        may_not_use: &[],
    },
    Layer {
        folder: "common/testkit",
        may_use: &[
            "common/domain",
            "common/decoders",
            "common/application",
            "common/contracts",
        ],
        may_not_use: TRANSPORT,
    },
    Layer {
        folder: "functions/*",
        may_use: &[
            "common/domain",
            "common/application",
            "common/contracts",
            "common/runtime",
            "common/vendors",
        ],
        may_not_use: &["axum", "hyper", "lambda", "reqwest"],
    },
    Layer {
        // Composes the functions and speaks to them as network servers do, but never calls a port of AWS.
        folder: "local",
        may_use: &[
            "common/domain",
            "common/decoders",
            "common/contracts",
            "common/application",
            "common/vendors",
            "common/runtime",
            "functions/*",
        ],
        may_not_use: &[],
    },
    // They look at the system from outside, so they may look at all of it.
    Layer {
        folder: TESTS,
        may_use: &["*"],
        may_not_use: &[],
    },
    Layer {
        folder: "tests/*",
        may_use: &["*"],
        may_not_use: &[],
    },
    Layer {
        folder: "tools/*",
        may_use: &["*"],
        may_not_use: &[],
    },
];

/// The only crate that names AWS SDK crates.
const AWS: &str = "common/aws";
/// The crate that only tests depend on, and the crate that is all tests.
const TESTKIT: &str = "common/testkit";
const TESTS: &str = "tests";

impl Layer {
    fn of(folder: &str) -> Option<&'static Self> {
        LAYERS.iter().find(|layer| covers(layer.folder, folder))
    }

    fn may_use(&self, folder: &str) -> bool {
        self.may_use.iter().any(|allowed| covers(allowed, folder))
    }
}

/// Whether `pattern`, a folder or `<folder>/*` or `*`, covers `folder`.
fn covers(pattern: &str, folder: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => folder.starts_with(beginning),
        None => pattern == folder,
    }
}

pub(super) fn check(crates: &[Crate], findings: &mut Findings) {
    for member in crates {
        let place = format!("{}/Cargo.toml", member.folder);
        match Layer::of(&member.folder) {
            Some(layer) => dependencies(member, layer, crates, &place, findings),
            None => findings.error(
                &place,
                "belongs to no layer: say what it may depend on in tools/verify/src/structure/layers.rs",
            ),
        }
        inheritance(member, &place, findings);
    }
}

fn dependencies(member: &Crate, layer: &Layer, crates: &[Crate], place: &str, findings: &mut Findings) {
    for dependency in &member.dependencies {
        let name = &dependency.name;
        match crates.iter().find(|other| other.name == *name) {
            Some(ours) if ours.folder == TESTKIT => {
                if !dependency.is_for_tests() && member.folder != TESTS {
                    findings.error(place, format!("{name} is for tests: make it a dev-dependency"));
                }
            }
            // A crate's tests may use the crate itself with other features.
            Some(ours) if ours.folder == member.folder || layer.may_use(&ours.folder) => {}
            Some(_) => {
                let allowed = list(layer.may_use);
                findings.error(
                    place,
                    format!("may not depend on {name}; {} may use {allowed}", member.folder),
                );
            }
            None if name.starts_with("aws-sdk-") && member.folder != AWS => {
                findings.error(
                    place,
                    format!("may not depend on {name}: only {AWS} names AWS SDK crates"),
                );
            }
            None => {
                let unwanted = layer
                    .may_not_use
                    .iter()
                    .any(|beginning| name.starts_with(beginning));
                if unwanted && !dependency.is_for_tests() {
                    findings.error(
                        place,
                        format!(
                            "may not depend on {name}, which has no place in {}",
                            member.folder
                        ),
                    );
                }
            }
        }
    }
}

fn list(folders: &[&str]) -> String {
    if folders.is_empty() {
        "no other crate of ours".to_owned()
    } else {
        folders.join(", ")
    }
}

/// Versions, features and lints are set once, in the root manifest.
fn inheritance(member: &Crate, place: &str, findings: &mut Findings) {
    let inherits = |value: &toml::Value| value.get("workspace").and_then(toml::Value::as_bool) == Some(true);
    if !member.manifest.get("lints").is_some_and(inherits) {
        findings.error(
            place,
            "does not take over the lints: add `[lints] workspace = true`",
        );
    }
    let targets = member.manifest.get("target").and_then(toml::Value::as_table);
    let sections = std::iter::once(&member.manifest).chain(
        targets
            .into_iter()
            .flat_map(|targets| targets.values().filter_map(toml::Value::as_table)),
    );
    for section in sections {
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let declared = section.get(kind).and_then(toml::Value::as_table);
            for (name, dependency) in declared.into_iter().flatten() {
                if !inherits(dependency) {
                    findings.error(
                        place,
                        format!("{name} has a version of its own: use `{name}.workspace = true` and set it in the root"),
                    );
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::crates::Dependency;
    use super::*;

    /// A crate in `folder` whose manifest has these dependencies, and `dev` ones.
    fn member(folder: &str, dependencies: &[&str], dev: &[&str]) -> Crate {
        let kinds = [(None, dependencies), (Some("dev".to_owned()), dev)];
        let name = format!("freshtrack-{}", folder.rsplit('/').next().unwrap());
        Crate {
            name,
            folder: folder.to_owned(),
            dependencies: kinds
                .iter()
                .flat_map(|(kind, names)| {
                    names.iter().map(|name| Dependency {
                        name: (*name).to_owned(),
                        kind: kind.clone(),
                    })
                })
                .collect(),
            manifest: "[lints]\nworkspace = true".parse().unwrap(),
            ..Crate::default()
        }
    }

    fn lines(crates: &[Crate]) -> Vec<String> {
        let mut findings = Findings::default();
        check(crates, &mut findings);
        findings.lines()
    }

    #[test]
    fn dependencies_down_the_layers_pass() {
        let crates = [
            member("common/domain", &["serde"], &["proptest", "tokio"]),
            member(
                "common/application",
                &["freshtrack-domain", "async-trait"],
                &["freshtrack-testkit"],
            ),
            member("common/testkit", &["freshtrack-application", "tokio"], &[]),
            member(
                "common/aws",
                &["freshtrack-application", "aws-sdk-dynamodb"],
                &["freshtrack-testkit"],
            ),
            member("common/runtime", &["freshtrack-aws", "lambda_runtime"], &[]),
            member("functions/alerts", &["freshtrack-runtime"], &[]),
            member("local", &["freshtrack-alerts", "axum"], &[]),
            member("tests", &["freshtrack-local", "freshtrack-testkit"], &[]),
        ];
        assert_eq!(lines(&crates), Vec::<String>::new());
    }

    #[test]
    fn a_dependency_up_the_layers_is_refused() {
        let crates = [
            member("common/domain", &["freshtrack-application"], &[]),
            member("common/application", &[], &[]),
        ];
        assert_eq!(
            lines(&crates),
            [
                "error: common/domain/Cargo.toml: may not depend on freshtrack-application; common/domain may use no \
              other crate of ours"
            ]
        );
    }

    #[test]
    fn a_function_reaches_aws_only_through_the_runtime() {
        let crates = [
            member("common/aws", &[], &[]),
            member("functions/alerts", &["freshtrack-aws", "aws-sdk-sqs"], &[]),
        ];
        let lines = lines(&crates);
        assert!(lines[0].contains("may not depend on freshtrack-aws"), "{lines:?}");
        assert!(
            lines[1].contains("only common/aws names AWS SDK crates"),
            "{lines:?}"
        );
    }

    #[test]
    fn the_domain_neither_waits_nor_speaks() {
        let lines = lines(&[member("common/domain", &["tokio", "async-trait"], &[])]);
        assert_eq!(lines.len(), 2, "{lines:?}");
    }

    #[test]
    fn the_testkit_stays_in_tests() {
        let crates = [
            member("common/runtime", &["freshtrack-testkit"], &[]),
            member("common/testkit", &[], &[]),
        ];
        assert!(lines(&crates)[0].contains("make it a dev-dependency"));
    }

    #[test]
    fn a_crate_outside_of_the_layers_is_refused() {
        assert!(lines(&[member("common/utilities", &[], &[])])[0].contains("belongs to no layer"));
    }

    #[test]
    fn versions_and_lints_come_from_the_root() {
        let mut local = member("local", &[], &[]);
        local.manifest = "[dependencies]\nserde = \"1\"\nbytes.workspace = true\n[target.'cfg(unix)'.dependencies]\nlibc = { version = \"0.2\" }"
            .parse()
            .unwrap();
        let lines = lines(&[local]);
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert!(
            lines[0].contains("lints") && lines[1].contains("serde has a") && lines[2].contains("libc has a")
        );
    }
}
