//! Trouble on demand.

use freshtrack_application::{PortError, PortErrorKind};
use std::future::poll_fn;
use std::mem;
use std::sync::{Mutex, PoisonError};
use std::task::Poll;

/// Which calls are to fail.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<Fault>>);

#[derive(Debug)]
struct Fault {
    op: &'static str,
    moment: Moment,
    kind: PortErrorKind,
    passed: usize,
    left: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    Call,
    Answer,
}

impl Faults {
    /// Lets the next `times` calls of `op`, such as `unit_states.save`, fail.
    pub fn fail(&self, op: &'static str, kind: PortErrorKind, times: usize) {
        self.fail_after(0, op, kind, times);
    }

    /// Lets `passed` calls of `op` pass and the `times` after them fail.
    pub fn fail_after(&self, passed: usize, op: &'static str, kind: PortErrorKind, times: usize) {
        self.add(passed, op, Moment::Call, kind, times);
    }

    /// Lets the next `times` calls of `op`, which changes something, make their change and fail then: the answer was
    /// lost on its way. A client that calls again by itself is told of a `Conflict` with its own change.
    pub fn lose_answer(&self, op: &'static str, kind: PortErrorKind, times: usize) {
        self.add(0, op, Moment::Answer, kind, times);
    }

    /// Lets every call pass from now on.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn add(&self, passed: usize, op: &'static str, moment: Moment, kind: PortErrorKind, times: usize) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Fault {
            op,
            moment,
            kind,
            passed,
            left: times,
        });
    }

    /// A call of `op` begins.
    pub(crate) async fn call(&self, op: &'static str) -> Result<(), PortError> {
        give_way().await;
        self.check(op, Moment::Call)
    }

    /// A call of `op` has changed what it should.
    pub(crate) async fn answer(&self, op: &'static str) -> Result<(), PortError> {
        give_way().await;
        self.check(op, Moment::Answer)
    }

    fn check(&self, op: &'static str, moment: Moment) -> Result<(), PortError> {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(fault) = faults
            .iter_mut()
            .find(|fault| (fault.op, fault.moment) == (op, moment) && fault.left > 0)
        else {
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

/// Suspends its caller once, as waiting for a network does: this is where a use case can be killed, or overtaken by
/// another.
async fn give_way() {
    let mut waited = false;
    poll_fn(|context| {
        if mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
