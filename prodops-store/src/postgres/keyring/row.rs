//! The rows of a keyring in their table, and the writes that a change comes to.

use std::collections::BTreeMap;

use prodops_core::id::WorkspaceId;
use prodops_core::keyring::{Change, KeyOwner, KeyringRow, SealedKeyKind};
use sqlx::PgConnection;
use sqlx::postgres::PgRow;
use sqlx::types::Uuid;

use crate::error::StoreError;
use crate::postgres::failure::Stored;
use crate::postgres::value::id;

/// Where a row lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) kind: i16,
    pub(super) owner: Uuid,
    pub(super) name: Vec<u8>,
}

/// Zeros are no workspace: ids of workspaces hold the time of their making.
pub(super) fn owner_id(owner: KeyOwner) -> Uuid {
    owner.workspace().map_or(Uuid::nil(), |workspace| id(workspace.as_bytes()))
}

pub(super) fn owner(id: Uuid) -> KeyOwner {
    match id.is_nil() {
        true => KeyOwner::Deployment,
        false => KeyOwner::Workspace(WorkspaceId::from_bytes(id.into_bytes())),
    }
}

impl Place {
    fn of(row: &KeyringRow) -> Result<Self, StoreError> {
        Ok(match row {
            KeyringRow::Root(row) => Self { kind: 0, owner: Uuid::nil(), name: row.id.as_bytes().to_vec() },
            KeyringRow::DataKey(row) => {
                Self { kind: 1, owner: owner_id(row.owner), name: row.generation.to_be_bytes().to_vec() }
            }
            KeyringRow::SealedKey(row) => Self::of_sealed_key(row.owner, row.kind, row.subject)?,
        })
    }

    pub(super) fn of_sealed_key(
        owner: KeyOwner,
        kind: SealedKeyKind,
        subject: [u8; 16],
    ) -> Result<Self, StoreError> {
        // The name that the kind has in a keyring file: it stays what it is.
        let kind = serde_json::to_string(&kind).map_err(|error| StoreError::Backend(Box::new(error)))?;
        Ok(Self { kind: 2, owner: owner_id(owner), name: [kind.as_bytes(), &subject].concat() })
    }
}

/// What is at each place afterwards, and whether something was there before. The order of the places is the one in which
/// rows are locked.
pub(super) struct Batch(BTreeMap<Place, (bool, Option<String>)>);

/// Places, column by column.
#[derive(Default)]
struct Columns {
    kinds: Vec<i16>,
    owners: Vec<Uuid>,
    names: Vec<Vec<u8>>,
    records: Vec<String>,
}

impl Columns {
    fn add(&mut self, place: &Place, record: &str) {
        self.kinds.push(place.kind);
        self.owners.push(place.owner);
        self.names.push(place.name.clone());
        self.records.push(record.to_owned());
    }
}

impl Batch {
    pub(super) fn of(changes: &[Change]) -> Result<Self, StoreError> {
        let mut rows = BTreeMap::new();
        for change in changes {
            let (before, after) = change.rows();
            let Some(row) = before.as_ref().or(after.as_ref()) else { continue };
            let record = after.as_ref().map(text).transpose()?;
            rows.insert(Place::of(row)?, (before.is_some(), record));
        }
        Ok(Self(rows))
    }

    /// Rows that are all new.
    pub(super) fn adding(rows: Vec<KeyringRow>) -> Result<Self, StoreError> {
        let place = |row: &KeyringRow| Ok((Place::of(row)?, (false, Some(text(row)?))));
        rows.iter().map(place).collect::<Result<_, _>>().map(Self)
    }

    fn columns(&self, wanted: impl Fn(bool, Option<&str>) -> bool) -> Columns {
        let mut columns = Columns::default();
        for (place, (was, record)) in &self.0 {
            if wanted(*was, record.as_deref()) {
                columns.add(place, record.as_deref().unwrap_or_default());
            }
        }
        columns
    }

    /// The rows that are there, held until the transaction ends.
    pub(super) async fn lock(
        &self,
        connection: &mut PgConnection,
        persistent: bool,
    ) -> Result<Vec<PgRow>, StoreError> {
        let Columns { kinds, owners, names, .. } = self.columns(|_, _| true);
        let query = sqlx::query(
            "SELECT e.record FROM prodops_keyring.entry e \
             JOIN unnest($1::smallint[], $2::uuid[], $3::bytea[]) AS w (kind, owner, name) \
             USING (kind, owner, name) ORDER BY kind, owner, name FOR NO KEY UPDATE OF e",
        );
        let query = query.bind(kinds).bind(owners).bind(names).persistent(persistent);
        query.fetch_all(connection).await.stored()
    }

    pub(super) async fn write(
        &mut self,
        connection: &mut PgConnection,
        persistent: bool,
    ) -> Result<(), StoreError> {
        let gone = self.columns(|was, after| was && after.is_none());
        if !gone.kinds.is_empty() {
            let query = sqlx::query(
                "DELETE FROM prodops_keyring.entry e \
                 USING unnest($1::smallint[], $2::uuid[], $3::bytea[]) AS w (kind, owner, name) \
                 WHERE (e.kind, e.owner, e.name) = (w.kind, w.owner, w.name)",
            );
            let query = query.bind(gone.kinds).bind(gone.owners).bind(gone.names);
            query.persistent(persistent).execute(&mut *connection).await.stored()?;
        }
        let changed = self.columns(|was, after| was && after.is_some());
        if !changed.kinds.is_empty() {
            let query = sqlx::query(
                "UPDATE prodops_keyring.entry e SET record = w.record \
                 FROM unnest($1::smallint[], $2::uuid[], $3::bytea[], $4::text[]) AS w (kind, owner, name, record) \
                 WHERE (e.kind, e.owner, e.name) = (w.kind, w.owner, w.name) AND e.record <> w.record",
            );
            let query = query.bind(changed.kinds).bind(changed.owners).bind(changed.names);
            query.bind(changed.records).persistent(persistent).execute(&mut *connection).await.stored()?;
        }
        let new = self.columns(|was, after| !was && after.is_some());
        if !new.kinds.is_empty() {
            let query = sqlx::query(
                "INSERT INTO prodops_keyring.entry (kind, owner, name, record) \
                 SELECT * FROM unnest($1::smallint[], $2::uuid[], $3::bytea[], $4::text[])",
            );
            let query = query.bind(new.kinds).bind(new.owners).bind(new.names).bind(new.records);
            query.persistent(persistent).execute(&mut *connection).await.stored()?;
        }
        Ok(())
    }
}

fn text(row: &KeyringRow) -> Result<String, StoreError> {
    serde_json::to_string(row).map_err(|error| StoreError::Backend(Box::new(error)))
}
