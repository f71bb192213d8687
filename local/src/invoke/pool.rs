//! Which process of a function does what: the bookkeeping of [`Processes`](super::processes::Processes).

use super::InvocationFailed;
use bytes::Bytes;
use std::collections::{BTreeMap, VecDeque};
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

/// The number of a process among those of its function.
pub(super) type ProcessId = u64;

pub(super) type Outcome = Result<Bytes, InvocationFailed>;

/// An event on its way to a process, and who waits for the reply.
#[derive(Debug)]
pub(super) struct Invocation {
    pub(super) request_id: String,
    pub(super) event: Bytes,
    pub(super) reply: oneshot::Sender<Outcome>,
}

/// An invocation a process is busy with.
#[derive(Debug)]
struct Running {
    request_id: String,
    reply: oneshot::Sender<Outcome>,
    timer: AbortHandle,
}

/// A live process.
#[derive(Debug, Default)]
struct Process {
    /// Whether it has asked for work at least once.
    ready: bool,
    running: Option<Running>,
    kill: Option<oneshot::Sender<()>>,
}

/// What a process is told when it asks for work.
pub(super) enum Next {
    /// Do this.
    Run(Invocation),
    /// There is nothing yet: wait for it here.
    Wait(oneshot::Receiver<Invocation>),
    /// It is not one of ours, or is being killed.
    Unknown,
}

/// The processes of one function and the invocations that wait for one.
#[derive(Debug)]
pub(super) struct Pool {
    largest: usize,
    processes: BTreeMap<ProcessId, Process>,
    idle: Vec<(ProcessId, oneshot::Sender<Invocation>)>,
    waiting: VecDeque<Invocation>,
    last_id: ProcessId,
}

impl Pool {
    /// A pool of at most `largest` processes, none of which is started yet.
    pub(super) fn new(largest: usize) -> Self {
        Self {
            largest,
            processes: BTreeMap::new(),
            idle: Vec::new(),
            waiting: VecDeque::new(),
            last_id: 0,
        }
    }

    /// Hands `invocation` to an idle process or lets it wait for one.
    pub(super) fn offer(&mut self, mut invocation: Invocation) {
        while let Some((_, process)) = self.idle.pop() {
            match process.send(invocation) {
                Ok(()) => return,
                // Its request for work has been broken off, so the process is gone or going.
                Err(returned) => invocation = returned,
            }
        }
        self.waiting.push_back(invocation);
    }

    /// The id and kill switch of a process to start now, if more wait than are being started for.
    pub(super) fn start(&mut self) -> Option<(ProcessId, oneshot::Receiver<()>)> {
        let starting = self.processes.values().filter(|process| !process.ready).count();
        if starting >= self.waiting.len() || self.processes.len() >= self.largest {
            return None;
        }
        self.last_id += 1;
        let (kill, killed) = oneshot::channel();
        self.processes.insert(
            self.last_id,
            Process {
                kill: Some(kill),
                ..Process::default()
            },
        );
        Some((self.last_id, killed))
    }

    /// Answers process `id`, which asks for work.
    pub(super) fn next(&mut self, id: ProcessId) -> Next {
        match self.processes.get_mut(&id) {
            Some(process) if process.kill.is_some() => process.ready = true,
            _ => return Next::Unknown,
        }
        self.idle.retain(|(idle, _)| *idle != id);
        match self.waiting.pop_front() {
            Some(invocation) => Next::Run(invocation),
            None => {
                let (sender, receiver) = oneshot::channel();
                self.idle.push((id, sender));
                Next::Wait(receiver)
            }
        }
    }

    /// Notes that process `id` has taken an invocation on, and who waits for it. `timer` is stopped when
    /// the reply is there.
    pub(super) fn begin(
        &mut self,
        id: ProcessId,
        request_id: String,
        reply: oneshot::Sender<Outcome>,
        timer: AbortHandle,
    ) {
        if let Some(process) = self.processes.get_mut(&id) {
            process.running = Some(Running {
                request_id,
                reply,
                timer,
            });
        }
    }

    /// Passes on what process `id` answered; `false` when it was not asked.
    pub(super) fn finish(&mut self, id: ProcessId, request_id: &str, outcome: Outcome) -> bool {
        let Some(process) = self.processes.get_mut(&id) else {
            return false;
        };
        match process.running.take() {
            Some(running) if running.request_id == request_id => {
                running.close(outcome);
                true
            }
            other => {
                process.running = other;
                false
            }
        }
    }

    /// Whether process `id` has asked for work yet.
    pub(super) fn is_ready(&self, id: ProcessId) -> bool {
        self.processes.get(&id).is_some_and(|process| process.ready)
    }

    /// Ends process `id` because the invocation it is busy with ran out of time.
    pub(super) fn time_out(&mut self, id: ProcessId, request_id: &str, failure: InvocationFailed) {
        if self.finish(id, request_id, Err(failure))
            && let Some(kill) = self
                .processes
                .get_mut(&id)
                .and_then(|process| process.kill.take())
        {
            // The supervisor may have seen the process end by itself.
            let _ = kill.send(());
        }
    }

    /// Forgets process `id`, which has ended. What it was busy with has failed with `failure`; if it never
    /// got as far as asking for work, so has the invocation it was started for.
    pub(super) fn ended(&mut self, id: ProcessId, failure: InvocationFailed) {
        self.idle.retain(|(idle, _)| *idle != id);
        let Some(process) = self.processes.remove(&id) else {
            return;
        };
        if let Some(running) = process.running {
            running.close(Err(failure));
        } else if !process.ready
            && let Some(invocation) = self.waiting.pop_front()
        {
            let _ = invocation.reply.send(Err(failure));
        }
    }
}

impl Running {
    fn close(self, outcome: Outcome) {
        self.timer.abort();
        // The caller may have gone; the invocation ran all the same.
        let _ = self.reply.send(outcome);
    }
}
