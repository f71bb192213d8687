//! How many tests ran, read from what `cargo test` prints.

use std::fmt;
use std::ops::AddAssign;

/// Numbers of tests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tests {
    /// Tests that passed.
    pub(crate) passed: u64,
    /// Tests that failed.
    pub(crate) failed: u64,
    /// Tests marked `#[ignore]`.
    pub(crate) skipped: u64,
}

impl Tests {
    /// Reads a line such as `test result: ok. 12 passed; 0 failed; 1 ignored; ..`; any other line counts nothing.
    pub(crate) fn in_line(line: &str) -> Self {
        let Some(result) = line.trim().strip_prefix("test result: ") else {
            return Self::default();
        };
        let count = |what: &str| {
            result
                .split([';', '.'])
                .filter_map(|part| part.trim().strip_suffix(what))
                .find_map(|number| number.trim().parse().ok())
                .unwrap_or_default()
        };
        Self {
            passed: count("passed"),
            failed: count("failed"),
            skipped: count("ignored"),
        }
    }
}

impl AddAssign for Tests {
    fn add_assign(&mut self, more: Self) {
        self.passed += more.passed;
        self.failed += more.failed;
        self.skipped += more.skipped;
    }
}

impl fmt::Display for Tests {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up_over_the_lines_of_a_run() {
        let output = "running 3 tests\n\
            test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
            test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n";
        let mut tests = Tests::default();
        for line in output.lines() {
            tests += Tests::in_line(line);
        }
        assert_eq!(
            tests,
            Tests {
                passed: 15,
                failed: 2,
                skipped: 1
            }
        );
        assert_eq!(tests.to_string(), "15 passed, 2 failed, 1 skipped");
    }
}
