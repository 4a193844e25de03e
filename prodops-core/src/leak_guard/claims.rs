//! Which stretches of a text belong to secrets, told from the ends that were found.
//!
//! An end may belong to several forms: the raw and the escaped form of a secret begin alike, and so do two secrets with one
//! beginning. Where both ends of a form are there, it is that form; where one is missing, the longest counts.

use std::cmp::Reverse;
use std::ops::Range;

use super::form::Form;
use super::registry::Found;
use super::window::{Tag, WINDOW};

/// A stretch that may be a secret.
struct Claim {
    secret: Tag,
    form: Form,
    range: Range<i64>,
    strength: Strength,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Strength {
    /// Both ends were found.
    Whole,
    /// One end was found.
    Half,
    /// One end was found, and it belongs to a whole one.
    Doubted,
}

/// The claims on a stream; positions count from its beginning.
#[derive(Default)]
pub(super) struct Claims(Vec<Claim>);

/// The whole form that a window is an end of, in a stream that had `offset` bytes before the text. A form whose beginning is
/// missing may begin before the stream.
pub(super) fn stretch(found: &Found, offset: i64) -> Range<i64> {
    let at = offset.saturating_add_unsigned(found.at as u64);
    at.saturating_sub_unsigned(found.before as u64)..at.saturating_add_unsigned((WINDOW + found.after) as u64)
}

impl Claims {
    /// Notes an end.
    pub(super) fn add(&mut self, found: &Found, offset: i64) {
        let range = stretch(found, offset);
        let window = offset.saturating_add_unsigned(found.at as u64);
        let mine = |claim: &&mut Claim| claim.secret == found.secret && overlap(&claim.range, &range);
        let mut strength = if found.before + found.after == 0 { Strength::Whole } else { Strength::Half };
        for claim in self.0.iter_mut().filter(mine) {
            if found.after == 0 && claim.form == found.form && claim.range == range {
                strength = Strength::Whole;
            } else if strength == Strength::Half {
                // A last end that lies in what has begun, or is a beginning as well, reaches back no further.
                let has_begun =
                    found.after == 0 && claim.range.start <= window && range.end <= claim.range.end;
                if claim.strength == Strength::Whole || has_begun {
                    strength = Strength::Doubted;
                }
            }
        }
        if strength == Strength::Whole {
            let rivals = self.0.iter_mut().filter(mine).filter(|claim| claim.strength == Strength::Half);
            rivals.for_each(|claim| claim.strength = Strength::Doubted);
        }
        self.0.push(Claim { secret: found.secret, form: found.form, range, strength });
    }

    /// Doubts what turned out to be something else: by `end`, its other end would have been seen, and another secret has
    /// both.
    pub(super) fn settle(&mut self, end: i64) {
        let whole = self.0.iter().filter(|claim| claim.strength == Strength::Whole);
        let whole: Vec<Range<i64>> = whole.map(|claim| claim.range.clone()).collect();
        let taken = |claim: &&mut Claim| whole.iter().any(|other| shares_an_end(other, &claim.range));
        let late =
            self.0.iter_mut().filter(|claim| claim.strength == Strength::Half && claim.range.end <= end);
        late.filter(taken).for_each(|claim| claim.strength = Strength::Doubted);
    }

    /// The claimed stretches in order, those that overlap as one.
    pub(super) fn stretches(&mut self) -> Vec<(Range<i64>, Form)> {
        self.0.sort_by_key(|claim| (claim.range.start, Reverse(claim.range.end)));
        let mut stretches: Vec<(Range<i64>, Form)> = Vec::with_capacity(self.0.len());
        for claim in self.0.iter().filter(|claim| claim.strength != Strength::Doubted) {
            match stretches.last_mut() {
                Some((last, _)) if claim.range.start < last.end => last.end = last.end.max(claim.range.end),
                _ => stretches.push((claim.range.clone(), claim.form)),
            }
        }
        stretches
    }

    /// Drops what lies before a position.
    pub(super) fn forget_before(&mut self, position: i64) {
        self.0.retain(|claim| claim.range.end > position);
    }
}

const fn overlap(one: &Range<i64>, other: &Range<i64>) -> bool {
    one.start < other.end && other.start < one.end
}

const fn shares_an_end(one: &Range<i64>, other: &Range<i64>) -> bool {
    one.start == other.start || one.end == other.end
}
