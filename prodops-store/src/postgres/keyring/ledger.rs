//! The ledger of deletions beside the keys, a row for each line.

use std::io;
use std::path::PathBuf;

use async_trait::async_trait;
use sqlx::PgConnection;

use super::{PostgresKeyring, WRITE};
use crate::error::StoreError;
use crate::ledger::{LedgerError, LedgerPlace};
use crate::postgres::failure::Stored;
use crate::postgres::value::column;

#[async_trait]
impl LedgerPlace for PostgresKeyring {
    fn name(&self) -> PathBuf {
        PathBuf::from("in the keyring's database")
    }

    async fn read(&self) -> Result<String, LedgerError> {
        let query = sqlx::query("SELECT text FROM prodops_keyring.deletion ORDER BY line");
        let rows = query.persistent(self.persistent).fetch_all(&self.pool).await.stored();
        let lines = rows.and_then(|rows| rows.iter().map(|row| column::<String>(row, 0)).collect());
        let lines: Vec<String> = lines.map_err(|error| self.failed(error))?;
        Ok(lines.concat())
    }

    async fn append(&self, read: &str, lines: &str) -> Result<bool, LedgerError> {
        match self.insert(read.matches('\n').count(), lines).await {
            Ok(()) => Ok(true),
            // Somebody else has this line's place.
            Err(StoreError::AlreadyExists { .. } | StoreError::Contention) => Ok(false),
            Err(error) => Err(self.failed(error)),
        }
    }
}

impl PostgresKeyring {
    /// INVARIANT: rows are only ever added, and a line's number is its place: what was read is still all there is when the
    /// next number is free.
    async fn insert(&self, after: usize, lines: &str) -> Result<(), StoreError> {
        let mut transaction = self.begin(WRITE).await?;
        self.add_lines(&mut transaction, after, lines).await?;
        transaction.commit().await.stored()
    }

    pub(super) async fn add_lines(
        &self,
        connection: &mut PgConnection,
        after: usize,
        lines: &str,
    ) -> Result<(), StoreError> {
        let lines: Vec<&str> = lines.split_inclusive('\n').collect();
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        let query = sqlx::query(
            "INSERT INTO prodops_keyring.deletion (line, text) \
             SELECT $1 + number, text FROM unnest($2::text[]) WITH ORDINALITY AS l (text, number)",
        );
        let query = query.bind(after).bind(lines).persistent(self.persistent);
        query.execute(connection).await.stored().map(drop)
    }

    fn failed(&self, error: StoreError) -> LedgerError {
        LedgerError::Io { path: LedgerPlace::name(self), reason: io::Error::other(error) }
    }
}
