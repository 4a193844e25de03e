//! Whether the disk under the files is encrypted, as far as this machine shows it.

use std::fs;
use std::path::{Path, PathBuf};

use super::keyring;
use super::report::Report;
use crate::config::{Config, StoreConfig};

pub(super) fn examine(report: &mut Report, config: &Config) {
    let data = match &config.store {
        StoreConfig::File(path) => Some(("the data", path.clone())),
        StoreConfig::Database(_) => {
            report.yours("encryption of the volume of the database, and of its log's archive");
            None
        }
    };
    let keys = keyring::file(config).map(|path| ("the keyring", path));
    let backups = config.backup.as_ref().map(|backup| ("the backups", backup.folder.clone()));
    for (of, path) in data.into_iter().chain(keys).chain(backups) {
        if is_encrypted(&path).unwrap_or(false) {
            report.holds(format!("the volume of {of} is encrypted (dm-crypt)"));
        } else {
            report.yours(format!(
                "encryption of the volume of {of}: no dm-crypt is seen under {}",
                path.display()
            ));
        }
    }
}

fn is_encrypted(path: &Path) -> Option<bool> {
    let present = path.ancestors().find_map(|place| place.canonicalize().ok())?;
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    let device = device_of(&mounts, &present)?;
    Some(is_crypt(Path::new("/sys/dev/block"), &device))
}

/// The device, `major:minor`, of the mount that a path lies in: the last one of the longest mount point.
fn device_of(mounts: &str, path: &Path) -> Option<String> {
    let mount = |line: &str| {
        let mut fields = line.split(' ');
        let device = fields.nth(2)?.to_owned();
        let point = PathBuf::from(fields.nth(1)?.replace("\\040", " "));
        path.starts_with(&point).then_some((point.components().count(), device))
    };
    let all = mounts.lines().filter_map(mount);
    all.max_by_key(|(depth, _)| *depth).map(|(_, device)| device)
}

/// Whether the device, or one that it lies on, is one of dm-crypt.
fn is_crypt(devices: &Path, device: &str) -> bool {
    let folder = devices.join(device);
    let uuid = fs::read_to_string(folder.join("dm/uuid")).unwrap_or_default();
    if uuid.starts_with("CRYPT-") {
        return true;
    }
    let Ok(below) = fs::read_dir(folder.join("slaves")) else { return false };
    below.flatten().any(|entry| {
        let numbers = fs::read_to_string(entry.path().join("dev")).unwrap_or_default();
        !numbers.trim().is_empty() && is_crypt(devices, numbers.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "21 1 253:0 / / rw,relatime - ext4 /dev/mapper/root rw\n\
                          22 21 0:20 / /proc rw - proc proc rw\n\
                          23 21 253:5 / /var/lib rw - ext4 /dev/mapper/data rw\n\
                          24 21 8:1 / /mnt/with\\040space rw - ext4 /dev/sda1 rw\n";

    #[test]
    fn a_path_lies_in_the_longest_mount() {
        let of = |path: &str| device_of(MOUNTS, Path::new(path)).unwrap();
        assert_eq!(of("/var/lib/prodops/facts.redb"), "253:5");
        assert_eq!(of("/var/library"), "253:0");
        assert_eq!(of("/mnt/with space/x"), "8:1");
    }

    #[test]
    fn a_device_is_encrypted_when_one_below_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let make = |device: &str, uuid: &str, below: &[&str]| {
            let place = folder.path().join(device);
            fs::create_dir_all(place.join("dm")).unwrap();
            fs::write(place.join("dm/uuid"), uuid).unwrap();
            for (number, other) in below.iter().enumerate() {
                let slave = place.join(format!("slaves/d{number}"));
                fs::create_dir_all(&slave).unwrap();
                fs::write(slave.join("dev"), format!("{other}\n")).unwrap();
            }
        };
        make("253:0", "LVM-abc", &["253:1"]);
        make("253:1", "CRYPT-LUKS2-abc", &[]);
        make("253:2", "LVM-def", &["8:1"]);
        assert!(is_crypt(folder.path(), "253:0") && is_crypt(folder.path(), "253:1"));
        assert!(!is_crypt(folder.path(), "253:2") && !is_crypt(folder.path(), "8:1"));
    }
}
