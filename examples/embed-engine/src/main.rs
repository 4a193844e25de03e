//! A small axum service with a login of its own that embeds the ProdOps engine.

fn main() {}
