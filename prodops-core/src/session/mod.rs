//! Sessions without a web framework: tokens, rows, how long they last, how they are revoked, the cookie, cross-site
//! forgery, and the proof that a request has one.

mod client;
pub mod cookie;
pub mod csrf;
mod expiry;
mod key;
mod record;
mod revocation;
mod standing;
mod subject;
mod token;
mod verified;

pub use client::{Browser, ClientFamily, System};
pub use expiry::SessionExpiry;
pub use key::SessionKey;
pub use record::{SessionRecord, SessionTokenRecord, SignInLinkRecord, UserRecord};
pub use revocation::RevocationSubject;
pub use standing::{SessionEvidence, Standing};
pub use subject::{SubjectKey, VerifiedSubject};
pub use token::{OpaqueToken, ParseTokenError, TokenHash};
pub use verified::{Recognition, ReplayedSession, VerifiedSession};
