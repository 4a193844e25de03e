//! Redacts a stream: finds secrets across the cuts between its pieces and holds back at most fifteen bytes.

use std::fmt;
use std::ops::Range;

use zeroize::Zeroize;

use super::claims::{Claims, stretch};
use super::form::Form;
use super::registry::Found;
use super::sink::{Reveal, Sink};
use super::window::{Tag, WINDOW};

/// What stands for a secret.
const MARK: &[u8] = b"[redacted]";
/// As much of a stream as can belong to a window that is not complete yet.
const KEPT: usize = WINDOW - 1;

/// Redacts one stream of bytes. Made by [`Sink::redactor`].
pub struct Redactor {
    sink: Sink,
    /// The newest bytes: what windows that are not complete yet begin with. Some of them may have been passed on.
    tail: Vec<u8>,
    /// Where in the stream the tail begins.
    offset: i64,
    /// Where in the stream begins what was neither passed on nor redacted yet.
    done: i64,
    /// Where the newest redacted stretch ended, as far as it was seen.
    redacted: Option<i64>,
    claims: Claims,
    reveals: Vec<Reveal>,
    revealed: Vec<(Tag, Range<i64>)>,
}

/// What is known to follow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    /// More, soon.
    More,
    /// Perhaps more, later.
    Pause,
    /// Nothing.
    End,
}

impl Redactor {
    pub(super) fn new(sink: Sink) -> Self {
        Self {
            sink,
            tail: Vec::new(),
            offset: 0,
            done: 0,
            redacted: None,
            claims: Claims::default(),
            reveals: Vec::new(),
            revealed: Vec::new(),
        }
    }

    /// Lets one secret through once.
    pub fn allow(&mut self, reveal: Reveal) {
        self.reveals.push(reveal);
    }

    /// Takes the next piece and appends to `clean` what may go on; the last fifteen bytes wait for what follows.
    pub fn pass(&mut self, piece: &[u8], clean: &mut Vec<u8>) {
        self.advance(piece, Then::More, clean);
    }

    /// Appends what waits. A secret that is half out by now is still found; its first half, at most fifteen bytes, is out.
    pub fn flush(&mut self, clean: &mut Vec<u8>) {
        self.advance(&[], Then::Pause, clean);
    }

    /// Redacts a whole text.
    pub(super) fn whole(mut self, text: &[u8]) -> Vec<u8> {
        let mut clean = Vec::with_capacity(text.len());
        self.advance(text, Then::End, &mut clean);
        clean
    }

    fn advance(&mut self, piece: &[u8], then: Then, clean: &mut Vec<u8>) {
        self.tail.extend_from_slice(piece);
        let end = self.offset.saturating_add_unsigned(self.tail.len() as u64);
        if !piece.is_empty() {
            self.claim();
            self.claims.settle(if then == Then::End { i64::MAX } else { end });
        }
        let leaks = self.redact(end, clean);
        let ready = if then == Then::More { end.saturating_sub(KEPT as i64) } else { end };
        self.copy_until(ready, clean);
        self.claims.forget_before(self.done);
        self.keep_tail();
        // Last, because a listener may write and a test's panic must leave the stream in order.
        leaks.into_iter().for_each(|form| self.sink.tell(form));
    }

    fn claim(&mut self) {
        for found in self.sink.guard().find(&self.tail) {
            if !self.is_revealed(&found) {
                self.claims.add(&found, self.offset);
            }
        }
    }

    fn is_revealed(&mut self, found: &Found) -> bool {
        let range = stretch(found, self.offset);
        let at = self.offset.saturating_add_unsigned(found.at as u64);
        let window = at..at.saturating_add(WINDOW as i64);
        let covers = |known: &Range<i64>| known.start <= window.start && window.end <= known.end;
        let mine = |(owner, known): &&mut (Tag, Range<i64>)| *owner == found.secret && covers(known);
        if let Some((_, known)) = self.revealed.iter_mut().find(mine) {
            // Another form that begins alike.
            known.end = known.end.max(range.end);
            return true;
        }
        let may_pass = self.reveals.iter().any(|reveal| reveal.take(found.secret));
        if may_pass {
            self.revealed.push((found.secret, range));
        }
        may_pass
    }

    /// Redacts what is claimed of the stream up to `end`; answers the forms of what was not redacted before.
    fn redact(&mut self, end: i64, clean: &mut Vec<u8>) -> Vec<Form> {
        let mut leaks = Vec::new();
        for (stretch, form) in self.claims.stretches().into_iter().filter(|(stretch, _)| stretch.start < end)
        {
            if stretch.end <= self.done {
                continue;
            }
            // What follows a redacted stretch at once is part of it.
            if self.redacted != Some(self.done) || stretch.start > self.done {
                self.copy_until(stretch.start, clean);
                clean.extend_from_slice(MARK);
                self.sink.count();
                leaks.push(form);
            }
            self.done = stretch.end.min(end);
            self.redacted = Some(self.done);
        }
        leaks
    }

    fn copy_until(&mut self, end: i64, clean: &mut Vec<u8>) {
        let index = |at: i64| usize::try_from(at.saturating_sub(self.offset)).unwrap_or_default();
        if let Some(part) = self.tail.get(index(self.done)..index(end)) {
            clean.extend_from_slice(part);
        }
        self.done = self.done.max(end);
    }

    fn keep_tail(&mut self) {
        let gone = self.tail.len().saturating_sub(KEPT);
        self.tail.copy_within(gone.., 0);
        let kept = self.tail.len() - gone;
        // A stream that held no secret so far is spared the time that wiping takes.
        if let Some(rest) = self.tail.get_mut(kept..).filter(|_| self.redacted.is_some()) {
            rest.zeroize();
        }
        self.tail.truncate(kept);
        self.offset = self.offset.saturating_add_unsigned(gone as u64);
    }
}

impl Drop for Redactor {
    fn drop(&mut self) {
        self.tail.zeroize();
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor").field("sink", &self.sink).finish_non_exhaustive()
    }
}
