//! Commits in, what may be told of them outside out. Source bytes end here.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use prodops_classify::metadata::{CommitMetadata, FileCounts};
use prodops_classify::{Classifier, CommitInput};
use prodops_connectors::contract::{CommitContent, Intake, IntakeWorker, Yield};
use prodops_core::fact::CommitId;
use prodops_core::index_key::IndexKey;

type Found = Arc<Mutex<BTreeMap<CommitId, CommitMetadata>>>;

/// Collects the metadata of commits that are read once more.
pub(crate) struct MetadataIntake {
    /// Nothing that is made with it leaves: any key will do.
    key: IndexKey,
    found: Found,
}

impl MetadataIntake {
    pub(crate) fn new(key: IndexKey) -> Self {
        Self { key, found: Found::default() }
    }

    /// What was read until now.
    pub(crate) fn take(&self) -> BTreeMap<CommitId, CommitMetadata> {
        std::mem::take(&mut *self.found.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Intake for MetadataIntake {
    fn worker(&self) -> Box<dyn IntakeWorker> {
        Box::new(Worker { classifier: Classifier::new(&self.key), found: Arc::clone(&self.found) })
    }
}

struct Worker {
    classifier: Classifier,
    found: Found,
}

impl IntakeWorker for Worker {
    fn derive(&mut self, content: CommitContent) -> Yield {
        let CommitContent { header, changes, gaps, .. } = content;
        let classified = self.classifier.classify(CommitInput {
            message: &header.message,
            merge: header.parents.len() > 1,
            author_name: &header.author.name,
            author_email: &header.author.email,
            changes: &changes,
        });
        let files = changes.iter().zip(&classified.changes).map(|(change, counts)| FileCounts {
            path: &change.path,
            added: counts.added,
            deleted: counts.deleted,
        });
        let metadata = CommitMetadata::of(&header.message, files);
        self.found.lock().unwrap_or_else(PoisonError::into_inner).insert(header.id, metadata);
        Yield { gaps, ..Yield::default() }
    }
}
