//! What is registered: the hashes of both ends of every form of every live secret.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::filter::Filter;
use super::form::{Form, forms};
use super::window::{FastHash, Keys, Tag, WINDOW};

/// Removed windows that may stay in the filter before it is made anew.
const STALE: usize = 1024;

/// A window of a secret that was found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// Where the window begins.
    pub(super) at: usize,
    /// Whose it is.
    pub(super) secret: Tag,
    /// The form that it is an end of.
    pub(super) form: Form,
    /// How much of the form comes before the window.
    pub(super) before: usize,
    /// How much of the form comes after the window.
    pub(super) after: usize,
}

/// All registered secrets.
pub(super) struct Registry {
    keys: Keys,
    filter: Filter,
    stale: usize,
    windows: HashMap<Tag, Window, Uniform>,
    secrets: HashMap<Tag, Known, Uniform>,
}

/// Whose end a window is. Two secrets that begin alike share one.
struct Window {
    fast: u32,
    owners: Vec<Owner>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Owner {
    secret: Tag,
    form: Form,
    before: usize,
    after: usize,
}

struct Known {
    registrations: usize,
    windows: Vec<Tag>,
}

impl Registry {
    pub(super) fn new(keys: Keys) -> Self {
        let (windows, secrets) = (HashMap::default(), HashMap::default());
        Self { keys, filter: Filter::for_windows(0), stale: 0, windows, secrets }
    }

    /// The name by which a secret is known.
    pub(super) fn name(&self, secret: &[u8]) -> Tag {
        self.keys.tag(secret)
    }

    /// How many different secrets there are.
    pub(super) fn len(&self) -> usize {
        self.secrets.len()
    }

    /// Adds a secret that is written in one of these ways; the first is the one that names it.
    pub(super) fn add(&mut self, secret: Tag, spellings: &[&[u8]]) {
        if let Some(known) = self.secrets.get_mut(&secret) {
            known.registrations += 1;
            return;
        }
        let mut windows = Vec::new();
        for (form, written) in spellings.iter().flat_map(|spelling| forms(spelling)) {
            for (at, window) in ends(&written) {
                let (before, after) = (at, written.len() - at - WINDOW);
                windows.extend(self.add_window(window, Owner { secret, form, before, after }));
            }
        }
        self.secrets.insert(secret, Known { registrations: 1, windows });
        if self.filter.is_full(self.windows.len()) {
            self.make_filter();
        }
    }

    /// The tag of the window, unless the secret has it already.
    fn add_window(&mut self, window: &[u8; WINDOW], owner: Owner) -> Option<Tag> {
        let tag = self.keys.tag(window);
        let fast = self.keys.fast().of(window);
        let entry = self.windows.entry(tag).or_insert(Window { fast, owners: Vec::with_capacity(1) });
        self.filter.insert(fast);
        let is_new = entry.owners.iter().all(|known| known.secret != owner.secret);
        // Two forms that begin alike may have different lengths.
        if !entry.owners.contains(&owner) {
            entry.owners.push(owner);
        }
        is_new.then_some(tag)
    }

    /// Takes back one registration; the last one forgets the secret.
    pub(super) fn remove(&mut self, secret: Tag) {
        let Some(known) = self.secrets.get_mut(&secret) else { return };
        known.registrations = known.registrations.saturating_sub(1);
        if known.registrations > 0 {
            return;
        }
        let windows = self.secrets.remove(&secret).map(|known| known.windows).unwrap_or_default();
        for tag in windows {
            let Some(window) = self.windows.get_mut(&tag) else { continue };
            window.owners.retain(|owner| owner.secret != secret);
            if window.owners.is_empty() {
                self.windows.remove(&tag);
                self.stale += 1;
            }
        }
        if self.stale > STALE.max(self.windows.len()) {
            self.make_filter();
        }
    }

    fn make_filter(&mut self) {
        // Room for twice as many, so that it is not made anew soon.
        self.filter = Filter::for_windows(self.windows.len().saturating_mul(2));
        self.windows.values().for_each(|window| self.filter.insert(window.fast));
        self.stale = 0;
    }

    /// Every window of a registered secret in the text, in order.
    pub(super) fn find(&self, text: &[u8]) -> Vec<Found> {
        let mut found = Vec::new();
        if !self.windows.is_empty() {
            self.sweep(self.keys.fast(), text, &mut found);
        }
        found
    }

    /// Asks the filter about eight windows at a time: one branch for all of them.
    fn sweep(&self, fast: FastHash, text: &[u8], found: &mut Vec<Found>) {
        const LANES: usize = 8;
        const STRIP: usize = LANES + WINDOW - 1;
        let mut rest = text;
        while let Some(strip) = rest.first_chunk::<STRIP>() {
            let mut candidates = 0u64;
            for window in strip.windows(WINDOW) {
                if let Some(window) = window.first_chunk() {
                    candidates |= self.filter.contains(fast.of(window));
                }
            }
            if candidates != 0 {
                self.confirm(strip, text.len() - rest.len(), found);
            }
            rest = rest.get(LANES..).unwrap_or_default();
        }
        self.confirm(rest, text.len() - rest.len(), found);
    }

    /// Looks up each window of a strip that begins at `offset`.
    #[cold]
    fn confirm(&self, strip: &[u8], offset: usize, found: &mut Vec<Found>) {
        let fast = self.keys.fast();
        for (lane, window) in strip.windows(WINDOW).enumerate() {
            let Some(window) = window.first_chunk() else { continue };
            if self.filter.contains(fast.of(window)) == 0 {
                continue;
            }
            let owners = self.windows.get(&self.keys.tag(window)).map_or(&[][..], |window| &window.owners);
            found.extend(owners.iter().map(|owner| Found {
                at: offset + lane,
                secret: owner.secret,
                form: owner.form,
                before: owner.before,
                after: owner.after,
            }));
        }
    }
}

/// The first and the last window of a form, and where they begin.
fn ends(written: &[u8]) -> impl Iterator<Item = (usize, &[u8; WINDOW])> {
    let first = written.first_chunk::<WINDOW>().map(|window| (0, window));
    let last = written.last_chunk::<WINDOW>().map(|window| (written.len() - WINDOW, window));
    first.into_iter().chain(last)
}

/// Takes a part of a key that is a keyed hash already.
#[derive(Default)]
struct TakeKey(u64);

type Uniform = BuildHasherDefault<TakeKey>;

impl Hasher for TakeKey {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk() {
            self.0 = u64::from_ne_bytes(*first);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
