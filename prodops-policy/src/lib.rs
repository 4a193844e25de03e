#![doc = include_str!("../README.md")]

mod action;
mod decide;
pub mod decision_point;
mod denied;
mod entity;
mod error;
mod file;
mod generated;
mod ids;
mod list;
mod load;
pub mod matrix;
mod moment;
mod permit;
mod policy;
pub mod program;
mod question;
mod reading;
mod resource;
mod sample;
mod sensitivity;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod visible;
mod vocabulary;

pub use action::{Action, ListAction, action_names, resource_type};
pub use denied::Denied;
pub use error::PolicyError;
pub use file::{Place, PolicyFile};
pub use generated::actions::*;
pub use generated::resources::*;
pub use moment::Moment;
pub use permit::Permit;
pub use policy::{Policy, PolicySummary};
pub use resource::ResourceFacts;
pub use sensitivity::Sensitivity;
pub use visible::Visible;
