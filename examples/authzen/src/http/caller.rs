//! Who asks: a service, by its bearer token. The token says the workspace, and nothing else does.

use std::sync::Arc;

use axum::Extension;
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use super::{Refused, Served};

/// A service that is known, with the workspace that it asks about.
pub(super) struct Caller {
    pub(super) served: Arc<Served>,
    pub(super) workspace: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let served = Extension::<Arc<Served>>::from_request_parts(parts, state).await;
        let Extension(served) = served.map_err(|_| Refused::unauthorized())?;
        let mut given = parts.headers.get_all(header::AUTHORIZATION).into_iter();
        let (Some(one), None) = (given.next(), given.next()) else { return Err(Refused::unauthorized()) };
        let (scheme, token) =
            one.to_str().ok().and_then(|one| one.split_once(' ')).ok_or_else(Refused::unauthorized)?;
        let workspace = served.credentials.workspace(token.trim_start());
        let workspace = workspace.filter(|_| scheme.eq_ignore_ascii_case("bearer"));
        let workspace = workspace.ok_or_else(Refused::unauthorized)?.to_owned();
        Ok(Self { served, workspace })
    }
}
