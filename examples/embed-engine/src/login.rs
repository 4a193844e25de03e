//! The host's own login: its users, and the step from "verified here" to a session of the engine.

use std::sync::Arc;

use axum::extract::{Form, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect};
use prodops::core::clock::Clock;
use prodops::core::entropy::{Entropy, EntropyError};
use prodops::core::input::InputError;
use prodops::core::session::{OpaqueToken, VerifiedSubject};
use prodops::web::{SessionCookie, SignedIn, client_family};
use serde::Deserialize;
use sqlx::PgPool;

use crate::platform::Platform;
use crate::web::Refusal;

/// How the engine knows this login from others. It is part of a user's identity: never change it.
pub const ISSUER: &str = "embed-engine";

/// The user table: the host's own, in a schema beside the engine's, through the pool that both share.
///
/// # Security
/// A sign-in code is 256 random bits that a machine made, so its plain SHA-256 may be kept: nobody can guess codes until
/// one fits. A password that a person chose needs a slow, salted hash (Argon2id) and a limit on attempts instead.
#[derive(Debug, Clone)]
pub struct Users {
    pool: PgPool,
}

/// A user could not be entered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnrolError {
    /// The table could not be written.
    #[error("the user table cannot be written")]
    Table(#[from] sqlx::Error),
    /// No random bytes could be had.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl Users {
    /// The users in this database; [`schema`](crate::schema) has made their table.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// The pool that they are read through.
    #[must_use]
    pub const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Enters a user, and gives the code that they sign in with; `None` for one who is there already, and keeps theirs.
    ///
    /// # Errors
    /// When no random bytes can be had, or the table cannot be written.
    pub async fn enrol(&self, name: &str, entropy: &dyn Entropy) -> Result<Option<OpaqueToken>, EnrolError> {
        let code = OpaqueToken::generate(entropy)?;
        let insert = "INSERT INTO host.account (name, code_hash) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        let made = sqlx::query(insert).bind(name).bind(code.hash().as_bytes().as_slice());
        Ok((made.execute(&self.pool).await?.rows_affected() == 1).then_some(code))
    }

    /// Whether this user exists and has this code. Both sides are hashes: the time that the comparison takes tells
    /// nothing about the code.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn verify(&self, name: &str, code: &str) -> Result<bool, sqlx::Error> {
        let Ok(given) = OpaqueToken::parse(code) else { return Ok(false) };
        let kept = sqlx::query_scalar::<_, Vec<u8>>("SELECT code_hash FROM host.account WHERE name = $1");
        let kept = kept.bind(name).fetch_optional(&self.pool).await?;
        Ok(kept.as_deref() == Some(given.hash().as_bytes().as_slice()))
    }
}

/// What the engine is told about a user: who, according to whom, since when. Never which team.
///
/// # Errors
/// When the name is empty, too long or not one line.
pub fn subject(name: &str, clock: &dyn Clock) -> Result<VerifiedSubject, InputError> {
    VerifiedSubject::new(ISSUER, name, clock.now())
}

/// What the login form sends.
#[derive(Deserialize)]
#[allow(missing_debug_implementations, reason = "holds a sign-in code")]
pub struct Credentials {
    user: String,
    code: String,
}

/// `POST /login`. Unknown users and wrong codes get the same answer.
///
/// # Errors
/// When the code does not fit, or the engine fails.
pub async fn sign_in(
    State(platform): State<Arc<Platform>>,
    headers: HeaderMap,
    Form(given): Form<Credentials>,
) -> Result<impl IntoResponse, Refusal> {
    if !platform.users.verify(&given.user, &given.code).await.map_err(|_| Refusal::FAILED)? {
        return Err(Refusal::WRONG_CODE);
    }
    // The line that this example is about: from here on the engine believes that this is the user.
    let subject = subject(&given.user, platform.clock.as_ref()).map_err(|_| Refusal::WRONG_CODE)?;
    let token = platform.engine.sign_in_from(&subject, client_family(&headers)).await?;
    Ok((SessionCookie::begin(&platform.engine, &token).await?, Redirect::to("/")))
}

/// `POST /logout`. The session ends in the engine, so a copy of the cookie is worth nothing either.
///
/// # Errors
/// When nobody is signed in, or the engine fails.
pub async fn sign_out(
    State(platform): State<Arc<Platform>>,
    caller: SignedIn,
) -> Result<impl IntoResponse, Refusal> {
    platform.engine.sign_out(caller.session()).await?;
    Ok((SessionCookie::end(), Redirect::to("/")))
}
