//! `cargo xtask provision`: what tests need and cargo does not bring, below the target folder and nowhere else.

mod need;

use std::path::{Path, PathBuf};

use cargo_metadata::MetadataCommand;

use crate::error::Result;
use need::{NEEDS, Need, SOLVER};

/// Installs what is missing. Answers whether everything is there now; a test whose need is missing says so itself.
pub(crate) fn run() -> Result<bool> {
    let target = MetadataCommand::new().no_deps().exec()?.target_directory.into_std_path_buf();
    let missing = NEEDS.iter().filter(|need| !provide(need, &folder(&target, need)));
    let missing: Vec<&str> = missing.map(|need| need.name).collect();
    if !missing.is_empty() {
        eprintln!("xtask provision: could not be installed: {}", missing.join(", "));
    }
    Ok(missing.is_empty())
}

/// A Python interpreter that can import the solver's package, installed when it is missing; `None` where that is impossible.
pub(crate) fn solver() -> Result<Option<PathBuf>> {
    let target = MetadataCommand::new().no_deps().exec()?.target_directory.into_std_path_buf();
    let folder = folder(&target, &SOLVER);
    Ok(provide(&SOLVER, &folder).then(|| folder.join("bin/python")))
}

/// Tests look for it at the same place.
fn folder(target: &Path, need: &Need) -> PathBuf {
    target.join("provision").join(need.folder)
}

/// Tries one way after another until the need is met.
fn provide(need: &Need, folder: &Path) -> bool {
    let met = || (need.probe)(folder).succeeds();
    if met() {
        return true;
    }
    eprintln!("xtask provision: {} is missing ({})", need.name, need.reason);
    // A program that cannot be started is a way that does not work here.
    (need.ways)(folder).iter().any(|way| {
        let worked = way.iter().all(|step| step.run().is_ok_and(|code| code == 0));
        worked && met()
    })
}
