//! People: what is known of them grows with each source.

use std::collections::BTreeMap;

use prodops_core::fact::PersonFact;
use prodops_core::id::PersonId;
use sqlx::types::Uuid;

use super::frame::{Frame, Sealed};
use super::seals::Seals;
use super::value::{bytes, column, id, key};
use crate::contract::{Plane, RowBatch};
use crate::error::StoreError;

pub(super) const PEOPLE: Sealed = Sealed("people", Plane::Workspace);

pub(super) const ERASED: Sealed = Sealed("erased_people", Plane::Workspace);

fn place(workspace: Uuid, person: PersonId) -> Vec<u8> {
    key(&[workspace.as_bytes(), person.as_bytes()])
}

/// Adds people, merges them into those who are there, and tells how many rows were written.
pub(super) async fn put(
    frame: &mut Frame,
    people: &BTreeMap<PersonId, PersonFact>,
) -> Result<u64, StoreError> {
    if people.is_empty() {
        return Ok(0);
    }
    // First the new ones: whoever adds the same person at the same time waits here for the other to be done.
    let added = insert(frame, people.values()).await?;
    let mut known = people.clone();
    known.retain(|person, _| !added.contains(person));
    let erased = erased(frame, &known).await?;
    let changed = changed(&stored(frame, &known, LOOK).await?, &known, &erased);
    // Whoever is as they were is not even locked; whoever is not may be somebody else's to change meanwhile.
    known.retain(|person, _| changed.iter().any(|row| row.id == *person));
    let changed = self::changed(&stored(frame, &known, LOCK).await?, &known, &erased);
    let written = added.len().saturating_add(changed.len());
    update(frame, &changed).await?;
    Ok(u64::try_from(written).unwrap_or(u64::MAX))
}

/// The rows of those for whom a batch has something new.
fn changed(
    stored: &BTreeMap<PersonId, PersonFact>,
    later: &BTreeMap<PersonId, PersonFact>,
    erased: &[PersonId],
) -> Vec<PersonFact> {
    let mut changed = Vec::new();
    for (person, later) in later {
        let Some(stored) = stored.get(person) else { continue };
        let mut merged = RowBatch::merge_person(stored.clone(), later.clone());
        if erased.contains(person) {
            merged.name = None;
        }
        if merged != *stored {
            changed.push(merged);
        }
    }
    changed
}

fn seal<'p>(
    frame: &Frame,
    people: impl Iterator<Item = &'p PersonFact>,
) -> Result<(Vec<Uuid>, Seals), StoreError> {
    let workspace = frame.workspace()?;
    let (mut ids, mut seals) = (Vec::new(), Seals::default());
    for person in people {
        ids.push(id(person.id.as_bytes()));
        seals.add(frame, PEOPLE, &place(workspace, person.id), person)?;
    }
    Ok((ids, seals))
}

async fn insert(
    frame: &mut Frame,
    people: impl Iterator<Item = &PersonFact>,
) -> Result<Vec<PersonId>, StoreError> {
    let (ids, seals) = seal(frame, people)?;
    let query = sqlx::query(
        "INSERT INTO prodops.person (workspace_id, id, digest, key_id, sealed) \
         SELECT $1, r.id, r.digest, r.key_id, r.sealed \
         FROM unnest($2::uuid[], $3::bytea[], $4::uuid[], $5::bytea[]) AS r (id, digest, key_id, sealed) \
         ON CONFLICT DO NOTHING RETURNING id",
    );
    let query = query.bind(frame.workspace()?).bind(ids);
    let rows = frame.all(query.bind(seals.digests).bind(seals.key_ids).bind(seals.sealed)).await?;
    rows.iter().map(|row| Ok(PersonId::from_bytes(column::<Uuid>(row, 0)?.into_bytes()))).collect()
}

const LOOK: &str =
    "SELECT id, sealed FROM prodops.person WHERE workspace_id = $1 AND id = ANY($2) ORDER BY id";
const LOCK: &str = "SELECT id, sealed FROM prodops.person WHERE workspace_id = $1 AND id = ANY($2) ORDER BY id \
                    FOR NO KEY UPDATE";

async fn stored(
    frame: &mut Frame,
    people: &BTreeMap<PersonId, PersonFact>,
    query: &'static str,
) -> Result<BTreeMap<PersonId, PersonFact>, StoreError> {
    if people.is_empty() {
        return Ok(BTreeMap::new());
    }
    let workspace = frame.workspace()?;
    let ids: Vec<Uuid> = people.keys().map(|person| id(person.as_bytes())).collect();
    let rows = frame.all(sqlx::query(query).bind(workspace).bind(ids)).await?;
    open(frame, &rows).map(|people| people.into_iter().map(|person| (person.id, person)).collect())
}

/// Those of them whose name no batch may bring back.
async fn erased(
    frame: &mut Frame,
    people: &BTreeMap<PersonId, PersonFact>,
) -> Result<Vec<PersonId>, StoreError> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = people.keys().map(|person| id(person.as_bytes())).collect();
    let query = sqlx::query("SELECT id FROM prodops.erased_person WHERE workspace_id = $1 AND id = ANY($2)");
    let rows = frame.all(query.bind(frame.workspace()?).bind(ids)).await?;
    rows.iter().map(|row| Ok(PersonId::from_bytes(column::<Uuid>(row, 0)?.into_bytes()))).collect()
}

/// Erases the name of somebody, now and for all batches to come. `false` when nobody has this id.
pub(super) async fn erase(frame: &mut Frame, person: PersonId) -> Result<bool, StoreError> {
    let asked = PersonFact { id: person, name: None, bot: false };
    let stored = stored(frame, &BTreeMap::from([(person, asked)]), LOCK).await?;
    let Some(row) = stored.into_values().next() else { return Ok(false) };
    update(frame, &[PersonFact { name: None, ..row }]).await?;
    add_erased(frame, person).await?;
    Ok(true)
}

pub(super) async fn add_erased(frame: &mut Frame, person: PersonId) -> Result<(), StoreError> {
    let workspace = frame.workspace()?;
    let (key_id, sealed) = frame.seal(ERASED, &place(workspace, person), &person)?;
    let query = sqlx::query(
        "INSERT INTO prodops.erased_person (workspace_id, id, key_id, sealed) VALUES ($1, $2, $3, $4) \
         ON CONFLICT DO NOTHING",
    );
    let query = query.bind(workspace).bind(id(person.as_bytes()));
    frame.run(query.bind(key_id).bind(sealed)).await.map(drop)
}

async fn update(frame: &mut Frame, people: &[PersonFact]) -> Result<(), StoreError> {
    if people.is_empty() {
        return Ok(());
    }
    let (ids, seals) = seal(frame, people.iter())?;
    let query = sqlx::query(
        "UPDATE prodops.person p SET digest = r.digest, key_id = r.key_id, sealed = r.sealed \
         FROM unnest($2::uuid[], $3::bytea[], $4::uuid[], $5::bytea[]) AS r (id, digest, key_id, sealed) \
         WHERE p.workspace_id = $1 AND p.id = r.id",
    );
    let query = query.bind(frame.workspace()?).bind(ids);
    frame.run(query.bind(seals.digests).bind(seals.key_ids).bind(seals.sealed)).await.map(drop)
}

fn open(frame: &Frame, rows: &[sqlx::postgres::PgRow]) -> Result<Vec<PersonFact>, StoreError> {
    let workspace = frame.workspace()?;
    let place = frame.place(PEOPLE)?;
    let open = |row| {
        let key = key(&[workspace.as_bytes(), column::<Uuid>(row, 0)?.as_bytes()]);
        place.open(&key, &column::<Vec<u8>>(row, 1)?)
    };
    rows.iter().map(open).collect()
}

pub(super) async fn list(frame: &mut Frame) -> Result<Vec<PersonFact>, StoreError> {
    let query = sqlx::query("SELECT id, sealed FROM prodops.person WHERE workspace_id = $1 ORDER BY id");
    let rows = frame.all(query.bind(frame.workspace()?)).await?;
    open(frame, &rows)
}

pub(super) async fn find(frame: &mut Frame, person: PersonId) -> Result<Option<PersonFact>, StoreError> {
    let workspace = frame.workspace()?;
    let query = sqlx::query("SELECT sealed FROM prodops.person WHERE workspace_id = $1 AND id = $2");
    let found = bytes(frame.one(query.bind(workspace).bind(id(person.as_bytes()))).await?.as_ref())?;
    let rows = frame.place(PEOPLE)?;
    found.map(|sealed| rows.open(&place(workspace, person), &sealed)).transpose()
}
