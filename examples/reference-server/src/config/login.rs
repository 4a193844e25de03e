//! `[login]`: the identity provider at which people sign in, and this server's registration there.

use std::net::IpAddr;

use axum::http::Uri;
use prodops::connectors::http::egress::{Destination, HostError, LocalEndpoint};
use prodops::core::secret::Secret;
use prodops::login::{LoginError, OidcSettings};
use serde::Deserialize;

use super::secret_file::{SecretFileError, SecretReference};

/// What the provider's hosts are reached for.
pub const PURPOSE: &str = "login";

/// An OpenID Connect provider.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LoginConfig {
    /// The issuer, exactly as the provider writes it in its discovery document.
    pub issuer: String,
    /// The name under which this server is registered there.
    pub client_id: String,
    /// Where the client's secret is; a public client has none.
    #[serde(default)]
    pub client_secret: Option<SecretReference>,
    /// After how many seconds people must prove again who they are.
    #[serde(default)]
    pub max_age: Option<u32>,
    /// Further hosts of the provider: those of its token endpoint and key set where they are not the issuer's.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Whether the provider may lie in the operator's own network.
    #[serde(default)]
    pub own_network: bool,
}

/// The login cannot be set up as it is written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoginConfigError {
    /// The issuer is no URL.
    #[error("`issuer` is not a URL: write it exactly as the provider's discovery document does")]
    Issuer,
    /// The issuer speaks plain http beyond this machine.
    #[error("`issuer`: plain http is for a provider on this machine only; use its https address")]
    PlainHttp,
    /// A host cannot be declared.
    #[error("`{host}`: {reason}")]
    Host {
        /// The host.
        host: String,
        /// Why.
        reason: HostError,
    },
    /// The registration cannot work.
    #[error(transparent)]
    Settings(#[from] LoginError),
    /// The secret cannot be had.
    #[error("`client-secret`: {0}")]
    Secret(#[from] SecretFileError),
}

impl LoginConfig {
    /// The hosts that signing in goes to, the issuer's first.
    ///
    /// # Errors
    /// When one of them cannot be gone to.
    pub fn destinations(&self) -> Result<Vec<Destination>, LoginConfigError> {
        let mut all = vec![self.issuer_destination()?];
        for host in &self.hosts {
            all.push(self.remote(host, None)?);
        }
        Ok(all)
    }

    fn issuer_destination(&self) -> Result<Destination, LoginConfigError> {
        let uri: Uri = self.issuer.parse().map_err(|_| LoginConfigError::Issuer)?;
        let host = uri.host().ok_or(LoginConfigError::Issuer)?;
        let local = is_local(host);
        match (uri.scheme_str(), local) {
            (Some("http"), true) => self.local(LocalEndpoint::http(host, uri.port_u16().unwrap_or(80)), host),
            (Some("http"), false) => Err(LoginConfigError::PlainHttp),
            (Some("https"), true) => {
                self.local(LocalEndpoint::https(host, uri.port_u16().unwrap_or(443)), host)
            }
            (Some("https"), false) => self.remote(host, uri.port_u16()),
            _ => Err(LoginConfigError::Issuer),
        }
    }

    fn local(
        &self,
        endpoint: Result<LocalEndpoint, HostError>,
        host: &str,
    ) -> Result<Destination, LoginConfigError> {
        let endpoint = endpoint.map_err(|reason| LoginConfigError::Host { host: host.to_owned(), reason })?;
        Ok(Destination::local(endpoint, PURPOSE))
    }

    fn remote(&self, host: &str, port: Option<u16>) -> Result<Destination, LoginConfigError> {
        let made = match self.own_network {
            true => Destination::self_hosted(host, PURPOSE),
            false => Destination::https(host, PURPOSE),
        };
        let made = made.and_then(|made| port.map_or(Ok(made.clone()), |port| made.on_port(port)));
        made.map_err(|reason| LoginConfigError::Host { host: host.to_owned(), reason })
    }

    /// The registration, with the callback's address as it is registered at the provider. Without the secret.
    ///
    /// # Errors
    /// When issuer or client id cannot be.
    pub fn settings(&self, callback: &str) -> Result<OidcSettings, LoginConfigError> {
        let settings = OidcSettings::new(&self.issuer, &self.client_id, callback)?;
        Ok(match self.max_age {
            Some(seconds) => settings.max_age_seconds(seconds),
            None => settings,
        })
    }

    /// The client's secret, read from where the configuration says; `None` for a public client.
    ///
    /// # Errors
    /// When it cannot be had from there.
    pub fn secret(&self) -> Result<Option<Secret<String>>, LoginConfigError> {
        Ok(self.client_secret.as_ref().map(SecretReference::read).transpose()?)
    }

    /// The provider's host, by which people know it.
    #[must_use]
    pub fn provider(&self) -> String {
        let host = self.issuer.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned));
        host.unwrap_or_else(|| self.issuer.clone())
    }
}

fn is_local(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(issuer: &str) -> LoginConfig {
        LoginConfig {
            issuer: issuer.to_owned(),
            client_id: "prodops".to_owned(),
            client_secret: None,
            max_age: None,
            hosts: Vec::new(),
            own_network: false,
        }
    }

    #[test]
    fn only_the_providers_hosts_are_declared() {
        let shown = |login: &LoginConfig| {
            let all = login.destinations().unwrap();
            all.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(shown(&login("https://id.example.org/realm")), ["https://id.example.org:443 (login)"]);
        assert_eq!(shown(&login("https://id.example.org:8443")), ["https://id.example.org:8443 (login)"]);
        assert_eq!(shown(&login("http://localhost:4000")), ["http://localhost:4000 (login)"]);
        assert_eq!(shown(&login("https://127.0.0.1:4000")), ["https://127.0.0.1:4000 (login)"]);
        let several = LoginConfig {
            hosts: vec!["tokens.example.org".to_owned(), "keys.example.org".to_owned()],
            ..login("https://id.example.org")
        };
        assert_eq!(shown(&several).len(), 3);
    }

    #[test]
    fn what_cannot_work_is_said_in_one_line() {
        for (issuer, said) in [
            ("http://id.example.org", "plain http is for a provider on this machine only"),
            ("http://192.0.2.7", "plain http is for a provider on this machine only"),
            ("id.example.org", "not a URL"),
            ("ftp://id.example.org", "not a URL"),
            ("https://192.0.2.7", "an IP address is no host"),
            ("https://intranet", "not a host name"),
        ] {
            let error = login(issuer).destinations().unwrap_err().to_string();
            assert!(error.contains(said) && !error.contains('\n'), "{issuer}: {error}");
        }
        let error = login("https://id.example.org?x=1").settings("https://p.example.org/login/callback");
        assert!(error.unwrap_err().to_string().contains("the issuer"));
        let odd = LoginConfig { hosts: vec!["*.example.org".to_owned()], ..login("https://id.example.org") };
        assert!(odd.destinations().unwrap_err().to_string().starts_with("`*.example.org`"));
    }
}
