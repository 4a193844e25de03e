//! All audit logs as the operator of a deployment sees them: to verify, and to hand to others.

use std::collections::BTreeSet;

use prodops_core::audit::verify::{Finding, SequencedLeaf, SequencedTree};
use prodops_core::audit::{Actor, AuditObject, Checkpoint, KeptEntry, NoteVerifier, TreeHash};
use prodops_core::id::WorkspaceId;
use prodops_core::keyring::KeyringError;
use prodops_store::StoreError;
use prodops_store::backend::AuditSnapshot;
use prodops_store::contract::SignedCheckpoint;
use prodops_store::plane::AuditStore;

use super::entry::Engine;
use super::error::EngineError;

/// How many rows are read at once.
const STEP: usize = 5_000;

/// What a verification of all logs found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditVerification {
    /// What is wrong; empty when nothing is.
    pub findings: Vec<Finding>,
    /// How many logs were compared, the deployment's own included.
    pub logs: u64,
    /// How many entries they have.
    pub entries: u64,
    /// How many of those have no body any more, only their leaf hash.
    pub purged: u64,
    /// How many leaves belong to workspaces whose keys are destroyed: nothing else is left of them.
    pub erased: u64,
    /// How many leaves the tree has.
    pub size: u64,
    /// Its root.
    pub root: TreeHash,
    /// How many leaves the newest checkpoint that fits is about.
    pub signed: u64,
    /// How many entries wait for their place in the tree.
    pub waiting: u64,
}

/// The logs of a deployment, read as they are kept.
///
/// # Security
/// It opens what happened in every workspace. For the operator's commands, never for a request of a user.
pub struct AuditSource<'e> {
    engine: &'e Engine,
    capability: prodops_core::tenancy::ControlCapability,
}

impl Engine {
    /// All audit logs. Taking them out is an event of the deployment's log; `action` says what for.
    ///
    /// # Security
    /// An act of the deployment's operator. Call it from commands, never from a request handler that users reach.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn audit_source(&self, action: &'static str) -> Result<AuditSource<'_>, EngineError> {
        let event = self.deployment_event(Actor::Operator, None, action, AuditObject::AuditLog).await?;
        self.log_deployment(&event).await?;
        Ok(AuditSource { engine: self, capability: self.parts().authority.control() })
    }

    /// The public key of this deployment's checkpoints. Keep it elsewhere, to check them without trusting the deployment.
    ///
    /// # Errors
    /// When the keyring fails.
    pub async fn audit_key(&self) -> Result<NoteVerifier, EngineError> {
        Ok(self.audit_signer().await?.verifier())
    }

    /// The newest checkpoint; `None` before the first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn audit_checkpoint(&self) -> Result<Option<SignedCheckpoint>, EngineError> {
        let parts = self.parts();
        let capability = parts.authority.control();
        Ok(parts.store.audit(&capability)?.tree().await?.checkpoint)
    }
}

impl AuditSource<'_> {
    fn store(&self) -> Result<AuditStore<'_>, EngineError> {
        Ok(self.engine.parts().store.audit(&self.capability)?)
    }

    /// Every leaf of the tree, in order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn leaves(&self) -> Result<Vec<SequencedLeaf>, EngineError> {
        let store = self.store()?;
        let mut all: Vec<SequencedLeaf> = Vec::new();
        loop {
            let from = u64::try_from(all.len()).unwrap_or(u64::MAX);
            let more = store.leaves(from, STEP).await?;
            if more.is_empty() {
                return Ok(all);
            }
            all.extend(more);
        }
    }

    /// Some entries of a log, as they are kept: those that follow the sequence number `after`, with their own; without a body to
    /// read where that is damaged. Empty at the end; `None` when the workspace's keys are destroyed.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn entries(
        &self,
        workspace: Option<WorkspaceId>,
        after: u64,
    ) -> Result<Option<Vec<(u64, Option<KeptEntry>)>>, EngineError> {
        match self.store()?.log(workspace, after, STEP).await {
            Ok(rows) => Ok(Some(rows)),
            Err(error) if are_destroyed(workspace, &error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Compares every log with the tree, and the tree with the checkpoints: the deployment's own, and those that were kept
    /// elsewhere. All of it is looked at as of one moment, whoever appends and sequences meanwhile.
    ///
    /// # Errors
    /// When the store cannot be read at all. A row that was changed is a finding.
    pub async fn verify(&self, kept_elsewhere: Vec<Checkpoint>) -> Result<AuditVerification, EngineError> {
        let mut found = AuditVerification::default();
        let mut snapshot = self.store()?.snapshot().await?;
        let tree = self.tree(snapshot.as_mut(), kept_elsewhere, &mut found).await?;
        // A workspace without a leaf as well: what is in its log would have one.
        let registry = snapshot.registry().await?.into_iter().map(Some);
        for workspace in tree.logs().chain(registry).chain([None]).collect::<BTreeSet<_>>() {
            check(snapshot.as_mut(), workspace, &tree, &mut found).await?;
        }
        Ok(found)
    }

    async fn tree(
        &self,
        snapshot: &mut dyn AuditSnapshot,
        elsewhere: Vec<Checkpoint>,
        found: &mut AuditVerification,
    ) -> Result<SequencedTree, EngineError> {
        let key = self.engine.audit_key().await?;
        let own = snapshot.checkpoints().await?.into_iter();
        let own = own.map(|own| Checkpoint::open(own.note.as_bytes(), &key));
        let mut tree = SequencedTree::new(own.collect::<Result<_, _>>()?, elsewhere);
        let mut from = Some(0);
        while let Some(at) = from {
            let leaves = snapshot.leaves(at, STEP).await?;
            from = leaves.last().and_then(|(last, _)| last.checked_add(1));
            if !leaves.into_iter().all(|(index, leaf)| tree.leaf(index, leaf)) {
                break;
            }
        }
        let mut after = None;
        loop {
            let waiting = snapshot.queue(after.as_ref(), STEP).await?;
            let Some(last) = waiting.last() else { break };
            after = Some(*last);
            found.waiting = found.waiting.saturating_add(u64::try_from(waiting.len()).unwrap_or(u64::MAX));
            waiting.into_iter().for_each(|leaf| tree.queued(leaf));
        }
        found.findings = tree.finish(snapshot.right_edge().await?.as_ref());
        (found.size, found.root, found.signed) = (tree.size(), tree.root(), tree.signed());
        Ok(tree)
    }
}

/// Whether there is nothing left to read a workspace's log with. The deployment's own keys are never destroyed.
const fn are_destroyed(workspace: Option<WorkspaceId>, error: &StoreError) -> bool {
    workspace.is_some() && matches!(error, StoreError::Keys(KeyringError::NoKeys(_)))
}

async fn check(
    snapshot: &mut dyn AuditSnapshot,
    workspace: Option<WorkspaceId>,
    tree: &SequencedTree,
    found: &mut AuditVerification,
) -> Result<(), EngineError> {
    let (mut check, mut after) = (tree.log(workspace), 0);
    loop {
        let rows = match snapshot.log(workspace, after, STEP).await {
            Err(error) if are_destroyed(workspace, &error) => {
                found.erased = found.erased.saturating_add(tree.entries_of(workspace));
                return Ok(());
            }
            rows => rows?,
        };
        let Some((last, _)) = rows.last() else { break };
        after = *last;
        for (seq, row) in &rows {
            let purged = row.as_ref().is_some_and(|row| row.body.is_none());
            found.purged = found.purged.saturating_add(u64::from(purged));
            if !check.entry(*seq, row.as_ref()) {
                break;
            }
        }
    }
    found.logs = found.logs.saturating_add(1);
    match check.finish(snapshot.head(workspace).await?) {
        Ok(entries) => found.entries = found.entries.saturating_add(entries),
        Err(finding) => found.findings.push(finding),
    }
    Ok(())
}

impl std::fmt::Debug for AuditSource<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuditSource").finish_non_exhaustive()
    }
}
