//! `serve`: the dashboard and the API over a store that is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use prodops::connectors::git::GitConnector;
use prodops::connectors::http::egress::Roots;
use prodops::core::clock::SystemClock;
use prodops::core::entropy::SystemEntropy;
use prodops::core::id::UserId;
use prodops::core::input::{ConnectionTarget, WorkspaceSlug};
use prodops::core::leak_guard::LeakGuard;
use prodops::engine::{Engine, EngineError, logging_leak_guard};
use prodops::web::Site;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::CliError;
use super::local::target;
use super::{migrate, prepare};
use crate::admin::{self, Listener};
use crate::config::{Config, ConfigError, LoginConfig, PolicyFolder, WorkspaceConfig};
use crate::leaks;
use crate::login::Login;
use crate::server::{Server, callback_url, sign_in_url};
use crate::syncing::SyncBoard;
use crate::web::App;

/// Shown by `--help`.
pub(super) const EXAMPLE: &str = "Example:\n  reference-server serve --config prodops.toml\n\nA small prodops.toml:\n  \
    environment = \"staging\"\n  store = \"/var/lib/prodops/facts.redb\"\n  root-keys = [\"file:/etc/prodops/root.key\"]\n  listen = \"127.0.0.1:8420\"\n  \
    # with a proxy in front that speaks TLS\n  origin = \"https://prodops.example.org\"\n\n  \
    [[workspace]]\n  slug = \"platform\"\n  name = \"Platform team\"\n  repositories = [\"/srv/git/api.git\"]";

/// How long the operator's sign-in link is good for, in seconds.
const LINK_SECONDS: i64 = 10 * 60;

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl Serve {
    pub(super) async fn run(self) -> Result<(), CliError> {
        let guard = logging_leak_guard(&SystemEntropy)?;
        leaks::log_to_stderr(&guard);
        leaks::watch_panics(&guard);
        let config = Config::load(&self.config)?;
        migrate::by_config(&config).await?;
        let engine = engine_of(&config, guard).await?;
        let server = Server::bind(config.listen).await?;
        tracing::info!("listening on {}:{}", config.listen.ip(), server.port());
        let site = config.site()?;
        let login = config.login.as_ref().map(|login| login_of(login, &site, server.port())).transpose()?;
        let app = Arc::new(App {
            engine: engine.clone(),
            site: site.clone(),
            login,
            board: SyncBoard::default(),
            stopping: CancellationToken::new(),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
        });
        if let Some(reason) = engine.sealed() {
            // It serves health and says why; there is nothing else that it could do without its keys.
            tracing::error!(%reason, "sealed: nothing is read or changed");
            return Ok(server.run(app).await?);
        }
        let orders = admin::listen(&config)?;
        let orders = tokio::spawn(carry_out_orders(orders, engine.clone(), self.config.clone()));
        let (owner, _) = prepare::workspaces(&engine, &config).await?;
        print_link(&engine, &site, owner, server.port()).await?;
        let provider = tokio::spawn(await_provider(Arc::clone(&app)));
        let links = links_on_request(engine.clone(), self.config.clone(), site, owner, server.port());
        let links = tokio::spawn(links);
        let worker = engine.worker().running_syncs(Arc::new(app.board.clone()));
        let stopping = app.stopping.clone();
        let background = tokio::spawn({
            let stopping = stopping.clone();
            async move { worker.run(&stopping).await }
        });
        let served = server.run(app).await;
        for task in [links, orders, provider] {
            task.abort();
        }
        // The worker ends by itself, after it has handed back what it has in hand and written down what it counted.
        stopping.cancel();
        if background.await.is_err() {
            tracing::error!("background work ended by a defect");
        }
        Ok(served?)
    }
}

/// The engine, which reads what the configuration names and nothing else.
async fn engine_of(config: &Config, guard: LeakGuard) -> Result<Engine, CliError> {
    let folders = config.workspaces.iter().flat_map(|workspace| workspace.repositories.iter().cloned());
    let folders = folders.filter(|folder| folder.exists());
    let offered = targets(config)?;
    let builder = config
        .with_ai(config.engine()?)?
        .leak_guard(guard)
        .connector(GitConnector::within(folders)?)
        .targets(move |slug, target| offered.get(slug).is_some_and(|own| own.contains(target)));
    Ok(builder.build().await?)
}

/// The login, with the certificate authorities of the operating system: the one place that takes them.
fn login_of(login: &LoginConfig, site: &Site, port: u16) -> Result<Login, CliError> {
    let callback = callback_url(site, port);
    tracing::info!(%callback, "the identity provider must know this address as a redirect");
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    Ok(Login::new(login, &callback, Roots::system()?, clock, entropy)?)
}

async fn await_provider(app: Arc<App>) {
    if let Some(login) = &app.login {
        login.await_provider().await;
    }
}

async fn print_link(engine: &Engine, site: &Site, owner: UserId, port: u16) -> Result<(), CliError> {
    let link = engine.sign_in_link(owner, LINK_SECONDS).await?;
    let url = sign_in_url(site, port, &link);
    writeln!(
        leaks::stdout_revealing(engine.leak_guard(), &link),
        "Operator's sign-in, once, within 10 minutes (SIGHUP prints another one): {url}"
    )?;
    Ok(())
}

/// Where no process owns the keys there are no orders to wait for.
async fn carry_out_orders(orders: Option<Listener>, engine: Engine, file: PathBuf) {
    if let Some(orders) = orders {
        orders.serve(engine, file).await;
    }
}

/// Sessions end; whoever may signal the process may sign in again. The root keys are taken from the configuration anew, so
/// that each of several processes learns of the next one before it is in use; so are the policies.
async fn links_on_request(engine: Engine, file: PathBuf, site: Site, owner: UserId, port: u16) {
    let Ok(mut hangup) = signal(SignalKind::hangup()) else { return };
    while hangup.recv().await.is_some() {
        if let Err(error) = take_roots(&engine, &file).await {
            tracing::warn!(%error, "the root keys stay as they are");
        }
        if let Err(error) = take_policies(&engine, &file).await {
            tracing::error!(%error, "the policies stay as they are");
        }
        if let Err(error) = print_link(&engine, &site, owner, port).await {
            tracing::warn!(%error, "no sign-in link");
        }
    }
}

/// Takes the policies that the configuration names, all of them or none.
async fn take_policies(engine: &Engine, file: &Path) -> Result<(), CliError> {
    let config = Config::load(file)?;
    let Some(folder) = config.policies else { return Ok(()) };
    let read = PolicyFolder::read(&folder).map_err(ConfigError::from)?;
    engine.reload_policies(&read.files()).await?;
    tracing::info!(folder = %folder.display(), "policies of the configuration");
    Ok(())
}

async fn take_roots(engine: &Engine, file: &Path) -> Result<(), CliError> {
    let roots = Config::load(file)?.roots(&(Arc::new(SystemEntropy) as Arc<_>))?;
    let count = roots.ids().len();
    engine.keyring()?.use_roots(roots).await.map_err(EngineError::from)?;
    tracing::info!(count, "root keys of the configuration");
    Ok(())
}

/// What each workspace is set up to read, and so may connect again after it was cut.
fn targets(config: &Config) -> Result<BTreeMap<WorkspaceSlug, BTreeSet<ConnectionTarget>>, CliError> {
    let of = |workspace: &WorkspaceConfig| {
        let own = workspace.repositories.iter().map(|path| target(path)).collect::<Result<_, _>>()?;
        Ok((workspace.slug.clone(), own))
    };
    config.workspaces.iter().map(of).collect()
}
