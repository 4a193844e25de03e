//! A dashboard, an API and commands over the ProdOps engine.

fn main() {}
