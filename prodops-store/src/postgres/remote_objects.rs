//! What has to be deleted at AI providers.

use super::frame::{Frame, Sealed};
use super::value::column;
use crate::contract::{BatchTag, Plane, RemoteObjectKind, RemoteObjectRecord};
use crate::error::StoreError;

pub(super) const REMOTE_OBJECTS: Sealed = Sealed("remote_objects", Plane::Control);

pub(super) async fn put(frame: &mut Frame, object: &RemoteObjectRecord) -> Result<(), StoreError> {
    let key = RemoteObjectRecord::key(&object.tag, object.kind);
    let (key_id, sealed) = frame.seal(REMOTE_OBJECTS, &key, object)?;
    let query = sqlx::query(
        "INSERT INTO prodops_control.remote_object (object, key_id, sealed) VALUES ($1, $2, $3) \
         ON CONFLICT (object) DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed",
    );
    frame.run(query.bind(key).bind(key_id).bind(sealed)).await.map(drop)
}

pub(super) async fn add(frame: &mut Frame, object: &RemoteObjectRecord) -> Result<(), StoreError> {
    let key = RemoteObjectRecord::key(&object.tag, object.kind);
    let (key_id, sealed) = frame.seal(REMOTE_OBJECTS, &key, object)?;
    let query =
        sqlx::query("INSERT INTO prodops_control.remote_object (object, key_id, sealed) VALUES ($1, $2, $3)");
    frame.run(query.bind(key).bind(key_id).bind(sealed)).await.map(drop)
}

pub(super) async fn strike(
    frame: &mut Frame,
    tag: &BatchTag,
    kind: RemoteObjectKind,
) -> Result<bool, StoreError> {
    let query = sqlx::query("DELETE FROM prodops_control.remote_object WHERE object = $1");
    Ok(frame.run(query.bind(RemoteObjectRecord::key(tag, kind))).await? > 0)
}

pub(super) async fn list(frame: &mut Frame) -> Result<Vec<RemoteObjectRecord>, StoreError> {
    let query = sqlx::query("SELECT object, sealed FROM prodops_control.remote_object ORDER BY object");
    let rows = frame.all(query).await?;
    let place = frame.place(REMOTE_OBJECTS)?;
    rows.iter().map(|row| place.open(&column::<Vec<u8>>(row, 0)?, &column::<Vec<u8>>(row, 1)?)).collect()
}
