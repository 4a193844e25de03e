//! The bounded, ordering channel under a passage: many readers in, one driver out, in the order of the walk.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::content::{WalkPlan, Yield};
use super::error::{ConnectorError, Result};

/// How far ahead of the first missing place a reader may be.
const AHEAD: u64 = 2_048;

/// What the driver takes out next.
#[derive(Debug)]
pub(crate) enum Next {
    /// The plan.
    Plan(Box<WalkPlan>),
    /// The commits that follow, in order.
    Commits(Vec<Yield>),
    /// The readers are gone and everything in order has been taken.
    End,
}

#[derive(Default)]
struct State {
    plan: Option<Box<WalkPlan>>,
    waiting: BTreeMap<u64, Yield>,
    /// The first place that the driver has not taken.
    next: u64,
    /// The first place that nobody has sent.
    missing: u64,
    /// So many places must be there before the driver is woken.
    wanted: u64,
    writers: usize,
    closed: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// Wakes readers that are too far ahead.
    room: Condvar,
    /// Wakes the driver.
    filled: Notify,
}

impl Shared {
    // A panic of one reader must not take the driver with it: the state is valid after every statement.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The writing end.
pub(crate) struct Channel(Arc<Shared>);

impl Clone for Channel {
    fn clone(&self) -> Self {
        self.0.lock().writers += 1;
        Self(Arc::clone(&self.0))
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.0.lock().writers -= 1;
        self.0.filled.notify_one();
    }
}

impl Channel {
    pub(crate) fn plan(&self, plan: WalkPlan) -> Result<()> {
        let mut state = self.0.lock();
        if state.closed {
            return Err(ConnectorError::Cancelled);
        }
        state.next = plan.from.position;
        state.missing = state.next;
        state.plan = Some(Box::new(plan));
        self.0.filled.notify_one();
        Ok(())
    }

    pub(crate) fn abandon(&self) {
        self.0.lock().closed = true;
        self.0.room.notify_all();
    }

    pub(crate) fn put(&self, position: u64, derived: Yield) -> Result<()> {
        let mut state = self.0.lock();
        while !state.closed && position >= state.next.saturating_add(AHEAD) {
            state = self.0.room.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.closed {
            return Err(ConnectorError::Cancelled);
        }
        if position < state.next || state.waiting.insert(position, derived).is_some() {
            return Err(ConnectorError::Bug { what: "a place of a walk was sent twice" });
        }
        if position == state.missing {
            let State { waiting, missing, .. } = &mut *state;
            *missing +=
                waiting.range(position..).zip(position..).take_while(|((at, _), n)| **at == *n).count()
                    as u64;
            if state.missing - state.next >= state.wanted {
                self.0.filled.notify_one();
            }
        }
        Ok(())
    }
}

/// The reading end. Dropping it stops the writers.
pub(crate) struct Collector(Arc<Shared>);

impl Drop for Collector {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.room.notify_all();
    }
}

impl Collector {
    /// A new channel.
    pub(crate) fn channel() -> (Channel, Self) {
        let shared = Arc::new(Shared::default());
        shared.lock().writers = 1;
        (Channel(Arc::clone(&shared)), Self(shared))
    }

    /// Waits for what comes next: at most `most` commits at once, and at least `least` as long as there are so many.
    pub(crate) async fn next(&self, least: u64, most: usize) -> Next {
        loop {
            if let Some(next) = self.take(least, most) {
                return next;
            }
            self.0.filled.notified().await;
        }
    }

    fn take(&self, least: u64, most: usize) -> Option<Next> {
        let mut state = self.0.lock();
        if let Some(plan) = state.plan.take() {
            return Some(Next::Plan(plan));
        }
        state.wanted = least;
        if state.missing - state.next < least && state.writers > 0 {
            return None;
        }
        let mut commits = Vec::new();
        while commits.len() < most {
            let place = state.next;
            let Some(derived) = state.waiting.remove(&place) else { break };
            commits.push(derived);
            state.next += 1;
        }
        if !commits.is_empty() {
            self.0.room.notify_all();
            return Some(Next::Commits(commits));
        }
        (state.writers == 0).then_some(Next::End)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prodops_core::fact::Gap;

    fn marked(n: u64) -> Yield {
        Yield { gaps: vec![(Gap::Submodule, n)], ..Yield::default() }
    }

    #[tokio::test]
    async fn what_comes_in_any_order_leaves_in_order() {
        let (channel, collector) = Collector::channel();
        let writers: Vec<_> = (0..3u64)
            .map(|lane| {
                let channel = channel.clone();
                std::thread::spawn(move || {
                    for place in (0..9_000).filter(|place| place % 3 == lane) {
                        channel.put(place, marked(place)).unwrap();
                    }
                })
            })
            .collect();
        drop(channel);
        let mut seen = 0;
        while let Next::Commits(commits) = collector.next(100, 500).await {
            assert!(commits.len() <= 500);
            assert!(commits.len() >= 100 || seen + commits.len() as u64 == 9_000);
            for commit in commits {
                assert_eq!(commit, marked(seen));
                seen += 1;
            }
        }
        assert_eq!(seen, 9_000);
        writers.into_iter().for_each(|writer| writer.join().unwrap());
    }

    #[tokio::test]
    async fn a_driver_that_goes_away_stops_the_readers() {
        let (channel, collector) = Collector::channel();
        let reader =
            std::thread::spawn(move || (0u64..).try_for_each(|place| channel.put(place, marked(place))));
        assert!(matches!(collector.next(1, 10).await, Next::Commits(_)));
        drop(collector);
        assert!(matches!(reader.join().unwrap(), Err(ConnectorError::Cancelled)));
    }

    #[tokio::test]
    async fn a_reader_that_fails_frees_those_who_wait_for_its_place() {
        let (channel, collector) = Collector::channel();
        let ahead = channel.clone();
        let waiting =
            std::thread::spawn(move || (1u64..).try_for_each(|place| ahead.put(place, marked(place))));
        channel.abandon();
        drop(channel);
        assert!(matches!(waiting.join().unwrap(), Err(ConnectorError::Cancelled)));
        assert!(matches!(collector.next(1, 10).await, Next::End), "place 0 never came");
    }

    #[test]
    fn a_place_is_sent_once() {
        let (channel, _collector) = Collector::channel();
        channel.put(4, marked(4)).unwrap();
        assert!(matches!(channel.put(4, marked(4)), Err(ConnectorError::Bug { .. })));
    }
}
