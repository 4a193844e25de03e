//! A message line by line: blocks that are left out whole, and lines that are left out in part.

use super::block::Blocks;
use super::inline::Spans;

/// How often something was left out.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Redacted {
    /// Blocks, lines and spans of code.
    pub code: u32,
    /// Diffs.
    pub diffs: u32,
    /// Stack traces.
    pub traces: u32,
    /// Keys, tokens, passwords, and what is as random as one.
    pub secrets: u32,
    /// E-mail addresses.
    pub addresses: u32,
    /// Links: they carry tokens, and names of hosts and people.
    pub links: u32,
    /// Trailers that name people, and mentions.
    pub people: u32,
}

/// What stood where something was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Code,
    Diff,
    Trace,
    Secret,
    Address,
    Link,
    Person,
}

impl Kind {
    pub(super) const fn placeholder(self) -> &'static str {
        match self {
            Self::Code => "[code]",
            Self::Diff => "[diff]",
            Self::Trace => "[trace]",
            Self::Secret => "[secret]",
            Self::Address => "[address]",
            Self::Link => "[link]",
            Self::Person => "[person]",
        }
    }
}

impl Redacted {
    pub(super) const fn note(&mut self, kind: Kind) {
        let count = match kind {
            Kind::Code => &mut self.code,
            Kind::Diff => &mut self.diffs,
            Kind::Trace => &mut self.traces,
            Kind::Secret => &mut self.secrets,
            Kind::Address => &mut self.addresses,
            Kind::Link => &mut self.links,
            Kind::Person => &mut self.people,
        };
        *count = count.saturating_add(1);
    }
}

/// First line and rest of a message without what must not be told; each ends after the last word that its limit has room
/// for. They are read together, since a block may begin in the first line.
pub(super) fn redact(text: &str, limits: (usize, usize), redacted: &mut Redacted) -> (String, String) {
    let text: String = text.chars().filter_map(plain).collect();
    let lines: Vec<&str> = text.lines().collect();
    let (mut subject, mut body) = (String::new(), String::new());
    let mut spans = Spans::default();
    let mut last = None;
    for (number, (line, verdict)) in lines.iter().zip(Blocks::of(&lines)).enumerate() {
        let out = if number == 0 { &mut subject } else { &mut body };
        match verdict {
            // A block of many lines is one thing that was left out.
            Some(kind) if last == Some(kind) => {}
            Some(Kind::Person) => redacted.note(Kind::Person),
            Some(kind) => {
                redacted.note(kind);
                push_line(out, kind.placeholder());
            }
            None => push_line(out, &spans.prose(line, redacted)),
        }
        if verdict.is_some() || line.trim().is_empty() {
            spans = Spans::default();
        }
        last = verdict;
    }
    (cut(subject.trim(), limits.0).to_owned(), cut(body.trim(), limits.1).to_owned())
}

/// Line ends stay, other control characters become a blank, and what nobody sees goes: it would hide a secret.
fn plain(c: char) -> Option<char> {
    match c {
        '\n' | '\t' => Some(c),
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{feff}' => None,
        _ if c.is_control() => Some(' '),
        _ => Some(c),
    }
}

fn push_line(out: &mut String, line: &str) {
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(line.trim_end());
}

fn cut(text: &str, limit: usize) -> &str {
    if text.len() <= limit {
        return text;
    }
    let end = (0..=limit).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let head = text.get(..end).unwrap_or_default();
    head.rfind(char::is_whitespace).and_then(|at| head.get(..at)).unwrap_or_default().trim_end()
}
