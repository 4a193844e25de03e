//! Whether an ID token proves what it says.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use prodops_core::secret::Secret;
use prodops_core::session::VerifiedSubject;
use prodops_core::time::Timestamp;
use serde::Deserialize;
use sha2::{Digest as _, Sha256, Sha512};

use super::error::IdTokenFault;
use super::settings::SigningAlgorithm;

/// How far two clocks may be apart.
const SKEW_SECONDS: i64 = 60;
const LARGEST: usize = 64 * 1024;

/// What the token must say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a Secret<String>,
    pub(super) access_token: &'a Secret<String>,
    pub(super) begun: Timestamp,
    pub(super) now: Timestamp,
    pub(super) max_age_seconds: Option<u32>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    nbf: Option<i64>,
    iat: i64,
    nonce: Option<String>,
    at_hash: Option<String>,
    auth_time: Option<i64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn entries(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// Reads the header and decides whether its algorithm may be used. Key locations and keys in it are ignored.
pub(super) fn header(token: &str, allowed: &[SigningAlgorithm]) -> Result<Header, IdTokenFault> {
    if token.len() > LARGEST {
        return Err(IdTokenFault::Malformed);
    }
    // An algorithm that the library does not know, `none` among them, is no header to it.
    let header = decode_header(token).map_err(|_| IdTokenFault::Algorithm)?;
    let known = match header.alg {
        Algorithm::RS256 => SigningAlgorithm::Rs256,
        Algorithm::PS256 => SigningAlgorithm::Ps256,
        Algorithm::ES256 => SigningAlgorithm::Es256,
        Algorithm::EdDSA => SigningAlgorithm::EdDsa,
        _ => return Err(IdTokenFault::Algorithm),
    };
    // Another type of token, such as an access token in JWT form, is no ID token.
    let typed = header.typ.as_deref().is_none_or(|typ| typ.eq_ignore_ascii_case("jwt"));
    if !allowed.contains(&known) || header.crit.is_some() || !typed {
        return Err(IdTokenFault::Algorithm);
    }
    Ok(header)
}

/// Checks the signature, then every claim.
pub(super) fn verify(
    token: &str,
    algorithm: Algorithm,
    key: &DecodingKey,
    expected: &Expected<'_>,
) -> Result<VerifiedSubject, IdTokenFault> {
    let claims = signed(token, algorithm, key)?;
    check_parties(&claims, expected)?;
    check_times(&claims, expected)?;
    check_access_token(&claims, algorithm, expected.access_token)?;
    let auth_time = auth_time(&claims, expected)?;
    VerifiedSubject::new(&claims.iss, &claims.sub, auth_time).map_err(|_| IdTokenFault::Subject)
}

/// The claims of a token with a good signature.
fn signed(token: &str, algorithm: Algorithm, key: &DecodingKey) -> Result<Claims, IdTokenFault> {
    let mut signature_only = Validation::new(algorithm);
    // The library's own checks of claims would read the machine's clock.
    signature_only.validate_exp = false;
    signature_only.validate_aud = false;
    signature_only.required_spec_claims.clear();
    let decoded = decode::<Claims>(token, key, &signature_only).map_err(|error| match error.kind() {
        jsonwebtoken::errors::ErrorKind::Json(_) => IdTokenFault::Malformed,
        _ => IdTokenFault::Signature,
    })?;
    Ok(decoded.claims)
}

fn check_parties(claims: &Claims, expected: &Expected<'_>) -> Result<(), IdTokenFault> {
    if claims.iss != expected.issuer {
        return Err(IdTokenFault::Issuer);
    }
    // One audience, this client: a token for several parties could be brought here by any of them.
    if !matches!(claims.aud.entries(), [one] if one == expected.client_id) {
        return Err(IdTokenFault::Audience);
    }
    if claims.azp.as_ref().is_some_and(|party| party != expected.client_id) {
        return Err(IdTokenFault::AuthorizedParty);
    }
    let nonce = claims.nonce.clone().map(Secret::new).ok_or(IdTokenFault::Nonce)?;
    if nonce.ct_eq(expected.nonce) { Ok(()) } else { Err(IdTokenFault::Nonce) }
}

fn check_times(claims: &Claims, expected: &Expected<'_>) -> Result<(), IdTokenFault> {
    let now = expected.now.as_seconds();
    if now.saturating_sub(SKEW_SECONDS) >= claims.exp {
        return Err(IdTokenFault::Expired);
    }
    let latest = now.saturating_add(SKEW_SECONDS);
    if claims.iat > latest || claims.nbf.is_some_and(|from| from > latest) {
        return Err(IdTokenFault::Early);
    }
    if claims.iat < expected.begun.as_seconds().saturating_sub(SKEW_SECONDS) {
        return Err(IdTokenFault::Stale);
    }
    Ok(())
}

/// `at_hash` is the left half of the access token's hash by the hash of the signature algorithm.
fn check_access_token(
    claims: &Claims,
    algorithm: Algorithm,
    token: &Secret<String>,
) -> Result<(), IdTokenFault> {
    let Some(stated) = &claims.at_hash else { return Ok(()) };
    let half = token.expose(|token| match algorithm {
        Algorithm::EdDSA => left_half(&Sha512::digest(token)),
        _ => left_half(&Sha256::digest(token)),
    });
    if Secret::new(stated.clone()).ct_eq(&Secret::new(half)) {
        Ok(())
    } else {
        Err(IdTokenFault::AccessToken)
    }
}

fn left_half(hash: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(hash.get(..hash.len() / 2).unwrap_or_default())
}

/// When the person last proved who they are. A provider that was asked for a limit must say so.
fn auth_time(claims: &Claims, expected: &Expected<'_>) -> Result<Timestamp, IdTokenFault> {
    let stated = match (claims.auth_time, expected.max_age_seconds) {
        (None, Some(_)) => return Err(IdTokenFault::AuthTime),
        (stated, _) => stated.unwrap_or(claims.iat),
    };
    let age = expected.now.as_seconds().saturating_sub(stated);
    let oldest = expected.max_age_seconds.map(|seconds| i64::from(seconds).saturating_add(SKEW_SECONDS));
    if age < -SKEW_SECONDS || oldest.is_some_and(|oldest| age > oldest) {
        return Err(IdTokenFault::AuthTime);
    }
    Timestamp::from_seconds(stated).map_err(|_| IdTokenFault::AuthTime)
}
