//! `ages`: which commit each line of a file comes from.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use prodops::classify::LineOrigin;
use prodops::core::fact::CommitId;
use serde::Serialize;

use super::CliError;
use super::commits::with_offset;
use super::lineage::{Trace, Traced, unfinished};

#[derive(Debug, Args)]
pub(super) struct Ages {
    /// The folder of a git repository.
    path: PathBuf,
    /// A file at its `HEAD`, from the root of the repository.
    file: PathBuf,
}

/// Lines in a row that come from the same commit.
#[derive(Debug, Serialize)]
struct Line {
    first_line: u32,
    lines: u32,
    commit: CommitId,
    author_time: String,
    committer_time: String,
}

impl Ages {
    pub(super) async fn run(self) -> Result<(), CliError> {
        let Self { path, file } = self;
        let lines = tokio::task::spawn_blocking(move || lines(&path, &file)).await;
        let lines = lines.map_err(|_| unfinished())??;
        let mut out = BufWriter::new(std::io::stdout().lock());
        for line in &lines {
            serde_json::to_writer(&mut out, line).map_err(std::io::Error::from)?;
            out.write_all(b"\n")?;
        }
        Ok(out.flush()?)
    }
}

fn lines(path: &Path, file: &Path) -> Result<Vec<Line>, CliError> {
    let name = file.strip_prefix("./").unwrap_or(file).as_os_str().as_encoded_bytes();
    let missing =
        || CliError::Argument(format!("HEAD has no file {file:?}: name it from the root of the repository"));
    let Traced { lines, times } = Trace::read(path, name)?.ok_or_else(missing)?;
    let line = |origin: &LineOrigin| {
        let [authored, committed] = times.get(&origin.commit)?;
        Some(Line {
            first_line: origin.first + 1,
            lines: origin.lines,
            commit: origin.commit,
            author_time: with_offset(*authored),
            committer_time: with_offset(*committed),
        })
    };
    Ok(lines.iter().filter_map(line).collect())
}
