//! Use cases by turns: one goes on from one call of a port to the next, and no further until it is let.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// Lets `work` make `calls` calls of its ports and kills it then; what it answers if it needed no more.
///
/// The fakes count a call that changes something twice, before the change and after it, so a process can die with the
/// change made and nobody told.
pub fn killed_after<T>(calls: usize, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..=calls {
        if let Poll::Ready(answer) = work.as_mut().poll(&mut context) {
            return Some(answer);
        }
    }
    None
}

/// Something that is done at the same time as others.
pub type Work<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Does all of `work` at the same time, and answers in its order. Each of `turns` names whose turn it is, counted
/// around those that are not done; after the last, all go on by turns.
pub fn interleaved<T>(mut work: Vec<Work<'_, T>>, turns: impl IntoIterator<Item = usize>) -> Vec<T> {
    let mut context = Context::from_waker(Waker::noop());
    let mut answers: Vec<Option<T>> = work.iter().map(|_| None).collect();
    let mut turns = turns.into_iter();
    for round in 0.. {
        let waiting: Vec<usize> = (0..work.len())
            .filter(|place| answers.get(*place).is_some_and(Option::is_none))
            .collect();
        let turn = turns.next().unwrap_or(round);
        let Some(place) = waiting.get(turn.checked_rem(waiting.len()).unwrap_or(0)) else {
            break;
        };
        if let (Some(work), Some(answer)) = (work.get_mut(*place), answers.get_mut(*place))
            && let Poll::Ready(ready) = work.as_mut().poll(&mut context)
        {
            *answer = Some(ready);
        }
    }
    answers.into_iter().flatten().collect()
}
