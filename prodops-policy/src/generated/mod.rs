//! Lists that are made of the schema; a test holds them to it.

pub(crate) mod actions;
pub(crate) mod resources;
pub(crate) mod vocabulary;
