//! The operator's door to a running server: a socket in the folder of the store that only its owner can open.
//!
//! One process owns a store or a keyring in a file. A command that would change them hands its order to that process here:
//! one line of JSON in, then the answer's lines, the first of which says whether it worked. Where both are in databases nobody
//! owns them, and every command does its work itself.

use std::io;
use std::path::{Path, PathBuf};

use prodops::engine::Engine;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

use crate::cli::{CliError, Order, execute, with_causes};
use crate::config::{Config, StoreConfig};

/// The longest order; every real one is far shorter.
const LONGEST: u64 = 4_096;
const DONE: &str = "done";
const FAILED: &str = "failed";

/// `facts.redb` has its socket at `facts.redb.socket`, and so has the file of a keyring to a database.
fn place(config: &Config) -> Option<PathBuf> {
    let owned = match &config.store {
        StoreConfig::File(path) => path,
        StoreConfig::Database(_) => config.keyring.as_ref()?,
    };
    let mut name = owned.as_os_str().to_owned();
    name.push(".socket");
    Some(PathBuf::from(name))
}

/// Listens for orders; one that an earlier process left behind is replaced, since this one owns the file. `None` where no
/// process owns one.
///
/// # Errors
/// When the socket cannot be made.
pub fn listen(config: &Config) -> io::Result<Option<Listener>> {
    let Some(path) = place(config) else { return Ok(None) };
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // Made under another name: nobody connects before it is closed to others.
    let making = path.with_extension("socket.new");
    let _ = std::fs::remove_file(&making);
    let listener = UnixListener::bind(&making)?;
    close_to_others(&making)?;
    std::fs::rename(&making, &path)?;
    Ok(Some(Listener { listener, path }))
}

fn close_to_others(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
}

/// The socket of a running server; gone when it is dropped.
#[derive(Debug)]
pub struct Listener {
    listener: UnixListener,
    path: PathBuf,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Listener {
    /// Carries orders out, one after another. The configuration is read anew for each, so that it can name new keys.
    pub async fn serve(self, engine: Engine, file: PathBuf) {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    if let Err(error) = answer(stream, &engine, &file).await {
                        tracing::warn!(%error, "an order could not be answered");
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "the operator's socket");
                    return;
                }
            }
        }
    }
}

async fn answer(stream: UnixStream, engine: &Engine, file: &Path) -> io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut line = String::new();
    BufReader::new(reader.take(LONGEST)).read_line(&mut line).await?;
    let text = match carry_out(&line, engine, file).await {
        Ok(lines) => format!("{DONE}\n{}", lines.join("\n")),
        Err(error) => format!("{FAILED}\n{}", with_causes(&error).replace('\n', " ")),
    };
    writer.write_all(text.as_bytes()).await?;
    writer.shutdown().await
}

async fn carry_out(line: &str, engine: &Engine, file: &Path) -> Result<Vec<String>, CliError> {
    let order: Order = serde_json::from_str(line).map_err(|_| {
        CliError::Argument("the server does not understand this order: is it of another version?".to_owned())
    })?;
    tracing::info!(?order, "an order of the operator");
    execute(engine, &Config::load(file)?, &order).await
}

/// Hands an order to the server that owns the keys; `None` when none does.
///
/// # Errors
/// What the server says went wrong.
pub async fn ask(config: &Config, order: &Order) -> Result<Option<Vec<String>>, CliError> {
    let Some(place) = place(config) else { return Ok(None) };
    let mut stream = match UnixStream::connect(place).await {
        Ok(stream) => stream,
        // Nobody is there, or a socket was left behind by a process that was killed.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
            return Ok(None);
        }
        Err(error) => return Err(CliError::Output(error)),
    };
    let line = serde_json::to_string(order).map_err(io::Error::from)?;
    stream.write_all(format!("{line}\n").as_bytes()).await?;
    let mut text = String::new();
    stream.read_to_string(&mut text).await?;
    let (outcome, rest) = text.split_once('\n').unwrap_or((FAILED, "the server stopped before it answered"));
    match outcome {
        DONE => Ok(Some(rest.lines().map(str::to_owned).collect())),
        _ => Err(CliError::Argument(rest.to_owned())),
    }
}
