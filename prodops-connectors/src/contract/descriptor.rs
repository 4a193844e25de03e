//! What a connector says about itself; consent and sub-processor pages are rendered from it.

use prodops_core::input::ConnectorId;

/// How a connection proves itself to the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthKind {
    /// Not at all: what is read lies on this machine.
    Local,
    /// By an OAuth authorization code with PKCE.
    OAuth,
}

/// A permission that the connector asks for, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeNeed {
    /// The provider's name for it.
    pub scope: &'static str,
    /// Why it is needed, for the person who is asked.
    pub why: &'static str,
    /// The streams that fail without it.
    pub streams: &'static [&'static str],
    /// What else the provider grants with it; the person confirms this.
    pub also_grants: Option<&'static str>,
}

/// A kind of data that passes through a connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DataCategory {
    /// File contents; read in memory, never kept.
    SourceCode,
    /// Who changed what and when.
    CommitMetadata,
    /// Names and addresses; addresses are kept as keyed hashes.
    PersonalData,
}

/// A host that the connector talks to, such as `api.example.org`. No entry means no network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPattern(pub &'static str);

/// Who processes data on behalf of the workspace when this connector is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubprocessorInfo {
    /// The organisation.
    pub name: &'static str,
    /// What it does with the data.
    pub purpose: &'static str,
}

/// How access ends when a connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Revocation {
    /// There is no credential: nothing is left to revoke.
    NothingHeld,
}

/// A connector's description of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descriptor {
    /// The connector's id, such as `git`.
    pub id: ConnectorId,
    /// Its name for people.
    pub display: &'static str,
    /// What a target is, in words: shown where one is typed.
    pub target: &'static str,
    /// How a connection proves itself.
    pub auth: &'static [AuthKind],
    /// The permissions it asks for.
    pub scopes: &'static [ScopeNeed],
    /// What passes through it.
    pub categories: &'static [DataCategory],
    /// The hosts it talks to.
    pub egress: &'static [HostPattern],
    /// Who processes data when it is used; `None` when nobody else does.
    pub subprocessor: Option<SubprocessorInfo>,
    /// How access ends.
    pub revocation: Revocation,
}
