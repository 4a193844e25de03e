//! Where the engine is, which key is meant, and how this deployment proves itself there.

use http::Uri;
use prodops_core::secret::Secret;
use prodops_core::vault::KeyId;
use sha2::{Digest as _, Sha256};

/// A setting that cannot work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} of the transit settings {rule}")]
pub struct SettingsError {
    what: &'static str,
    rule: &'static str,
}

/// How this deployment proves itself.
#[derive(Debug)]
#[non_exhaustive]
pub enum TransitAuth {
    /// A token, renewed as long as the service lets it.
    Token(Secret<String>),
    /// A role: a new token is fetched whenever the old one ends.
    AppRole {
        /// Where the method is mounted, usually `approle`.
        mount: String,
        /// The role's id.
        role_id: Secret<String>,
        /// The role's secret.
        secret_id: Secret<String>,
    },
}

/// A key of a transit engine.
#[derive(Debug)]
pub struct TransitSettings {
    pub(super) address: String,
    pub(super) namespace: Option<String>,
    pub(super) mount: String,
    pub(super) key: String,
    pub(super) name: String,
    pub(super) auth: TransitAuth,
}

impl TransitSettings {
    /// The key `key` of the engine at the mount `transit` of the service at `address`, such as
    /// `https://vault.example.org:8200`.
    ///
    /// # Errors
    /// When the address is no URL of a host, or the key's name has characters that a path would need escaped.
    pub fn new(address: &str, key: &str, auth: TransitAuth) -> Result<Self, SettingsError> {
        let address = address.strip_suffix('/').unwrap_or(address);
        if !is_origin(address) {
            return Err(SettingsError {
                what: "the address",
                rule: "must be a URL of scheme, host and port",
            });
        }
        check_path("the key", key)?;
        if let TransitAuth::AppRole { mount, .. } = &auth {
            check_path("the mount of the role", mount)?;
        }
        Ok(Self {
            address: address.to_owned(),
            namespace: None,
            mount: "transit".to_owned(),
            key: key.to_owned(),
            name: address.to_owned(),
            auth,
        })
    }

    /// The engine is mounted elsewhere.
    ///
    /// # Errors
    /// When it is no plain path.
    pub fn mount(mut self, mount: &str) -> Result<Self, SettingsError> {
        check_path("the mount", mount)?;
        mount.clone_into(&mut self.mount);
        Ok(self)
    }

    /// Everything is in this namespace.
    ///
    /// # Errors
    /// When it is no plain path.
    pub fn namespace(mut self, namespace: &str) -> Result<Self, SettingsError> {
        check_path("the namespace", namespace)?;
        self.namespace = Some(namespace.to_owned());
        Ok(self)
    }

    /// The service's name in the root key's id, in place of its address: choose one before the first key is wrapped if
    /// the address may change. Two services must not have the same name.
    #[must_use]
    pub fn known_as(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// The first half of SHA-256("prodops/transit-root/1" ‖ 0 ‖ service ‖ 0 ‖ namespace ‖ 0 ‖ mount ‖ 0 ‖ key).
    pub(super) fn root(&self) -> KeyId {
        let namespace = self.namespace.as_deref().unwrap_or_default();
        let parts = ["prodops/transit-root/1", &self.name, namespace, &self.mount, &self.key];
        let hash: [u8; 32] = Sha256::digest(parts.join("\0")).into();
        let mut id = [0; 16];
        id.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        KeyId::from_bytes(id)
    }
}

fn is_origin(text: &str) -> bool {
    let uri = text.parse::<Uri>().ok().filter(|uri| matches!(uri.scheme_str(), Some("https" | "http")));
    let plain =
        uri.is_some_and(|uri| uri.path() == "/" && uri.query().is_none() && uri.authority().is_some());
    plain && !text.contains(['@', '#', '?'])
}

/// Names that need no escaping and do not climb.
fn check_path(what: &'static str, path: &str) -> Result<(), SettingsError> {
    let is_name = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
            && !name.bytes().all(|byte| byte == b'.')
    };
    if path.len() <= 512 && path.split('/').all(is_name) {
        return Ok(());
    }
    Err(SettingsError { what, rule: "must be names of letters, digits, `-`, `_` and `.`, separated by `/`" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(address: &str, key: &str) -> Result<TransitSettings, SettingsError> {
        TransitSettings::new(address, key, TransitAuth::Token(Secret::new(String::new())))
    }

    #[test]
    fn settings_are_checked() {
        assert!(settings("https://vault.example.org:8200/", "prodops-root").is_ok());
        for address in [
            "",
            "vault:8200",
            "https://u:p@vault",
            "https://vault/v1",
            "https://vault?x",
            "https://vault#x",
            "ftp://vault",
        ] {
            assert!(settings(address, "k").is_err(), "{address}");
        }
        for path in ["", "a b", "../sys", "a/../b", "a//b", "/a", "a/", "a?b", "a%2f", "ü"] {
            assert!(settings("https://vault", path).is_err(), "{path}");
            assert!(settings("https://vault", "k").unwrap().mount(path).is_err(), "{path}");
            assert!(settings("https://vault", "k").unwrap().namespace(path).is_err(), "{path}");
        }
    }

    #[test]
    fn the_root_s_id_tells_keys_apart_and_may_outlive_an_address() {
        let id = |address, key| settings(address, key).unwrap().root();
        assert_eq!(id("https://a.test", "k"), id("https://a.test/", "k"));
        assert_ne!(id("https://a.test", "k"), id("https://b.test", "k"));
        assert_ne!(id("https://a.test", "k"), id("https://a.test", "l"));
        let named = |address| settings(address, "k").unwrap().known_as("berlin").root();
        assert_eq!(named("https://a.test"), named("https://b.test"));
        let base = || settings("https://a.test", "k").unwrap();
        assert_ne!(base().mount("other").unwrap().root(), base().root());
        assert_ne!(base().namespace("team").unwrap().root(), base().root());
    }
}
