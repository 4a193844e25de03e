//! The identifier that a service gave its request comes back with whatever answer there is.

use axum::extract::Request;
use axum::http::HeaderName;
use axum::middleware::Next;
use axum::response::Response;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Copies it from the request to the response.
pub(super) async fn echo(request: Request, next: Next) -> Response {
    let given = request.headers().get(REQUEST_ID).cloned();
    let mut response = next.run(request).await;
    if let Some(id) = given {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}
