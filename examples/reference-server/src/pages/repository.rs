//! The page of one repository.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::routing::get;
use prodops::core::id::RepositoryId;
use prodops::policy::{ReadReport, ReadRepository};

use super::report::Asked;
use super::{Page, frame, show};
use crate::present;
use crate::ui::view::{Place, RepositoryPage, SyncProgress};
use crate::ui::{Label, page};
use crate::web::{Access, App, Path, Problem, Query, Routes, SignedIn};

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(
        Access::session::<(ReadRepository, ReadReport)>(),
        Method::GET,
        "/w/{slug}/repositories/{id}",
        get(handler),
    )
}

async fn handler(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    caller: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Page {
    let workspace = caller.caller().enter(&slug).await?;
    let id: RepositoryId = id.parse().map_err(|_| Problem::not_found())?;
    let repository = workspace.repository(id).await?;
    let now = app.clock.now();
    let (choice, report) = asked.report(&workspace, Some(id), now).await?;
    let coverage = workspace.coverage(id).await?;
    let read = coverage.iter().map(|read| read.to).max();
    let mut states = app.board.of(workspace.record().id);
    states.retain(|(connection, _)| *connection == repository.connection);
    let own = std::slice::from_ref(&repository);
    let sync = present::progress(&states, own);
    let view = RepositoryPage {
        id: repository.id.to_string(),
        name: Label::new(repository.name.as_str()),
        header: present::header(own, &report, choice, read, now),
        details: present::details(&repository, &coverage, now),
        state: present::report_state(own, sync.as_ref(), read),
        sections: present::sections(&report, sync.as_ref().is_some_and(SyncProgress::is_running)),
        sync,
    };
    Ok(show(page::repository(&frame::frame(&headers, &caller, Place::Repository, Some(&workspace)), &view)))
}
