//! Rows as every backend keeps them: encoded, sealed under the keys of whoever owns them, and what is found them by.

mod attribute;
mod keys;
pub(crate) mod row;
mod session;

#[cfg(feature = "postgres")]
pub(crate) use attribute::{actor_of, object_of};
pub(crate) use attribute::{attributes, narrowest};
pub(crate) use keys::{Keys, Reach};
pub(crate) use row::Place;
pub(crate) use session::SessionRow;
