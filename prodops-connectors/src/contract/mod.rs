//! What a connector is: a description of itself, a check of its grant, and streams of records.

mod api;
mod connector;
mod content;
mod cursor;
mod descriptor;
mod error;
pub(crate) mod passage;
mod progress;
mod source;
mod tip;

pub use api::{Api, ContentLimits};
pub use connector::{Connector, Granted, Stream};
pub use content::{
    AttributesFile, CommitContent, ContentSource, Intake, IntakeWorker, LineageFile, Passage, PassageWorker,
    RawCommitHeader, RawSignature, WalkPlan, Yield, add_gaps,
};
pub use cursor::{CommitCursor, Cursor, CursorError, decode_cursor, encode_cursor};
pub use descriptor::{
    AuthKind, DataCategory, Descriptor, HostPattern, Revocation, ScopeNeed, SubprocessorInfo,
};
pub use error::{ConnectorError, Result};
pub use progress::{Progress, ProgressEvent, Silent};
pub use source::{Caps, ErasedPage, ErasedSource, Page, PageToken, Source, Window};
pub use tip::{AttributesEntry, TipContent, TipCursor, TipEntry, TipPassage, TipWorker};
