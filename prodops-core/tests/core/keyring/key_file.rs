//! Root keys from files, credentials and variables.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use prodops_core::keyring::{KeyFileError, KeyProvider, KeySource, LocalRoot};
use prodops_core::secret::Secret;
use tempfile::TempDir;

use super::place::entropy;

fn written(path: &Path, text: &[u8], mode: u32) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn read(path: &Path) -> Result<(), KeyFileError> {
    KeySource::File(path.to_owned()).read().map(drop)
}

#[test]
fn a_key_file_is_made_for_its_owner_alone_and_never_over_another_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("root.key");
    KeySource::create_file(&path, entropy(1).as_ref()).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let load = || LocalRoot::load(&KeySource::File(path.clone()), entropy(2)).unwrap().root();
    assert_eq!(load(), load());
    let before = fs::read(&path).unwrap();
    assert_eq!(before.len(), 65);
    let refused = KeySource::create_file(&path, entropy(3).as_ref()).unwrap_err();
    assert!(matches!(refused, KeyFileError::Exists(_)) && refused.to_string().contains("left as it is"));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_key_file_that_others_can_read_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("root.key");
    for mode in [0o640, 0o604, 0o660, 0o644, 0o610] {
        written(&path, "ab".repeat(32).as_bytes(), mode);
        let refused = read(&path).unwrap_err();
        assert!(matches!(refused, KeyFileError::Mode { mode: found, .. } if found == mode), "{refused}");
        assert!(refused.to_string().contains("chmod 600"));
    }
    for mode in [0o600, 0o400] {
        written(&path, "ab".repeat(32).as_bytes(), mode);
        read(&path).unwrap();
    }
}

#[test]
fn what_is_no_key_is_refused_without_being_repeated() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("root.key");
    let good = "0f".repeat(32);
    for bad in [
        "".to_owned(),
        good[..62].to_owned(),
        format!("{good}00"),
        format!("{good}\n\n"),
        good.to_uppercase(),
        good.replace("0f", "0g"),
        format!(" {good}"),
    ] {
        written(&path, bad.as_bytes(), 0o600);
        let refused = read(&path).unwrap_err();
        assert!(matches!(refused, KeyFileError::NotAKey(_)), "{bad:?}: {refused}");
        assert!(bad.is_empty() || !refused.to_string().contains(bad.trim()), "{refused}");
    }
    for fine in [good.clone(), format!("{good}\n"), format!("{good}\r\n")] {
        written(&path, fine.as_bytes(), 0o600);
        read(&path).unwrap();
    }
}

#[test]
fn links_folders_and_absent_files_are_refused_each_in_its_words() {
    let folder = TempDir::new().unwrap();
    let (path, link) = (folder.path().join("root.key"), folder.path().join("link.key"));
    assert!(matches!(read(&path), Err(KeyFileError::Missing(_))));
    written(&path, "ab".repeat(32).as_bytes(), 0o600);
    symlink(&path, &link).unwrap();
    assert!(matches!(read(&link), Err(KeyFileError::NotAFile(_))));
    assert!(matches!(read(folder.path()), Err(KeyFileError::NotAFile(_))));
}

#[test]
fn a_credential_may_name_the_group_of_its_service_and_nobody_else() {
    let folder = TempDir::new().unwrap();
    let source = || KeySource::Credential { folder: folder.path().to_owned(), name: "root-key".into() };
    written(&folder.path().join("root-key"), "ab".repeat(32).as_bytes(), 0o440);
    source().read().unwrap();
    written(&folder.path().join("root-key"), "ab".repeat(32).as_bytes(), 0o444);
    assert!(matches!(source().read(), Err(KeyFileError::Mode { .. })));
}

#[test]
fn a_variable_is_named_in_errors_and_its_value_is_not() {
    let source = |value: &str| KeySource::Variable {
        name: "PRODOPS_ROOT_KEY".into(),
        value: Secret::new(value.to_owned()),
    };
    source(&"cd".repeat(32)).read().unwrap();
    let refused = source("hunter2hunter2").read().unwrap_err().to_string();
    assert!(refused.contains("PRODOPS_ROOT_KEY") && !refused.contains("hunter2"), "{refused}");
    assert!(!format!("{:?}", source("hunter2")).contains("hunter2"));
}
