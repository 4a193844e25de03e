//! Whose lines are left in the folders of a repository.
//!
//! Names of files are not stored: they are asked of the connector whenever somebody looks, and forgotten again.

use std::collections::HashMap;

use prodops_connectors::contract::Api;
use prodops_core::fact::{PathKey, RepositoryFact};
use prodops_core::id::RepositoryId;
use prodops_core::index_key::IndexSubkey;
use prodops_metrics::ownership::{OwnershipTable, ownership};
use prodops_metrics::{Preset, Window, time_zone};
use prodops_policy::{MetricReportFacts, ReadReport};
use prodops_store::contract::ConnectionState;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::error::EngineError;
use super::report::ReportQuery;
use super::workspace::Workspace;

/// What lies in a folder. Names that are not UTF-8 are read leniently.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FolderEntry {
    /// A folder.
    Folder(String),
    /// A file.
    File(String),
}

/// Whose lines are left in a folder.
#[derive(Debug, Clone, PartialEq)]
pub struct FolderOwnership {
    /// The repository.
    pub repository: RepositoryFact,
    /// What lies in the folder; `None` when the lines of the repository were not read.
    pub table: Option<OwnershipTable<FolderEntry>>,
    /// Whether the names of its files could be had.
    pub named: bool,
}

impl Workspace {
    /// Whose lines are left at the head of a repository, for everything that lies in a folder; the top is the empty one.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for a repository that the workspace does not have; [`EngineError::Denied`] when the caller may
    /// not read reports.
    pub async fn ownership(
        &self,
        repository: RepositoryId,
        folder: &str,
    ) -> Result<FolderOwnership, EngineError> {
        let fact = self.repository(repository).await?;
        let paths = self.paths(&fact).await?;
        let named = paths.is_some();
        let entries = entries(paths.unwrap_or_default(), &self.path_key().await?, folder);
        // The window says nothing about the lines that are left.
        let utc = time_zone("UTC").map_err(|_| EngineError::Report)?;
        let window = Window::preset(Preset::AllHistory, self.engine.parts().clock.now(), utc);
        let window = window.map_err(|_| EngineError::Report)?;
        let query = ReportQuery { repository: Some(repository), window };
        let table = self
            .over_facts(&query, move |facts, _, options| {
                ownership(facts, repository, options.audience, |path| entries.get(&path).cloned())
            })
            .await?;
        Ok(FolderOwnership { repository: fact, table, named })
    }

    /// The key of paths, for whoever may read reports.
    pub(super) async fn path_key(&self) -> Result<IndexSubkey, EngineError> {
        let permit = self.permit::<ReadReport>(&MetricReportFacts::of(&self.scope)).await?;
        Ok(self.guarded()?.path_key(&permit, self.engine.parts().keyring()?).await?)
    }

    /// The names of the files at the head that is stored; `None` when they cannot be had now.
    pub(super) async fn paths(
        &self,
        repository: &RepositoryFact,
    ) -> Result<Option<Vec<Vec<u8>>>, EngineError> {
        let Some(head) = repository.head else { return Ok(None) };
        let row = self.guarded()?.locate_connection(repository.connection).await?;
        let connected = row.filter(|row| row.value.state != ConnectionState::Disconnected);
        let Some(row) = connected.map(|row| row.value) else { return Ok(None) };
        let connector = self.engine.connector(&row.connector)?;
        let limits = self.engine.parts().limits;
        let api = Api::new(row.id, row.target, limits, CancellationToken::new());
        // Where names cannot be had, the numbers are shown without them.
        Ok(connector.paths(&api, head).await.ok().flatten())
    }
}

/// Of every path what lies in the folder and holds it; `None` for what lies outside.
fn entries(paths: Vec<Vec<u8>>, key: &IndexSubkey, folder: &str) -> HashMap<PathKey, Option<FolderEntry>> {
    let inside = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let entry = |path: &[u8]| {
        let rest = path.strip_prefix(inside.as_bytes())?;
        let end = rest.iter().position(|byte| *byte == b'/');
        let name = String::from_utf8_lossy(rest.get(..end.unwrap_or(rest.len()))?).into_owned();
        Some(if end.is_some() { FolderEntry::Folder(name) } else { FolderEntry::File(name) })
    };
    paths.iter().map(|path| (PathKey(key.hash64(path)), entry(path))).collect()
}

#[cfg(test)]
mod tests {
    use prodops_core::index_key::{IndexKey, IndexLabel};

    use super::*;

    #[test]
    fn a_folder_holds_folders_and_files() {
        let key = IndexKey::from_bytes([4; 32]).subkey(IndexLabel::Path);
        let paths = ["a.rs", "src/b.rs", "src/deep/c.rs", "srcs/d.rs"].map(|path| path.as_bytes().to_vec());
        let of = |folder: &str, path: &str| {
            entries(paths.to_vec(), &key, folder).get(&PathKey(key.hash64(path.as_bytes()))).cloned()
        };
        assert_eq!(of("", "a.rs"), Some(Some(FolderEntry::File("a.rs".to_owned()))));
        assert_eq!(of("", "src/deep/c.rs"), Some(Some(FolderEntry::Folder("src".to_owned()))));
        assert_eq!(of("src", "src/deep/c.rs"), Some(Some(FolderEntry::Folder("deep".to_owned()))));
        assert_eq!(of("src", "src/b.rs"), Some(Some(FolderEntry::File("b.rs".to_owned()))));
        assert_eq!((of("src", "srcs/d.rs"), of("src", "gone")), (Some(None), None));
    }
}
