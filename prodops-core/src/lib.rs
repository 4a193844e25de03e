#![doc = include_str!("../README.md")]

pub mod api_token;
pub mod audit;
pub mod clock;
pub mod entropy;
pub mod environment;
pub mod fact;
pub mod filter;
mod hex;
pub mod id;
pub mod index_key;
pub mod input;
pub mod keyring;
pub mod leak_guard;
pub mod process;
pub mod secret;
pub mod session;
pub mod source;
pub mod tenancy;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod time;
pub mod vault;
