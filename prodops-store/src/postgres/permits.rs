//! Permit counters: the number is a column, so that two who count at once both count.

use prodops_core::time::Timestamp;

use super::frame::{Frame, Sealed};
use super::value::{column, key, number, unsigned};
use crate::contract::{PermitCount, Plane};
use crate::error::StoreError;
use crate::sealed::row;

pub(super) const PERMITS: Sealed = Sealed("permit_counts", Plane::Workspace);

/// Who, what and on which kind of thing; counters of one hour are listed in this order.
fn what(count: &PermitCount) -> Result<Vec<u8>, StoreError> {
    let who = row::encode(PERMITS.0, &count.actor)?;
    // Names of actions and types have no zero byte in them.
    Ok(key(&[&who, count.action.as_bytes(), &[0], count.object.as_bytes()]))
}

pub(super) async fn add(frame: &mut Frame, counts: &[PermitCount]) -> Result<(), StoreError> {
    let mut counts: Vec<_> = counts
        .iter()
        .map(|count| Ok((count.hour, what(count)?, count)))
        .collect::<Result<_, StoreError>>()?;
    // In one order, whoever counts: nobody waits in a circle.
    counts.sort_by(|(hour, what, _), (other_hour, other, _)| (hour, what).cmp(&(other_hour, other)));
    for (hour, what, count) in counts {
        add_one(frame, hour, &what, count).await?;
    }
    Ok(())
}

async fn add_one(
    frame: &mut Frame,
    hour: Timestamp,
    what: &[u8],
    count: &PermitCount,
) -> Result<(), StoreError> {
    let workspace = frame.workspace()?;
    let hash = frame.keys.of(Plane::Workspace)?.lookup_hash(what)?;
    let key = key(&[workspace.as_bytes(), &hour.as_millis().to_be_bytes(), &hash]);
    let (key_id, sealed) = frame.seal(PERMITS, &key, &PermitCount { count: 0, ..count.clone() })?;
    let query = sqlx::query(
        "INSERT INTO prodops.permit_count AS t (workspace_id, hour_ms, what, count, key_id, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (workspace_id, hour_ms, what) DO UPDATE \
         SET count = least(t.count::numeric + excluded.count::numeric, 9223372036854775807)::bigint",
    );
    let query = query.bind(workspace).bind(hour.as_millis()).bind(&hash[..]);
    frame.run(query.bind(number(count.count)).bind(key_id).bind(sealed)).await.map(drop)
}

pub(super) async fn list(
    frame: &mut Frame,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<PermitCount>, StoreError> {
    let workspace = frame.workspace()?;
    let query = sqlx::query(
        "SELECT hour_ms, what, count, sealed FROM prodops.permit_count \
         WHERE workspace_id = $1 AND hour_ms >= $2 AND hour_ms < $3",
    );
    let rows = frame.all(query.bind(workspace).bind(from.as_millis()).bind(until.as_millis())).await?;
    let place = frame.place(PERMITS)?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let (hour, hash): (i64, Vec<u8>) = (column(row, 0)?, column(row, 1)?);
        let key = key(&[workspace.as_bytes(), &hour.to_be_bytes(), &hash]);
        let kept: PermitCount = place.open(&key, &column::<Vec<u8>>(row, 3)?)?;
        let count = PermitCount { count: unsigned(column(row, 2)?, PERMITS.0)?, ..kept };
        found.push((count.hour, what(&count)?, count));
    }
    found.sort_by(|(hour, what, _), (other_hour, other, _)| (hour, what).cmp(&(other_hour, other)));
    Ok(found.into_iter().map(|(_, _, count)| count).collect())
}
