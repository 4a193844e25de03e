//! Headers of every answer that are this server's own: what pages may load, and which request an answer belongs to.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use prodops::core::id::RequestId;
use tracing::{Instrument, Span};

use super::state::App;
use crate::ui::asset::CONTENT_SECURITY_POLICY;

/// Says what the pages may load; the other headers are `prodops::web`'s.
pub async fn content_policy(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let policy = HeaderValue::from_static(CONTENT_SECURITY_POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// Gives every request an id of ours, writes it beside whatever is logged about the request, and echoes it. An id from outside is not believed.
pub async fn request_id(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let id = RequestId::generate(app.clock.as_ref(), app.entropy.as_ref()).ok();
    if let Some(id) = id {
        request.extensions_mut().insert(id);
    }
    let span = id.map_or_else(Span::none, |id| tracing::info_span!("request", %id));
    let mut response = next.run(request).instrument(span).await;
    if let Some(value) = id.and_then(|id| HeaderValue::from_str(&id.to_string()).ok()) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    response
}
