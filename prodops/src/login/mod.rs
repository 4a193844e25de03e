//! Signing in: who somebody is, according to an identity provider. Never what they may do, and never a workspace.
//!
//! [`Oidc`] signs people in by OpenID Connect: authorization code with PKCE, state and nonce. An embedder with a login of
//! its own implements [`Authenticator`] instead; both end in a
//! [`VerifiedSubject`](prodops_core::session::VerifiedSubject), with which the engine begins a session.
//!
//! # Security
//! What an ID token says counts only after all of this: the answer belongs to the attempt that this browser began
//! (state, compared in constant time; ten minutes; once) and to the provider it was begun with (issuer of the response,
//! RFC 9207); the token is signed with a key of that provider by an asymmetric algorithm of a closed list; issuer,
//! audience, authorised party and nonce are exactly the expected ones; its times hold by the injected clock, with 60 seconds
//! of tolerance; and it belongs to the access token that came with it.
//!
//! The provider is reached through an [`EgressClient`](prodops_connectors::http::egress::EgressClient), so its hosts
//! must be declared: that of the issuer, and those of the token endpoint and the key set where they differ.
//!
//! The types of the `oauth2` crate hold codes and tokens while a request is made, and do not wipe them.

mod attempt;
mod authenticator;
mod cached;
mod callback;
pub mod cookie;
mod discovery;
mod error;
mod exchange;
mod id_token;
mod key_set;
mod oidc;
mod random;
mod return_path;
mod settings;
mod spent;

pub use attempt::LoginAttempt;
pub use authenticator::Authenticator;
pub use callback::Callback;
pub use error::{DiscoveryFault, IdTokenFault, LoginError};
pub use oidc::{LoginStart, Oidc};
pub use return_path::ReturnPath;
pub use settings::{OidcSettings, SigningAlgorithm};
