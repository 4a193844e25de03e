//! The provider's public keys.

use http::StatusCode;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use prodops_connectors::http::egress::{EgressClient, Request};
use serde::Deserialize;
use serde_json::Value;

use super::error::{DiscoveryFault, LoginError};

const LARGEST: usize = 256 * 1024;
const MOST_KEYS: usize = 64;

/// Keys for signatures, bounded in number.
#[derive(Debug)]
pub(super) struct KeySet(Vec<Jwk>);

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl KeySet {
    pub(super) async fn fetch(egress: &EgressClient, url: &str) -> Result<Self, LoginError> {
        let response = egress.send(Request::get(url).at_most(LARGEST)).await?;
        if response.status() != StatusCode::OK {
            return Err(DiscoveryFault::Keys.into());
        }
        let document: Document = response.json().map_err(|_| DiscoveryFault::Keys)?;
        // A kind of key that is not understood must not hide those that are.
        let keys = document.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
        Ok(Self(keys.take(MOST_KEYS).collect()))
    }

    /// The key for a token with this header. Without a key id there must be only one candidate.
    pub(super) fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<DecodingKey> {
        let named = |key: &&Jwk| kid.is_none_or(|kid| key.common.key_id.as_deref() == Some(kid));
        let mut candidates = self.0.iter().filter(|key| fits(key, algorithm)).filter(named);
        match (candidates.next(), candidates.next()) {
            (Some(key), None) => DecodingKey::from_jwk(key).ok(),
            _ => None,
        }
    }
}

/// Whether the key is made for signatures by this algorithm. A shared secret never is.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let for_signatures = matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let named = key.common.key_algorithm.is_none_or(|named| named.to_string() == name(algorithm));
    let kind = match &key.algorithm {
        AlgorithmParameters::RSA(_) => matches!(algorithm, Algorithm::RS256 | Algorithm::PS256),
        AlgorithmParameters::EllipticCurve(key) => {
            algorithm == Algorithm::ES256 && key.curve == EllipticCurve::P256
        }
        AlgorithmParameters::OctetKeyPair(key) => {
            algorithm == Algorithm::EdDSA && key.curve == EllipticCurve::Ed25519
        }
        _ => false,
    };
    for_signatures && named && kind
}

const fn name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::RS256 => "RS256",
        Algorithm::PS256 => "PS256",
        Algorithm::ES256 => "ES256",
        Algorithm::EdDSA => "EdDSA",
        _ => "",
    }
}
