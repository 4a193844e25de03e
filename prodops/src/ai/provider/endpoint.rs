//! Where a provider is, which of its models is asked, and how this deployment proves itself there.

use prodops_connectors::http::egress::{Destination, EgressClient, HostError, LocalEndpoint};
use prodops_core::secret::Secret;

use super::super::estimate::Price;
use super::super::register::{PURPOSE, Region};

/// A setting of a provider that cannot work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The host cannot be declared.
    #[error(transparent)]
    Host(#[from] HostError),
    /// The model's name would not stand in a path as it is.
    #[error("a model's name is letters, digits, `-`, `_`, `.`, `:` and `/`, at most 128 of them")]
    Model,
    /// A path before the API is none.
    #[error(
        "a path begins with `/`, does not end with it, and is names of letters, digits, `-`, `_` and `.`"
    )]
    Path,
}

/// An address of a provider, and the declaration without which it cannot be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    base: String,
    destination: Destination,
    local: bool,
}

impl Endpoint {
    /// A host of the Internet.
    ///
    /// # Errors
    /// When it is not the name of a host.
    pub fn https(host: &str) -> Result<Self, SettingsError> {
        let destination = Destination::https(host, PURPOSE)?;
        Ok(Self { base: format!("https://{host}"), destination, local: false })
    }

    /// A host that may lie in the operator's own network.
    ///
    /// # Errors
    /// When it is not the name of a host.
    pub fn self_hosted(host: &str) -> Result<Self, SettingsError> {
        let destination = Destination::self_hosted(host, PURPOSE)?;
        Ok(Self { base: format!("https://{host}"), destination, local: false })
    }

    /// A port of this machine, by plain http.
    ///
    /// # Errors
    /// When the host is not `localhost` or a loopback address, or the port is 0.
    pub fn local(host: &str, port: u16) -> Result<Self, SettingsError> {
        let destination = Destination::local(LocalEndpoint::http(host, port)?, PURPOSE);
        Ok(Self { base: format!("http://{host}:{port}"), destination, local: true })
    }

    /// The API lies below this path, such as `/gateway`.
    ///
    /// # Errors
    /// When it is none.
    pub fn below(mut self, path: &str) -> Result<Self, SettingsError> {
        let is_name = |name: &str| {
            !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
                && !name.bytes().all(|byte| byte == b'.')
        };
        let names = path.strip_prefix('/').ok_or(SettingsError::Path)?;
        if names.len() > 256 || !names.split('/').all(is_name) {
            return Err(SettingsError::Path);
        }
        self.base.push_str(path);
        Ok(self)
    }

    /// The declaration, for an egress.
    #[must_use]
    pub const fn destination(&self) -> &Destination {
        &self.destination
    }

    pub(super) const fn is_local(&self) -> bool {
        self.local
    }

    pub(super) fn base(&self) -> &str {
        &self.base
    }
}

/// A model and what it costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    name: String,
    price: Price,
}

impl Model {
    /// The model of this name at this price, for batches where the provider has a price for them.
    ///
    /// # Errors
    /// When the name has characters that a path would need escaped.
    pub fn new(name: &str, price: Price) -> Result<Self, SettingsError> {
        let plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'/');
        let leads_on = name.split('/').all(|part| !part.is_empty() && !part.bytes().all(|byte| byte == b'.'));
        if name.len() <= 128 && name.bytes().all(plain) && leads_on {
            Ok(Self { name: name.to_owned(), price })
        } else {
            Err(SettingsError::Model)
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) const fn price(&self) -> Price {
        self.price
    }
}

/// Everything that it takes to ask a provider.
#[derive(Debug)]
pub struct Access {
    /// Where it is.
    pub endpoint: Endpoint,
    /// Where the operator had it process data.
    pub region: Region,
    /// The client of the purpose [`PURPOSE`].
    pub egress: EgressClient,
    /// The key; a model on this machine may need none.
    pub key: Option<Secret<String>>,
    /// The model.
    pub model: Model,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_lead_elsewhere_are_refused() {
        assert!(Model::new("qwen3:8b", Price::default()).is_ok());
        assert!(Model::new("org/model-1.5", Price::default()).is_ok());
        for name in ["", "a b", "../x", "a//b", "a?b", "a%2f", "/a", "a/"] {
            assert_eq!(Model::new(name, Price::default()), Err(SettingsError::Model), "{name}");
        }
        let endpoint = Endpoint::https("llm.example.org").unwrap();
        assert_eq!(endpoint.clone().below("/a/b").unwrap().base(), "https://llm.example.org/a/b");
        for path in ["", "/", "a", "/a/", "/..", "/a?b", "/a//b"] {
            assert_eq!(endpoint.clone().below(path), Err(SettingsError::Path), "{path}");
        }
        assert!(Endpoint::https("10.0.0.1").is_err() && Endpoint::local("example.org", 1).is_err());
    }
}
