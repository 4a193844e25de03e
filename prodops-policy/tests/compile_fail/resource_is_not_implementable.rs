// Nobody adds a resource that says what it likes about its workspace.
use prodops_core::id::WorkspaceId;
use prodops_policy::{ResourceFacts, ResourceKey};

#[derive(Clone, Copy)]
struct Chameleon(WorkspaceId);

impl ResourceFacts for Chameleon {
    fn workspace(&self) -> WorkspaceId {
        self.0
    }
    fn key(&self) -> ResourceKey {
        ResourceKey::Workspace
    }
}

fn main() {}
