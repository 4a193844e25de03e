//! How much room the rows of a file take, for tests of what a store may take.

use std::path::Path;

use prodops_core::environment::Environment;
use redb::{Database, ReadableDatabase};

use super::failure::{self, Stored};
use super::reseal::definition;
use super::tables::DECLARATIONS;
use super::{CACHE_BYTES, Embedded, create, header};
use crate::blocking::on_blocking_thread;
use crate::error::StoreError;

/// What the rows of a table take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// The table.
    pub table: &'static str,
    /// Its rows.
    pub rows: u64,
    /// Their keys and sealed values, in bytes.
    pub bytes: u64,
}

impl Embedded {
    /// The room of every table in a file that nobody has open. None of its keys is needed.
    ///
    /// # Errors
    /// As for [`Embedded::compact`].
    pub async fn room(path: &Path, environment: Environment) -> Result<Vec<Room>, StoreError> {
        let path = path.to_owned();
        on_blocking_thread(move || {
            let storage = create::existing(&path)?;
            let opened = Database::builder().set_cache_size(CACHE_BYTES).create_with_backend(storage);
            let database = opened.map_err(failure::on_open)?;
            header::check_or_stamp(&database, environment)?;
            let reading = database.begin_read().stored()?;
            let room = |(table, _): &(&'static str, _)| {
                let mut room = Room { table, rows: 0, bytes: 0 };
                for entry in reading.open_table(definition(table)).stored()?.range::<&[u8]>(..).stored()? {
                    let (key, sealed) = entry.stored()?;
                    room.rows += 1;
                    room.bytes += (key.value().len() + sealed.value().len()) as u64;
                }
                Ok(room)
            };
            DECLARATIONS.iter().map(room).collect()
        })
        .await
    }
}
