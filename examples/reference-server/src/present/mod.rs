//! From the engine's answers to what the pages show. No question is asked and nothing is computed here but words.

mod ai;
mod audit;
mod chart;
mod commit;
mod definition;
mod deletion;
mod duplicates;
mod header;
mod integration;
mod investment;
mod ownership;
mod panel;
mod policies;
mod section;
mod sync;
mod work;

pub use ai::{ai, stage};
pub use audit::{action, audit_row, instant, outcome};
pub use definition::definitions;
pub use deletion::deletion;
pub use duplicates::duplicates;
pub use header::{default_choice, header, when, window_of};
pub use integration::integration;
pub use investment::{investment, investment_commits};
pub use ownership::ownership;
pub use policies::{CIRCUMSTANCES, MatrixWords, explanation};
pub use section::sections;
pub use sync::{details, progress, report_state};
pub use work::{line_kind, work, work_commits};
