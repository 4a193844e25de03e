//! What lies at a provider, by kind and id.

use prodops_store::contract::{RemoteObjectId, RemoteObjectKind};

/// An object at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteObject {
    /// What it is.
    pub kind: RemoteObjectKind,
    /// The provider's id of it.
    pub id: RemoteObjectId,
}
