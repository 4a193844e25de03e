//! What PostgreSQL reports, in the contract's words: codes and names of our own constraints, never a value or a detail.

use sqlx::error::DatabaseError;
use sqlx::postgres::PgDatabaseError;

use crate::error::StoreError;

/// Translates the errors of `sqlx`.
pub(super) trait Stored<T> {
    fn stored(self) -> Result<T, StoreError>;
}

impl<T> Stored<T> for Result<T, sqlx::Error> {
    fn stored(self) -> Result<T, StoreError> {
        self.map_err(|error| translate(&error))
    }
}

/// What of a failure may be told.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the database answered with SQLSTATE {0}")]
    State(String),
    #[error("the database answered in an unexpected form")]
    Form,
}

fn translate(error: &sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Database(error) => match error.try_downcast_ref::<PgDatabaseError>() {
            Some(error) => on_state(error),
            None => StoreError::Backend(Box::new(Failure::Form)),
        },
        sqlx::Error::Io(error) => StoreError::Unavailable(Some(error.kind().into())),
        sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed
        | sqlx::Error::Tls(_) => StoreError::Unavailable(None),
        _ => StoreError::Backend(Box::new(Failure::Form)),
    }
}

fn on_state(error: &PgDatabaseError) -> StoreError {
    let state = error.code();
    match state {
        "23505" => StoreError::AlreadyExists { what: what(error.constraint()) },
        "23503" => StoreError::invalid(what(error.constraint()), "does not exist"),
        // Row-level security or a missing right: no statement of ours gets here with a right scope.
        "42501" => StoreError::ScopeViolation,
        // Lost against somebody else, or waited too long.
        "40001" | "40P01" | "55P03" | "57014" | "25P03" => StoreError::Contention,
        "53100" => StoreError::Full,
        // After a failover the old server only reads: the new one is found by connecting again.
        "25006" => StoreError::Unavailable(None),
        "54000" => StoreError::invalid("row", "is too large"),
        _ if matches!(state.get(..2), Some("08" | "53" | "57" | "58")) => StoreError::Unavailable(None),
        _ => StoreError::Backend(Box::new(Failure::State(state.to_owned()))),
    }
}

/// What a constraint is about. The names are those of the migrations.
fn what(constraint: Option<&str>) -> &'static str {
    match constraint.map(|name| name.strip_suffix("_key").unwrap_or(name)) {
        Some("workspace") => "workspace",
        Some("workspace_slug") => "workspace slug",
        Some("lease") => "lease",
        Some("account") => "user",
        Some("subject") => "subject",
        Some("subject_of_user" | "membership_of_user" | "session_of_user" | "sign_in_link_of_user") => "user",
        Some("membership_in_workspace") => "workspace",
        Some("membership") => "membership",
        Some("session" | "token_of_session") => "session",
        Some("session_token") => "session token",
        Some("api_token" | "api_token_of_membership") => "API token",
        Some("sign_in_link") => "sign-in link",
        Some("job" | "job_what") => "job",
        Some("tombstone") => "deletion",
        Some("remote_object") => "object at an AI provider",
        Some("restore") => "an unfinished restore",
        Some("connection" | "cursor_of_connection" | "repository_of_connection") => "connection",
        Some(
            "repository"
            | "coverage_of_repository"
            | "assigned_label_of_repository"
            | "line_log_of_repository"
            | "tip_file_of_repository",
        ) => "repository",
        Some("ai_use") => "use of AI",
        Some("audit_event" | "deployment_event" | "audit_queue") => "audit event",
        Some("audit_leaf") => "audit leaf",
        Some("keyring_entry") => "key",
        Some("deletion") => "line of the ledger",
        _ => "row",
    }
}

/// A database without our schema, or with one that is closed to us.
pub(super) fn on_stamp(error: sqlx::Error) -> StoreError {
    let state = error.as_database_error().and_then(DatabaseError::code);
    match state.as_deref() {
        // No such schema, no such table, or a schema of that name that is closed to us.
        Some("3F000" | "42P01" | "42703" | "42501") => StoreError::NotMigrated,
        _ => translate(&error),
    }
}
