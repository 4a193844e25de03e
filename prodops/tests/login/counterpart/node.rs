//! The provider's process: started for one test, ended with it.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use prodops::core::entropy::{Entropy as _, SystemEntropy};

/// Handed over as text: tests of other packages use this module, too.
const SCRIPT: &str = include_str!("provider.mjs");
const INSTALL: &str = "Node or its package `oidc-provider` is missing: run `cargo xtask provision`";

/// A running provider.
pub(super) struct Provider {
    process: Child,
    /// Kept open: what the provider warns about later must have somewhere to go.
    output: Lines<BufReader<ChildStdout>>,
    pub(super) port: u16,
    /// The secret of the client `confidential`.
    pub(super) secret: String,
}

impl Provider {
    pub(super) fn start() -> Self {
        let folder = folder();
        assert!(folder.join("node_modules/oidc-provider/lib/index.js").is_file(), "{INSTALL}");
        let secret = secret();
        // Its input is a pipe: should this process be killed, the pipe ends, and so does the provider.
        let mut process = Command::new("node")
            .args(["--input-type=module", "--eval", SCRIPT, "--"])
            .arg(folder)
            .arg(&secret)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect(INSTALL);
        let output = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut provider = Self { process, output, port: 0, secret };
        let line = provider.output.by_ref().map_while(Result::ok).find(|line| line.starts_with('{'));
        let said: serde_json::Value =
            serde_json::from_str(&line.expect("the provider says its port")).unwrap();
        provider.port = said["port"].as_u64().and_then(|port| u16::try_from(port).ok()).unwrap();
        provider
    }

    pub(super) fn issuer(&self) -> String {
        format!("http://localhost:{}", self.port)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where `cargo xtask provision` installs the package.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("provision/oidc-provider")
}

fn secret() -> String {
    let mut bytes = [0; 24];
    SystemEntropy.fill(&mut bytes).unwrap();
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
