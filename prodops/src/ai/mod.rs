//! Asking an AI provider what kind of work a commit is: with its metadata and nothing else, and nothing is left there.
//!
//! A [`ClassificationProvider`] is the few steps in which providers differ; [`BatchDriver`] does everything that is the same:
//! it writes down what it is about to upload, waits, checks every answer, deletes what lies at the provider and makes sure
//! that it is gone. [`AiSettings`] are what a workspace agreed to; without a [`Consent`] made of them nothing runs.
//!
//! ```text
//! consent ── estimate ≤ budget ── journal ── upload ── journal ── create ── journal ── poll … ── results
//!                                                                                                  │
//!                         labels ◄── every answer checked ◄── deleted, and each deletion seen ◄────┘
//! ```
//!
//! # Security
//! - **Metadata only.** A provider takes [`CommitMetadata`](prodops_classify::metadata::CommitMetadata), which cannot be made of
//!   anything but a redacted message, names of files and counts. Requests are numbered within their batch; no id of a
//!   commit, repository, workspace or person is sent.
//! - **Off by default.** A workspace names the provider and acknowledges the condition under which its data is not trained
//!   on ([`Training`]); a condition that is not acknowledged is refused.
//! - **Nothing stays.** Before anything is uploaded, the [`DeletionJournal`] knows of it. Whatever dies in between, a later
//!   [`BatchDriver::sweep`] deletes by id, or finds by tag what it has no id of. Only a 404 counts as gone.
//! - **Answers are not believed.** Of an answer one of ten words and a number are taken, or nothing.
//! - **Known hosts only.** Providers are reached through an egress client of the purpose [`PURPOSE`]; what is declared for it
//!   is what the [`ProviderEntry`]s name.
//!
//! What deleting cannot do: providers keep logs of their own against abuse for a while. [`ProviderEntry::retention`] says so.

mod answer;
mod cleanup;
mod consent;
mod driver;
mod error;
mod estimate;
mod journal;
mod outcome;
mod patience;
mod prompt;
mod provider;
mod register;
mod selection;

pub use answer::{Answer, Said};
pub use cleanup::{Others, Swept};
pub use consent::{AiSettings, Budget, Consent, ConsentError};
pub use driver::{BatchDriver, Pace, RunProgress, Silent, Stage};
pub use error::{AiError, CallError};
pub use estimate::{Cost, Estimate, Price};
pub use journal::{DeletionJournal, JournalError, MemoryJournal, StoredJournal};
pub use outcome::{Counts, Outcome};
pub use patience::{Pause, TokioPause};
pub use prodops_store::contract::{
    BatchTag, RemoteObjectId, RemoteObjectKind, RemoteObjectRecord, RemoteObjectState,
};
pub use provider::{
    Access, Anthropic, ClassificationProvider, Compatible, Endpoint, Found, Gemini, Model, OpenAi, Progress,
    RemoteObject, SettingsError, Started, Storage,
};
pub use register::{PURPOSE, ProviderEntry, Region, Training};
pub(crate) use selection::is_unsure;
pub use selection::{Merged, merge, unsure};
