//! Which files belong to the repository.

use std::fs;
use std::path::Path;

use crate::error::{Error, Result};
use crate::process::Step;

/// Paths from the root, with forward slashes: what git tracks or would add, or, outside a repository, every file that
/// is not hidden and not built.
pub(super) fn list(root: &Path) -> Result<Vec<String>> {
    let folder = root.to_string_lossy();
    let git =
        Step::new("git", &["-C", &folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let mut paths = match git.capture() {
        Ok(output) => output.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect(),
        Err(_) => walked(root)?,
    };
    paths.sort();
    paths.dedup();
    Ok(paths)
}

fn walked(root: &Path) -> Result<Vec<String>> {
    let mut paths = Vec::new();
    walk(root, "", &mut paths)?;
    Ok(paths)
}

fn walk(folder: &Path, prefix: &str, paths: &mut Vec<String>) -> Result<()> {
    let failed = |source| Error::List { path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == "target" || (name.starts_with('.') && name != ".ci" && name != ".cargo") {
            continue;
        }
        let path = format!("{prefix}{name}");
        if entry.file_type().map_err(failed)?.is_dir() {
            walk(&entry.path(), &format!("{path}/"), paths)?;
        } else {
            paths.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_find_this_file_and_nothing_built() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let this = "src/workspace/listing.rs".to_owned();
        for paths in [list(root).unwrap(), walked(root).unwrap()] {
            assert!(paths.contains(&this));
            assert!(!paths.iter().any(|path| path.starts_with("target/")));
        }
    }
}
