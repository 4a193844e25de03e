//! The tree and the logs as files: <https://c2sp.org/tlog-tiles>, and JSON lines.

use std::collections::{HashMap, VecDeque};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use prodops::core::audit::tile::{TilePath, bundled};
use prodops::core::audit::tree::Tree;
use prodops::core::audit::verify::SequencedLeaf;
use prodops::core::id::WorkspaceId;
use prodops::engine::{AuditSource, Engine};

use crate::cli::CliError;

/// Writes everything. Entries without a body, purged or of a workspace whose keys are destroyed, are empty in the bundles.
pub(super) async fn export(engine: &Engine, out: &Path) -> Result<(), CliError> {
    fs::create_dir_all(out.join("events"))?;
    if fs::read_dir(out)?.count() > 1 || fs::read_dir(out.join("events"))?.next().is_some() {
        let line =
            format!("{} has files in it: choose a folder that is not there yet, or empty", out.display());
        return Err(CliError::Argument(line));
    }
    let source = engine.audit_source("ExportAudit").await?;
    // The export is an entry itself, and everything up to it gets its place first.
    engine.sequence_audit().await?;
    let leaves = source.leaves().await?;
    let tree: Tree = leaves.iter().map(|leaf| leaf.hash).collect();
    for path in TilePath::of_hashes(tree.size()) {
        write(out, &path.to_string(), &path.hashes(&tree).unwrap_or_default())?;
    }
    let mut logs = Logs { source: &source, folder: out.join("events"), open: HashMap::new(), absent: 0 };
    for (path, group) in TilePath::of_entries(tree.size()).zip(leaves.chunks(256)) {
        let mut bundle = Vec::new();
        for leaf in group {
            bundle.extend(bundled(&logs.leaf(leaf).await?).unwrap_or_default());
        }
        write(out, &path.to_string(), &bundle)?;
    }
    let absent = logs.finish()?;
    write(out, "key", format!("{}\n", engine.audit_key().await?).as_bytes())?;
    // Last, so that an export with a checkpoint is a whole one.
    let checkpoint = engine.audit_checkpoint().await?.map(|signed| signed.note).unwrap_or_default();
    write(out, "checkpoint", checkpoint.as_bytes())?;
    let (size, root) = (tree.size(), tree.root());
    writeln!(std::io::stdout(), "{size} entries, {absent} of them without a body; root {root}")?;
    Ok(())
}

fn write(out: &Path, path: &str, bytes: &[u8]) -> Result<(), CliError> {
    let path = out.join(path);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(path, bytes)?)
}

/// One log on its way into its file.
struct Log {
    file: BufWriter<File>,
    after: u64,
    read: VecDeque<(u64, Vec<u8>)>,
}

/// The logs, read along with the tree: the leaves of each come in order.
struct Logs<'s> {
    source: &'s AuditSource<'s>,
    folder: PathBuf,
    open: HashMap<Option<WorkspaceId>, Log>,
    absent: u64,
}

impl Logs<'_> {
    /// The entry of a leaf; empty when its body is gone.
    async fn leaf(&mut self, wanted: &SequencedLeaf) -> Result<Vec<u8>, CliError> {
        let log = match self.open.entry(wanted.workspace) {
            std::collections::hash_map::Entry::Occupied(open) => open.into_mut(),
            std::collections::hash_map::Entry::Vacant(new) => {
                let name = wanted.workspace.map_or_else(|| "deployment".to_owned(), |id| id.to_string());
                let file = BufWriter::new(File::create(self.folder.join(format!("{name}.jsonl")))?);
                new.insert(Log { file, after: 0, read: VecDeque::new() })
            }
        };
        if log.read.is_empty() {
            for (seq, row) in self.source.entries(wanted.workspace, log.after).await?.unwrap_or_default() {
                log.after = seq;
                let body = row.and_then(|row| row.body).map(|entry| entry.leaf()).transpose();
                let leaf = body.map_err(|error| CliError::Argument(error.to_string()))?;
                log.read.push_back((seq, leaf.unwrap_or_default()));
            }
        }
        let leaf = match log.read.pop_front() {
            Some((seq, leaf)) if seq == wanted.seq => leaf,
            Some(other) => {
                log.read.push_front(other);
                Vec::new()
            }
            None => Vec::new(),
        };
        if leaf.is_empty() {
            self.absent = self.absent.saturating_add(1);
        } else {
            log.file.write_all(&leaf)?;
            log.file.write_all(b"\n")?;
        }
        Ok(leaf)
    }

    fn finish(self) -> Result<u64, CliError> {
        for mut log in self.open.into_values() {
            log.file.flush()?;
        }
        Ok(self.absent)
    }
}
