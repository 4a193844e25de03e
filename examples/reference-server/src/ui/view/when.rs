//! An instant as a page shows it.

/// An instant: machine-readable for the script, which shows it in the reader's zone, and as text for everybody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// RFC 3339.
    pub machine: String,
    /// In words: "3 h ago", "2 Mar 2026, 14:05 UTC".
    pub text: String,
}
