//! Which certificate authorities are trusted.

use std::fmt;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// The authorities cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RootsError {
    /// The operating system offers none.
    #[error(
        "the operating system offers no certificate authorities: install its `ca-certificates`, or name a PEM file"
    )]
    NoneInSystem,
    /// The PEM text holds none, or one that is damaged.
    #[error("not a PEM text with one or more certificates")]
    Pem,
}

/// The certificate authorities whose word is taken for who a host is. There is no default: the operator chooses.
#[derive(Clone)]
pub struct Roots(Arc<RootCertStore>);

impl Roots {
    /// The operating system's authorities, read once now.
    ///
    /// On Linux these are the files of `ca-certificates`; the variables `SSL_CERT_FILE` and `SSL_CERT_DIR` replace them,
    /// as for most programs there.
    ///
    /// # Errors
    /// When there are none.
    pub fn system() -> Result<Self, RootsError> {
        let mut store = RootCertStore::empty();
        // Some systems keep a certificate that nobody can read; those that can be read still count.
        let (added, _) = store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if added == 0 { Err(RootsError::NoneInSystem) } else { Ok(Self(Arc::new(store))) }
    }

    /// The authorities of a PEM text and no others.
    ///
    /// # Errors
    /// When it holds none, or one that is damaged.
    pub fn pem(text: &[u8]) -> Result<Self, RootsError> {
        let mut store = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(text) {
            store.add(certificate.map_err(|_| RootsError::Pem)?).map_err(|_| RootsError::Pem)?;
        }
        if store.is_empty() { Err(RootsError::Pem) } else { Ok(Self(Arc::new(store))) }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    pub(super) fn store(&self) -> Arc<RootCertStore> {
        Arc::clone(&self.0)
    }
}

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Roots({} authorities)", self.count())
    }
}
