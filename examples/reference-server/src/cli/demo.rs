//! `demo`: a dashboard of local repositories, there before the history is read.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use prodops::core::clock::SystemClock;
use prodops::core::entropy::SystemEntropy;
use prodops::web::Site;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

use super::CliError;
use super::local::Local;
use super::progress::Bars;
use crate::leaks;
use crate::server::{Server, sign_in_url};
use crate::syncing::SyncBoard;
use crate::web::App;

/// How long the sign-in link is good for, in seconds.
const LINK_SECONDS: i64 = 10 * 60;

#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Folders of git repositories.
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// The loopback port to listen on; a free one unless given.
    #[arg(long, default_value_t = 0)]
    port: u16,
}

impl Demo {
    pub(super) async fn run(self) -> Result<(), CliError> {
        let Local { engine, owner, workspace, connections } = Local::over(&self.paths).await?;
        let server = Server::bind(SocketAddr::from(([127, 0, 0, 1], self.port))).await?;
        leaks::watch_panics(engine.leak_guard());
        let link = engine.sign_in_link(owner, LINK_SECONDS).await?;
        let app = Arc::new(App {
            engine,
            site: Site::loopback(),
            login: None,
            board: SyncBoard::default(),
            stopping: CancellationToken::new(),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
        });
        let url = sign_in_url(&app.site, server.port(), &link);
        writeln!(
            leaks::stdout_revealing(app.engine.leak_guard(), &link),
            "Dashboard: {url}\nThe link signs in once, within 10 minutes. Stop with Ctrl-C; nothing is kept."
        )?;
        for (_, connection) in &connections {
            app.board.expect(workspace.record().id, *connection);
        }
        let reading = Arc::clone(&app);
        let syncs = tokio::spawn(async move {
            let bars = Bars::default();
            for (path, connection) in connections {
                let bar = bars.add(&path);
                let result = match workspace.begin_sync(connection).await {
                    Ok(sync) => reading.board.watched(sync, &bar, &reading.stopping).await,
                    Err(error) => Err(error),
                };
                drop(bar);
                report_to_terminal(&path, result.map(|report| report.commits));
            }
        });
        let served = server.run(app).await;
        syncs.abort();
        Ok(served?)
    }
}

fn report_to_terminal(path: &std::path::Path, result: Result<u64, prodops::engine::EngineError>) {
    let path = path.to_string_lossy().escape_debug().to_string();
    let _ = match result {
        Ok(commits) => writeln!(std::io::stderr(), "{path}: {commits} commits read"),
        Err(error) => writeln!(std::io::stderr(), "{path}: {error}"),
    };
}
