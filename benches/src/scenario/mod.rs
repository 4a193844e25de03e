//! The three scenarios by which Cedar was compared with other languages (OOPSLA 2024), written anew from the paper's description:
//! schema, policies, and random entities and requests of a size.

mod gdrive;
mod github;
mod tinytodo;
mod world;

pub use world::{Chance, World};

/// A scenario.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// What the paper calls it.
    pub name: &'static str,
    /// The schema, in the Cedar language.
    pub schema: &'static str,
    /// The policies, in the Cedar language.
    pub policies: &'static str,
    /// Makes a world with so many entities of each type, and so many requests about them.
    pub world: fn(usize, usize, &mut Chance) -> World,
}

/// All three.
pub const SCENARIOS: [Scenario; 3] = [gdrive::SCENARIO, github::SCENARIO, tinytodo::SCENARIO];
