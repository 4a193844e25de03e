//! The three planes of a store.

/// Which plane a table belongs to. Every table declares exactly one, and each plane has a door of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Plane {
    /// Users, sessions, memberships, sign-in links: exact-key look-ups only.
    Identity,
    /// The registry of workspaces and the leases on background work. No facts.
    Control,
    /// Everything that a workspace owns. Every key begins with the workspace's id.
    Workspace,
}

impl Plane {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Control => "control",
            Self::Workspace => "workspace",
        }
    }
}
