//! One broken rule.

use std::fmt;

/// A broken rule, printed as `path:line: what is wrong: why the rule exists or what to do`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    what: String,
    why: String,
}

impl Finding {
    /// A finding at a line, counted from 1.
    pub(crate) fn new(path: &str, line: usize, what: impl Into<String>, why: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into(), why: why.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, what, why } = self;
        let text = format!("{path}:{line}: {what}: {why}");
        // One finding is one line, whatever a parser or a tool had to say.
        f.write_str(&text.replace('\n', " "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_one_line() {
        let finding = Finding::new("a/src/x.rs", 3, "two\nlines", "because");
        assert_eq!(finding.to_string(), "a/src/x.rs:3: two lines: because");
    }
}
