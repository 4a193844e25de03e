//! A deployment on two databases: its configuration, its commands, its servers.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use prodops_store::testing::postgres::TestDatabase;
use tempfile::TempDir;

use crate::site::repository;

/// A folder with a configuration, a root key and repositories, a database and a keyring's database.
pub(super) struct Deployment {
    folder: TempDir,
    pub(super) data: TestDatabase,
    pub(super) keys: TestDatabase,
}

/// What is written into the configuration besides what every deployment has.
#[derive(Default, Clone)]
pub(super) struct Wanted {
    /// Lines of `[store]`.
    pub(super) store: String,
    /// Tables behind it.
    pub(super) more: String,
    /// Whom the data's database is reached as; the role of a server unless given.
    pub(super) login: Option<String>,
}

impl Deployment {
    pub(super) async fn new() -> Self {
        Self::on(TestDatabase::new().await, TestDatabase::keyring().await)
    }

    pub(super) fn on(data: TestDatabase, keys: TestDatabase) -> Self {
        let deployment = Self { folder: tempfile::tempdir().unwrap(), data, keys };
        repository(&deployment.path("api"), 3);
        deployment.new_key("root.key");
        deployment.secret("keyring.url", &deployment.keys.url());
        deployment.configure(&["root.key"], &Wanted::default());
        deployment
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes a key and gives its id.
    pub(super) fn new_key(&self, name: &str) -> String {
        let said = lines(&run(&["vault", "new-key", self.path(name).to_str().unwrap()]));
        said.split("root key ").nth(1).unwrap().split('.').next().unwrap().to_owned()
    }

    /// Writes a secret into a file of its own, and gives the reference to it.
    pub(super) fn secret(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        format!("file:{}", path.display())
    }

    pub(super) fn configure(&self, keys: &[&str], wanted: &Wanted) {
        let keys: Vec<String> =
            keys.iter().map(|key| format!("\"file:{}\"", self.path(key).display())).collect();
        let url = match &wanted.login {
            Some(login) => self.data.url_as(login),
            None => self.data.url(),
        };
        let url = self.secret("data.url", &url);
        let text = format!(
            "environment = \"test\"\nroot-keys = [{}]\nlisten = \"127.0.0.1:0\"\n\
             [store]\nurl = \"{url}\"\nkeyring-url = \"file:{}\"\nconnections = 8\n{}\n{}\n\
             [[workspace]]\nslug = \"one\"\nname = \"One\"\nrepositories = [\"{}\"]\n",
            keys.join(", "),
            self.path("keyring.url").display(),
            wanted.store,
            wanted.more,
            self.path("api").display(),
        );
        std::fs::write(self.path("prodops.toml"), text).unwrap();
    }

    /// Runs a command with the configuration.
    pub(super) fn command(&self, arguments: &[&str]) -> Output {
        let config = self.path("prodops.toml");
        run(&[arguments, &["--config", config.to_str().unwrap()]].concat())
    }

    pub(super) fn serve(&self) -> Server {
        let log = std::fs::File::options().create(true).append(true).open(self.path("log")).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_reference-server"))
            .args(["serve", "--config", self.path("prodops.toml").to_str().unwrap()])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        Server { child, said }
    }
}

pub(super) fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_reference-server")).args(arguments).output().unwrap()
}

/// What a command said that must have worked.
pub(super) fn lines(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The one line of a command that must have failed.
pub(super) fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    let errors: Vec<&str> = text.lines().filter(|line| line.starts_with("error: ")).collect();
    assert_eq!(errors.len(), 1, "{text}");
    errors[0].to_owned()
}

/// A server that is ended with the test.
pub(super) struct Server {
    child: Child,
    said: BufReader<ChildStdout>,
}

impl Server {
    /// Waits for the sign-in link and gives its address.
    pub(super) fn link(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        line.split_whitespace().find(|word| word.starts_with("http://")).expect("a link").to_owned()
    }

    /// Sends it a signal.
    pub(super) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(super) fn port(link: &str) -> u16 {
    link.split(':').nth(2).unwrap().split('/').next().unwrap().parse().unwrap()
}

/// A browser with one cookie.
#[derive(Default)]
pub(super) struct Browser {
    pub(super) cookie: Option<String>,
}

impl Browser {
    /// Asks for a page of this machine, and gives status and body.
    pub(super) fn get(&mut self, port: u16, path: &str) -> (u16, String) {
        let cookie = self.cookie.as_ref().map(|cookie| format!("Cookie: {cookie}\r\n")).unwrap_or_default();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nSec-Fetch-Site: none\r\n{cookie}Connection: close\r\n\r\n"
        );
        self.send(port, &request)
    }

    /// Opens a one-time link.
    pub(super) fn sign_in(&mut self, link: &str) {
        let path = &link[link.find("/sign-in/").expect("a link")..];
        let (status, body) = self.get(port(link), path);
        assert_eq!(status, 303, "{body}");
    }

    fn send(&mut self, port: u16, request: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer.as_str(), ""));
        for line in head.lines() {
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("set-cookie: ").map(str::len) {
                let value = &line[line.len() - value..];
                self.cookie = Some(value.split(';').next().unwrap().to_owned());
            }
        }
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        (status, body.to_owned())
    }
}

/// Whether a file is there, for messages.
pub(super) fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}
