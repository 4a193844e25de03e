//! How far the reads are, as server-sent events: `progress` for each step, `done` when nothing is being read any more.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::http::Method;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prodops::core::id::{ConnectionId, WorkspaceId};
use prodops::policy::ListRepositories;
use serde::Serialize;
use tokio::sync::watch;

use crate::syncing::SyncState;
use crate::web::{Access, App, Path, Problem, Routes, SignedIn};

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(Access::session::<(ListRepositories,)>(), Method::GET, "/w/{slug}/events", get(handler))
}

#[derive(Serialize)]
struct Step {
    stream: ConnectionId,
    done: u64,
    estimate: Option<u64>,
}

async fn handler(
    State(app): State<Arc<App>>,
    caller: SignedIn,
    Path(slug): Path<String>,
) -> Result<Response, Problem> {
    let workspace = caller.caller().enter(&slug).await?;
    // The events name repositories' reads: whoever may not list repositories may not watch them either.
    workspace.repositories().await?;
    let workspace = workspace.record().id;
    let changes = app.board.changes();
    let feed = Feed { app, workspace, changes, queued: Vec::new(), looked: false, ended: false };
    let events = futures_util::stream::unfold(feed, Feed::next);
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}

struct Feed {
    app: Arc<App>,
    workspace: WorkspaceId,
    changes: watch::Receiver<u64>,
    queued: Vec<Event>,
    looked: bool,
    ended: bool,
}

impl Feed {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        loop {
            if let Some(event) = self.queued.pop() {
                return Some((Ok(event), self));
            }
            if self.ended {
                return None;
            }
            if self.looked {
                self.wait().await;
            }
            self.look();
        }
    }

    /// Queues what is to be told, the end first: it is taken from the back.
    fn look(&mut self) {
        // Seen before it is looked at: what changes in between wakes the next wait.
        self.changes.borrow_and_update();
        self.looked = true;
        let states = self.app.board.of(self.workspace);
        let running = |state: &SyncState| matches!(state, SyncState::Running { .. });
        if !states.iter().any(|(_, state)| running(state)) {
            self.queued.push(Event::default().event("done").data("{}"));
            self.ended = true;
        }
        for (stream, state) in states {
            let (done, estimate) = match state {
                SyncState::Running { done, total } => (done, total),
                SyncState::Complete { commits } => (commits, Some(commits)),
                SyncState::Failed => continue,
            };
            let step = Step { stream, done, estimate };
            if let Ok(event) = Event::default().event("progress").json_data(&step) {
                self.queued.push(event);
            }
        }
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.changes.changed() => {}
            () = self.app.stopping.cancelled() => self.ended = true,
        }
    }
}
