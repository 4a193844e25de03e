//! Brings rows under the active key of their owner, a batch at a time.
//!
//! Which rows are left is seen from the rows themselves: a sweep that was killed begins again and finds what it did done. How
//! many name a key is counted by index. A step holds the lock of the owner's keys alone, so that nobody commits a row under an older key
//! after it has looked.

use prodops_core::keyring::KeyOwner;
use prodops_core::vault::KeyId;
use sqlx::postgres::PgRow;
use sqlx::types::Uuid;

use super::frame::Frame;
use super::snapshot::{Beyond, page};
use super::tables::{Rows, tables_of};
use super::value::{column, id, unsigned};
use crate::contract::{ResealPosition, Resealed};
use crate::error::StoreError;

/// Looks at up to `limit` of the owner's rows that come after `after`, and re-seals those under an older key.
pub(super) async fn reseal(
    frame: &mut Frame,
    owner: KeyOwner,
    after: Option<&ResealPosition>,
    limit: usize,
) -> Result<Resealed, StoreError> {
    let (tables, own) = tables_of(owner);
    let from = after.map_or(0, |after| after.table);
    let (mut done, mut looked, limit) = (0_u64, 0, limit.max(1));
    for (at, rows) in (0_u16..).zip(tables).filter(|(at, _)| *at >= from) {
        let beyond = after.filter(|after| after.table == at).map(|after| postcard::from_bytes(&after.key));
        let refused = |_| StoreError::invalid("reseal position", "is not one of this store");
        let beyond: Option<Beyond> = beyond.transpose().map_err(refused)?;
        let found = page(frame, rows.page, own, beyond, limit, looked).await?;
        done = done.saturating_add(reseal_rows(frame, rows, own, &found).await?);
        looked = looked.saturating_add(found.len());
        if looked >= limit {
            return Ok(Resealed { rows: done, next: position(at, found.last())? });
        }
    }
    Ok(Resealed { rows: done, next: None })
}

fn position(table: u16, last: Option<&PgRow>) -> Result<Option<ResealPosition>, StoreError> {
    let Some(last) = last else { return Ok(None) };
    let keys: Beyond = (column(last, 0)?, column(last, 1)?);
    let key = postcard::to_stdvec(&keys).map_err(|_| StoreError::Corrupt { table: "reseal" })?;
    Ok(Some(ResealPosition { table, key }))
}

async fn reseal_rows(
    frame: &mut Frame,
    rows: &Rows,
    own: Option<Uuid>,
    found: &[PgRow],
) -> Result<u64, StoreError> {
    let place = frame.place(rows.table)?;
    let active = id(place.keys.active().as_bytes());
    let (mut firsts, mut seconds, mut anew) = (Vec::new(), Vec::new(), Vec::new());
    for row in found {
        let (at, sealed): (Vec<u8>, Vec<u8>) = (column(row, 2)?, column(row, 3)?);
        let Some(sealed) = place.resealed(&at, &sealed)? else { continue };
        firsts.push(column::<String>(row, 0)?);
        seconds.push(column::<String>(row, 1)?);
        anew.push(sealed);
    }
    let count = u64::try_from(anew.len()).unwrap_or(u64::MAX);
    if !anew.is_empty() {
        let query = sqlx::query(rows.update).bind(own).bind(firsts).bind(seconds);
        frame.run(query.bind(vec![active; anew.len()]).bind(anew)).await?;
    }
    Ok(count)
}

/// How many of the owner's rows name a key.
pub(super) async fn rows_under(frame: &mut Frame, owner: KeyOwner, key: KeyId) -> Result<u64, StoreError> {
    let (tables, own) = tables_of(owner);
    let mut count = 0_u64;
    for rows in tables {
        let query = sqlx::query(rows.count).bind(own).bind(id(key.as_bytes()));
        if let Some(row) = frame.one(query).await? {
            count = count.saturating_add(unsigned(column(&row, 0)?, rows.table.0)?);
        }
    }
    Ok(count)
}
