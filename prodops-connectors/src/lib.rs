#![doc = include_str!("../README.md")]

pub mod contract;
pub mod driver;
#[cfg(feature = "git")]
pub mod git;
#[cfg(feature = "http")]
pub mod http;
