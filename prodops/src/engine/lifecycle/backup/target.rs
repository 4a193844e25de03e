//! Where backups are written to, and read back from.

use std::fmt::Debug;
use std::io::{self, Read, Write};

/// A place for backups. Each has a name and parts with names; nobody sees a backup before it is whole.
///
/// Its methods may block: the engine calls them on threads that may.
pub trait BackupTarget: Debug + Send + Sync + 'static {
    /// Begins a backup, and removes what others were killed over.
    ///
    /// # Errors
    /// `WouldBlock` while somebody else makes one; else when the place cannot be written.
    fn begin(&self, name: &str) -> io::Result<Box<dyn UnfinishedBackup>>;

    /// The names of the backups that are whole.
    ///
    /// # Errors
    /// When the place cannot be read. A place that nobody wrote to yet has none.
    fn list(&self) -> io::Result<Vec<String>>;

    /// The names of the parts of a backup, in no order.
    ///
    /// # Errors
    /// When the place cannot be read.
    fn parts(&self, backup: &str) -> io::Result<Vec<String>>;

    /// Reads a part.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    fn open(&self, backup: &str, part: &str) -> io::Result<Box<dyn Read + Send>>;

    /// Removes a backup.
    ///
    /// # Errors
    /// When the place cannot be written.
    fn remove(&self, backup: &str) -> io::Result<()>;
}

/// A backup that nobody sees yet. Dropped, it is as if it had not been begun.
pub trait UnfinishedBackup: Debug + Send {
    /// Begins a part.
    ///
    /// # Errors
    /// When the place cannot be written.
    fn create(&mut self, part: &str) -> io::Result<Box<dyn BackupPart>>;

    /// Makes the backup visible, at once and for good.
    ///
    /// # Errors
    /// When the place cannot be written.
    fn publish(self: Box<Self>) -> io::Result<()>;
}

/// A part that is being written.
pub trait BackupPart: Write + Send {
    /// Makes what was written last.
    ///
    /// # Errors
    /// When it cannot be written: on a full disk perhaps only now.
    fn sync(&mut self) -> io::Result<()>;
}
