//! AI providers in the engine: what a workspace chose, runs over what the offline model is unsure of, and sweeps.
//!
//! A run is a job of a workspace. It acts as the system principal `classify`, holds a connection while it reads and while it
//! writes, and lets go of it while the provider works, which may take a day. What it needs of a commit it reads again through
//! the connector; between the two it has ids only.

mod batch;
mod choice;
mod estimate;
mod labels;
mod providers;
mod run;
mod status;
mod sweep;
mod turn;

pub use estimate::AiEstimate;
pub use providers::AiProgress;
pub(super) use providers::AiProviders;
pub(super) use run::{Classified, failure};
pub use status::AiStatus;
