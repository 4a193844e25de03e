//! Who makes a request, for handlers.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use prodops_core::api_token::VerifiedToken;
use prodops_core::audit::NetworkPrefix;
use prodops_core::id::RequestId;
use prodops_core::input::WorkspaceSlug;
use prodops_core::session::VerifiedSession;
use prodops_core::tenancy::{Claim, WorkspaceRecord};

use super::refusal::Refusal;
use crate::engine::{Engine, EngineError, Workspace};

/// What [`guard`](super::guard) found out about a request.
#[derive(Debug, Clone)]
pub(super) struct Recognised {
    pub(super) engine: Engine,
    pub(super) who: Who,
    pub(super) network: Option<NetworkPrefix>,
}

#[derive(Debug, Clone)]
pub(super) enum Who {
    Nobody,
    Session(Arc<VerifiedSession>),
    Token(Arc<VerifiedToken>),
    /// It could not be found out.
    Unavailable,
}

impl Recognised {
    /// What the guard left for this request. Without the guard nobody is recognised, and nobody comes in.
    fn of(parts: &Parts) -> Result<Self, Refusal> {
        parts.extensions.get::<Self>().cloned().ok_or(Refusal::SignIn)
    }
}

/// The bearer of a live session or API token. A handler that takes it cannot run for anybody else.
#[derive(Debug)]
pub struct Caller {
    engine: Engine,
    proof: Proof,
    request: Option<RequestId>,
    network: Option<NetworkPrefix>,
}

#[derive(Debug)]
enum Proof {
    Session(Arc<VerifiedSession>),
    Token(Arc<VerifiedToken>),
}

/// The bearer of a live session: a person with a browser. A handler that takes it cannot run for programs with API tokens.
#[derive(Debug)]
pub struct SignedIn {
    caller: Caller,
    session: Arc<VerifiedSession>,
}

impl Caller {
    /// What workspaces are entered by.
    #[must_use]
    pub fn claim(&self) -> Claim<'_> {
        match &self.proof {
            Proof::Session(session) => Claim::Session(session),
            Proof::Token(token) => Claim::Token(token),
        }
    }

    /// The caller's own workspaces, by slug.
    ///
    /// # Errors
    /// When identity data cannot be read.
    pub async fn workspaces(&self) -> Result<Vec<WorkspaceRecord>, EngineError> {
        self.engine.workspaces(self.claim()).await
    }

    /// Enters one of the caller's own workspaces. Events that follow name the request, when an id for it is among its
    /// extensions, and seal the network that it came from, as the [`Site`](super::Site) knows it.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], also for slugs that are none and for workspaces of others.
    pub async fn enter(&self, slug: &str) -> Result<Workspace, EngineError> {
        let slug = WorkspaceSlug::new(slug).map_err(|_| EngineError::NotFound)?;
        let mut workspace = self.engine.enter(self.claim(), &slug).await?;
        if let Some(request) = self.request {
            workspace = workspace.for_request(request);
        }
        if let Some(network) = self.network {
            workspace = workspace.from_network(network);
        }
        Ok(workspace)
    }
}

impl SignedIn {
    /// The session.
    #[must_use]
    pub fn session(&self) -> &VerifiedSession {
        &self.session
    }

    /// The same person as any caller.
    #[must_use]
    pub const fn caller(&self) -> &Caller {
        &self.caller
    }

    /// What forms and scripts of the page must send along.
    #[must_use]
    pub fn csrf(&self) -> String {
        self.session.csrf_token().reveal()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Refusal;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let Recognised { engine, who, network } = Recognised::of(parts)?;
        let proof = match who {
            Who::Session(session) => Proof::Session(session),
            Who::Token(token) => Proof::Token(token),
            Who::Nobody => return Err(Refusal::SignIn),
            Who::Unavailable => return Err(Refusal::Unavailable),
        };
        Ok(Self { engine, proof, request: parts.extensions.get::<RequestId>().copied(), network })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Refusal;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let caller = Caller::from_request_parts(parts, state).await?;
        match &caller.proof {
            Proof::Session(session) => Ok(Self { session: Arc::clone(session), caller }),
            Proof::Token(_) => Err(Refusal::PeopleOnly),
        }
    }
}
