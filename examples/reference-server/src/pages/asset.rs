//! Style sheet, script and icon. Their addresses carry their content's name, so they may be kept for ever.

use axum::http::{Method, header};
use axum::response::IntoResponse;
use axum::routing::get;

use crate::ui::{asset, route};
use crate::web::{Access, Routes};

const KEEP: &str = "public, max-age=31536000, immutable";

pub(super) fn mount(routes: Routes) -> Routes {
    let public = Access::Public("the same for everybody");
    let serve = |kind: &'static str, text: &'static str| {
        get(async move || {
            ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, KEEP)], text).into_response()
        })
    };
    routes
        .mount(public, Method::GET, route::STYLE, serve("text/css; charset=utf-8", asset::STYLE))
        .mount(public, Method::GET, route::SCRIPT, serve("text/javascript; charset=utf-8", asset::SCRIPT))
        .mount(public, Method::GET, route::ICON, serve("image/svg+xml", asset::ICON))
}
