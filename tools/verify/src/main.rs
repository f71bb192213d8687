//! `cargo verify`.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_verify::main()
}
