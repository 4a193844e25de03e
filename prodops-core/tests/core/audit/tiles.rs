//! An exported log is accepted by an implementation that shares no code with this one, and a changed one is not.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use prodops_core::audit::Checkpoint;
use prodops_core::audit::tile::{TilePath, bundled};
use prodops_core::audit::tree::Tree;

use super::world::{Logs, origin, signer};

const READER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/core/audit/reader.py");

const INSTALL: &str = "install the independent implementation with `cargo xtask provision`";

fn read(folder: &Path, key: &str) -> Output {
    let installed = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("provision/python");
    let own = installed.join("bin/python");
    let mut command = Command::new(if own.exists() { own.as_path() } else { Path::new("python3") });
    command.env("PYTHONPATH", &installed).env("PYTHONDONTWRITEBYTECODE", "1");
    let run = command.arg(READER).arg(folder).arg(key).output();
    let output = run.unwrap_or_else(|error| panic!("python3 does not start ({error}): {INSTALL}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("No module named"), "{said}{INSTALL}");
    output
}

fn export(folder: &Path, logs: &Logs) {
    let tree: Tree = logs.leaves.iter().map(|leaf| leaf.hash).collect();
    let write = |path: &str, bytes: &[u8]| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    for path in TilePath::of_hashes(tree.size()) {
        write(&path.to_string(), &path.hashes(&tree).unwrap());
    }
    for path in TilePath::of_entries(tree.size()) {
        let (first, count) = path.leaves();
        let entry = |index: u64| {
            let leaf = logs.leaves[usize::try_from(index).unwrap()];
            let body = logs.logs[&leaf.workspace].rows[&leaf.seq].body.clone().unwrap();
            bundled(&body.leaf().unwrap()).unwrap()
        };
        let bundle: Vec<u8> = (first..first + count).flat_map(entry).collect();
        write(&path.to_string(), &bundle);
    }
    let checkpoint = Checkpoint { origin: origin(), size: tree.size(), root: tree.root() };
    write("checkpoint", checkpoint.sign(&signer(1)).unwrap().as_bytes());
}

fn accepted(folder: &Path, events: u64) {
    let output = read(folder, &signer(1).verifier().to_string());
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(said.trim(), format!("{events} entries of log.example/audit are as signed"));
}

#[test]
fn an_independent_reader_accepts_the_export_and_refuses_a_changed_one() {
    for events in [1, 256, 2_000] {
        let logs = Logs::generate(events, events, 5);
        let folder = tempfile::tempdir().unwrap();
        export(folder.path(), &logs);
        accepted(folder.path(), events);
        assert!(!read(folder.path(), &signer(2).verifier().to_string()).status.success(), "another key");
        let place = folder.path().join(TilePath::of_entries(events).last().unwrap().to_string());
        let mut bundle = fs::read(&place).unwrap();
        *bundle.last_mut().unwrap() ^= 1;
        fs::write(&place, bundle).unwrap();
        let key = signer(1).verifier().to_string();
        assert!(!read(folder.path(), &key).status.success(), "{events}: a changed entry");
    }
}

#[test]
fn an_independent_reader_accepts_tiles_of_three_levels() {
    let folder = tempfile::tempdir().unwrap();
    export(folder.path(), &Logs::generate(1, 65_600, 5));
    accepted(folder.path(), 65_600);
}
