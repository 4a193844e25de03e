//! What sort of file a path is.

use serde::{Deserialize, Serialize};

/// The role of a file, by the first that fits from the top of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Artefact {
    /// Not text.
    Binary,
    /// Somebody else's code, kept in the tree.
    Vendored,
    /// Resolved versions of dependencies.
    Lock,
    /// Code squeezed for delivery.
    Minified,
    /// Written by a program.
    Generated,
    /// Tests and their fixtures.
    Test,
    /// Prose for people.
    Docs,
    /// How the software is built, checked and delivered.
    BuildCi,
    /// Settings.
    Config,
    /// Records, translations, images as text.
    Data,
    /// Source code.
    Code,
    /// Text of no known role.
    Other,
}

impl Artefact {
    /// Every role, in the order in which they are shown.
    pub const ALL: [Self; 12] = [
        Self::Code,
        Self::Test,
        Self::Docs,
        Self::BuildCi,
        Self::Config,
        Self::Data,
        Self::Generated,
        Self::Lock,
        Self::Vendored,
        Self::Minified,
        Self::Binary,
        Self::Other,
    ];

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::Vendored => "vendored",
            Self::Lock => "lock",
            Self::Minified => "minified",
            Self::Generated => "generated",
            Self::Test => "test",
            Self::Docs => "docs",
            Self::BuildCi => "build_ci",
            Self::Config => "config",
            Self::Data => "data",
            Self::Code => "code",
            Self::Other => "other",
        }
    }

    /// Whether people wrote it in this repository: neither generated, vendored, resolved, minified nor binary.
    #[must_use]
    pub const fn is_handwritten(self) -> bool {
        !matches!(self, Self::Binary | Self::Vendored | Self::Lock | Self::Minified | Self::Generated)
    }

    /// Whether people wrote it in this repository to be run: code and its tests.
    #[must_use]
    pub const fn is_source(self) -> bool {
        matches!(self, Self::Code | Self::Test)
    }
}

/// A programming or markup language, by its `language_id` in GitHub's linguist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Language(pub u32);
