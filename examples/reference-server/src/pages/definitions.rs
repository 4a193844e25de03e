//! What the numbers mean.

use axum::http::{HeaderMap, Method};
use axum::routing::get;

use super::{Page, frame, show};
use crate::present;
use crate::ui::page;
use crate::ui::view::Place;
use crate::web::{Access, Ask, Path, Routes, SignedIn};

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(
        Access::Session(Ask::own("memberships of one's own")),
        Method::GET,
        "/w/{slug}/definitions",
        get(handler),
    )
}

async fn handler(headers: HeaderMap, caller: SignedIn, Path(slug): Path<String>) -> Page {
    let workspace = caller.caller().enter(&slug).await?;
    let chrome = frame::frame(&headers, &caller, Place::Definitions, Some(&workspace));
    Ok(show(page::definitions(&chrome, &present::definitions())))
}
