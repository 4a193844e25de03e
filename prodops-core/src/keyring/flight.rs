//! Who opens the keys of an owner now: one at a time, and whoever asks meanwhile waits for that.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use super::owner::KeyOwner;

/// The openings that are under way.
#[derive(Default)]
pub(super) struct Flights(Mutex<State>);

#[derive(Default)]
struct State {
    begun: u64,
    under_way: BTreeMap<KeyOwner, Flight>,
}

struct Flight {
    number: u64,
    waiting: Vec<Waker>,
}

/// An opening; it ends when this is dropped, also when nobody waits for its outcome any more.
pub(super) struct Landing<'a> {
    flights: &'a Flights,
    owner: KeyOwner,
}

impl Flights {
    /// Begins to open the keys of an owner. Where somebody does so already, waits until they end, well or not, and gives
    /// `None`.
    pub(super) async fn begin(&self, owner: KeyOwner) -> Option<Landing<'_>> {
        let number = {
            let mut state = self.lock();
            let Some(flight) = state.under_way.get(&owner) else {
                state.begun = state.begun.wrapping_add(1);
                let flight = Flight { number: state.begun, waiting: Vec::new() };
                state.under_way.insert(owner, flight);
                return Some(Landing { flights: self, owner });
            };
            flight.number
        };
        poll_fn(|context| self.poll_end(owner, number, context.waker())).await;
        None
    }

    /// A flight that began later is not waited for.
    fn poll_end(&self, owner: KeyOwner, number: u64, waker: &Waker) -> Poll<()> {
        match self.lock().under_way.get_mut(&owner) {
            Some(flight) if flight.number == number => {
                if flight.waiting.iter().all(|other| !other.will_wake(waker)) {
                    flight.waiting.push(waker.clone());
                }
                Poll::Pending
            }
            _ => Poll::Ready(()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Landing<'_> {
    fn drop(&mut self) {
        let ended = self.flights.lock().under_way.remove(&self.owner);
        ended.into_iter().flat_map(|flight| flight.waiting).for_each(Waker::wake);
    }
}
