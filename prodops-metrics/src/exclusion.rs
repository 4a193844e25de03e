//! Why something was left out of a value.

use std::collections::BTreeMap;

use serde::Serialize;

macro_rules! exclusions {
    ($($variant:ident = $name:literal, $subject:literal, $words:literal;)*) => {
        /// Why something was left out. Each thing is left out for one reason, the first that fits.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Exclusion {
            $(#[doc = concat!("Counts ", $subject, ": ", $words, ".")] $variant,)*
        }

        impl Exclusion {
            /// Every reason.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The stable name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What is counted: `commits`, `merges`, `file changes`, `lines`, `files` or `weeks`.
            #[must_use]
            pub const fn subject(self) -> &'static str {
                match self { $(Self::$variant => $subject,)* }
            }

            /// The reason for people.
            #[must_use]
            pub const fn in_words(self) -> &'static str {
                match self { $(Self::$variant => $words,)* }
            }
        }
    };
}

exclusions! {
    Duplicate = "duplicate", "commits", "the same commit is already counted in another repository";
    ClockAnomaly = "clock_anomaly", "commits", "its times cannot be: before 1990, in the future, or in the wrong order";
    Bot = "bot", "commits", "written by a program";
    Merge = "merge", "commits", "a merge: it brings in work that is counted by itself";
    NoAuthor = "no_author", "commits", "it names no author";
    Unclassified = "unclassified", "commits", "the kind of work is not known well enough";
    NoHandwrittenChange = "no_handwritten_change", "commits", "it changes no file that people wrote";
    UncountedFile = "uncounted_file", "commits", "the lines of one of its files could not be counted";
    OffMainline = "off_mainline", "merges", "a merge inside a branch, not into the line that is read";
    Octopus = "octopus", "merges", "it joins more than two lines";
    HistoryCut = "history_cut", "merges", "the start of the branch lies before what was read";
    NothingNew = "nothing_new", "merges", "it brings in no commit";
    UnrelatedHistory = "unrelated_history", "merges", "it joins a history with a beginning of its own";
    Generated = "generated", "file changes", "written by a program";
    Vendored = "vendored", "file changes", "code of others, kept in the tree";
    Lock = "lock", "file changes", "resolved versions of dependencies";
    Minified = "minified", "file changes", "squeezed for delivery";
    Binary = "binary", "file changes", "not text";
    TooLarge = "too_large", "file changes", "larger than the reader's limit";
    Submodule = "submodule", "file changes", "a pointer to another repository";
    Unreadable = "unreadable", "file changes", "missing or damaged";
    UnknownAge = "unknown_age", "file changes", "how old the lines were that it takes away is not known";
    UnknownComplexity = "unknown_complexity", "file changes", "its language has no rules for complexity, or it is too long";
    NothingReplaced = "nothing_replaced", "commits", "it takes no line away";
    SeparatedLines = "separated_lines", "lines", "in generated, vendored, lock, minified or binary files";
    BotLines = "bot_lines", "lines", "written by a program";
    NobodysLines = "nobodys_lines", "lines", "their commit names no author";
    SeparatedFile = "separated_file", "files", "generated, vendored, lock, minified or binary";
    NoSource = "no_source", "files", "neither code nor test: prose, settings, data, build files";
    TooLargeFile = "too_large_file", "files", "larger than the reader's limit";
    UnreadableFile = "unreadable_file", "files", "missing or damaged";
    BeyondComparison = "beyond_comparison", "files", "more than is compared at once";
    PartialWeek = "partial_week", "weeks", "the week lies only partly in the window, or is not over";
}

/// What was left out, and how often for which reason. Reasons that did not occur are absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Excluded(BTreeMap<Exclusion, u64>);

impl Excluded {
    pub(crate) fn add(&mut self, reason: Exclusion, count: u64) {
        if count > 0 {
            *self.0.entry(reason).or_default() += count;
        }
    }

    pub(crate) fn without(mut self, reason: Exclusion) -> Self {
        self.0.remove(&reason);
        self
    }

    /// How often for this reason.
    #[must_use]
    pub fn count(&self, reason: Exclusion) -> u64 {
        self.0.get(&reason).copied().unwrap_or(0)
    }

    /// Every reason that occurred, with how often.
    pub fn iter(&self) -> impl Iterator<Item = (Exclusion, u64)> + '_ {
        self.0.iter().map(|(reason, count)| (*reason, *count))
    }

    /// Whether nothing was left out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_serde_writes() {
        for reason in Exclusion::ALL {
            assert_eq!(serde_json::to_string(reason).unwrap(), format!("\"{}\"", reason.as_str()));
        }
    }

    #[test]
    fn only_what_occurred_is_listed() {
        let mut excluded = Excluded::default();
        excluded.add(Exclusion::Bot, 0);
        assert!(excluded.is_empty());
        excluded.add(Exclusion::Bot, 2);
        excluded.add(Exclusion::Bot, 1);
        assert_eq!(serde_json::to_string(&excluded).unwrap(), r#"{"bot":3}"#);
    }
}
