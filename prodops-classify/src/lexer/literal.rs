//! Strings, characters, templates and regular expressions.

use memchr::{memchr, memmem};

use super::scan::{Last, Lexer, looked};
use super::syntax::{Escape, Literal, Quote};

/// A character between quotes is no longer than this: `'\u{10ffff}'`.
const LONGEST_CHAR: usize = 12;

/// Rust allows no more signs around a string.
const MOST_SIGNS: usize = 255;

impl Lexer<'_, '_> {
    /// Passes over the comment or literal that begins with this byte, if one does.
    pub(super) fn special(&mut self, byte: u8) -> bool {
        if self.comment() {
            return true;
        }
        for literal in self.prepared.syntax.literals {
            let end = match literal {
                Literal::CharOrLifetime if byte == b'\'' => self.char_literal(),
                Literal::CSharpVerbatim if byte == b'@' => self.verbatim(),
                Literal::Template if byte == b'`' => Some(self.template()),
                Literal::Regex if byte == b'/' => self.regex(),
                Literal::LuaLong if byte == b'[' => self.long_bracket(self.at),
                Literal::DollarQuoted if byte == b'$' => self.dollar_quoted(),
                Literal::SwiftRaw if byte == b'#' => self.swift_raw(),
                Literal::ShellHeredoc | Literal::TightHeredoc | Literal::PhpHeredoc if byte == b'<' => {
                    if self.heredoc() {
                        return true;
                    }
                    None
                }
                _ => None,
            };
            if let Some(end) = end {
                self.literal(end);
                return true;
            }
        }
        let Some(quote) = self.prepared.syntax.strings.iter().find(|quote| quote.byte == byte) else {
            return false;
        };
        let end = self.end_of_string(*quote, self.at);
        self.literal(end);
        true
    }

    fn end_of_string(&mut self, quote: Quote, at: usize) -> usize {
        let three = [quote.byte; 3];
        if quote.triple && self.rest(at).starts_with(&three) {
            return self.end_of_triple(&three, at + 3);
        }
        if quote.escape == Escape::None && quote.lines {
            let rest = self.rest(at + 1);
            return at + 1 + memchr(quote.byte, rest).map_or(rest.len(), |end| end + 1);
        }
        let mut from = at + 1;
        loop {
            let stop = self.runs.stop(self.prepared, self.text, from);
            match self.byte(stop) {
                None => return self.text.len(),
                Some(byte) if byte == quote.byte => return stop + 1,
                Some(b'\n') if !quote.lines => return stop,
                Some(b'\\') if quote.escape == Escape::Backslash => from = stop + 2,
                Some(_) => from = stop + 1,
            }
        }
    }

    fn end_of_triple(&self, three: &[u8; 3], mut at: usize) -> usize {
        let [quote, ..] = *three;
        while let Some(step) = memchr::memchr2(quote, b'\\', self.rest(at)) {
            at += step;
            if self.byte(at) == Some(b'\\') {
                at += 2;
            } else if self.rest(at).starts_with(three) {
                return at + 3;
            } else {
                at += 1;
            }
        }
        self.text.len()
    }

    /// `'a'`, `'\n'`, `'é'`; a lifetime has no quote behind it.
    fn char_literal(&self) -> Option<usize> {
        let rest = self.rest(self.at + 1);
        let (first, inside) = rest.split_first()?;
        let close = match first {
            b'\'' | b'\n' => return None,
            b'\\' => 1 + memchr(b'\'', inside.get(1..LONGEST_CHAR.min(inside.len()))?)?,
            // The other bytes of a character of several.
            _ => inside.iter().take_while(|byte| **byte & 0xc0 == 0x80).take(3).count(),
        };
        (inside.get(close) == Some(&b'\'')).then_some(self.at + 1 + close + 2)
    }

    /// A literal that begins with the name `at..end`.
    pub(super) fn prefixed(&self, at: usize, end: usize) -> Option<usize> {
        if !matches!(self.byte(end), Some(b'"' | b'#')) {
            return None;
        }
        let name = self.text.get(at..end)?;
        if self.prepared.has(Literal::RustRaw) && matches!(name, b"r" | b"br" | b"cr") {
            return self.hashed(end);
        }
        (self.prepared.has(Literal::CppRaw) && matches!(name, b"R" | b"u8R" | b"uR" | b"UR" | b"LR"))
            .then(|| self.cpp_raw(end))
            .flatten()
    }

    /// `"…"` or `#"…"#` with any number of signs, without escapes.
    fn hashed(&self, at: usize) -> Option<usize> {
        let signs = self.rest(at).iter().take(MOST_SIGNS).take_while(|byte| **byte == b'#').count();
        looked(signs);
        let mut from = at + signs;
        if self.byte(from) != Some(b'"') {
            return None;
        }
        from += 1;
        while let Some(step) = memchr(b'"', self.rest(from)) {
            from += step + 1;
            let after = self.rest(from).iter().take(signs).take_while(|byte| **byte == b'#').count();
            if after == signs {
                return Some(from + signs);
            }
            from += after;
        }
        Some(self.text.len())
    }

    fn swift_raw(&self) -> Option<usize> {
        // `#if` and `#available` are no strings.
        self.hashed(self.at)
    }

    fn cpp_raw(&self, at: usize) -> Option<usize> {
        let mark = self.rest(at + 1);
        let length = mark.iter().take(17).position(|byte| *byte == b'(')?;
        let mark = mark.get(..length)?;
        let mut from = at + 2 + length;
        while let Some(step) = memchr(b')', self.rest(from)) {
            from += step + 1;
            if self.rest(from).strip_prefix(mark).is_some_and(|rest| rest.first() == Some(&b'"')) {
                return Some(from + length + 1);
            }
        }
        Some(self.text.len())
    }

    fn verbatim(&self) -> Option<usize> {
        if self.byte(self.at + 1) != Some(b'"') {
            return None;
        }
        let rest = self.rest(self.at + 2);
        // A quote inside is written twice and begins another string here, which tells equal from different as well.
        Some(self.at + 2 + memchr(b'"', rest).map_or(rest.len(), |end| end + 1))
    }

    /// A template with the expressions in it, in one piece.
    fn template(&self) -> usize {
        // Open templates and, inside of them, open braces: a bit for each level, 1 for a template.
        let (mut kinds, mut depth, mut at) = (1u128, 1u32, self.at + 1);
        while let Some(byte) = self.byte(at) {
            at += 1;
            let in_template = kinds & 1 == 1;
            match byte {
                b'\\' => at += 1,
                b'`' if in_template => {
                    (kinds, depth) = (kinds >> 1, depth - 1);
                    if depth == 0 {
                        return at;
                    }
                }
                b'`' => (kinds, depth) = ((kinds << 1) | 1, depth + 1),
                b'{' if !in_template || self.byte(at.wrapping_sub(2)) == Some(b'$') => {
                    (kinds, depth) = (kinds << 1, depth + 1);
                }
                b'}' if !in_template => (kinds, depth) = (kinds >> 1, depth - 1),
                _ => {}
            }
            if depth > 100 {
                break;
            }
        }
        at.min(self.text.len())
    }

    /// A regular expression, where an expression may begin.
    fn regex(&mut self) -> Option<usize> {
        let may_begin = match self.last {
            Last::Nothing | Last::Open | Last::Separator | Last::Close(b'}') => true,
            // `</` closes an element.
            Last::Operator(b'<') => self.last_end != self.at,
            Last::Operator(_) => true,
            Last::Word { .. } => self.last_keyword().before_expression,
            Last::Operand | Last::Close(_) => false,
        };
        if !may_begin || self.at < self.no_regex_before {
            return None;
        }
        let (mut escaped, mut in_class) = (false, false);
        for (step, &byte) in self.rest(self.at + 1).iter().enumerate() {
            let end = self.at + 1 + step;
            match byte {
                b'\n' => {
                    looked(step);
                    self.no_regex_before = end;
                    return None;
                }
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => {
                    let flags =
                        self.rest(end + 1).iter().take_while(|byte| byte.is_ascii_lowercase()).count();
                    return (step > 0).then_some(end + 1 + flags);
                }
                _ => {}
            }
        }
        looked(self.text.len() - self.at);
        self.no_regex_before = self.text.len();
        None
    }

    /// `[[…]]` or `[==[…]==]` at `at`.
    pub(super) fn long_bracket(&self, at: usize) -> Option<usize> {
        let level = self.rest(at).strip_prefix(b"[")?.iter().take_while(|byte| **byte == b'=').count();
        looked(level);
        if self.byte(at + 1 + level) != Some(b'[') {
            return None;
        }
        let mut from = at + 2 + level;
        while let Some(step) = memchr(b']', self.rest(from)) {
            from += step + 1;
            let signs = self.rest(from).iter().take_while(|byte| **byte == b'=').count();
            if signs == level && self.byte(from + signs) == Some(b']') {
                return Some(from + signs + 1);
            }
            from += signs;
        }
        Some(self.text.len())
    }

    /// `$$…$$` or `$tag$…$tag$`.
    fn dollar_quoted(&self) -> Option<usize> {
        let rest = self.rest(self.at);
        let length = rest
            .iter()
            .skip(1)
            .take(64)
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
            .count();
        let mark = rest.get(..length + 2).filter(|mark| mark.ends_with(b"$"))?;
        let from = self.at + mark.len();
        let close = memmem::find(self.rest(from), mark);
        Some(close.map_or(self.text.len(), |close| from + close + mark.len()))
    }
}
