//! What `cargo dev` is told on the command line.

use crate::demonstration::IMPORT_FUNCTION;
use lexopt::ValueExt as _;
use lexopt::prelude::{Long, Short, Value};
use std::ffi::OsString;
use std::path::PathBuf;

/// How to use the program.
pub const USAGE: &str = "\
The whole of FreshTrack on this machine, wired from template.yaml.

Usage:
  cargo dev [options]                         start the system
  cargo dev invoke <function> [-e <file>]     call a function of the running system with an event
  cargo dev import <file>                     import an organization into the running system
  cargo dev set-password <e-mail> [--name <name>]
                                              set the password of an account of the running system, asked for on the
                                              terminal or read from the standard input; with a name, create it first

Options:
  --port <port>       where to listen on 127.0.0.1 [8787]
  --mqtt-port <port>  where to listen for MQTT on 127.0.0.1 [1883]
  --data <folder>     where data is kept [.local]
  --reset             start with empty data
  --processes         run each function as a process of its own, as on Lambda
  --speed <factor>    how many times as fast as the world time goes [1]
  --no-simulator      let no simulated sensors send
  -h, --help          show this
";

/// What to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Start the system.
    Serve(Serve),
    /// Call a function of the running system.
    Invoke {
        /// The running system's port.
        port: u16,
        /// The function's name.
        function: String,
        /// The file with the event; an empty object without one.
        event: Option<PathBuf>,
    },
    /// Set the password of an account of the running system.
    SetPassword {
        /// The running system's port.
        port: u16,
        /// The address of the account.
        email: String,
        /// What its holder is called, to create it if there is none.
        name: Option<String>,
    },
    /// Say how to use the program.
    Help,
}

/// How to start the system.
#[derive(Debug, Clone, PartialEq)]
pub struct Serve {
    /// Where to listen.
    pub port: u16,
    /// Where to listen for MQTT.
    pub mqtt_port: u16,
    /// Where data is kept; `.local` beside the template if absent.
    pub data: Option<PathBuf>,
    /// Whether to start with empty data.
    pub reset: bool,
    /// Whether functions run as processes.
    pub processes: bool,
    /// How fast time goes.
    pub speed: f64,
    /// Whether simulated sensors send.
    pub simulator: bool,
}

impl Default for Serve {
    fn default() -> Self {
        Self {
            port: DEFAULT_PORT,
            mqtt_port: 1883,
            data: None,
            reset: false,
            processes: false,
            speed: 1.0,
            simulator: true,
        }
    }
}

const DEFAULT_PORT: u16 = 8787;

/// Reads the arguments behind the program's name.
///
/// # Errors
/// When an argument is unknown, missing or no sensible value; the message says which.
pub fn parse(arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Result<Command, lexopt::Error> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let mut serve = Serve::default();
    let (mut event, mut name) = (None, None);
    let mut words: Vec<String> = Vec::new();
    // Options of `serve` that have no meaning for the other commands.
    let mut only_serving: Option<&'static str> = None;
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Long("port") => serve.port = parser.value()?.parse()?,
            Long("name") => name = Some(parser.value()?.string()?),
            Short('e') | Long("event") => event = Some(PathBuf::from(parser.value()?)),
            Long("mqtt-port") => {
                only_serving = Some("--mqtt-port");
                serve.mqtt_port = parser.value()?.parse()?;
            }
            Long("data") => {
                only_serving = Some("--data");
                serve.data = Some(PathBuf::from(parser.value()?));
            }
            Long("reset") => {
                only_serving = Some("--reset");
                serve.reset = true;
            }
            Long("processes") => {
                only_serving = Some("--processes");
                serve.processes = true;
            }
            Long("speed") => {
                only_serving = Some("--speed");
                serve.speed = parser.value()?.parse_with(speed)?;
            }
            Long("no-simulator") => {
                only_serving = Some("--no-simulator");
                serve.simulator = false;
            }
            Value(word) => words.push(word.string()?),
            other => return Err(other.unexpected()),
        }
    }
    let mut words = words.into_iter();
    let port = serve.port;
    let command = match words.next().as_deref() {
        None => {
            if event.is_some() {
                return Err("--event belongs to `cargo dev invoke`".into());
            }
            if name.is_some() {
                return Err("--name belongs to `cargo dev set-password`".into());
            }
            Command::Serve(serve)
        }
        Some("invoke") => {
            let function = words
                .next()
                .ok_or("`cargo dev invoke` needs the name of a function")?;
            Command::Invoke {
                port,
                function,
                event,
            }
        }
        Some("import") => {
            let file = words.next().ok_or("`cargo dev import` needs a file")?;
            Command::Invoke {
                port,
                function: IMPORT_FUNCTION.to_owned(),
                event: Some(PathBuf::from(file)),
            }
        }
        Some("set-password") => Command::SetPassword {
            port,
            email: words
                .next()
                .ok_or("`cargo dev set-password` needs an e-mail address")?,
            name,
        },
        Some(other) => return Err(format!("unknown command \"{other}\"").into()),
    };
    if let Some(extra) = words.next() {
        return Err(format!("unexpected argument \"{extra}\"").into());
    }
    match (&command, only_serving) {
        (Command::Invoke { .. } | Command::SetPassword { .. }, Some(option)) => {
            Err(format!("{option} has no meaning for a system that runs already").into())
        }
        _ => Ok(command),
    }
}

fn speed(text: &str) -> Result<f64, &'static str> {
    match text.parse::<f64>() {
        Ok(speed) if speed.is_finite() && speed > 0.0 && speed <= 10_000.0 => Ok(speed),
        _ => Err("expected a factor above 0 and up to 10000"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace()).map_err(|error| error.to_string())
    }

    #[test]
    fn without_arguments_the_system_starts() {
        assert_eq!(read(""), Ok(Command::Serve(Serve::default())));
        assert_eq!(read("--help"), Ok(Command::Help));
    }

    #[test]
    fn every_option_has_its_effect() {
        let line = "--port 9000 --mqtt-port 9001 --data /tmp/x --reset --processes --speed 60 --no-simulator";
        let expected = Serve {
            port: 9000,
            mqtt_port: 9001,
            data: Some(PathBuf::from("/tmp/x")),
            reset: true,
            processes: true,
            speed: 60.0,
            simulator: false,
        };
        assert_eq!(read(line), Ok(Command::Serve(expected)));
    }

    #[test]
    fn functions_are_invoked_by_name() {
        let invoke = |port, function: &str, event: Option<&str>| Command::Invoke {
            port,
            function: function.to_owned(),
            event: event.map(PathBuf::from),
        };
        assert_eq!(read("invoke alerts-list"), Ok(invoke(8787, "alerts-list", None)));
        assert_eq!(
            read("invoke alerts-list -e e.json --port 1"),
            Ok(invoke(1, "alerts-list", Some("e.json")))
        );
        assert_eq!(
            read("import o.json"),
            Ok(invoke(8787, "platform-import-organization", Some("o.json")))
        );
    }

    #[test]
    fn passwords_are_never_on_the_command_line() {
        let set = |port, name: Option<&str>| Command::SetPassword {
            port,
            email: "ann@example.com".to_owned(),
            name: name.map(str::to_owned),
        };
        assert_eq!(read("set-password ann@example.com"), Ok(set(8787, None)));
        assert_eq!(
            read("set-password ann@example.com --name Ann --port 1"),
            Ok(set(1, Some("Ann")))
        );
        let refused = read("set-password ann@example.com correct-horse").unwrap_err();
        assert!(refused.contains("unexpected argument"), "{refused}");
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (line, reason) in [
            ("--fast", "invalid option '--fast'"),
            ("--port many", "cannot parse argument \"many\""),
            ("--speed 0", "expected a factor above 0"),
            ("--speed NaN", "expected a factor above 0"),
            ("invoke", "needs the name of a function"),
            ("import", "needs a file"),
            ("import a b", "unexpected argument \"b\""),
            ("launch", "unknown command \"launch\""),
            ("invoke x --reset", "--reset has no meaning"),
            ("-e x.json", "--event belongs to"),
            ("--name Ann", "--name belongs to"),
            ("set-password", "needs an e-mail address"),
            ("set-password a@b.c --reset", "--reset has no meaning"),
        ] {
            let error = read(line).unwrap_err();
            assert!(error.contains(reason), "{line}: {error}");
        }
    }
}
