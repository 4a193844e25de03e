//! Where PostgreSQL's programs are, and who may run them.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const MISSING: &str = "no PostgreSQL server was found: run `cargo xtask provision`, or `apt-get install postgresql \
                       pgbouncer`, or name the folder of its programs in PRODOPS_TEST_PG_BIN, or a server in \
                       PRODOPS_TEST_DATABASE_URL; PRODOPS_SKIP_POSTGRES=1 skips these tests";

/// What the person who runs the tests says.
pub(super) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// The folder with `initdb` and `pg_ctl`.
///
/// # Panics
/// When there is none, with the command that installs it.
#[must_use]
pub fn folder() -> PathBuf {
    let named = variable("PRODOPS_TEST_PG_BIN").map(PathBuf::from);
    let path = variable("PATH").unwrap_or_default();
    let on_path: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let told = Command::new("pg_config").arg("--bindir").output().ok();
    let told = told.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    let mut found = named.into_iter().chain(on_path).chain(told).chain(usual());
    found.find(|folder| folder.join("initdb").is_file()).expect(MISSING)
}

/// Where distributions put it, the newest version first.
fn usual() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"]
        .iter()
        .filter_map(|home| fs::read_dir(home).ok())
        .flat_map(|entries| entries.flatten())
        .map(|entry| entry.path().join("bin"))
        .collect();
    folders.sort();
    folders.reverse();
    folders.push(PathBuf::from("/usr/local/pgsql/bin"));
    folders
}

/// pgbouncer.
pub(super) fn pgbouncer() -> Option<PathBuf> {
    let path = variable("PATH").unwrap_or_default();
    let usual = ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin"].map(PathBuf::from);
    let mut folders = std::env::split_paths(&path).chain(usual);
    folders.find_map(|folder| Some(folder.join("pgbouncer")).filter(|program| program.is_file()))
}

/// Who the server runs as where the tests run as root, which PostgreSQL refuses to.
#[must_use]
pub fn user() -> Option<&'static str> {
    let root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    let known = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let has = |name: &str| known.lines().any(|line| line.starts_with(&format!("{name}:")));
    match root {
        true if has("postgres") => Some("postgres"),
        true => Some("nobody"),
        false => None,
    }
}

/// A program that talks to nobody, as the user that the server runs as.
#[must_use]
pub fn command(user: Option<&str>, program: &Path) -> Command {
    let mut command = match user {
        Some(user) => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", user, "--regid", user_group(user), "--clear-groups", "--"]).arg(program);
            command
        }
        None => Command::new(program),
    };
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Debian's `nobody` is in `nogroup`.
fn user_group(user: &str) -> &str {
    if user == "nobody" { "nogroup" } else { user }
}
