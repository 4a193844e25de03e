//! Root keys that live in a key service.
//!
//! Providers that need nothing but this machine (a file, a credential, a variable) are in
//! [`prodops_core::keyring`]; here are those that speak to somebody, each behind a feature.

mod transit;

pub use transit::{SettingsError, Transit, TransitAuth, TransitSettings};
