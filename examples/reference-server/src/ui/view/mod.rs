//! What the pages show, as plain data. The server fills these from the engine's answers; nothing here knows how.

mod ai;
mod audit;
mod chrome;
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
mod report;
mod repository;
mod sessions;
mod sign_in;
mod sync;
mod when;
mod work;
mod workspaces;

pub use ai::{AiLastRun, AiOffer, AiPanel};
pub use audit::{AuditChoice, AuditLog, AuditRow, CheckpointView};
pub use chrome::{Chrome, CurrentWorkspace, Place, Theme};
pub use definitions::{DefinitionView, Definitions};
pub use deletion::{Deletion, DeletionStage, DeletionStep};
pub use duplicates::{DuplicatedPlace, DuplicatedRow, DuplicatedShare, DuplicatesPage};
pub use integrations::{IntegrationFailure, IntegrationRow, IntegrationState, Integrations};
pub use investment::{Correction, Investment, InvestmentCommit, InvestmentCommits, InvestmentRow};
pub use overview::{Overview, RepositoryRow};
pub use ownership::{FolderStep, OwnedPlace, OwnershipPage};
pub use panel::{Connect, Exclusion, Panel, PanelState, Quantile, Reading, Span};
pub use policies::{
    CircumstanceLink, FieldState, Policies, PolicyExplanation, PolicyField, PolicyGroup, PolicyRow,
    PolicyVoice, SystemRow,
};
pub use problem::{Problem, ProblemKind};
pub use report::{Freshness, ReportHeader, ReportState, Section, WindowChoice, WindowView};
pub use repository::{Note, RepositoryDetails, RepositoryPage};
pub use sessions::{CreatedToken, SessionRow, Sessions, TokenPlace, TokenRow};
pub use sign_in::{SignIn, SignInReason};
pub use sync::{StreamProgress, SyncFailure, SyncProgress};
pub use when::When;
pub use work::{Work, WorkCommit, WorkCommits, WorkRow};
pub use workspaces::{WorkspaceRow, Workspaces};
