//! Measurements of ProdOps beside named peers.
