//! A server of one test alone, which it may stop, kill and start again.

use std::fs::{self, File, OpenOptions};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use super::cluster::{PORT, Server, launch, make};
use super::{TestDatabase, make_template, program};

/// As durable as in production.
const SETTINGS: &str = "
listen_addresses = ''
fsync = on
full_page_writes = on
synchronous_commit = on
max_connections = 60
shared_buffers = 16MB
autovacuum = off
";

/// Stops the server when the test that it belongs to is gone, however it went: `$0` the folder, `$1` the programs.
const KEEPER: &str = r#"cat "$0/pipe" > /dev/null; "$1/pg_ctl" -D "$0/data" -m immediate stop; rm -rf "$0""#;

static COUNTER: AtomicU32 = AtomicU32::new(0);

/// It ends with this.
#[derive(Debug)]
pub struct OwnServer {
    folder: PathBuf,
    server: Server,
    _pipe: File,
}

impl OwnServer {
    /// A new one, with the roles and the schema that databases are copied from.
    ///
    /// # Panics
    /// When there is no PostgreSQL, with the command that installs it.
    pub async fn start() -> Self {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("prodops-own-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for the server");
        make(&folder, SETTINGS);
        let pipe = watch(&folder);
        launch(&folder);
        let server = Server::in_folder(&folder);
        make_template(&server).await;
        Self { folder, server, _pipe: pipe }
    }

    /// A new database on it.
    pub async fn database(&self) -> TestDatabase {
        TestDatabase::on(self.server.clone(), Some(super::TEMPLATE), super::LOGIN).await
    }

    /// A new database on it with the schema of a keyring.
    pub async fn keyring(&self) -> TestDatabase {
        TestDatabase::on(self.server.clone(), Some(super::KEYRING_TEMPLATE), super::KEYRING_LOGIN).await
    }

    /// Ends it without a word to anybody: what was not on disk is read from the log at the next start.
    pub fn stop(&self) {
        let mut stop = program::command(program::user(), &program::folder().join("pg_ctl"));
        let status = stop.args(["-w", "-m", "immediate", "stop", "-D"]).arg(self.data()).status();
        assert!(status.is_ok_and(|code| code.success()), "the server stops");
    }

    /// Kills all its processes at once, with a signal that none of them sees coming.
    pub fn kill(&self) {
        let note = self.data().join("postmaster.pid");
        let main = fs::read_to_string(&note).expect("the number of the server's process");
        let main: u32 = main.lines().next().and_then(|line| line.parse().ok()).expect("a number");
        // Stopped first, so that it brings no more children into the world.
        signal("-STOP", &[main]);
        let mut all = children(main);
        all.push(main);
        signal("-KILL", &all);
        while all.iter().any(|process| is_running(*process)) {
            thread::yield_now();
        }
        // Where nobody takes note of dead processes, their number would look as if the server still ran.
        let lock = self.folder.join(format!(".s.PGSQL.{PORT}.lock"));
        for note in [note, lock] {
            fs::remove_file(note).expect("the note of a dead process");
        }
    }

    /// Starts it again after it was stopped or killed.
    pub fn start_again(&self) {
        launch(&self.folder);
    }

    /// Makes a place for tables that has so much room and no more; `None` where this process may not.
    #[must_use]
    pub fn small_disk(&self, megabytes: u32) -> Option<SmallDisk> {
        let folder = self.folder.join("small");
        fs::create_dir_all(&folder).ok()?;
        let size = format!("size={megabytes}m,mode=0777");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&folder).output();
        let disk = mount.is_ok_and(|mounted| mounted.status.success()).then_some(SmallDisk { folder })?;
        if let Some(user) = program::user() {
            let given = Command::new("chown").arg(user).arg(&disk.folder).status();
            assert!(given.is_ok_and(|code| code.success()), "the disk can be handed over");
        }
        Some(disk)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        let mut stop = program::command(program::user(), &program::folder().join("pg_ctl"));
        let _ = stop.args(["-w", "-m", "immediate", "stop", "-D"]).arg(self.data()).status();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A disk that is soon full. Drop it before its server.
#[derive(Debug)]
pub struct SmallDisk {
    folder: PathBuf,
}

impl SmallDisk {
    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes room.
    ///
    /// # Panics
    /// When it cannot be made larger.
    pub fn grow(&self, megabytes: u32) {
        let size = format!("remount,size={megabytes}m");
        let grown = Command::new("mount").args(["-o", &size]).arg(&self.folder).status();
        assert!(grown.is_ok_and(|code| code.success()), "the disk grows");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.folder).status();
    }
}

/// Holds a pipe that somebody waits at who ends the server after this process.
#[allow(clippy::zombie_processes, reason = "it outlives this process on purpose, and ends by itself")]
fn watch(folder: &Path) -> File {
    let pipe = folder.join("pipe");
    let made = program::command(program::user(), Path::new("mkfifo")).arg(&pipe).status();
    assert!(made.is_ok_and(|code| code.success()), "a pipe can be made");
    let held = OpenOptions::new().read(true).write(true).open(&pipe).expect("a pipe");
    let mut keeper = program::command(program::user(), Path::new("sh"));
    keeper.args(["-c", KEEPER]).arg(folder).arg(program::folder()).process_group(0);
    keeper.spawn().expect("somebody who waits");
    held
}

fn signal(signal: &str, processes: &[u32]) {
    let numbers = processes.iter().map(u32::to_string);
    let status = Command::new("sh").args(["-c", "kill \"$@\"", "sh", signal]).args(numbers).status();
    assert!(status.is_ok(), "signals can be sent");
}

/// The state of a process and its parent, after its name, which may have anything in it.
fn status(process: u32) -> Option<(char, u32)> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut fields = text.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

fn is_running(process: u32) -> bool {
    status(process).is_some_and(|(state, _)| !matches!(state, 'Z' | 'X'))
}

fn children(parent: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers.filter(|process| status(*process).is_some_and(|(_, of)| of == parent)).collect()
}
