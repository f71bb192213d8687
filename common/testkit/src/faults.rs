//! Trouble on demand.

use freshtrack_application::{PortError, PortErrorKind};
use std::sync::{Mutex, PoisonError};

/// Which calls are to fail.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<Fault>>);

#[derive(Debug)]
struct Fault {
    op: &'static str,
    kind: PortErrorKind,
    passed: usize,
    left: usize,
}

impl Faults {
    /// Lets the next `times` calls of `op`, such as `unit_states.save`, fail.
    pub fn fail(&self, op: &'static str, kind: PortErrorKind, times: usize) {
        self.fail_after(0, op, kind, times);
    }

    /// Lets `passed` calls of `op` pass and the `times` after them fail.
    pub fn fail_after(&self, passed: usize, op: &'static str, kind: PortErrorKind, times: usize) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Fault {
            op,
            kind,
            passed,
            left: times,
        });
    }

    /// A call of `op` begins.
    pub(crate) fn check(&self, op: &'static str) -> Result<(), PortError> {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(fault) = faults.iter_mut().find(|fault| fault.op == op && fault.left > 0) else {
            return Ok(());
        };
        if fault.passed > 0 {
            fault.passed -= 1;
            return Ok(());
        }
        fault.left -= 1;
        Err(PortError::new(op, fault.kind))
    }
}
