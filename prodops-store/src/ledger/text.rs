//! The text of a ledger: lines, and the MACs that chain them.

use std::fmt::Write as _;
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use prodops_core::environment::Environment;
use prodops_core::secret::Secret;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::LedgerError;
use super::entry::{LedgerEntry, LedgerEvent};

/// The first line, before the environment.
const MAGIC: &str = "prodops-ledger 1 ";

/// Makes and checks the lines of one deployment.
#[derive(Debug)]
pub(super) struct Seal {
    environment: Environment,
    key: Secret<[u8; 32]>,
}

/// A line before its MAC.
#[derive(Serialize, Deserialize)]
struct Line<E> {
    seq: u64,
    event: E,
}

impl Seal {
    pub(super) const fn new(environment: Environment, key: Secret<[u8; 32]>) -> Self {
        Self { environment, key }
    }

    pub(super) fn first_line(&self) -> String {
        format!("{MAGIC}{}\n", self.environment)
    }

    /// A line after those that the chain stands for, and its MAC.
    pub(super) fn line(&self, chain: &str, seq: u64, event: &LedgerEvent) -> (String, String) {
        // Ids, times and names of states: it always becomes JSON.
        let body = serde_json::to_string(&Line { seq, event }).unwrap_or_default();
        let mac = self.mac(chain, &body);
        (format!("{body} {mac}\n"), mac)
    }

    /// Every whole line, and the chain that the next one is bound to.
    pub(super) fn read(&self, text: &str, path: &Path) -> Result<(Vec<LedgerEntry>, String), LedgerError> {
        let mut chain = self.mac("", &self.first_line());
        let mut lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n')).zip(1..);
        match lines.next() {
            None => return Ok((Vec::new(), chain)),
            Some((first, _)) if first == self.first_line() => {}
            Some(_) => return Err(LedgerError::NotALedger(path.to_owned())),
        }
        let mut entries = Vec::new();
        for (line, number) in lines {
            let expected = u64::try_from(entries.len()).unwrap_or(u64::MAX).saturating_add(1);
            let entry = self.entry(&chain, line.trim_end_matches('\n')).filter(|entry| entry.seq == expected);
            let entry = entry.ok_or_else(|| LedgerError::Damaged { path: path.to_owned(), line: number })?;
            chain.clone_from(&entry.mac);
            entries.push(entry);
        }
        Ok((entries, chain))
    }

    fn entry(&self, chain: &str, line: &str) -> Option<LedgerEntry> {
        let (body, mac) = line.rsplit_once(' ')?;
        if self.mac(chain, body) != mac {
            return None;
        }
        let Line { seq, event } = serde_json::from_str(body).ok()?;
        Some(LedgerEntry { seq, event, mac: mac.to_owned() })
    }

    fn mac(&self, chain: &str, body: &str) -> String {
        self.key.expose(|key| {
            let mut hex = String::with_capacity(64);
            // HMAC takes keys of any length, so this is never `Err`.
            if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) {
                mac.update(chain.as_bytes());
                mac.update(b"\n");
                mac.update(body.as_bytes());
                for byte in mac.finalize().into_bytes() {
                    let _ = write!(hex, "{byte:02x}");
                }
            }
            hex
        })
    }
}
