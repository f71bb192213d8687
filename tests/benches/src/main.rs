//! `cargo figures`.

use std::process::ExitCode;

fn main() -> ExitCode {
    freshtrack_benches::main()
}
