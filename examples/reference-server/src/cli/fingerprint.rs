//! `fingerprint`: the keyed fingerprints of files, with their places.

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use prodops::classify::{Fingerprinter, View, Winnowing};
use prodops::core::entropy::SystemEntropy;
use prodops::core::index_key::IndexKey;
use prodops::core::source::Transient;
use serde::Serialize;

use super::CliError;

#[derive(Debug, Args)]
pub(super) struct Fingerprint {
    /// Files; their languages are told by their names.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Tokens in a gram.
    #[arg(long, default_value_t = 16)]
    k: usize,
    /// Grams in a window, of which one is kept.
    #[arg(long, default_value_t = 16)]
    w: usize,
    /// The index key, 64 hexadecimal digits; a new one every time unless given, so that values differ.
    #[arg(long, value_name = "HEX")]
    key: Option<String>,
    /// What of a token counts.
    #[arg(long, value_enum, default_value_t = Tokens::Exact)]
    view: Tokens,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Tokens {
    /// All of it.
    Exact,
    /// Names, numbers and strings are each as good as any other.
    Abstracted,
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    file: &'a str,
    /// The number of its first token, from 0.
    position: u32,
    /// Where that token begins, in bytes from 0.
    offset: u32,
    /// The line of that token, from 1.
    line: u32,
    value: String,
}

impl Fingerprint {
    pub(super) fn run(self) -> Result<(), CliError> {
        let winnowing = Winnowing::new(self.k, self.w)?;
        let key = match &self.key {
            Some(key) => parse(key)?,
            None => IndexKey::generate(&SystemEntropy)?,
        };
        let wanted = match self.view {
            Tokens::Exact => View::Exact,
            Tokens::Abstracted => View::Abstracted,
        };
        let mut fingerprinter = Fingerprinter::new(&key, winnowing);
        let mut out = BufWriter::new(std::io::stdout().lock());
        for path in &self.files {
            let file = path.to_str().ok_or_else(|| CliError::Path(path.clone()))?;
            let text = std::fs::read(path)
                .map_err(|error| CliError::Argument(format!("cannot read {path:?}: {error}")))?;
            let mut lines = Vec::new();
            fingerprinter.file(
                file.as_bytes(),
                &Transient::new(text),
                |_| {},
                |view, found| {
                    if view == wanted {
                        let (position, offset, line) = (found.token, found.offset, found.line);
                        lines.push(Line {
                            file,
                            position,
                            offset,
                            line,
                            value: format!("{:016x}", found.value),
                        });
                    }
                },
            );
            for line in &lines {
                serde_json::to_writer(&mut out, line).map_err(std::io::Error::from)?;
                out.write_all(b"\n")?;
            }
        }
        Ok(out.flush()?)
    }
}

fn parse(key: &str) -> Result<IndexKey, CliError> {
    let wrong = || CliError::Argument("--key is no index key: write 64 hexadecimal digits".to_owned());
    let mut bytes = [0u8; 32];
    if key.len() != 64 || !key.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(wrong());
    }
    for (byte, digits) in bytes.iter_mut().zip(key.as_bytes().chunks(2)) {
        let digits = std::str::from_utf8(digits).map_err(|_| wrong())?;
        *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
    }
    Ok(IndexKey::from_bytes(bytes))
}
