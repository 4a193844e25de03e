//! The API's description, OpenAPI 3.1.

use axum::http::{Method, header};
use axum::response::IntoResponse;
use axum::routing::get;
use utoipa::OpenApi;

use super::v1;
use crate::web::{Access, Problem, Routes};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "ProdOps reference server",
        description = "Metrics of a workspace. Every answer is scoped to a workspace that the caller is a member of; \
                       what belongs to others looks like what does not exist. Callers are people with a session \
                       cookie, whose unsafe requests carry `x-csrf-token`, or programs with \
                       `Authorization: Bearer pdt_…`; not both at once.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    paths(
        v1::workspaces::handler,
        v1::report::handler,
        v1::repositories::handler,
        v1::repository::handler,
        v1::commits::handler,
        v1::commit_label::correct,
        v1::commit_label::withdraw,
        v1::investment_commits::handler,
        v1::work_commits::handler,
        v1::ownership::handler,
        v1::duplicates::handler,
        v1::connections::handler,
        v1::connect::handler,
        v1::sync::handler,
        v1::disconnect::handler,
        v1::ai::show,
        v1::ai::choose,
        v1::ai_estimate::handler,
        v1::audit::handler,
        v1::policies::handler,
        v1::definitions::handler,
        v1::deletion::show,
        v1::deletion::request,
        v1::deletion::cancel,
        v1::sessions::handler,
        v1::end_session::handler,
        v1::end_member_sessions::handler,
        v1::api_tokens::handler,
        v1::create_api_token::handler,
        v1::revoke_api_token::handler,
    ),
    components(schemas(Problem))
)]
struct Description;

/// The description as pretty JSON with a final newline.
#[must_use]
pub fn document() -> String {
    let mut text = Description::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

pub(super) fn mount(routes: Routes) -> Routes {
    let reason = Access::Public("describes the API; the same for everybody");
    routes.mount(reason, Method::GET, "/api/openapi.json", get(handler))
}

async fn handler() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], document())
}
