//! Labels of AI providers, which a history that is read anew must not lose: asking again costs.

use std::collections::HashMap;
use std::pin::pin;

use futures_util::TryStreamExt;
use prodops_connectors::contract::{CommitCursor, decode_cursor};
use prodops_core::fact::{ActivityLabel, CommitId, Fact, LabelSource};
use prodops_core::id::{ConnectionId, RepositoryId};
use prodops_core::input::{InputError, StreamName};
use prodops_policy::{IngestFacts, Permit};
use prodops_store::StoreError;
use tokio::sync::OnceCell;

use crate::engine::Guarded;

/// The stream whose cursor says that a connection has labels of AI providers.
pub(crate) fn label_stream() -> Result<StreamName, InputError> {
    StreamName::new("activity-labels")
}

/// What providers said of the commits of a connection, read when it is needed.
#[derive(Default)]
pub(crate) struct KeptLabels(OnceCell<HashMap<(RepositoryId, CommitId), ActivityLabel>>);

impl KeptLabels {
    /// Gives commits that are read anew the label back that a provider gave them, where the offline model decided again.
    pub(super) async fn restore(
        &self,
        guarded: &Guarded<'_>,
        permit: &Permit<IngestFacts>,
        (connection, cursor): (ConnectionId, &[u8]),
        facts: &mut [Fact],
    ) -> Result<(), StoreError> {
        // Commits after those that are stored are new, and have no other label yet.
        let is_anew = decode_cursor::<CommitCursor>(cursor).is_ok_and(|cursor| cursor.done.is_none());
        if !is_anew {
            return Ok(());
        }
        let labels = self.0.get_or_try_init(|| load(guarded, permit, connection)).await?;
        for fact in facts {
            let Fact::Commit(commit) = fact else { continue };
            if let Some(label) = &mut commit.label
                && label.source == LabelSource::Model
                && let Some(kept) = labels.get(&(commit.repository, commit.id))
            {
                *label = *kept;
            }
        }
        Ok(())
    }
}

async fn load(
    guarded: &Guarded<'_>,
    permit: &Permit<IngestFacts>,
    connection: ConnectionId,
) -> Result<HashMap<(RepositoryId, CommitId), ActivityLabel>, StoreError> {
    let mut kept = HashMap::new();
    let Ok(stream) = label_stream() else { return Ok(kept) };
    if guarded.cursor(permit, connection, &stream).await?.is_none() {
        return Ok(kept);
    }
    for repository in guarded.locate_repositories(connection).await? {
        let mut commits = pin!(guarded.commits_read_before(permit, repository.id)?);
        while let Some(commit) = commits.try_next().await? {
            let by_ai = commit.label.filter(|label| label.source == LabelSource::Ai);
            kept.extend(by_ai.map(|label| ((repository.id, commit.id), label)));
        }
    }
    Ok(kept)
}
