//! Patterns that texts are searched for, and which outlive the texts.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use prodops_core::source::on_wiped_stack;
use regex::bytes::{Regex, RegexBuilder};

/// A pattern, and for every thread that searches a memory of its own.
///
/// # Security
/// Patterns and their memories are put together in frames where pieces of a text may have lain, and what is moved from there
/// to the heap takes along what stood in the gaps. So each is made once the stack was wiped, and never in a search.
pub(super) struct Pattern(Regex);

thread_local! {
    /// The patterns that this thread has searched for, by where they are.
    static OWN: RefCell<HashMap<usize, Rc<Regex>>> = RefCell::default();
}

impl Pattern {
    /// `None` when it is no pattern.
    pub(super) fn new(pattern: &mut RegexBuilder) -> Option<Self> {
        on_wiped_stack(|| ());
        pattern.unicode(false).build().ok().map(Self)
    }

    /// Whether it is in a text.
    pub(super) fn is_in(&'static self, text: &[u8]) -> bool {
        self.own().is_match(text)
    }

    /// Whether one of its places in a text is one that is looked for.
    pub(super) fn any_in(&'static self, text: &[u8], mut wanted: impl FnMut(&[u8]) -> bool) -> bool {
        self.own().find_iter(text).any(|found| wanted(found.as_bytes()))
    }

    /// The pattern of this thread.
    fn own(&'static self) -> Rc<Regex> {
        let place = std::ptr::from_ref(self).addr();
        OWN.with_borrow_mut(|own| Rc::clone(own.entry(place).or_insert_with(|| Rc::new(self.copied()))))
    }

    /// The same pattern with the memory for searches of one thread.
    fn copied(&self) -> Regex {
        on_wiped_stack(|| ());
        let own = self.0.clone();
        // Whoever searches first owns the memory.
        let _ = own.is_match(b"");
        own
    }
}
