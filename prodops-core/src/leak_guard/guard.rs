//! The guard itself: registering, forgetting, scanning, telling.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use zeroize::Zeroizing;

use super::claims::Claims;
use super::form::Form;
use super::registry::{Found, Registry};
use super::sensitive::{RegisterError, Sensitive, checked};
use super::sink::{Reveal, Sink};
use super::window::{Keys, Tag};
use crate::entropy::{Entropy, EntropyError};

/// Watches sinks for live secrets. Cheap to clone; clones are the same guard. See the [module](super).
#[derive(Clone)]
pub struct LeakGuard {
    inner: Arc<Inner>,
}

struct Inner {
    registry: RwLock<Registry>,
    sinks: Mutex<BTreeMap<&'static str, Arc<AtomicU64>>>,
    on_leak: OnLeak,
}

/// What happens after a secret was redacted; it is counted in any case.
#[non_exhaustive]
pub enum OnLeak {
    /// Nothing more.
    Count,
    /// This is called, on the thread that wrote. It may write to a watched sink itself.
    Tell(Box<dyn Fn(&Leak) + Send + Sync>),
    /// The writing thread panics, unless it is panicking already: for tests, where a leak is a bug to find.
    Panic,
}

/// A secret was redacted. It says where and how, never what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leak {
    /// The sink at which it was stopped.
    pub sink: &'static str,
    /// How it was written.
    pub form: Form,
}

/// Where a text holds a registered secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The bytes of the text that may be the secret's.
    pub range: Range<usize>,
    /// How it is written.
    pub form: Form,
}

/// A secret is watched as long as this lives.
#[must_use = "dropping the registration forgets the secret"]
pub struct Registration {
    guard: LeakGuard,
    secret: Tag,
}

impl LeakGuard {
    /// A guard with random keys that knows no secret yet.
    ///
    /// # Errors
    /// When the entropy source fails.
    pub fn new(entropy: &dyn Entropy, on_leak: OnLeak) -> Result<Self, EntropyError> {
        let registry = RwLock::new(Registry::new(Keys::generate(entropy)?));
        Ok(Self { inner: Arc::new(Inner { registry, sinks: Mutex::default(), on_leak }) })
    }

    /// Watches for a secret until the registration is dropped. The same secret may be registered many times.
    ///
    /// # Errors
    /// When the secret has fewer than sixteen bytes.
    pub fn register(&self, secret: &dyn Sensitive) -> Result<Registration, RegisterError> {
        let spellings = checked(secret)?;
        let bytes: Vec<&[u8]> = spellings.iter().map(|spelling| spelling.as_slice()).collect();
        let mut registry = self.inner.registry.write().unwrap_or_else(PoisonError::into_inner);
        let secret = registry.name(first(&spellings));
        registry.add(secret, &bytes);
        drop(registry);
        Ok(Registration { guard: self.clone(), secret })
    }

    /// Lets one registered secret through once, at the one sink that is given this.
    ///
    /// # Security
    /// For values that somebody is to see once: a new API token, a one-time link.
    #[must_use]
    pub fn reveal_once(&self, secret: &dyn Sensitive) -> Reveal {
        Reveal::new(self.read(|registry| registry.name(first(&secret.spellings()))))
    }

    /// The sink of this name. All sinks of one name count together.
    #[must_use]
    pub fn sink(&self, name: &'static str) -> Sink {
        let mut sinks = self.inner.sinks.lock().unwrap_or_else(PoisonError::into_inner);
        Sink::new(self.clone(), name, Arc::clone(sinks.entry(name).or_default()))
    }

    /// How many leaks were stopped, by sink.
    #[must_use]
    pub fn hits(&self) -> BTreeMap<&'static str, u64> {
        let sinks = self.inner.sinks.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |count: &Arc<AtomicU64>| count.load(std::sync::atomic::Ordering::Relaxed);
        sinks.iter().map(|(name, hits)| (*name, count(hits))).collect()
    }

    /// How many different secrets are watched.
    #[must_use]
    pub fn live(&self) -> usize {
        self.read(Registry::len)
    }

    /// Where a text holds registered secrets, in order; changes and counts nothing.
    #[must_use]
    pub fn scan(&self, text: &[u8]) -> Vec<Hit> {
        let mut claims = Claims::default();
        self.find(text).iter().for_each(|found| claims.add(found, 0));
        claims.settle(i64::MAX);
        let index = |at: i64| usize::try_from(at).unwrap_or_default().min(text.len());
        let hit =
            |(range, form): (Range<i64>, Form)| Hit { range: index(range.start)..index(range.end), form };
        claims.stretches().into_iter().map(hit).collect()
    }

    pub(super) fn find(&self, text: &[u8]) -> Vec<Found> {
        self.read(|registry| registry.find(text))
    }

    #[allow(clippy::panic, reason = "asked for, by tests only")]
    pub(super) fn tell(&self, leak: &Leak) {
        match &self.inner.on_leak {
            OnLeak::Count => {}
            OnLeak::Tell(told) => told(leak),
            OnLeak::Panic if std::thread::panicking() => {}
            OnLeak::Panic => panic!("a secret reached `{}`, written as {}", leak.sink, leak.form),
        }
    }

    fn read<R>(&self, reader: impl FnOnce(&Registry) -> R) -> R {
        reader(&self.inner.registry.read().unwrap_or_else(PoisonError::into_inner))
    }
}

fn first(spellings: &[Zeroizing<Vec<u8>>]) -> &[u8] {
    spellings.first().map(|spelling| spelling.as_slice()).unwrap_or_default()
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.guard.inner.registry.write().unwrap_or_else(PoisonError::into_inner).remove(self.secret);
    }
}

impl fmt::Debug for LeakGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeakGuard").field("live", &self.live()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Registration")
    }
}

impl fmt::Debug for OnLeak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Count => "Count",
            Self::Tell(_) => "Tell",
            Self::Panic => "Panic",
        })
    }
}
