//! The lines of one file of a repository on this machine, traced back to their commits.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use prodops::classify::{AgeFile, AgeStep, LineOrigin, LineOrigins};
use prodops::connectors::git::{GitConnector, LineageCommit, LineageFile, LineageOrder, LineageVisitor};
use prodops::core::fact::CommitId;
use prodops::core::time::OffsetTimestamp;

use super::CliError;
use super::local::target;

/// The lines of one file with their commits.
pub(super) struct Traced {
    pub(super) lines: Vec<LineOrigin>,
    /// When each commit of the history was written and brought in.
    pub(super) times: HashMap<CommitId, [OffsetTimestamp; 2]>,
}

/// The lines of one file while they are traced to their commits.
pub(super) struct Trace {
    origins: LineOrigins,
    times: HashMap<CommitId, [OffsetTimestamp; 2]>,
}

/// The reading thread ended without a result.
pub(super) fn unfinished() -> CliError {
    CliError::Argument("the history could not be read to its end".to_owned())
}

fn with_step<R>(commit: LineageCommit, reader: impl FnOnce(&AgeStep<'_>) -> R) -> R {
    let LineageCommit { header, files, .. } = commit;
    let file = |file: LineageFile| AgeFile { path: file.path, new: file.new, old: file.old };
    let files: Vec<AgeFile> = files.into_iter().map(file).collect();
    reader(&AgeStep {
        id: header.id,
        parents: &header.parents,
        author: None,
        committed: header.committer.time.at.to_jiff().as_second(),
        files: &files,
    })
}

impl LineageVisitor for Trace {
    fn wants(&self, commit: &CommitId, path: &[u8]) -> bool {
        self.origins.wants(commit, path)
    }

    fn visit(&mut self, commit: LineageCommit) {
        let header = &commit.header;
        self.times.insert(header.id, [header.author.time, header.committer.time]);
        with_step(commit, |step| self.origins.step(step));
    }
}

impl Trace {
    /// The lines of a file at `HEAD`; `None` when there is no such file. It blocks.
    pub(super) fn read(path: &Path, file: &[u8]) -> Result<Option<Traced>, CliError> {
        let (connector, target) = (connector()?, target(path)?);
        let Some((head, content)) = connector.file_at_head(&target, file)? else { return Ok(None) };
        let mut trace = Self { origins: LineOrigins::of(file), times: HashMap::new() };
        trace.origins.start(head, &content);
        connector.lineage(&target, LineageOrder::ChildrenFirst, &mut trace)?;
        Ok(Some(Traced { lines: trace.origins.finish(), times: trace.times }))
    }
}

fn connector() -> Result<GitConnector, CliError> {
    Ok(GitConnector::within([PathBuf::from("/")])?)
}
