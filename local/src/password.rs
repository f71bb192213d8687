//! Asking for a new password: never an argument, which others on the machine could see, and never shown.

use std::io::{self, BufRead, IsTerminal as _};

/// Why there is no new password.
#[derive(Debug, thiserror::Error)]
pub enum NoPassword {
    /// The two that were typed are not the same.
    #[error("the two passwords differ")]
    Differ,
    /// It could not be read.
    #[error("cannot read the password: {0}")]
    Unreadable(#[from] io::Error),
}

/// The password that is typed twice on the terminal, without being seen; or the first line of the standard input, if that
/// is something else.
///
/// # Errors
/// When two different ones are typed, or none can be read.
pub fn ask() -> Result<String, NoPassword> {
    let input = io::stdin();
    if !input.is_terminal() {
        return Ok(first_line(input.lock())?);
    }
    let password = rpassword::prompt_password("New password: ")?;
    if rpassword::prompt_password("Once more: ")? == password {
        Ok(password)
    } else {
        Err(NoPassword::Differ)
    }
}

fn first_line(mut input: impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_taken_without_its_end() {
        for (input, password) in [("a b \n", "a b "), ("a b\r\nc", "a b"), ("a b", "a b"), ("", "")] {
            assert_eq!(first_line(input.as_bytes()).unwrap(), password);
        }
    }
}
