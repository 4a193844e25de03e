//! The text of a keyring file.

use std::fmt::Write;
use std::path::Path;

use prodops_core::environment::Environment;
use prodops_core::keyring::{KeyringContents, KeyringRow};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::KeyringFileError;

/// The first line, before the environment.
const MAGIC: &str = "prodops-keyring 1 ";
/// The last line, before the digest.
const END: &str = "sha256 ";

pub(super) fn write(
    rows: impl Iterator<Item = impl Serialize>,
    environment: Environment,
) -> serde_json::Result<String> {
    let mut text = format!("{MAGIC}{environment}\n");
    for row in rows {
        // A row that is left out would be a key that is lost.
        text.push_str(&serde_json::to_string(&row)?);
        text.push('\n');
    }
    let digest = digest(&text);
    let _ = writeln!(text, "{END}{digest}");
    Ok(text)
}

pub(super) fn read(
    text: &str,
    path: &Path,
    environment: Environment,
) -> Result<KeyringContents, KeyringFileError> {
    let damaged = || KeyringFileError::Damaged(path.to_owned());
    let (first, _) = text.split_once('\n').ok_or_else(damaged)?;
    let found = first.strip_prefix(MAGIC).ok_or_else(damaged)?;
    if found != environment.as_str() {
        let found = found.to_owned();
        return Err(KeyringFileError::Environment { path: path.to_owned(), found, expected: environment });
    }
    let (before, last) = text.trim_end_matches('\n').rsplit_once('\n').ok_or_else(damaged)?;
    if last.strip_prefix(END) != Some(digest(&format!("{before}\n")).as_str()) {
        return Err(damaged());
    }
    let mut contents = KeyringContents::default();
    for line in before.lines().skip(1) {
        contents.insert(serde_json::from_str::<KeyringRow>(line).map_err(|_| damaged())?);
    }
    Ok(contents)
}

fn digest(text: &str) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_row_that_cannot_be_written_is_an_error() {
        // JSON has no objects with pairs for keys.
        let rows = [BTreeMap::from([((1, 2), 3)])];
        assert!(write(rows.iter(), Environment::Test).is_err());
    }
}
