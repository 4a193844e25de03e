//! Secrets that are planted to be looked for afterwards.

use std::collections::HashSet;
use std::fmt;
use std::path::Path;

use crate::entropy::Entropy;
use crate::leak_guard::form::{Alphabet, base64, forms, hex, json, percent};
use crate::secret::Secret;

/// As long a piece of a secret as may turn up anywhere by accident.
const TRACE: usize = 16;
/// What the random part is made of. Every encoding changes some of it, and all of it may stand in a header.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// How canaries begin: short enough to give no trace, with a part that every encoding writes in its own way.
const START: &str = "canary\"\\?~~~";

/// A random secret that begins with `canary`, so that a failing test says at once what was found.
///
/// # Panics
/// Its methods panic when something is wrong: they are made for tests.
pub struct Canary {
    text: String,
    traces: HashSet<[u8; TRACE]>,
    /// Which two bytes a trace may begin with.
    starts: HashSet<[u8; 2]>,
}

impl Canary {
    /// A new one.
    #[must_use]
    #[allow(clippy::expect_used, reason = "test kit: without random bytes the test should stop")]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0u8; 40];
        entropy.fill(&mut bytes).expect("random bytes");
        let letters = bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 63)));
        let text: String = START.chars().chain(letters.map(|byte| char::from(*byte))).collect();
        let written = forms(text.as_bytes());
        let windows = written.iter().flat_map(|(_, form)| form.windows(TRACE));
        let traces: HashSet<[u8; TRACE]> = windows.filter_map(|window| window.try_into().ok()).collect();
        let starts = traces.iter().filter_map(|trace| trace.first_chunk().copied()).collect();
        Self { text, traces, starts }
    }

    /// The secret as it is.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The secret, for a leak guard.
    #[must_use]
    pub fn secret(&self) -> Secret<Vec<u8>> {
        Secret::new(self.text.as_bytes().to_vec())
    }

    /// The eight encodings in which credentials travel, each with its name.
    #[must_use]
    pub fn encodings(&self) -> [(&'static str, String); 8] {
        let bytes = self.text.as_bytes();
        let text = |written: &[u8]| String::from_utf8_lossy(written).into_owned();
        let basic = base64(format!("user:{}=", self.text).as_bytes(), Alphabet::Standard, 0);
        [
            ("raw", self.text.clone()),
            ("base64", text(&base64(bytes, Alphabet::Standard, 0))),
            ("base64url", text(&base64(bytes, Alphabet::Url, 0))),
            ("percent", text(&percent(bytes, true))),
            ("hex", text(&hex(bytes, false))),
            ("HEX", text(&hex(bytes, true))),
            ("json", text(&json(&self.text))),
            ("Basic", format!("Basic {}", text(&basic))),
        ]
    }

    /// Where a trace of the secret is: sixteen bytes of any form in which it turns up, at any offset of a base64 text.
    #[must_use]
    pub fn find(&self, bytes: &[u8]) -> Option<usize> {
        let mut windows = bytes.windows(TRACE);
        windows.position(|window| {
            window.first_chunk::<2>().is_some_and(|start| self.starts.contains(start))
                && self.traces.contains(window)
        })
    }

    /// Stops the test when there is a trace of the secret.
    ///
    /// # Panics
    /// Then, with the place.
    #[allow(clippy::panic, reason = "test kit: this is what it is for")]
    pub fn assert_absent(&self, bytes: &[u8], what: &str) {
        if let Some(at) = self.find(bytes) {
            let part = bytes.get(at.saturating_sub(40)..).unwrap_or_default();
            let part = String::from_utf8_lossy(part.get(..120).unwrap_or(part)).into_owned();
            panic!("{what}: a trace of the canary at byte {at}: {part:?}");
        }
    }

    /// The same for a file.
    ///
    /// # Panics
    /// Also when the file cannot be read: what was not looked at is not known to be clean.
    #[allow(clippy::panic, reason = "test kit: this is what it is for")]
    pub fn assert_absent_in_file(&self, path: &Path) {
        match std::fs::read(path) {
            Ok(bytes) => self.assert_absent(&bytes, &path.display().to_string()),
            Err(error) => panic!("{}: {error}", path.display()),
        }
    }

    /// The same for every file below a folder, and for their names; answers how many files were looked at.
    ///
    /// # Panics
    /// As for a file.
    #[allow(clippy::panic, reason = "test kit: this is what it is for")]
    pub fn assert_absent_in_folder(&self, folder: &Path) -> usize {
        let entries =
            std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut files = 0;
        for entry in entries {
            let entry = entry.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
            self.assert_absent(entry.file_name().as_encoded_bytes(), "a file's name");
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => files += self.assert_absent_in_folder(&entry.path()),
                // Where a link leads is another folder's concern.
                Ok(kind) if kind.is_symlink() => {}
                _ => {
                    self.assert_absent_in_file(&entry.path());
                    files += 1;
                }
            }
        }
        files
    }
}

impl fmt::Debug for Canary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Canary")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leak_guard::{LeakGuard, OnLeak};
    use crate::testing::SeededEntropy;

    #[test]
    fn every_encoding_is_its_own_and_is_found() {
        let canary = Canary::generate(&SeededEntropy::new(1));
        let guard = LeakGuard::new(&SeededEntropy::new(2), OnLeak::Count).unwrap();
        let _registration = guard.register(&canary.secret()).unwrap();
        let encodings = canary.encodings();
        for (at, (name, encoded)) in encodings.iter().enumerate() {
            assert!(!encodings[..at].iter().any(|(_, other)| other == encoded), "{name}");
            assert!(canary.find(format!("<{encoded}>").as_bytes()).is_some(), "{name}");
            assert!(canary.find(&encoded.as_bytes()[12..]).is_some(), "half of {name}");
            let mut text = encoded.clone().into_bytes();
            assert!(guard.sink("test").redact(&mut text), "{name}");
            canary.assert_absent(&text, name);
        }
        assert!(canary.find(Canary::generate(&SeededEntropy::new(3)).text().as_bytes()).is_none());
    }

    #[test]
    fn files_and_names_below_a_folder_are_looked_at() {
        let canary = Canary::generate(&SeededEntropy::new(1));
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        std::fs::create_dir(&inner).unwrap();
        std::fs::write(inner.join("clean"), "canary").unwrap();
        assert_eq!(canary.assert_absent_in_folder(folder.path()), 1);
        let stops = |wanted: bool| {
            let looked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                canary.assert_absent_in_folder(folder.path());
            }));
            assert_eq!(looked.is_err(), wanted);
        };
        let (_, hex) = &canary.encodings()[4];
        std::fs::write(inner.join(hex), "").unwrap();
        stops(true);
        std::fs::remove_file(inner.join(hex)).unwrap();
        stops(false);
        std::fs::write(inner.join("dirty"), format!("{}{hex}", "x".repeat(5000))).unwrap();
        stops(true);
    }
}
