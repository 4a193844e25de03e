//! Removes what the store has of one person.

use prodops_core::audit::AuditEvent;
use prodops_core::fact::PersonFact;
use prodops_core::id::{PersonId, UserId, WorkspaceId};

use crate::embedded::key::{Exact, Scoped};
use crate::embedded::log::Log;
use crate::embedded::tables::{
    ERASED_PEOPLE, MEMBERSHIPS, PEOPLE, REVOCATIONS, SESSIONS, SIGN_IN_LINKS, SUBJECTS, USERS,
};
use crate::embedded::transaction::Writing;
use crate::embedded::{api_tokens, sessions};
use crate::error::StoreError;

/// The name of a person in a workspace, now and for all batches to come.
pub(in crate::embedded) fn person(
    tx: &Writing,
    workspace: WorkspaceId,
    person: PersonId,
    event: &AuditEvent,
) -> Result<bool, StoreError> {
    let key = Scoped::of(workspace).then(person.as_bytes());
    let mut people = PEOPLE.write(tx)?;
    let Some(row) = people.get(&key)? else { return Ok(false) };
    people.put(&key, &PersonFact { name: None, ..row })?;
    ERASED_PEOPLE.write(tx)?.put(&key, &person)?;
    Log::of(workspace).append(tx, std::slice::from_ref(event))?;
    Ok(true)
}

/// A membership with its API tokens.
pub(super) fn membership(tx: &Writing, user: UserId, workspace: WorkspaceId) -> Result<bool, StoreError> {
    let key = Exact::new(user.as_bytes()).then(workspace.as_bytes());
    let Some(row) = MEMBERSHIPS.write(tx)?.remove(&key)? else { return Ok(false) };
    api_tokens::revoke_all(tx, row.id)?;
    Ok(true)
}

/// A user with everything of theirs.
pub(super) fn user(tx: &Writing, user: UserId) -> Result<bool, StoreError> {
    let key = Exact::new(user.as_bytes());
    let found = USERS.write(tx)?.remove(&key)?.is_some();
    let memberships = MEMBERSHIPS.write(tx)?.all(&key)?;
    for row in memberships {
        membership(tx, user, row.workspace)?;
    }
    let sessions = SESSIONS.write(tx)?.all(&key)?;
    for session in sessions {
        sessions::end(tx, user, session.id())?;
    }
    SUBJECTS.write(tx)?.remove_where(|row| *row == user)?;
    SIGN_IN_LINKS.write(tx)?.remove_where(|row| row.user == user)?;
    REVOCATIONS.write(tx)?.remove(&sessions::mark_of_one(user))?;
    Ok(found)
}
