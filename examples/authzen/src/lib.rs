//! An OpenID AuthZEN 1.0 decision point over the decision program of `prodops-policy`.
//!
//! A service authenticates with a bearer token, which says the workspace that it asks about; requests cannot. See the README.

pub mod credential;
pub mod decision;
pub mod directory;
pub mod generate;
pub mod http;
mod model;
mod page;
mod search;
mod strict_json;
mod table;
mod vocabulary;

pub use http::router;
pub use page::PageKey;
