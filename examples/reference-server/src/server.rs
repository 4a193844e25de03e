//! Binds a loopback port and serves until it is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware;
use prodops::core::session::OpaqueToken;
use prodops::web::{Site, Web, guard, harden};
use tokio::net::TcpListener;

use crate::ui::route;
use crate::web::{
    App, Problem, Routes, content_policy, redact, refusals_as_problems, request_id, say_so_while_sealed,
};
use crate::{api, pages};

/// How long open requests may take once the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// The server could not be started or failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// Somebody else listens there.
    #[error("port {port} is taken: choose another one, or 0 for any free one")]
    Taken {
        /// The port.
        port: u16,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {reason}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        reason: std::io::Error,
    },
    /// Serving failed.
    #[error("the server failed: {0}")]
    Serve(#[source] std::io::Error),
}

/// A bound port.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    port: u16,
}

/// Every route with its access, before it becomes a router.
#[must_use]
pub fn routes() -> Routes {
    pages::mount(api::mount(Routes::default()))
}

/// The whole application.
pub fn router(app: Arc<App>) -> Router {
    let web = Web { engine: app.engine.clone(), site: app.site.clone() };
    routes()
        .into_router()
        .fallback(unknown)
        .method_not_allowed_fallback(unknown)
        // From the inside out: who asks, what is refused in this server's words, and as a page to people.
        .layer(middleware::from_fn_with_state(web, guard))
        .layer(middleware::from_fn(refusals_as_problems))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), say_so_while_sealed))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), pages::problems_as_pages))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), request_id))
        .layer(middleware::from_fn(content_policy))
        .layer(middleware::from_fn_with_state(app.site.clone(), harden))
        // Outermost, so that whatever wrote an answer has written it; a layer that compresses belongs outside of it.
        .layer(middleware::from_fn_with_state(Arc::clone(&app), redact))
        .with_state(app)
}

async fn unknown() -> Problem {
    Problem::not_found()
}

/// The address of a one-time sign-in link.
#[must_use]
pub fn sign_in_url(site: &Site, port: u16, token: &OpaqueToken) -> String {
    address(site, port, &format!("/sign-in/{}", token.reveal()))
}

/// The address that the identity provider sends people back to, as it must be registered there.
#[must_use]
pub fn callback_url(site: &Site, port: u16) -> String {
    address(site, port, route::LOGIN_CALLBACK)
}

/// Where people reach a path. On the machine itself by name: so browsers take the cookie without TLS.
fn address(site: &Site, port: u16, path: &str) -> String {
    match site.origin() {
        Some(origin) => format!("{origin}{path}"),
        None => format!("http://localhost:{port}{path}"),
    }
}

impl Server {
    /// Binds the address.
    ///
    /// # Errors
    /// When the port is taken or the address cannot be listened on.
    pub async fn bind(address: SocketAddr) -> Result<Self, ServerError> {
        let failed = |reason: std::io::Error| match reason.kind() {
            std::io::ErrorKind::AddrInUse => ServerError::Taken { port: address.port() },
            _ => ServerError::Bind { address, reason },
        };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        Ok(Self { listener, port })
    }

    /// The port that it listens on.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Serves until Ctrl-C or a termination signal, then lets open requests end.
    ///
    /// # Errors
    /// When serving fails.
    pub async fn run(self, app: Arc<App>) -> Result<(), ServerError> {
        let stopping = app.stopping.clone();
        let service = router(Arc::clone(&app)).into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(self.listener, service)
            .with_graceful_shutdown(async move { stopping.cancelled().await });
        let mut serving = std::pin::pin!(serving.into_future());
        tokio::select! {
            result = &mut serving => return result.map_err(ServerError::Serve),
            () = asked_to_stop() => app.stopping.cancel(),
        }
        match tokio::time::timeout(GRACE, serving).await {
            Ok(result) => result.map_err(ServerError::Serve),
            // The rest had its time.
            Err(_) => Ok(()),
        }
    }
}

async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        let _ = interrupt.await;
        return;
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}
