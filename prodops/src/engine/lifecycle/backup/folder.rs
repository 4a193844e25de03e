//! Backups as folders in a folder.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::target::{BackupPart, BackupTarget, UnfinishedBackup};

/// What an unfinished backup's folder begins with.
const UNFINISHED: &str = ".unfinished-";
const LOCK: &str = ".lock";

/// Backups in a folder of this machine, or of one that is mounted. Folders and files are made for their owner only.
#[derive(Debug, Clone)]
pub struct FolderTarget {
    folder: PathBuf,
}

impl FolderTarget {
    /// The backups in this folder, which is made with the first one.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The folder of a backup or part. Names are the engine's own; one that would lead elsewhere is refused all the same.
    fn at(&self, names: &[&str]) -> io::Result<PathBuf> {
        let plain = |name: &&str| {
            !name.is_empty()
                && !name.starts_with('.')
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        if !names.iter().all(plain) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not the name of a backup"));
        }
        Ok(names.iter().fold(self.folder.clone(), |path, name| path.join(name)))
    }
}

impl BackupTarget for FolderTarget {
    fn begin(&self, name: &str) -> io::Result<Box<dyn UnfinishedBackup>> {
        let published = self.at(&[name])?;
        make_folder(&self.folder)?;
        let lock = private().create(true).truncate(false).open(self.folder.join(LOCK))?;
        lock.try_lock().map_err(io::Error::from)?;
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        let unfinished = self.folder.join(format!("{UNFINISHED}{name}"));
        make_folder(&unfinished)?;
        Ok(Box::new(UnfinishedFolder { unfinished, published, _lock: lock }))
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let names = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            names => names?,
        };
        let mut found = Vec::new();
        for entry in names {
            let entry = entry?;
            let name = entry.file_name().into_string().ok().filter(|name| !name.starts_with('.'));
            found.extend(name.filter(|_| entry.file_type().is_ok_and(|kind| kind.is_dir())));
        }
        Ok(found)
    }

    fn parts(&self, backup: &str) -> io::Result<Vec<String>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(self.at(&[backup])?)? {
            found.push(entry?.file_name().to_string_lossy().into_owned());
        }
        Ok(found)
    }

    fn open(&self, backup: &str, part: &str) -> io::Result<Box<dyn Read + Send>> {
        let path = self.at(&[backup, part])?;
        // A link or a pipe in place of a file would lead elsewhere, or never end.
        if !fs::symlink_metadata(&path)?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a plain file"));
        }
        Ok(Box::new(File::open(path)?))
    }

    fn remove(&self, backup: &str) -> io::Result<()> {
        let (path, going) = (self.at(&[backup])?, self.folder.join(format!("{UNFINISHED}{backup}")));
        // First the name: a kill in between leaves no half of a backup behind that looks like one.
        fs::rename(&path, &going)?;
        sync_folder(&self.folder)?;
        fs::remove_dir_all(going)
    }
}

#[derive(Debug)]
struct UnfinishedFolder {
    unfinished: PathBuf,
    published: PathBuf,
    _lock: File,
}

impl UnfinishedBackup for UnfinishedFolder {
    fn create(&mut self, part: &str) -> io::Result<Box<dyn BackupPart>> {
        Ok(Box::new(private().create_new(true).open(self.unfinished.join(part))?))
    }

    fn publish(self: Box<Self>) -> io::Result<()> {
        sync_folder(&self.unfinished)?;
        fs::rename(&self.unfinished, &self.published)?;
        sync_folder(self.published.parent().unwrap_or(Path::new(".")))
    }
}

impl Drop for UnfinishedFolder {
    fn drop(&mut self) {
        // After it was published there is nothing under this name. What cannot be removed now is, before the next backup.
        let _ = fs::remove_dir_all(&self.unfinished);
    }
}

impl BackupPart for File {
    fn sync(&mut self) -> io::Result<()> {
        self.flush()?;
        self.sync_all()
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}
