//! Policy files named on the command line.

use std::path::{Path, PathBuf};

use prodops::policy::{Policy, PolicyFile};

use crate::cli::CliError;

/// The set that these files are; the shipped one when there are none.
pub(super) fn load(paths: &[PathBuf]) -> Result<Policy, CliError> {
    if paths.is_empty() {
        return Ok(Policy::shipped()?);
    }
    let texts = paths.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    let files: Vec<PolicyFile<'_>> = texts.iter().map(|(name, text)| PolicyFile { name, text }).collect();
    Ok(Policy::load(&files)?)
}

fn read(path: &Path) -> Result<(String, String), CliError> {
    let name = path.to_str().ok_or_else(|| CliError::Path(path.to_owned()))?;
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|error| CliError::Argument(format!("cannot read `{name}`: {error}")))?;
    Ok((name.to_owned(), text))
}
