//! Every row of a store as it was before it was sealed, for tests that search for what must not be kept.

use std::ops::Bound;

use prodops_core::keyring::KeyOwner;

use super::Embedded;
use super::failure::Stored;
use super::key::end_of;
use super::reseal::{definition, tables_of};
use crate::blocking::on_blocking_thread;
use crate::error::StoreError;
use crate::sealed::Reach;

impl Embedded {
    /// The rows of an owner, each as its key and its opened value.
    ///
    /// # Errors
    /// When a row cannot be opened.
    pub async fn plain_rows(&self, owner: KeyOwner) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        let reading = self.reading(Reach::of(owner)).await?;
        on_blocking_thread(move || {
            let (tables, prefix) = tables_of(owner);
            let end = end_of(&prefix);
            let end = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
            let mut rows = Vec::new();
            for (_, name, plane) in tables {
                let table = reading.inner.open_table(definition(name)).stored()?;
                for entry in table.range::<&[u8]>((Bound::Included(prefix.as_slice()), end)).stored()? {
                    let (key, sealed) = entry.stored()?;
                    let opened = reading.keys.of(plane)?.open_row(name, key.value(), sealed.value())?;
                    rows.push((key.value().to_vec(), opened));
                }
            }
            Ok(rows)
        })
        .await
    }
}
