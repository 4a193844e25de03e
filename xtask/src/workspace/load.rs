//! Reads the workspace from disk.

use std::fs;
use std::path::Path;

use cargo_metadata::{MetadataCommand, Package};

use super::{Member, TextFile, Workspace, listing};
use crate::error::Result;
use crate::prove;

/// Reads members and text files of the workspace around the current folder.
pub(crate) fn load() -> Result<Workspace> {
    let metadata = MetadataCommand::new().no_deps().exec()?;
    let root = metadata.workspace_root.as_std_path();
    // A workspace of its own that obeys the same rules.
    let beside = MetadataCommand::new().manifest_path(root.join(prove::PACKAGE)).no_deps().exec()?;
    let packages = metadata.packages.iter().chain(&beside.packages);
    let members = packages.filter_map(|package| member(root, package)).collect();
    let files = listing::list(root)?.into_iter().filter_map(|path| read(root, path)).collect();
    Ok(Workspace::new(members, files))
}

fn member(root: &Path, package: &Package) -> Option<Member> {
    let folder = package.manifest_path.parent()?.as_std_path().strip_prefix(root).ok()?;
    Some(Member {
        name: package.name.to_string(),
        folder: folder.to_string_lossy().replace('\\', "/"),
        path: package.manifest_path.as_std_path().to_owned(),
        dependencies: package.dependencies.iter().map(|dependency| dependency.name.clone()).collect(),
    })
}

/// `None` for binary files, and for files that are in the index but no longer on disk.
fn read(root: &Path, path: String) -> Option<TextFile> {
    let text = fs::read_to_string(root.join(&path)).ok()?;
    Some(TextFile { path, text })
}
