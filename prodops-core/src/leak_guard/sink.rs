//! A place where bytes leave, and what may pass it once.

use std::fmt;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use zeroize::Zeroize;

use super::form::Form;
use super::guard::{Leak, LeakGuard};
use super::redactor::Redactor;
use super::window::Tag;
use super::writer::GuardedWriter;

/// A place where bytes leave, by name. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sink {
    guard: LeakGuard,
    name: &'static str,
    hits: Arc<AtomicU64>,
}

impl Sink {
    pub(super) const fn new(guard: LeakGuard, name: &'static str, hits: Arc<AtomicU64>) -> Self {
        Self { guard, name, hits }
    }

    /// Redacts a text that is complete in itself; answers whether anything was.
    pub fn redact(&self, text: &mut Vec<u8>) -> bool {
        if self.guard.find(text).is_empty() {
            return false;
        }
        let clean = self.redactor().whole(text);
        text.zeroize();
        *text = clean;
        true
    }

    /// Redacts a text that arrives in pieces.
    #[must_use]
    pub fn redactor(&self) -> Redactor {
        Redactor::new(self.clone())
    }

    /// Redacts what is written to a writer: a log file, the exporter of traces, a terminal.
    pub fn writer<W: Write>(&self, inner: W) -> GuardedWriter<W> {
        GuardedWriter::new(self.redactor(), inner)
    }

    /// How many leaks were stopped at sinks of this name.
    #[must_use]
    pub fn hits(&self) -> u64 {
        self.hits.load(Ordering::Relaxed)
    }

    pub(super) const fn guard(&self) -> &LeakGuard {
        &self.guard
    }

    pub(super) fn count(&self) {
        self.hits.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn tell(&self, form: Form) {
        self.guard.tell(&Leak { sink: self.name, form });
    }
}

/// Leave for one secret to pass one sink once. Clones share the one use.
#[derive(Clone)]
pub struct Reveal {
    secret: Tag,
    used: Arc<AtomicBool>,
}

impl Reveal {
    pub(super) fn new(secret: Tag) -> Self {
        Self { secret, used: Arc::default() }
    }

    /// Whether this secret may pass now; asking uses it up.
    pub(super) fn take(&self, secret: Tag) -> bool {
        self.secret == secret && !self.used.swap(true, Ordering::Relaxed)
    }
}

impl fmt::Debug for Reveal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reveal")
    }
}
