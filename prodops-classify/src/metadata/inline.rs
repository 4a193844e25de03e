//! Code in back-ticks within prose, which may reach over lines of a paragraph.

use super::redact::{Kind, Redacted};
use super::word;

/// Whether a span is open from the line before.
#[derive(Debug, Default)]
pub(super) struct Spans {
    open: bool,
}

impl Spans {
    /// A line of prose without its code and without what words must not tell.
    ///
    /// A back-tick without another one opens a span to the end of its paragraph: what is not known to be prose is code.
    pub(super) fn prose(&mut self, line: &str, redacted: &mut Redacted) -> String {
        let mut out = String::with_capacity(line.len());
        let mut parts = line.split('`').peekable();
        while let Some(part) = parts.next() {
            if !self.open {
                out.push_str(&word::prose(part, redacted));
            } else if !out.ends_with(Kind::Code.placeholder()) {
                redacted.note(Kind::Code);
                out.push_str(Kind::Code.placeholder());
            }
            self.open ^= parts.peek().is_some();
        }
        out
    }
}
