//! What exactly is wrong with a URL or a TLS handshake, without repeating any of it.

use std::fmt;

use rustls::{CertificateError, Error as TlsError};

/// What is wrong with a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlFault {
    /// White space, control characters, backslashes, a fragment, characters beyond ASCII, or more than 8 KiB.
    Characters,
    /// Not an absolute URL.
    Syntax,
    /// Neither https nor http.
    Scheme,
    /// A user name or password before the host.
    UserInfo,
    /// The host is not a plain DNS name.
    Host,
    /// The host is an IP address.
    Address,
    /// The port is not a plain number from 1 to 65535.
    Port,
}

impl fmt::Display for UrlFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Characters => "it holds characters that must be escaped, or is too long",
            Self::Syntax => "it is not an absolute URL",
            Self::Scheme => "its scheme is not https",
            Self::UserInfo => "it holds a user name or password",
            Self::Host => "its host is not a DNS name in plain form",
            Self::Address => "its host is an IP address",
            Self::Port => "its port is not a plain number from 1 to 65535",
        })
    }
}

/// Why a TLS handshake failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsFault {
    /// No chain leads to one of the roots.
    UnknownIssuer,
    /// The certificate is for other names.
    WrongName,
    /// The certificate is over, or not yet valid.
    Expired,
    /// The certificate is refused for another reason.
    Certificate,
    /// The two sides share no version or cipher, or the other side is not speaking TLS.
    Protocol,
}

impl fmt::Display for TlsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownIssuer => "its certificate comes from no trusted authority",
            Self::WrongName => "its certificate is for another name",
            Self::Expired => "its certificate is not valid at this time",
            Self::Certificate => "its certificate is refused",
            Self::Protocol => "no common TLS version or cipher, or no TLS at all",
        })
    }
}

impl From<&TlsError> for TlsFault {
    fn from(error: &TlsError) -> Self {
        let TlsError::InvalidCertificate(certificate) = error else { return Self::Protocol };
        match certificate {
            CertificateError::UnknownIssuer => Self::UnknownIssuer,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Self::WrongName
            }
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => Self::Expired,
            _ => Self::Certificate,
        }
    }
}
