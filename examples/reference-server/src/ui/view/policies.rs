//! Who may do what in a workspace.

/// What a role may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldState {
    /// Always.
    Always,
    /// Under conditions.
    Depends,
    /// Never.
    Never,
}

impl FieldState {
    /// Its stable name, for the style.
    pub(in crate::ui) const fn name(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Depends => "depends",
            Self::Never => "never",
        }
    }

    /// The mark in the table: letters, not colours alone.
    pub(in crate::ui) const fn mark(self) -> &'static str {
        match self {
            Self::Always => "yes",
            Self::Depends => "if",
            Self::Never => "–",
        }
    }
}

/// A role's field of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyField {
    /// The role.
    pub role: String,
    /// What it may do.
    pub state: FieldState,
    /// The policies that say so, in words for people; why not, where nothing permits it.
    pub because: String,
    /// The address of the explanation.
    pub href: String,
    /// Whether it is the one that is explained.
    pub chosen: bool,
}

/// An action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRow {
    /// In words.
    pub action: String,
    /// Its name in the policies.
    pub name: String,
    /// One field for each role.
    pub fields: Vec<PolicyField>,
}

/// The actions on one type of resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyGroup {
    /// The type, in words.
    pub resource: String,
    /// The actions.
    pub rows: Vec<PolicyRow>,
}

/// What a kind of background work may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemRow {
    /// The kind.
    pub system: String,
    /// Its actions in words, each with the address of its explanation.
    pub actions: Vec<(String, String)>,
}

/// A policy that has a say in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyVoice {
    /// Its id.
    pub id: String,
    /// What it says, for people.
    pub description: String,
    /// What it does here: "permits", "forbids in some cases".
    pub effect: String,
    /// Whether it forbids.
    pub forbids: bool,
    /// Its conditions in the Cedar language.
    pub conditions: Vec<String>,
    /// Where it stands.
    pub place: String,
}

/// One field in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyExplanation {
    /// Who may do what, in a sentence.
    pub sentence: String,
    /// The policies.
    pub voices: Vec<PolicyVoice>,
}

/// A way of asking, as a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CircumstanceLink {
    /// In words.
    pub text: String,
    /// Its address.
    pub href: String,
    /// Whether it is the one that is shown.
    pub current: bool,
}

/// The policies of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policies {
    /// How many there are.
    pub count: usize,
    /// In which circumstances the table is shown.
    pub circumstances: Vec<CircumstanceLink>,
    /// The roles, in the order of the fields.
    pub roles: Vec<String>,
    /// The reader's own role; its column is marked.
    pub own: String,
    /// The actions, by type of resource.
    pub groups: Vec<PolicyGroup>,
    /// Background work.
    pub systems: Vec<SystemRow>,
    /// The field that was asked about.
    pub explanation: Option<PolicyExplanation>,
    /// The address without a field.
    pub close: String,
}

impl Policies {
    pub(in crate::ui) fn is_own(&self, role: &str) -> bool {
        self.own == role
    }
}
