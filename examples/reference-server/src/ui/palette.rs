//! One colour and one pattern per kind of work, the same on every page.

/// A kind of work, or the rest that has none; and what the work on lines was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkKind {
    /// New or widened capability.
    Feature,
    /// Wrong behaviour corrected.
    Bugfix,
    /// Same behaviour, less time or memory.
    Performance,
    /// Structure changed, behaviour kept.
    Refactor,
    /// No token changed in meaning.
    Style,
    /// Prose and comments.
    Docs,
    /// Tests and fixtures.
    Test,
    /// Build, CI and lint configuration.
    BuildCi,
    /// Versions, releases, housekeeping.
    Chore,
    /// An earlier commit taken back.
    Revert,
    /// Nobody could say; always shown.
    Unclassified,
    /// Of lines: new ones.
    NewLines,
    /// Of lines: older ones taken away.
    OldLines,
    /// Of lines: recent ones of one's own taken away.
    OwnRework,
    /// Of lines: recent ones of others taken away.
    OthersRework,
}

impl WorkKind {
    /// Every kind in the order in which it is shown.
    pub const ALL: [Self; 15] = [
        Self::Feature,
        Self::Bugfix,
        Self::Performance,
        Self::Refactor,
        Self::Style,
        Self::Docs,
        Self::Test,
        Self::BuildCi,
        Self::Chore,
        Self::Revert,
        Self::Unclassified,
        Self::NewLines,
        Self::OldLines,
        Self::OwnRework,
        Self::OthersRework,
    ];

    /// The kind with this stable name, as facts and API write it; every other name is unclassified.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.name() == name).unwrap_or(Self::Unclassified)
    }

    /// The stable name; also the ending of its CSS class and custom property.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Feature => "feature",
            Self::Bugfix => "bugfix",
            Self::Performance => "performance",
            Self::Refactor => "refactor",
            Self::Style => "style",
            Self::Docs => "docs",
            Self::Test => "test",
            Self::BuildCi => "build_ci",
            Self::Chore => "chore",
            Self::Revert => "revert",
            Self::Unclassified => "unclassified",
            Self::NewLines => "new_lines",
            Self::OldLines => "old_lines",
            Self::OwnRework => "own_rework",
            Self::OthersRework => "others_rework",
        }
    }

    /// The name that people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Feature => "Feature",
            Self::Bugfix => "Bug fix",
            Self::Performance => "Performance",
            Self::Refactor => "Refactoring",
            Self::Style => "Style",
            Self::Docs => "Documentation",
            Self::Test => "Tests",
            Self::BuildCi => "Build and CI",
            Self::Chore => "Housekeeping",
            Self::Revert => "Revert",
            Self::Unclassified => "Unclassified",
            Self::NewLines => "New",
            Self::OldLines => "Older lines replaced",
            Self::OwnRework => "Own rework",
            Self::OthersRework => "Rework of others’ lines",
        }
    }

    /// The pattern laid over the colour, by the id of a `<pattern>` in the page's frame; neighbours differ.
    #[must_use]
    pub const fn pattern(self) -> Option<&'static str> {
        match self {
            Self::Feature | Self::Refactor | Self::Test => None,
            Self::Bugfix | Self::BuildCi => Some("pattern-rising"),
            Self::Performance | Self::Docs | Self::Chore => Some("pattern-dots"),
            Self::Style | Self::Revert => Some("pattern-falling"),
            Self::Unclassified => Some("pattern-grid"),
            Self::NewLines | Self::OwnRework => Some("pattern-bars"),
            Self::OldLines | Self::OthersRework => Some("pattern-rings"),
        }
    }
}

#[cfg(test)]
mod tests;
