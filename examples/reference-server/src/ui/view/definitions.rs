//! What the numbers mean.

use crate::ui::route;

/// What one number means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitionView {
    /// Its id, without its version.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its name.
    pub name: String,
    /// The question that it answers.
    pub question: String,
    /// How it is computed.
    pub formula: String,
    /// What it is measured in.
    pub unit: String,
    /// Which statistic its headline is.
    pub statistic: String,
    /// When there is no value.
    pub null_policy: String,
    /// What to mind when reading it.
    pub care: String,
}

/// What the numbers of a workspace mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definitions {
    /// The name of the profile, such as "strict".
    pub profile: String,
    /// The definitions.
    pub definitions: Vec<DefinitionView>,
}

impl DefinitionView {
    pub(in crate::ui) fn anchor(&self) -> String {
        route::anchor(&self.id)
    }
}
