//! The host's own login: its users, and the step from "verified here" to a session of the engine.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Form, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect};
use prodops::core::clock::Clock;
use prodops::core::entropy::{Entropy, EntropyError};
use prodops::core::input::InputError;
use prodops::core::session::{OpaqueToken, TokenHash, VerifiedSubject};
use prodops::web::{SessionCookie, SignedIn, client_family};
use serde::Deserialize;

use crate::platform::Platform;
use crate::web::Refusal;

/// How the engine knows this login from others. It is part of a user's identity: never change it.
pub const ISSUER: &str = "embed-engine";

/// The user table, in memory.
///
/// # Security
/// A sign-in code is 256 random bits that a machine made, so its plain SHA-256 may be kept: nobody can guess codes until
/// one fits. A password that a person chose needs a slow, salted hash (Argon2id) and a limit on attempts instead.
#[derive(Debug, Default)]
pub struct Users {
    codes: BTreeMap<String, TokenHash>,
}

impl Users {
    /// Enters a user, and gives the code that they sign in with.
    ///
    /// # Errors
    /// When no random bytes can be had.
    pub fn enrol(&mut self, name: &str, entropy: &dyn Entropy) -> Result<OpaqueToken, EntropyError> {
        let code = OpaqueToken::generate(entropy)?;
        self.codes.insert(name.to_owned(), code.hash());
        Ok(code)
    }

    /// Whether this user exists and has this code. Both sides are hashes: the time that the comparison takes tells
    /// nothing about the code.
    #[must_use]
    pub fn verify(&self, name: &str, code: &str) -> bool {
        let given = OpaqueToken::parse(code).map(|code| code.hash()).ok();
        given.is_some() && self.codes.get(name).copied() == given
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
    if !platform.users.verify(&given.user, &given.code) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use prodops::core::entropy::SystemEntropy;

    #[test]
    fn a_code_opens_its_own_user_and_no_other() {
        let mut users = Users::default();
        let [a, b] = ["a", "b"].map(|name| users.enrol(name, &SystemEntropy).unwrap().reveal());
        assert!(users.verify("a", &a) && users.verify("b", &b));
        assert!(!users.verify("a", &b) && !users.verify("c", &a) && !users.verify("a", ""));
        // "No such user" and "no such code" must not be equal by both being nothing.
        assert!(!users.verify("c", ""));
    }
}
