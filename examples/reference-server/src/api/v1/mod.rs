//! Version 1. Each file: the path, the handler with its description, what goes in and out.

pub mod ai;
pub mod ai_estimate;
pub mod api_tokens;
pub mod audit;
pub mod commit_label;
pub mod commits;
pub mod connect;
pub mod connections;
pub mod create_api_token;
pub mod definitions;
pub mod deletion;
pub mod disconnect;
pub mod duplicates;
pub mod end_member_sessions;
pub mod end_session;
pub mod investment_commits;
pub mod ownership;
pub mod policies;
pub mod report;
pub mod repositories;
pub mod repository;
pub mod revoke_api_token;
pub mod sessions;
pub mod sync;
pub mod work_commits;
pub mod workspaces;

use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::web::{Problem, Routes};

type Answer<T> = Result<Body<T>, Problem>;

/// A JSON answer.
#[derive(Debug)]
pub struct Body<T>(T);

impl<T: Serialize> IntoResponse for Body<T> {
    fn into_response(self) -> Response {
        #[allow(
            clippy::disallowed_types,
            reason = "for answers only; requests go through the server's own extractor"
        )]
        axum::Json(self.0).into_response()
    }
}

/// The id in a path; what is no id names nothing.
fn id<T: std::str::FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

pub(super) fn mount(routes: Routes) -> Routes {
    [
        workspaces::mount,
        report::mount,
        investment_commits::mount,
        work_commits::mount,
        ownership::mount,
        duplicates::mount,
        repositories::mount,
        repository::mount,
        commits::mount,
        commit_label::mount,
        connections::mount,
        connect::mount,
        sync::mount,
        ai::mount,
        ai_estimate::mount,
        disconnect::mount,
        audit::mount,
        policies::mount,
        definitions::mount,
        deletion::mount,
        sessions::mount,
        end_session::mount,
        end_member_sessions::mount,
        api_tokens::mount,
        create_api_token::mount,
        revoke_api_token::mount,
    ]
    .into_iter()
    .fold(routes, |routes, mount| mount(routes))
}
