//! The deletion of a workspace: what happens when, and how far it is.

use super::When;
use crate::ui::Label;

/// One date of a deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletionStep {
    /// When.
    pub when: When,
    /// What happens by then.
    pub what: &'static str,
}

/// How far a deletion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeletionStage {
    /// Nobody asked for it.
    None,
    /// It can be called off.
    Pending,
    /// It cannot be called off any more.
    Begun,
}

/// The deletion of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletion {
    /// The workspace.
    pub name: Label,
    /// Its name in addresses, which whoever asks for the deletion must type.
    pub slug: String,
    /// How far it is.
    pub stage: DeletionStage,
    /// What happens when, in order.
    pub steps: Vec<DeletionStep>,
    /// Whether what was typed was another name.
    pub mistyped: bool,
}

impl Deletion {
    /// What is to be typed, as text.
    pub(in crate::ui) fn to_type(&self) -> Label {
        Label::new(&self.slug)
    }
}
