//! HTTP towards the outside: one way out, and what is built on it.

pub mod egress;
