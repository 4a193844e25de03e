//! Removes what a workspace owns and what names it, a step at a time, and counts what is left.
//!
//! What is left is seen from the rows themselves: a purge that was killed begins again and finds what it did done. Rows of
//! the workspace plane are found by their keys and never opened: their keys are destroyed by then.

use std::ops::Bound;

use prodops_core::id::WorkspaceId;
use prodops_core::session::TokenHash;
use redb::ReadableTable;

use super::fate::{self, Fate};
use crate::contract::{Plane, Purged, TableRows};
use crate::embedded::failure::Stored;
use crate::embedded::job_line::JobOwner;
use crate::embedded::jobs;
use crate::embedded::key::{Exact, end_of};
use crate::embedded::reseal::definition;
use crate::embedded::tables::{API_TOKENS, DECLARATIONS, JOBS};
use crate::embedded::transaction::{Reading, Writing};
use crate::error::StoreError;
use crate::sealed::{Keys, Place};

type Bytes = &'static [u8];

/// Removes up to `limit` rows.
pub(super) fn step(tx: &Writing, workspace: WorkspaceId, limit: usize) -> Result<Purged, StoreError> {
    // Jobs go one by one, so that a worker that has one of them learns it.
    let mut rows = jobs::cancel_all(tx, Some(workspace), limit)?;
    for (name, plane) in in_order() {
        let left = limit.saturating_sub(usize::try_from(rows).unwrap_or(usize::MAX));
        if left == 0 {
            return Ok(Purged { rows, done: false });
        }
        let keys = {
            let table = tx.inner.open_table(definition(name)).stored()?;
            let token = |hash: &TokenHash| {
                let found = API_TOKENS.write(tx)?.get(&Exact::new(hash.as_bytes()))?;
                Ok(found.map(|token| token.workspace))
            };
            let job = |id: &[u8]| Ok(JOBS.write(tx)?.get(&Exact::new(id))?.map(|job| job.workspace));
            keys_of(&table, &tx.keys, name, plane, workspace, left, Owners { token: &token, job: &job })?
        };
        let mut table = tx.inner.open_table(definition(name)).stored()?;
        for key in &keys {
            table.remove(key.as_slice()).stored()?;
        }
        rows = rows.saturating_add(u64::try_from(keys.len()).unwrap_or(u64::MAX));
    }
    let done = usize::try_from(rows).unwrap_or(usize::MAX) < limit;
    Ok(Purged { rows, done })
}

/// How many rows each table has that [`step`] would remove.
pub(super) fn rows_of(tx: &Reading, workspace: WorkspaceId) -> Result<Vec<TableRows>, StoreError> {
    let mut counts = Vec::new();
    for (name, plane) in in_order() {
        let table = tx.inner.open_table(definition(name)).stored()?;
        let token = |hash: &TokenHash| {
            let found = API_TOKENS.read(tx)?.get(&Exact::new(hash.as_bytes()))?;
            Ok(found.map(|token| token.workspace))
        };
        let job = |id: &[u8]| Ok(JOBS.read(tx)?.get(&Exact::new(id))?.map(|job| job.workspace));
        let owners = Owners { token: &token, job: &job };
        let keys = keys_of(&table, &tx.keys, name, plane, workspace, usize::MAX, owners)?;
        counts.push(TableRows { table: name, rows: u64::try_from(keys.len()).unwrap_or(u64::MAX) });
    }
    Ok(counts)
}

/// Lists go before what they list, or nobody could tell any more whose they were.
fn in_order() -> impl Iterator<Item = (&'static str, Plane)> {
    let lists =
        |(name, _): &&(&'static str, Plane)| matches!(*name, "api_tokens_of_membership" | "job_order");
    DECLARATIONS.iter().filter(lists).chain(DECLARATIONS.iter().filter(move |table| !lists(table))).copied()
}

/// Whose something is that other rows list; `None` for what is gone.
type OwnerOf<'f, Key, Owner> = &'f dyn Fn(&Key) -> Result<Option<Owner>, StoreError>;

#[derive(Clone, Copy)]
struct Owners<'f> {
    token: OwnerOf<'f, TokenHash, WorkspaceId>,
    job: OwnerOf<'f, [u8], JobOwner>,
}

/// The keys of up to `limit` rows of a table that belong to the workspace.
fn keys_of(
    table: &impl ReadableTable<Bytes, Bytes>,
    keys: &Keys,
    name: &'static str,
    plane: Plane,
    workspace: WorkspaceId,
    limit: usize,
    owners: Owners<'_>,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let Some(fate) = fate::of(name, plane)? else {
        return matching(table, workspace.as_bytes(), limit, |_, _| Ok(true));
    };
    let place = Place { table: name, keys: keys.of(plane)? };
    match fate {
        Fate::Goes(belongs) => {
            matching(table, &[], limit, |key, sealed| belongs(&place, key, sealed, workspace))
        }
        Fate::GoesWithToken => matching(table, &[], limit, |key, sealed| {
            // An entry whose token is gone belongs to nobody else either.
            Ok((owners.token)(&place.open(key, sealed)?)?.is_none_or(|own| own == workspace))
        }),
        Fate::GoesWithJob => matching(table, &[], limit, |key, _| {
            let (_, id) = key.split_last_chunk::<16>().ok_or(StoreError::Corrupt { table: name })?;
            Ok((owners.job)(id)?.is_none_or(|own| own == Some(workspace)))
        }),
        Fate::Unrelated(_) | Fate::Stays(_) => Ok(Vec::new()),
    }
}

fn matching(
    table: &impl ReadableTable<Bytes, Bytes>,
    prefix: &[u8],
    limit: usize,
    belongs: impl Fn(&[u8], &[u8]) -> Result<bool, StoreError>,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let end = end_of(prefix);
    let end = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let mut found = Vec::new();
    for entry in table.range::<&[u8]>((Bound::Included(prefix), end)).stored()? {
        if found.len() >= limit {
            break;
        }
        let (key, sealed) = entry.stored()?;
        if belongs(key.value(), sealed.value())? {
            found.push(key.value().to_vec());
        }
    }
    Ok(found)
}
