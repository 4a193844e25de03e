//! What a provider says about itself.

use http::{StatusCode, Uri};
use prodops_connectors::http::egress::{EgressClient, Request};
use serde::Deserialize;

use super::error::{DiscoveryFault, LoginError};

const LARGEST: usize = 256 * 1024;

/// The part of the discovery document that is used.
#[derive(Debug, Deserialize)]
pub(super) struct Provider {
    issuer: String,
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    pub(super) jwks_uri: String,
    pub(super) end_session_endpoint: Option<String>,
    code_challenge_methods_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Provider {
    /// Reads the document at the issuer's well-known place.
    pub(super) async fn discover(egress: &EgressClient, issuer: &str) -> Result<Self, LoginError> {
        let url = format!("{}/.well-known/openid-configuration", issuer.strip_suffix('/').unwrap_or(issuer));
        let response = egress.send(Request::get(url).at_most(LARGEST)).await?;
        if response.status() != StatusCode::OK {
            return Err(DiscoveryFault::Absent.into());
        }
        let provider: Self = response.json().map_err(|_| DiscoveryFault::Absent)?;
        provider.check(issuer)?;
        Ok(provider)
    }

    fn check(&self, issuer: &str) -> Result<(), DiscoveryFault> {
        // Exactly: a provider that speaks for another issuer could sign people in as anybody there.
        if self.issuer != issuer {
            return Err(DiscoveryFault::Issuer);
        }
        let endpoints = [&self.authorization_endpoint, &self.token_endpoint, &self.jwks_uri];
        let scheme = scheme(issuer);
        if scheme.is_none()
            || endpoints.into_iter().chain(&self.end_session_endpoint).any(|url| self::scheme(url) != scheme)
        {
            return Err(DiscoveryFault::Endpoint);
        }
        let pkce = self.code_challenge_methods_supported.as_ref();
        if pkce.is_some_and(|methods| methods.iter().all(|method| method != "S256")) {
            return Err(DiscoveryFault::Pkce);
        }
        Ok(())
    }

    /// Whether the client's secret travels in the form instead of a header.
    pub(super) fn wants_secret_in_form(&self) -> bool {
        let offers = |name: &str| {
            let methods = self.token_endpoint_auth_methods_supported.as_ref();
            methods.map(|methods| methods.iter().any(|method| method == name))
        };
        offers("client_secret_basic") == Some(false) && offers("client_secret_post") == Some(true)
    }

    /// Whether a callback with this `iss` parameter can be its own (RFC 9207).
    pub(super) fn answers_as(&self, issuer: Option<&str>) -> bool {
        match issuer {
            Some(issuer) => issuer == self.issuer,
            None => !self.authorization_response_iss_parameter_supported,
        }
    }
}

fn scheme(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    uri.authority()?;
    uri.scheme_str().map(str::to_owned)
}
