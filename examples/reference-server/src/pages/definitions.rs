//! What the numbers mean.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::routing::get;

use super::{Page, frame, show};
use crate::present;
use crate::ui::page;
use crate::ui::view::Place;
use crate::web::{Access, App, Caller, Path, Routes};

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(Access::Session("own memberships"), Method::GET, "/w/{slug}/definitions", get(handler))
}

async fn handler(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    caller: Caller,
    Path(slug): Path<String>,
) -> Page {
    let workspace = caller.enter(&app, &slug).await?;
    let chrome = frame::frame(&headers, Place::Definitions, Some(&workspace));
    Ok(show(page::definitions(&chrome, &present::definitions())))
}
