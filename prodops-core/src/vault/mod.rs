//! The vault: secrets sealed for one purpose and one place, and rows sealed for theirs.

mod cobblestone;
mod context;
mod error;
mod expand;
mod header;
mod key;
mod key_id;
mod padding;
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
