//! Sessions without a web framework: tokens, records, expiry, and the proof that a request has one.

mod expiry;
mod record;
mod subject;
mod token;
mod verified;

pub use expiry::SessionExpiry;
pub use record::{SessionRecord, SignInLinkRecord, UserRecord};
pub use subject::{SubjectKey, VerifiedSubject};
pub use token::{OpaqueToken, ParseTokenError, TokenHash};
pub use verified::VerifiedSession;
