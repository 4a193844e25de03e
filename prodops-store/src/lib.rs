#![doc = include_str!("../README.md")]

mod authority;
pub mod backend;
mod blocking;
pub mod contract;
mod durable;
pub mod embedded;
mod error;
pub mod keyring;
pub mod ledger;
pub mod plane;
pub mod portable;
#[cfg(feature = "postgres")]
pub mod postgres;
mod sealed;
mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use authority::authority_source;
pub use error::{Current, StoreError};
pub use store::Store;
