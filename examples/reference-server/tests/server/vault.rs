//! Keys as an operator handles them: with the server stopped, with the server running, and with the wrong root key.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use prodops::core::environment::Environment;
use prodops::core::keyring::{Change, KeyOwner, KeyringStore};
use prodops::store::keyring::FileKeyring;
use tempfile::TempDir;

use crate::site::repository;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_reference-server")).args(arguments).output().unwrap()
}

fn lines(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
    let line = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(line.lines().count(), 1, "{line}");
    line
}

/// A folder with a configuration, a root key and a repository.
struct Deployment {
    folder: TempDir,
}

impl Deployment {
    fn new() -> Self {
        let deployment = Self { folder: tempfile::tempdir().unwrap() };
        repository(&deployment.path("api"), 3);
        deployment.new_key("root.key");
        deployment.configure(&["root.key"]);
        deployment
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes a key and gives its id.
    fn new_key(&self, name: &str) -> String {
        let said = lines(&run(&["vault", "new-key", self.path(name).to_str().unwrap()]));
        said.split("root key ").nth(1).unwrap().split('.').next().unwrap().to_owned()
    }

    fn configure(&self, keys: &[&str]) {
        let keys: Vec<String> =
            keys.iter().map(|key| format!("\"file:{}\"", self.path(key).display())).collect();
        let text = format!(
            "environment = \"test\"\nstore = \"{}\"\nroot-keys = [{}]\nlisten = \"127.0.0.1:0\"\n\
             [[workspace]]\nslug = \"one\"\nname = \"One\"\nrepositories = [\"{}\"]\n",
            self.path("facts.redb").display(),
            keys.join(", "),
            self.path("api").display()
        );
        std::fs::write(self.path("prodops.toml"), text).unwrap();
    }

    fn vault(&self, arguments: &[&str]) -> Output {
        let config = self.path("prodops.toml");
        let all: Vec<&str> = ["vault"].into_iter().chain(arguments.iter().copied()).collect();
        run(&[&all[..], &["--config", config.to_str().unwrap()]].concat())
    }

    fn serve(&self) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_reference-server"))
            .args(["serve", "--config", self.path("prodops.toml").to_str().unwrap()])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        Server { child, said }
    }

    fn files(&self) -> Vec<Vec<u8>> {
        ["facts.redb", "facts.redb.keyring"].map(|name| std::fs::read(self.path(name)).unwrap()).into()
    }
}

/// A server that is ended with the test.
struct Server {
    child: Child,
    said: BufReader<ChildStdout>,
}

impl Server {
    /// Waits for the sign-in link and gives its address.
    fn link(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        line.split_whitespace().find(|word| word.starts_with("http://")).expect("a link").to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn get(port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn port(link: &str) -> u16 {
    link.split(':').nth(2).unwrap().split('/').next().unwrap().parse().unwrap()
}

#[test]
fn keys_are_rotated_while_the_server_runs_and_it_goes_on_without_a_restart() {
    let deployment = Deployment::new();
    let mut server = deployment.serve();
    let link = server.link();
    let next = deployment.new_key("next.key");
    deployment.configure(&["next.key", "root.key"]);
    let plan = lines(&deployment.vault(&["plan"]));
    assert!(plan.contains("2 owners, 2 active data keys") && plan.contains("not in use yet"), "{plan}");
    let done = lines(&deployment.vault(&["rotate-root"]));
    assert!(done.contains(&format!("root key {next} is in use")), "{done}");
    assert!(lines(&deployment.vault(&["rotate-root"])).contains("in use already"));
    let rows = lines(&deployment.vault(&["rotate-dek"]));
    assert!(rows.contains("the deployment:") && rows.contains("rows are sealed under the new key"), "{rows}");
    assert!(lines(&deployment.vault(&["verify"])).contains("none failed"));
    assert!(lines(&deployment.vault(&["retire"])).contains("within ten minutes"));
    let old = plan.lines().find(|line| line.contains("in use") && !line.contains("not in use")).unwrap();
    let old = old.split(' ').nth(2).unwrap().trim_end_matches(':').to_owned();
    let gone = lines(&deployment.vault(&["retire", "--root", &old]));
    assert!(gone.contains("opens nothing any more"), "{gone}");
    // The link was sealed under the old keys, and is taken under the new ones.
    assert!(
        get(port(&link), link.split_once(&format!(":{}", port(&link))).unwrap().1)
            .starts_with("HTTP/1.1 303")
    );
    assert!(get(port(&link), "/readyz").starts_with("HTTP/1.1 200"));
    drop(server);
    deployment.configure(&["next.key"]);
    assert!(lines(&deployment.vault(&["verify"])).contains("none failed"));
}

#[test]
fn looking_changes_no_root_and_wrong_ones_are_not_taken_over() {
    let deployment = Deployment::new();
    let mut server = deployment.serve();
    let link = server.link();
    // A slip in the configuration: the present root key is not in it any more.
    let next = deployment.new_key("next.key");
    deployment.configure(&["next.key"]);
    let plan = lines(&deployment.vault(&["plan"]));
    assert!(plan.contains("in use, but not in the configuration"), "{plan}");
    assert!(plan.contains(&next) && plan.contains("not in use yet"), "{plan}");
    let found = refusal(&deployment.vault(&["verify"]));
    assert!(found.contains("none of the root keys that were given (1 more like it)"), "{found}");
    for order in [&["rotate-root"][..], &["retire", "--root", &next]] {
        let refused = refusal(&deployment.vault(order));
        assert!(refused.contains("wrong root key") && refused.contains(&next), "{refused}");
    }
    // New data keys are wrapped under the root that the server was started with.
    assert!(lines(&deployment.vault(&["rotate-dek"])).contains("rows are sealed under the new key"));
    assert!(get(port(&link), "/readyz").starts_with("HTTP/1.1 200"));
    deployment.configure(&["root.key"]);
    assert!(lines(&deployment.vault(&["verify"])).contains("none failed"));
}

/// Damages the data key of the first workspace in the keyring that no process has open, and gives its owner.
async fn damage_first(keyring: &Path) -> KeyOwner {
    let keyring = FileKeyring::open(keyring, Environment::Test).unwrap();
    let owners = keyring.owners(None, 10).await.unwrap();
    assert_eq!(owners.len(), 3, "the deployment and two workspaces");
    let before = keyring.data_keys(owners[1]).await.unwrap().remove(0);
    let mut after = before.clone();
    *after.wrappings[0].bytes.last_mut().unwrap() ^= 1;
    let change = Change::DataKey { before: Some(Box::new(before)), after: Box::new(after) };
    keyring.apply(vec![change]).await.unwrap();
    owners[1]
}

#[tokio::test]
async fn one_owner_whose_keys_do_not_open_does_not_hold_up_the_others() {
    let deployment = Deployment::new();
    repository(&deployment.path("web"), 3);
    let config = deployment.path("prodops.toml");
    let second = format!(
        "[[workspace]]\nslug = \"two\"\nname = \"Two\"\nrepositories = [\"{}\"]\n",
        deployment.path("web").display()
    );
    let text = std::fs::read_to_string(&config).unwrap() + &second;
    std::fs::write(&config, text).unwrap();
    drop({
        let mut server = deployment.serve();
        server.link();
        server
    });
    let owner = damage_first(&deployment.path("facts.redb.keyring")).await;
    let refused = refusal(&deployment.vault(&["rotate-dek"]));
    assert!(refused.contains("1 owners failed, 2 are done"), "{refused}");
    assert!(refused.contains(&owner.to_string()) && refused.contains("no root key opens key"), "{refused}");
    let plan = lines(&deployment.vault(&["plan"]));
    assert!(plan.contains("3 active data keys, 2 that only open"), "{plan}");
}

#[test]
fn without_the_server_the_command_does_it_itself() {
    let deployment = Deployment::new();
    let plan = lines(&deployment.vault(&["plan"]));
    assert!(plan.contains("1 owners, 1 active data keys"), "{plan}");
    assert!(lines(&deployment.vault(&["rotate-dek"])).contains("rows are sealed under the new key"));
    assert!(lines(&deployment.vault(&["plan"])).contains("1 that only open"));
    let absent = refusal(&deployment.vault(&["retire", "--root", &"0".repeat(32)]));
    assert!(absent.contains("no key 0000"), "{absent}");
}

#[test]
fn a_server_with_the_wrong_root_key_says_so_and_leaves_everything_as_it_is() {
    let deployment = Deployment::new();
    drop({
        let mut server = deployment.serve();
        server.link();
        server
    });
    let before = deployment.files();
    let wrong = deployment.new_key("wrong.key");
    deployment.configure(&["wrong.key"]);
    let refused = refusal(&deployment.vault(&["plan"]));
    assert!(refused.contains("wrong root key") && refused.contains(&wrong), "{refused}");

    let mut server = deployment.serve();
    let log = BufReader::new(server.child.stderr.take().unwrap());
    let mut log = log.lines().map_while(Result::ok);
    let listening = log.find(|line| line.contains("listening")).expect("it says where");
    let port = listening.rsplit("127.0.0.1:").next().unwrap();
    let port: u16 = port.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap();
    let sealed = log.find(|line| line.contains("wrong root key")).expect("it says why");
    assert!(sealed.contains("nothing is read or changed"), "{sealed}");
    assert!(get(port, "/healthz").starts_with("HTTP/1.1 200"));
    assert!(get(port, "/readyz").starts_with("HTTP/1.1 503"));
    for path in [&format!("/sign-in/{}", "0".repeat(64)), "/", "/w/one", "/login", "/api/v1/workspaces"] {
        let answer = get(port, path);
        assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("no access to its keys"), "{answer}");
    }
    drop(server);
    assert_eq!(deployment.files(), before, "nothing was changed");
    deployment.configure(&["root.key"]);
    assert!(lines(&deployment.vault(&["verify"])).contains("none failed"));
}

#[test]
fn a_key_that_others_can_read_is_refused_in_one_line() {
    use std::os::unix::fs::PermissionsExt;
    let deployment = Deployment::new();
    let key: &Path = &deployment.path("root.key");
    std::fs::set_permissions(key, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(refusal(&deployment.vault(&["plan"])).contains("`chmod 600` it"));
    let again = run(&["vault", "new-key", key.to_str().unwrap()]);
    assert!(refusal(&again).contains("left as it is"));
}

/// Backups while the server runs and while it does not, and a restore after the store is gone.
#[test]
fn a_backup_is_made_by_whoever_has_the_store_and_restored_where_there_is_none() {
    let deployment = Deployment::new();
    let path = |name: &str| deployment.path(name).to_str().unwrap().to_owned();
    let config = path("prodops.toml");
    let none = refusal(&run(&["backup", "--config", &config]));
    assert!(none.contains("set `[backup]` with a `folder`"), "{none}");
    let text = std::fs::read_to_string(&config).unwrap();
    let table = format!("[backup]\nfolder = \"{}\"\nkeys-folder = \"{}\"\n", path("backups"), path("keys"));
    std::fs::write(&config, format!("{text}{table}")).unwrap();
    {
        let mut server = deployment.serve();
        server.link();
        let made = lines(&run(&["backup", "--config", &config]));
        assert!(made.starts_with("made backup-"), "{made}");
    }
    let made = lines(&run(&["backup", "--config", &config]));
    let name = made.trim().strip_prefix("made ").unwrap();
    assert!(deployment.path("backups").join(name).join("manifest.note").exists());
    assert!(deployment.path("keys").join(name).join("facts.redb.keyring").exists());

    let full = refusal(&run(&["restore", "--config", &config, "--from", &path("backups")]));
    assert!(full.contains("already exists"), "{full}");
    std::fs::remove_file(deployment.path("facts.redb")).unwrap();
    let nothing = refusal(&run(&["restore", "--config", &config, "--from", &path("keys-not")]));
    assert!(nothing.contains("there is no backup here"), "{nothing}");
    let one = deployment.path("backups").join(name);
    let restored = lines(&run(&["restore", "--config", &config, "--from", one.to_str().unwrap()]));
    assert!(restored.contains("of 1 workspaces"), "{restored}");
    let mut server = deployment.serve();
    assert!(server.link().contains("/sign-in"), "and is served");
}
