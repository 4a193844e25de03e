//! API tokens: what programs name themselves with. A token belongs to one membership of one workspace, may do what its
//! owner may and at most what its cap says, and ends by itself.

mod record;
mod text;
mod verified;

pub use record::{ApiTokenRecord, MAX_LIFETIME_SECONDS};
pub use text::{ApiToken, ParseApiTokenError};
pub use verified::VerifiedToken;
