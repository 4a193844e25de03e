//! A process of the deployment: it works in the background, and does what people do, saying what was acknowledged.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use async_trait::async_trait;
use prodops::connectors::contract::Silent;
use prodops::core::entropy::Entropy;
use prodops::core::id::UserId;
use prodops::core::keyring::KeyOwner;
use prodops::core::tenancy::Role;
use prodops::core::time::Timestamp;
use prodops::engine::{Engine, EngineError, RunSyncs, SyncReport, SyncRun, Workspace};
use prodops_core::testing::SeededEntropy;
use tokio_util::sync::CancellationToken;

use crate::database::{Urls, builder};
use crate::place::{enter, git, stranger, target};
use crate::time::FastClock;

/// What a process is told, a line each.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) urls: Urls,
    pub(crate) roots: PathBuf,
    pub(crate) owner: UserId,
    pub(crate) begun: Timestamp,
    /// What it does when, and how what it makes is called.
    pub(crate) seed: u64,
    pub(crate) repositories: u64,
}

impl Order {
    fn read(mut lines: impl Iterator<Item = String>) -> Option<Self> {
        Some(Self {
            urls: Urls { data: lines.next()?, keys: lines.next()? },
            roots: lines.next()?.into(),
            owner: lines.next()?.parse().ok()?,
            begun: lines.next()?.parse().ok()?,
            seed: lines.next()?.parse().ok()?,
            repositories: lines.next()?.parse().ok()?,
        })
    }

    fn write(&self, mut to: impl Write) {
        let Self { urls, roots, owner, begun, seed, repositories } = self;
        let (data, keys, roots) = (&urls.data, &urls.keys, roots.display());
        writeln!(to, "{data}\n{keys}\n{roots}\n{owner}\n{begun}\n{seed}\n{repositories}").unwrap();
        to.flush().unwrap();
    }
}

/// Says which connection it reads at which epoch, before it reads anything.
struct Loud;

#[async_trait]
impl RunSyncs for Loud {
    async fn run(&self, sync: SyncRun, cancel: &CancellationToken) -> Result<SyncReport, EngineError> {
        println!("\nepoch {} {}", sync.connection(), sync.epoch());
        sync.run(&Silent, cancel).await
    }
}

pub(crate) fn below(luck: &SeededEntropy, bound: u64) -> u64 {
    let mut bytes = [0; 8];
    luck.fill(&mut bytes).unwrap();
    u64::from_le_bytes(bytes) % bound
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the child process of the tests of several; alone it has no orders"]
async fn life() {
    let order =
        Order::read(std::io::stdin().lines().map_while(Result::ok)).expect("orders on standard input");
    let clock = FastClock::since(order.begun);
    let engine = builder(&order.urls, &order.roots, &clock).build().await.unwrap();
    let worker = engine.worker().running_syncs(Arc::new(Loud));
    tokio::spawn(async move { worker.run(&CancellationToken::new()).await });
    let workspace = enter(&engine, order.owner, "one").await.unwrap();
    let luck = SeededEntropy::new(order.seed);
    println!("\nborn");
    for number in 0u64.. {
        let name = format!("{}-{number}", order.seed);
        if let Err(error) = act(&engine, &workspace, &order, &name, &luck).await {
            println!("\nfailed {error} / {error:?}");
        }
    }
}

/// One thing that people do. Whoever reads `done …` may rely on it.
async fn act(
    engine: &Engine,
    workspace: &Workspace,
    order: &Order,
    name: &str,
    luck: &SeededEntropy,
) -> Result<(), EngineError> {
    match below(luck, 8) {
        0 => {
            let owner = [KeyOwner::Deployment, KeyOwner::Workspace(workspace.record().id)];
            engine.rotate_data_key(owner[usize::try_from(below(luck, 2)).unwrap()]).await?;
            println!("\ndone rotated");
        }
        1 | 2 => {
            let path = repository_path(&order.roots, below(luck, order.repositories));
            match workspace.connect(&git(), &target(&path)).await {
                Ok(_) => println!("\ndone connected {}", path.display()),
                Err(error) if error.is_already_there() => {}
                Err(error) => return Err(error),
            }
        }
        3 | 4 => {
            let link = engine.sign_in_link(order.owner, 3_600).await?;
            let token = engine.redeem_sign_in_link(&link).await?.expect("a fresh link");
            let cookie = engine.seal_session(&token).await?;
            println!("\ndone session {cookie}");
        }
        _ => {
            let user = stranger(engine, name).await;
            workspace.add_member(user, Role::Viewer).await?;
            println!("\ndone member {name}");
        }
    }
    Ok(())
}

pub(crate) fn repository_path(roots: &Path, number: u64) -> PathBuf {
    roots.join(format!("repository-{number}"))
}

/// A process that is killed with its owner.
pub(crate) struct Process {
    child: Child,
    /// Held open for as long as it lives.
    _orders: std::process::ChildStdin,
    said: Receiver<String>,
}

impl Process {
    pub(crate) fn start(order: &Order) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", "life::life"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut orders = child.stdin.take().unwrap();
        order.write(&mut orders);
        let output = child.stdout.take().unwrap();
        let (say, said) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let is_ours =
                    ["born", "done ", "failed ", "epoch "].iter().any(|word| line.starts_with(word));
                if is_ours && say.send(line).is_err() {
                    break;
                }
            }
        });
        Self { child, _orders: orders, said }
    }

    /// The next thing that it says; `None` when it is dead.
    pub(crate) fn next(&self) -> Option<String> {
        self.said.recv().ok()
    }

    /// Kills it, and gives what it said until then.
    pub(crate) fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        let status = self.child.wait().unwrap();
        assert!(!status.success() && status.code().is_none(), "it ended by itself: {status}");
        self.said.iter().collect()
    }
}
