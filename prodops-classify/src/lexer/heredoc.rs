//! Here-documents: strings that begin on the line after the one that names their end.

use super::scan::{Lexer, looked};
use super::syntax::Literal;

/// So many can begin on one line; further ones are read as code.
const MOST: usize = 4;

/// A here-document whose text has not come yet.
#[derive(Debug, Clone, Copy, Default)]
struct Pending {
    /// Where the word that ends it stands.
    word: (usize, usize),
    /// Whether the last line may be set in.
    set_in: bool,
}

/// The here-documents of the line.
#[derive(Debug, Default)]
pub(super) struct Heredocs {
    pending: [Pending; MOST],
    count: usize,
    /// One was never ended, so what looks like them in this text is something else.
    given_up: bool,
}

impl Heredocs {
    pub(super) const fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl Lexer<'_, '_> {
    /// Takes note of the here-document that is announced here, if one is, and passes over the announcement.
    pub(super) fn heredoc(&mut self) -> bool {
        if self.heredocs.given_up {
            return false;
        }
        let Some((pending, end)) = self.announced() else { return false };
        let Some(slot) = self.heredocs.pending.get_mut(self.heredocs.count) else { return false };
        *slot = pending;
        self.heredocs.count += 1;
        self.literal(end);
        true
    }

    fn announced(&self) -> Option<(Pending, usize)> {
        let php = self.prepared.has(Literal::PhpHeredoc);
        let mut at = self.at + if php { 3 } else { 2 };
        if !self.rest(self.at).starts_with(if php { b"<<<" } else { b"<<" }) {
            return None;
        }
        let set_in = php || matches!(self.byte(at), Some(b'-' | b'~'));
        if !php && set_in {
            at += 1;
        }
        let tight = self.prepared.has(Literal::TightHeredoc);
        if !tight {
            at += self.rest(at).iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        }
        let quote = self.byte(at).filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
        at += usize::from(quote.is_some());
        let first = self.byte(at)?;
        // `x << y` is a shift, and `class << self` a class: without quotes only capitals make a word.
        let capital = first.is_ascii_uppercase() || first == b'_';
        if !(capital || ((!tight || quote.is_some()) && first.is_ascii_lowercase())) {
            return None;
        }
        let length =
            self.rest(at).iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        looked(length);
        let end = at + length;
        if quote.is_some() && self.byte(end) != quote {
            return None;
        }
        Some((Pending { word: (at, end), set_in }, end + usize::from(quote.is_some())))
    }

    /// Passes over the texts that begin on this line.
    pub(super) fn heredoc_bodies(&mut self) {
        let Heredocs { pending, count, .. } = std::mem::take(&mut self.heredocs);
        for one in pending.iter().take(count) {
            let Some(end) = self.end_of_heredoc(*one) else {
                looked(self.text.len() - self.at);
                self.heredocs.given_up = true;
                return;
            };
            self.literal(end);
        }
    }

    /// The end of the line with the closing word; `None` when there is none.
    fn end_of_heredoc(&self, pending: Pending) -> Option<usize> {
        let word = self.text.get(pending.word.0..pending.word.1)?;
        let mut line = self.at;
        while line < self.text.len() {
            let end = self.end_of_line(line);
            let mut text = self.text.get(line..end)?;
            if pending.set_in {
                text = text.trim_ascii_start();
            }
            let after = text.strip_prefix(word);
            if after.is_some_and(|after| {
                !after.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            }) {
                return Some(end);
            }
            line = end + 1;
        }
        None
    }
}
