//! The audit log: published vectors, independent recomputation, tampering, and third-party tools.

mod note;
mod tampering;
mod tiles;
mod tree;
mod world;
