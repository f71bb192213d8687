//! Every check a change must pass: `cargo verify`, which is also all that CI runs.
//!
//! [`steps`] lists them in order. Most run a tool; `structure` looks at the repository itself, for what no tool
//! knows: the layers, and that code, contracts, template, samples and generated files tell one story.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool reports to its terminal"
)]

mod command;
mod count;
mod findings;
mod steps;
mod structure;
mod workshop;

use count::Tests;
use lexopt::Arg::{Long, Short, Value};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use steps::{STEPS, Step};
use workshop::Workshop;

const USAGE: &str = "\
Runs every check a change must pass, in order, up to the first that fails.

Usage: cargo verify [STEP]... [--keep-going] [--write]
       cargo verify --list

  STEP          only these steps
  --keep-going  run the steps after a failed one too
  --write       structure: write what functions lack and the generated files, instead of comparing
  --list        what each step does
  --help        this text";

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
enum Request {
    Help,
    List,
    Verify {
        /// Names of steps; empty for all.
        steps: Vec<String>,
        keep_going: bool,
        write: bool,
    },
}

impl Request {
    fn parse(mut arguments: lexopt::Parser) -> Result<Self, lexopt::Error> {
        let (mut steps, mut keep_going, mut write) = (Vec::new(), false, false);
        while let Some(argument) = arguments.next()? {
            match argument {
                Short('h') | Long("help") => return Ok(Self::Help),
                Long("list") => return Ok(Self::List),
                Long("keep-going") => keep_going = true,
                Long("write") => write = true,
                Value(name) => {
                    let name = name.to_string_lossy().into_owned();
                    if steps::named(&name).is_none() {
                        return Err(
                            format!("there is no step `{name}`; `cargo verify --list` shows them").into(),
                        );
                    }
                    steps.push(name);
                }
                other => return Err(other.unexpected()),
            }
        }
        Ok(Self::Verify {
            steps,
            keep_going,
            write,
        })
    }
}

/// How a step ended.
enum Outcome {
    Passed(Duration),
    Failed(Duration, String),
    NotRun,
}

/// Runs `cargo verify` with the arguments of this process.
#[must_use]
pub fn main() -> ExitCode {
    match Request::parse(lexopt::Parser::from_env()) {
        Ok(Request::Help) => println!("{USAGE}"),
        Ok(Request::List) => list(),
        Ok(Request::Verify {
            steps,
            keep_going,
            write,
        }) => return verify(&steps, keep_going, write),
        Err(error) => {
            eprintln!("{error}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn list() {
    for step in STEPS {
        println!("{:<10} {}", step.name, step.about);
    }
}

fn verify(wanted: &[String], keep_going: bool, write: bool) -> ExitCode {
    let workshop = match Workshop::new(write) {
        Ok(workshop) => workshop,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let mut outcomes: Vec<(&Step, Outcome)> = Vec::new();
    let mut failed = false;
    for step in STEPS {
        if !wanted.is_empty() && !wanted.iter().any(|name| name == step.name) {
            continue;
        }
        let outcome = if failed && !keep_going {
            Outcome::NotRun
        } else {
            run(step, &workshop)
        };
        failed |= matches!(outcome, Outcome::Failed(..));
        outcomes.push((step, outcome));
    }
    summarise(&outcomes, workshop.tests());
    if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn run(step: &Step, workshop: &Workshop) -> Outcome {
    println!("==> {}: {}", step.name, step.about);
    let started = Instant::now();
    let result = (step.run)(workshop);
    let took = started.elapsed();
    match result {
        Ok(()) => {
            println!("    {} passed in {:.1} s", step.name, took.as_secs_f64());
            Outcome::Passed(took)
        }
        Err(error) => {
            println!(
                "    {} failed after {:.1} s: {error}",
                step.name,
                took.as_secs_f64()
            );
            Outcome::Failed(took, error.to_string())
        }
    }
}

fn summarise(outcomes: &[(&Step, Outcome)], tests: Tests) {
    println!();
    for (step, outcome) in outcomes {
        match outcome {
            Outcome::Passed(took) => println!("{:<10} {:>7.1} s  passed", step.name, took.as_secs_f64()),
            Outcome::Failed(took, reason) => {
                println!(
                    "{:<10} {:>7.1} s  FAILED: {reason}",
                    step.name,
                    took.as_secs_f64()
                );
            }
            Outcome::NotRun => println!("{:<10}            not run", step.name),
        }
    }
    if tests != Tests::default() {
        println!("Tests: {tests}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Request, lexopt::Error> {
        Request::parse(lexopt::Parser::from_args(arguments))
    }

    #[test]
    fn without_arguments_every_step_runs() {
        let all = Request::Verify {
            steps: vec![],
            keep_going: false,
            write: false,
        };
        assert_eq!(parse(&[]).unwrap(), all);
    }

    #[test]
    fn steps_are_chosen_by_name() {
        let request = parse(&["structure", "--write"]).unwrap();
        let expected = Request::Verify {
            steps: vec!["structure".into()],
            keep_going: false,
            write: true,
        };
        assert_eq!(request, expected);
    }

    #[test]
    fn an_unknown_step_is_refused() {
        assert!(parse(&["struct"]).unwrap_err().to_string().contains("`struct`"));
        assert!(parse(&["--all"]).is_err());
    }
}
