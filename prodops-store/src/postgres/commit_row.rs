//! A commit as its row: the numbers in the open, all of it sealed beside them.

use prodops_core::fact::CommitFact;
use serde::Serialize;
use sqlx::types::Uuid;

use super::commits::COMMITS;
use super::copy::CopyRows;
use super::value::{id, key, number};
use crate::error::StoreError;
use crate::sealed::{Keys, Place};

/// The columns of a commit, without that of its workspace.
pub(super) struct CommitRow {
    repository: Uuid,
    id: Vec<u8>,
    committed: i64,
    author: Option<Uuid>,
    added: i64,
    deleted: i64,
    files: i32,
    label: Option<i16>,
    bot: bool,
    merge: bool,
    digest: Vec<u8>,
    key_id: Uuid,
    sealed: Vec<u8>,
}

fn place<'k>(keys: &'k Keys, workspace: Uuid, row: &CommitFact) -> Result<(Place<'k>, Vec<u8>), StoreError> {
    let key = key(&[workspace.as_bytes(), row.repository.as_bytes(), row.id.as_bytes()]);
    Ok((Place { table: COMMITS.0, keys: keys.of(COMMITS.1)? }, key))
}

/// A keyed hash of what a commit says at its place: the same as long as nothing changes.
pub(super) fn digest(keys: &Keys, workspace: Uuid, row: &CommitFact) -> Result<[u8; 16], StoreError> {
    let (place, key) = place(keys, workspace, row)?;
    place.digest(&key, row)
}

impl CommitRow {
    pub(super) fn seal(keys: &Keys, workspace: Uuid, row: &CommitFact) -> Result<Self, StoreError> {
        let (place, key) = place(keys, workspace, row)?;
        let (sealed, digest) = place.seal_with_digest(&key, row)?;
        Ok(Self {
            repository: id(row.repository.as_bytes()),
            id: row.id.as_bytes().to_vec(),
            committed: row.committed.at.as_millis(),
            author: row.author.map(|author| id(author.as_bytes())),
            added: number(row.added()),
            deleted: number(row.deleted()),
            files: i32::try_from(row.changes.len()).unwrap_or(i32::MAX),
            label: row.label.as_ref().map(|label| variant(&label.label)).transpose()?,
            bot: row.bot,
            merge: row.is_merge(),
            digest: digest.to_vec(),
            key_id: id(place.keys.active().as_bytes()),
            sealed,
        })
    }

    /// In the order of the stage's columns.
    pub(super) fn write(&self, to: &mut CopyRows) -> Result<(), StoreError> {
        to.row(13);
        to.field(&self.repository)?;
        to.field(&self.id)?;
        to.field(&self.committed)?;
        to.optional(self.author.as_ref())?;
        to.field(&self.added)?;
        to.field(&self.deleted)?;
        to.field(&self.files)?;
        to.optional(self.label.as_ref())?;
        to.field(&self.bot)?;
        to.field(&self.merge)?;
        to.field(&self.digest)?;
        to.field(&self.key_id)?;
        to.field(&self.sealed)
    }
}

/// The place of a value in the list of its kind, which only ever grows at the end, as in the sealed rows themselves.
pub(super) fn variant(value: &impl Serialize) -> Result<i16, StoreError> {
    let encoded = postcard::to_stdvec(value).map_err(|_| StoreError::Corrupt { table: COMMITS.0 })?;
    match encoded.as_slice() {
        [number] if *number < 0x80 => Ok(i16::from(*number)),
        _ => Err(StoreError::Corrupt { table: COMMITS.0 }),
    }
}

/// The columns of many commits, one array each.
#[derive(Default)]
pub(super) struct CommitColumns {
    pub(super) repositories: Vec<Uuid>,
    pub(super) ids: Vec<Vec<u8>>,
    pub(super) committed: Vec<i64>,
    pub(super) authors: Vec<Option<Uuid>>,
    pub(super) added: Vec<i64>,
    pub(super) deleted: Vec<i64>,
    pub(super) files: Vec<i32>,
    pub(super) labels: Vec<Option<i16>>,
    pub(super) bots: Vec<bool>,
    pub(super) merges: Vec<bool>,
    pub(super) digests: Vec<Vec<u8>>,
    pub(super) key_ids: Vec<Uuid>,
    pub(super) sealed: Vec<Vec<u8>>,
}

impl CommitColumns {
    pub(super) fn seal(keys: &Keys, workspace: Uuid, rows: &[CommitFact]) -> Result<Self, StoreError> {
        let mut columns = Self::default();
        for row in rows {
            columns.add(CommitRow::seal(keys, workspace, row)?);
        }
        Ok(columns)
    }

    fn add(&mut self, row: CommitRow) {
        self.repositories.push(row.repository);
        self.ids.push(row.id);
        self.committed.push(row.committed);
        self.authors.push(row.author);
        self.added.push(row.added);
        self.deleted.push(row.deleted);
        self.files.push(row.files);
        self.labels.push(row.label);
        self.bots.push(row.bot);
        self.merges.push(row.merge);
        self.digests.push(row.digest);
        self.key_ids.push(row.key_id);
        self.sealed.push(row.sealed);
    }
}
