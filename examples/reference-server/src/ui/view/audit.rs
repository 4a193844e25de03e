//! The audit log of a workspace.

use crate::ui::view::When;

/// One entry, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its place in the log.
    pub seq: u64,
    /// When.
    pub when: When,
    /// Who: "you", "member 1a2b3c4d", "sync".
    pub who: String,
    /// The full id of who, where there is one.
    pub who_id: Option<String>,
    /// What: "connect", "read the audit log".
    pub what: String,
    /// On what: "connection 1a2b3c4d".
    pub object: String,
    /// The full id of it, where there is one.
    pub object_id: Option<String>,
    /// What came of it: "done", "refused", "failed".
    pub decision: String,
    /// Its stable name, for the style.
    pub decision_name: String,
    /// The request it belongs to.
    pub request: Option<String>,
}

/// A value of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditChoice {
    /// As the address has it.
    pub value: String,
    /// In words.
    pub text: String,
    /// Whether it is the one that was asked for.
    pub selected: bool,
}

/// The newest checkpoint of the deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointView {
    /// How many entries of all logs it is about.
    pub size: u64,
    /// The root over them.
    pub root: String,
    /// When it was signed.
    pub when: When,
    /// The public key that it was signed with.
    pub key: String,
}

/// A page of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLog {
    /// The entries, newest first.
    pub rows: Vec<AuditRow>,
    /// Whether a filter is set.
    pub filtered: bool,
    /// The actions that can be asked for.
    pub actions: Vec<AuditChoice>,
    /// The outcomes that can be asked for.
    pub decisions: Vec<AuditChoice>,
    /// Which member was asked for.
    pub member: String,
    /// Which object was asked for.
    pub object: String,
    /// From which day.
    pub from: String,
    /// To which day, that day included.
    pub to: String,
    /// The address of the next page; `None` on the last.
    pub older: Option<String>,
    /// The newest checkpoint; `None` before the first.
    pub checkpoint: Option<CheckpointView>,
}

impl AuditRow {
    /// The end of the request's id, which is where ids of the same moment differ.
    pub(in crate::ui) fn request_short(&self) -> &str {
        let id = self.request.as_deref().unwrap_or_default();
        id.get(id.len().saturating_sub(8)..).unwrap_or(id)
    }
}
