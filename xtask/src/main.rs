//! Checks, tests and reports of the ProdOps workspace.

fn main() {}
