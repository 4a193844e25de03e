//! The vault: secrets sealed for one purpose and one place, rows and backups sealed for theirs.
//!
//! ```
//! use prodops_core::entropy::SystemEntropy;
//! use prodops_core::environment::Environment;
//! use prodops_core::vault::{Context, OpenError, Purpose, SealedRecord, VaultKey, open, seal};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let key = VaultKey::generate(&SystemEntropy)?;
//! let place = Context {
//!     environment: Environment::Test,
//!     workspace: None,
//!     kind: "connection",
//!     record: [7; 16],
//!     field: "access_token",
//!     generation: 1,
//! };
//! let record = seal(&key, Purpose::Token, &place, b"a token", &SystemEntropy)?;
//!
//! // What a store kept.
//! let record = SealedRecord::parse(record.as_bytes())?;
//! assert!(open(&key, Purpose::Token, &place, &record)?.expose(|token| token == b"a token"));
//!
//! // At another place it does not open.
//! let elsewhere = Context { record: [8; 16], ..place };
//! let refused = open(&key, Purpose::Token, &elsewhere, &record).unwrap_err();
//! assert_eq!(refused, OpenError::WrongKeyOrContext);
//! assert_eq!(refused.uniform().to_string(), "cannot be opened");
//! # Ok(())
//! # }
//! ```
#![doc = include_str!("FORMAT.md")]

mod cobblestone;
mod context;
mod error;
mod expand;
mod header;
mod key;
mod key_id;
mod padding;
mod prefix;
mod purpose;
mod record;
mod row;
mod seal;
mod stream;

pub use context::Context;
pub use error::{CannotOpen, OpenError, SealError};
pub use key::VaultKey;
pub use key_id::{KeyId, ParseKeyIdError};
pub use purpose::Purpose;
pub use record::SealedRecord;
pub use row::{RowKey, RowPlace, row_key_id};
pub use seal::{MAX_SECRET_LEN, open, seal};
pub use stream::{OpeningReader, SealedStream, SealingWriter};
