//! One function per page: a frame and a view in, HTML out.

mod audit;
mod definitions;
mod deletion;
mod duplicates;
mod integrations;
mod investment;
mod overview;
mod ownership;
mod panel;
mod policies;
mod problem;
mod repository;
mod sessions;
mod sign_in;
mod work;
mod workspaces;

pub use audit::audit;
pub use definitions::definitions;
pub use deletion::deletion;
pub use duplicates::duplicates;
pub use integrations::integrations;
pub use investment::{investment, investment_commits};
pub use overview::overview;
pub use ownership::ownership;
pub use policies::policies;
pub use problem::problem;
pub use repository::repository;
pub use sessions::sessions;
pub use sign_in::sign_in;
pub use work::{work, work_commits};
pub use workspaces::workspaces;

#[cfg(test)]
mod tests;
