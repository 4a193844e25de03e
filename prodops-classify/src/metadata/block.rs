//! Which lines of a message are left out whole, and as what: fences, indented code, diffs, stack traces, keys, trailers.

use super::code_like::is_code;
use super::redact::Kind;

/// Where the line before stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Prose,
    /// A fence of this many of this character.
    Fence(char, usize),
    Key,
    Diff,
    Trace,
}

/// Decides line by line.
pub(super) struct Blocks<'l> {
    lines: std::iter::Zip<std::slice::Iter<'l, &'l str>, std::vec::IntoIter<bool>>,
    inside: Inside,
}

impl<'l> Blocks<'l> {
    pub(super) fn of(lines: &'l [&'l str]) -> Self {
        Self { lines: lines.iter().zip(beside_additions(lines)), inside: Inside::Prose }
    }

    fn verdict(&mut self, line: &str, beside_addition: bool) -> Option<Kind> {
        match self.inside {
            Inside::Fence(mark, length) => {
                if closes(line, mark, length) {
                    self.inside = Inside::Prose;
                }
                return Some(Kind::Code);
            }
            Inside::Key => {
                if line.contains("-----END") {
                    self.inside = Inside::Prose;
                }
                return Some(Kind::Secret);
            }
            Inside::Diff if line.is_empty() || line.starts_with([' ', '\t', '+', '-', '@', '\\']) => {
                return Some(Kind::Diff);
            }
            Inside::Trace if line.starts_with([' ', '\t']) => return Some(Kind::Trace),
            Inside::Prose | Inside::Diff | Inside::Trace => self.inside = Inside::Prose,
        }
        self.outside(line, beside_addition)
    }

    /// A line that no block goes on to: it may begin one.
    fn outside(&mut self, line: &str, beside_addition: bool) -> Option<Kind> {
        let text = line.trim_start();
        if let Some((mark, length)) = fence(text) {
            if !closes_itself(text, mark, length) {
                self.inside = Inside::Fence(mark, length);
            }
            return Some(Kind::Code);
        }
        if line.contains("-----BEGIN") {
            if !line.contains("-----END") {
                self.inside = Inside::Key;
            }
            return Some(Kind::Secret);
        }
        if begins_diff(line) || (beside_addition && line.starts_with(['-', ' ', '+', '@'])) {
            self.inside = Inside::Diff;
            return Some(Kind::Diff);
        }
        if is_trace(text) {
            self.inside = Inside::Trace;
            return Some(Kind::Trace);
        }
        if is_trailer(line) {
            return Some(Kind::Person);
        }
        let indented =
            !text.is_empty() && (line.starts_with("    ") || line.contains('\t') && text.len() < line.len());
        (indented || is_code(text)).then_some(Kind::Code)
    }
}

impl Iterator for Blocks<'_> {
    type Item = Option<Kind>;

    fn next(&mut self) -> Option<Self::Item> {
        let (line, beside_addition) = self.lines.next()?;
        Some(self.verdict(line, beside_addition))
    }
}

/// For each line, whether its paragraph has a line that begins with `+` or `@@`: then one with `-` is no item of a list.
fn beside_additions(lines: &[&str]) -> Vec<bool> {
    let mut marks = Vec::with_capacity(lines.len());
    for paragraph in lines.split_inclusive(|line| line.trim().is_empty()) {
        let addition = paragraph.iter().any(|line| line.starts_with('+') || line.starts_with("@@"));
        marks.resize(marks.len() + paragraph.len(), addition);
    }
    marks
}

fn fence(text: &str) -> Option<(char, usize)> {
    let mark = text.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = run(text, mark);
    (length >= 3).then_some((mark, length))
}

fn closes(line: &str, mark: char, length: usize) -> bool {
    let text = line.trim();
    run(text, mark) >= length && text.chars().all(|c| c == mark)
}

/// One line with a fence at either end.
fn closes_itself(text: &str, mark: char, length: usize) -> bool {
    let text = text.trim_end();
    let end = text.chars().rev().take_while(|c| *c == mark).count();
    end >= length && text.len() > 2 * length && run(text, mark) + end <= text.len()
}

fn run(text: &str, mark: char) -> usize {
    text.chars().take_while(|c| *c == mark).count()
}

fn begins_diff(line: &str) -> bool {
    const HEADS: [&str; 7] = ["diff --", "diff -", "Index: ", "@@", "+++", "*** ", "--- "];
    let of_index = line.strip_prefix("index ").is_some_and(|rest| rest.contains(".."));
    let taken_away = line
        .strip_prefix('-')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || "_({[\"'<#/.".contains(c)));
    line.starts_with('+') || of_index || taken_away || HEADS.iter().any(|head| line.starts_with(head))
}

fn is_trace(text: &str) -> bool {
    const STARTS: [&str; 9] = [
        "Traceback (most recent call last)",
        "goroutine ",
        "panic: ",
        "stack backtrace:",
        "Exception in thread",
        "Caused by: ",
        "thread '",
        "fatal error: ",
        "Backtrace:",
    ];
    let frame = text.starts_with("File \"") && text.contains(", line ");
    let called = text
        .strip_prefix("at ")
        .is_some_and(|rest| rest.contains(['(', '/', ':', '$']) || !rest.contains(' '));
    let numbered = text.strip_prefix('#').is_some_and(|rest| {
        let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        digits.len() < rest.len()
            && digits.starts_with(' ')
            && (rest.contains("0x") || rest.contains(" in ") || rest.contains('('))
    });
    let counted = text.split_once(": ").is_some_and(|(number, rest)| {
        !number.is_empty()
            && number.chars().all(|c| c.is_ascii_digit())
            && (rest.contains("::") || rest.starts_with("0x"))
    });
    frame || called || numbered || counted || STARTS.iter().any(|start| text.starts_with(start))
}

/// `Signed-off-by: …`, `Cc: …`, `Change-Id: …`: names and ids that say nothing about the work.
fn is_trailer(line: &str) -> bool {
    let Some((key, value)) = line.split_once(':') else { return false };
    let known = ["cc", "author", "from", "to", "date", "commit", "closes", "change-id"];
    let token = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let key = key.to_ascii_lowercase();
    let about_people =
        key.ends_with("-by") || key.ends_with("-to") || key.ends_with("-id") || key.starts_with("x-");
    token && (known.contains(&key.as_str()) && value.starts_with(' ') || about_people)
}
