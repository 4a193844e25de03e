//! The promises of `promises.toml` that the engine keeps, one module per section. A test is named after its promise and
//! fails when the mechanism behind it is gone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests stop where something is wrong, and mint their own evidence to look into stores"
)]

#[path = "../engine/place.rs"]
#[allow(dead_code, reason = "shared with the engine's own tests")]
mod place;
#[path = "../engine/repository.rs"]
#[allow(dead_code, reason = "shared with the engine's own tests")]
mod repository;

/// What our programs have, too: memory that is freed is wiped.
#[global_allocator]
static WIPING: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

#[cfg(feature = "ai")]
#[path = "../ai/crash.rs"]
#[allow(dead_code, reason = "shared with the conformance suite of the providers")]
mod crash;
#[cfg(feature = "ai")]
#[path = "../ai/deployment.rs"]
#[allow(dead_code, reason = "shared with the conformance suite of the providers")]
mod deployment;
#[cfg(feature = "ai")]
#[path = "../ai/double/mod.rs"]
#[allow(dead_code, reason = "shared with the conformance suite of the providers")]
mod double;
#[cfg(feature = "ai")]
#[path = "../ai/fuse.rs"]
#[allow(dead_code, reason = "shared with the conformance suite of the providers")]
mod fuse;
#[cfg(feature = "ai")]
#[path = "../ai/scene.rs"]
#[allow(dead_code, reason = "shared with the conformance suite of the providers")]
mod scene;
#[cfg(feature = "ai")]
#[path = "../ai/traffic.rs"]
mod traffic;

#[cfg(feature = "ai")]
mod ai;
mod deletion;
mod environments;
// A process reads its own memory where `/proc` shows it.
#[cfg(target_os = "linux")]
mod memory;
mod metrics;
mod retention;
mod sealing;
mod sessions;
mod source_code;
mod tenancy;
