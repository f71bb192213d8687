//! `cargo figures`: measures the real system on this machine and prints what `docs/benchmarks.md` holds.
//!
//! Each measurement is a module of [`figures`]. All of them go through what users of the system go through: its HTTP
//! API, its sockets, its functions' entries, its programs.

pub mod document;
pub mod figures;
pub mod load;
pub mod machine;
pub mod prices;
pub mod report;
pub mod screens;
pub mod statistics;
pub mod system;

use figures::{FIGURES, Figure};
use machine::Watch;
use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Why something could not be measured.
pub type Failure = Box<dyn Error + Send + Sync>;

const USAGE: &str = "\
Measures the system on this machine and prints the figures as Markdown.

Usage:
  cargo figures [options] [<what>...]     all of them unless some are named

Options:
  --rounds <number>   how often each is measured; medians and extremes are reported [5]
  --write             also put them into docs/benchmarks.md
  -h, --help          show this

What:
";

/// What the command line asks for.
struct Options {
    rounds: usize,
    write: bool,
    figures: Vec<&'static Figure>,
}

/// The program.
#[must_use]
pub fn main() -> ExitCode {
    // What goes wrong in the system is seen; what merely happens would be measured along.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("error"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .init();
    let done = parse().and_then(|options| match options {
        Some(options) => measure(&options),
        None => usage(),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // With nowhere to complain to, there is nothing left to do.
            let _ = writeln!(io::stderr(), "figures: {error}");
            ExitCode::FAILURE
        }
    }
}

fn parse() -> Result<Option<Options>, Failure> {
    use lexopt::ValueExt as _;
    use lexopt::prelude::{Long, Short, Value};
    let mut options = Options {
        rounds: 5,
        write: false,
        figures: Vec::new(),
    };
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Long("rounds") => options.rounds = arguments.value()?.parse::<usize>()?.max(1),
            Long("write") => options.write = true,
            Value(name) => {
                let name = name.string()?;
                let figure = FIGURES.iter().find(|figure| figure.name == name);
                options
                    .figures
                    .push(figure.ok_or_else(|| format!("there are no figures called `{name}`; see --help"))?);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    if options.figures.is_empty() {
        options.figures = FIGURES.iter().collect();
    }
    Ok(Some(options))
}

fn usage() -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    write!(out, "{USAGE}")?;
    for figure in FIGURES {
        writeln!(out, "  {:<19} {}", figure.name, figure.about)?;
    }
    Ok(())
}

fn measure(options: &Options) -> Result<(), Failure> {
    for figure in &options.figures {
        writeln!(io::stderr(), "figures: measuring {}", figure.name)?;
        let mut watch = Watch::start();
        watch.apply_yardstick();
        let mut findings = (figure.measure)(options.rounds, &mut watch)
            .map_err(|error| format!("{}: {error}", figure.name))?;
        watch.apply_yardstick();
        if !findings.aims.is_empty() {
            let aims = report::aims(&findings.aims);
            findings.show(&aims);
        }
        findings.say(&watch.describe());
        writeln!(io::stdout(), "## {}\n\n{}", figure.about, findings.text)?;
        // At once: what is measured next may fail.
        if options.write {
            document::write(figure.name, &findings.text)?;
        }
    }
    Ok(())
}
