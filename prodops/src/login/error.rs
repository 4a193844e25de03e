//! Why a sign-in did not succeed.

use std::fmt;

use prodops_connectors::http::egress::EgressError;
use prodops_core::entropy::EntropyError;

/// Why nobody was signed in. No text in it comes from a token, a code or the provider.
///
/// # Security
/// Show people one message for all of them: which check failed is for the log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoginError {
    /// The configuration cannot work.
    #[error("{what} of the login settings is not usable: check how the client is registered")]
    Settings {
        /// Which part.
        what: &'static str,
    },
    /// Somebody wants to be brought to another site.
    #[error("not a path on this site")]
    ReturnPath,
    /// The provider cannot be asked.
    #[error("the identity provider cannot be asked")]
    Unreachable(#[from] EgressError),
    /// The provider describes itself in an unusable way.
    #[error("the identity provider's description is refused: {fault}")]
    Discovery {
        /// Why.
        fault: DiscoveryFault,
    },
    /// The callback is not one.
    #[error("the callback lacks a parameter, repeats one, or is too long")]
    Callback,
    /// The stored attempt is damaged, or was begun with another provider.
    #[error("the sign-in was not begun here")]
    Attempt,
    /// Too much time has passed since the attempt began.
    #[error("the sign-in took too long: begin again")]
    Expired,
    /// The attempt was completed before.
    #[error("the sign-in was completed already: begin again")]
    Replayed,
    /// The callback belongs to another attempt.
    #[error("the callback belongs to another sign-in")]
    State,
    /// The callback comes from another provider.
    #[error("the callback comes from another identity provider")]
    MixUp,
    /// The provider, or the person there, refused.
    #[error("the identity provider answered `{code}`")]
    Denied {
        /// One of the codes that OAuth and OpenID Connect define, or `other`.
        code: &'static str,
    },
    /// The provider does not give a token for the code.
    #[error("the identity provider did not accept the code")]
    Exchange,
    /// The ID token proves nothing.
    #[error("the ID token is refused: {fault}")]
    IdToken {
        /// Why.
        fault: IdTokenFault,
    },
    /// No random bytes could be had.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// What is wrong with a provider's description of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DiscoveryFault {
    /// There is none.
    Absent,
    /// It is about another issuer.
    Issuer,
    /// An endpoint is not https where the issuer is.
    Endpoint,
    /// It does not offer PKCE with S256.
    Pkce,
    /// Its key set cannot be read.
    Keys,
}

impl fmt::Display for DiscoveryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "there is none at the issuer's well-known place",
            Self::Issuer => {
                "it is about another issuer; configure the issuer exactly as the provider writes it"
            }
            Self::Endpoint => "an endpoint is not a URL with the issuer's scheme",
            Self::Pkce => "it does not offer PKCE with S256",
            Self::Keys => "its key set cannot be read",
        })
    }
}

impl From<DiscoveryFault> for LoginError {
    fn from(fault: DiscoveryFault) -> Self {
        Self::Discovery { fault }
    }
}

/// What is wrong with an ID token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdTokenFault {
    /// There is none.
    Absent,
    /// It is no signed token with the claims that must be there.
    Malformed,
    /// Its algorithm is not allowed, or it asks for something that is not understood.
    Algorithm,
    /// The provider has no such key for this algorithm.
    UnknownKey,
    /// The signature is not that of the key.
    Signature,
    /// Another issuer.
    Issuer,
    /// Another audience, or other audiences besides.
    Audience,
    /// Another authorised party.
    AuthorizedParty,
    /// Another attempt's nonce.
    Nonce,
    /// It is over.
    Expired,
    /// It is not valid yet, or says that it was issued in the future.
    Early,
    /// It was issued before the attempt began.
    Stale,
    /// It belongs to another access token.
    AccessToken,
    /// The person proved who they are too long ago, or it does not say when.
    AuthTime,
    /// Its subject is not one that can be kept.
    Subject,
}

impl fmt::Display for IdTokenFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "there is none",
            Self::Malformed => "it is not a signed token with the required claims",
            Self::Algorithm => "its algorithm or an extension of its header is not allowed",
            Self::UnknownKey => "the provider has no such key",
            Self::Signature => "its signature is wrong",
            Self::Issuer => "its issuer is another one",
            Self::Audience => "its audience is another one",
            Self::AuthorizedParty => "its authorised party is another one",
            Self::Nonce => "its nonce is another one",
            Self::Expired => "it is over",
            Self::Early => "it is not valid yet",
            Self::Stale => "it is older than the sign-in",
            Self::AccessToken => "it belongs to another access token",
            Self::AuthTime => "the last proof of identity is too old, or not stated",
            Self::Subject => "its subject is not usable",
        })
    }
}

impl From<IdTokenFault> for LoginError {
    fn from(fault: IdTokenFault) -> Self {
        Self::IdToken { fault }
    }
}
