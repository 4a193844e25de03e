//! A wire between a store and its server on which somebody sits: it tells what was asked, takes one of the two locks away, or is
//! cut in the middle of a message.
//!
//! It speaks enough of PostgreSQL's protocol to find the texts of statements. It runs on threads of its own, so that a test's
//! runtime may stand still.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, BufReader, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use prodops_core::id::WorkspaceId;

/// What a request becomes on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tamper {
    /// The same.
    Nothing,
    /// A statement without its condition on the workspace, wherever row-level security stands behind it.
    DropConditions,
    /// A frame that says `to` where the store said `from`; what statements name stays.
    SwapFrames {
        /// The workspace of the store's frames.
        from: WorkspaceId,
        /// The workspace that the server is told.
        to: WorkspaceId,
    },
}

/// Statements that were sent, each with the roles that sent it.
pub type Said = BTreeMap<String, BTreeSet<String>>;

/// A socket in front of the server's; it ends with this.
#[derive(Debug)]
pub struct Wire {
    folder: PathBuf,
    tap: Arc<Tap>,
}

#[derive(Debug)]
struct Tap {
    tamper: Tamper,
    said: Mutex<Said>,
    /// Bytes that still pass, in both directions together, before a connection is cut.
    left: AtomicU64,
    cuts: AtomicU32,
}

const NO_CUT: u64 = u64::MAX;
static COUNTER: AtomicU32 = AtomicU32::new(0);

impl Wire {
    /// In front of the server's socket in this folder.
    pub(super) fn new(server: &Path, port: u16, tamper: Tamper) -> Self {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("prodops-wire-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for the wire");
        let socket = format!(".s.PGSQL.{port}");
        let listener = UnixListener::bind(folder.join(&socket)).expect("a socket for the wire");
        let tap = Arc::new(Tap {
            tamper,
            said: Mutex::default(),
            left: AtomicU64::new(NO_CUT),
            cuts: AtomicU32::new(0),
        });
        let (server, shared) = (server.join(socket), Arc::clone(&tap));
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // A server that is gone closes the wire, too.
                if let Ok(server) = UnixStream::connect(&server) {
                    let _ = shared.join(&client, &server);
                }
            }
        });
        Self { folder, tap }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What was said so far.
    #[must_use]
    pub fn said(&self) -> Said {
        self.tap.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets so many bytes more pass, then cuts the connection that the next one is on; connections after that are whole.
    pub fn cut_after(&self, bytes: u64) {
        self.tap.left.store(bytes, Ordering::SeqCst);
    }

    /// Connections that were cut so far.
    #[must_use]
    pub fn cuts(&self) -> u32 {
        self.tap.cuts.load(Ordering::SeqCst)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Tap {
    fn join(self: &Arc<Self>, client: &UnixStream, server: &UnixStream) -> io::Result<()> {
        let (tap, from, to) = (Arc::clone(self), client.try_clone()?, server.try_clone()?);
        thread::spawn(move || {
            let _ = tap.pass_requests(&from, &to);
            end(&from, &to);
        });
        let (tap, from, to) = (Arc::clone(self), server.try_clone()?, client.try_clone()?);
        thread::spawn(move || {
            let _ = tap.pass_answers(&from, &to);
            end(&from, &to);
        });
        Ok(())
    }

    fn pass_answers(&self, mut from: &UnixStream, to: &UnixStream) -> io::Result<()> {
        let mut buffer = [0; 16 * 1024];
        loop {
            match from.read(&mut buffer)? {
                0 => return Ok(()),
                count => self.send(to, buffer.get(..count).unwrap_or_default())?,
            }
        }
    }

    fn pass_requests(&self, from: &UnixStream, to: &UnixStream) -> io::Result<()> {
        let mut from = BufReader::new(from);
        // What comes before the first real message has no tag: questions about encryption, then the start itself.
        loop {
            let start = read_body(&mut from)?;
            self.send(to, &packet(None, &start))?;
            if !matches!(start.get(..2), Some([0x04, 0xd2])) {
                break;
            }
        }
        let mut role = String::new();
        loop {
            let mut tag = [0];
            from.read_exact(&mut tag)?;
            let body = read_body(&mut from)?;
            let body = self.tampered(tag[0], body, &mut role);
            self.send(to, &packet(Some(tag[0]), &body))?;
        }
    }

    /// Sends, as far as the wire is whole.
    fn send(&self, mut to: &UnixStream, bytes: &[u8]) -> io::Result<()> {
        let size = u64::try_from(bytes.len()).unwrap_or(NO_CUT);
        let spend = |left: u64| if left == NO_CUT { None } else { Some(left.saturating_sub(size)) };
        let before = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, spend).unwrap_or(NO_CUT);
        if before >= size {
            return to.write_all(bytes);
        }
        // Whoever finds the wire short is the one that is cut; all others go on.
        if self.left.swap(NO_CUT, Ordering::SeqCst) != NO_CUT {
            self.cuts.fetch_add(1, Ordering::SeqCst);
        }
        let rest = usize::try_from(before).ok().and_then(|rest| bytes.get(..rest)).unwrap_or_default();
        to.write_all(rest)?;
        Err(io::ErrorKind::ConnectionReset.into())
    }

    fn tampered(&self, tag: u8, body: Vec<u8>, role: &mut String) -> Vec<u8> {
        match tag {
            b'Q' => {
                let Some((text, _)) = text_of(&body) else { return body };
                if let Some(taken) = role_in(&text) {
                    *role = taken;
                }
                [self.rewritten(&text, role).as_bytes(), &[0]].concat()
            }
            b'P' => {
                let Some((name, rest)) = text_of(&body) else { return body };
                let Some((text, parameters)) = text_of(rest) else { return body };
                [name.as_bytes(), &[0], self.rewritten(&text, role).as_bytes(), &[0], parameters].concat()
            }
            _ => body,
        }
    }

    fn rewritten(&self, text: &str, role: &str) -> String {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.entry(text.to_owned()).or_default().insert(role.to_owned());
        match self.tamper {
            Tamper::Nothing => text.to_owned(),
            Tamper::SwapFrames { from, to } => text.replace(
                &format!("SET LOCAL prodops.workspace_id = '{from}'"),
                &format!("SET LOCAL prodops.workspace_id = '{to}'"),
            ),
            Tamper::DropConditions if is_behind_row_security(text, role) => without_condition(text),
            Tamper::DropConditions => text.to_owned(),
        }
    }
}

/// Whether row-level security stands behind what a statement asks for: on everything that a workspace owns, and on all
/// that the plane of workspaces may reach.
fn is_behind_row_security(text: &str, role: &str) -> bool {
    let elsewhere = text.contains("prodops_control.") || text.contains("prodops_identity.");
    role == "prodops_app" || (text.contains("prodops.") && !elsewhere)
}

/// Any name of a table goes with its column.
fn without_condition(text: &str) -> String {
    const CONDITION: &str = "workspace_id = $1";
    let mut parts = text.split(CONDITION);
    let mut without = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if without.ends_with('.') {
            without.pop();
            let name = without.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
            without.truncate(name);
        }
        without.push_str("$1::uuid IS NOT NULL");
        without.push_str(part);
    }
    without
}

fn role_in(text: &str) -> Option<String> {
    let (_, rest) = text.rsplit_once("SET LOCAL ROLE ")?;
    rest.split(';').next().map(str::to_owned)
}

fn text_of(bytes: &[u8]) -> Option<(String, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == 0)?;
    let text = String::from_utf8(bytes.get(..end)?.to_vec()).ok()?;
    Some((text, bytes.get(end + 1..)?))
}

fn read_body(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = usize::try_from(u32::from_be_bytes(length)).map_err(io::Error::other)?;
    let mut body = vec![0; length.checked_sub(4).ok_or(io::ErrorKind::InvalidData)?];
    from.read_exact(&mut body)?;
    Ok(body)
}

fn packet(tag: Option<u8>, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX);
    tag.into_iter().chain(length.to_be_bytes()).chain(body.iter().copied()).collect()
}

fn end(one: &UnixStream, other: &UnixStream) {
    let _ = (one.shutdown(Shutdown::Both), other.shutdown(Shutdown::Both));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_goes_with_the_name_of_its_table() {
        let text = "SELECT 1 FROM prodops.person p WHERE p.workspace_id = $1 AND p.id = $2";
        assert_eq!(
            without_condition(text),
            "SELECT 1 FROM prodops.person p WHERE $1::uuid IS NOT NULL AND p.id = $2"
        );
        assert_eq!(without_condition("SELECT 1"), "SELECT 1");
        assert_eq!(without_condition("a WHERE workspace_id = $1"), "a WHERE $1::uuid IS NOT NULL");
    }

    #[test]
    fn conditions_outside_of_row_security_stay() {
        assert!(is_behind_row_security("SELECT FROM prodops.person", "prodops_purger"));
        assert!(is_behind_row_security("SELECT FROM prodops_control.hold", "prodops_app"));
        assert!(!is_behind_row_security("SELECT FROM prodops_control.hold", "prodops_control"));
        assert_eq!(
            role_in("BEGIN; SET LOCAL ROLE prodops_app; SET LOCAL x = ''").as_deref(),
            Some("prodops_app")
        );
    }
}
