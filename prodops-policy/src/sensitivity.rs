//! How sensitive something is, and what somebody is cleared for: one scale for both.

/// A step of the scale. What is above somebody's step is closed to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Sensitivity {
    /// May be seen by anybody.
    #[default]
    Public,
    /// For those who work in the workspace.
    Internal,
    /// For those who need it.
    Confidential,
    /// For a few, by name.
    Restricted,
}

impl Sensitivity {
    /// Every step, from the least sensitive on.
    pub const ALL: [Self; 4] = [Self::Public, Self::Internal, Self::Confidential, Self::Restricted];

    /// The step as policies compare it.
    #[must_use]
    pub const fn level(self) -> i64 {
        match self {
            Self::Public => 0,
            Self::Internal => 1,
            Self::Confidential => 2,
            Self::Restricted => 3,
        }
    }
}
