//! Seals standard input into a record, or opens a record from there: the vault and nothing else of ProdOps.

mod arguments;
mod hex;

use std::error::Error;
use std::io::{self, Read, Write};
use std::process::ExitCode;

use clap::Parser;
use prodops_core::entropy::{Entropy, SystemEntropy};
use prodops_core::process::forbid_core_dumps;
use prodops_core::vault::{SealedRecord, open, seal};
use zeroize::Zeroizing;

use arguments::{Arguments, Command};

fn main() -> ExitCode {
    let done = match Arguments::try_parse() {
        Ok(arguments) => forbid_core_dumps().map_err(Into::into).and_then(|()| run(arguments.command)),
        // Help that was asked for is no failure.
        Err(error) if !error.use_stderr() => error.print().map_err(Into::into),
        Err(error) => Err(error.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => {
            // One answer for everything: whoever tries keys or records learns nothing from how it failed.
            let _ = writeln!(io::stderr(), "vault-only: refused");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), Box<dyn Error>> {
    match command {
        Command::Seal { place, salt, .. } => {
            let secret = Zeroizing::new(input()?);
            let fixed = salt.as_ref().map(|salt| salt as &dyn Entropy);
            let entropy = fixed.unwrap_or(&SystemEntropy);
            let record = seal(&place.key(), place.purpose, &place.context(), &secret, entropy)?;
            output(format!("{}\n", hex::encode(record.as_bytes())).as_bytes())
        }
        Command::Open { place } => {
            let text = String::from_utf8(input()?)?;
            let record = SealedRecord::parse(&hex::decode(text.trim()).ok_or("not hexadecimal")?)?;
            let secret = open(&place.key(), place.purpose, &place.context(), &record)?;
            secret.expose(|secret| output(secret))
        }
    }
}

/// More than the longest record in hexadecimal; what is longer cannot be meant.
const LONGEST_INPUT: usize = 2 * SealedRecord::MAX_LEN + 64;

fn input() -> io::Result<Vec<u8>> {
    // Large enough from the start: a buffer that grows leaves copies of a secret behind.
    let mut bytes = Vec::with_capacity(LONGEST_INPUT + 1);
    let most = u64::try_from(LONGEST_INPUT).unwrap_or(u64::MAX);
    io::stdin().take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn output(bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    Ok(stdout.flush()?)
}
