//! The record by which a file says what it is: read before anything else, and never changed in form.

use std::str;

use prodops_core::environment::Environment;
use redb::{Database, ReadableDatabase, TableDefinition, TableError};

use super::failure::Stored;
use super::tables;
use crate::error::StoreError;

/// The format of keys and rows. Another number means another file.
pub(super) const FORMAT: u32 = 4;

const MAGIC: &[u8; 8] = b"PRODOPS\0";
const HEADER: TableDefinition<'static, &'static str, &'static [u8]> = TableDefinition::new("prodops");
const ROW: &str = "header";

/// Stamps a new database; checks any other before a row of it is read.
pub(super) fn check_or_stamp(database: &Database, environment: Environment) -> Result<(), StoreError> {
    let transaction = database.begin_read().stored()?;
    if transaction.list_tables().stored()?.next().is_none() {
        return stamp(database, environment);
    }
    let header = match transaction.open_table(HEADER) {
        Ok(header) => header,
        Err(TableError::Storage(error)) => return Err(error).stored(),
        Err(_) => return Err(StoreError::NotAStore),
    };
    let row = header.get(ROW).stored()?.ok_or(StoreError::NotAStore)?;
    check(row.value(), environment)
}

fn stamp(database: &Database, environment: Environment) -> Result<(), StoreError> {
    let transaction = database.begin_write().stored()?;
    let row = [MAGIC.as_slice(), &FORMAT.to_be_bytes(), environment.as_str().as_bytes()].concat();
    transaction.open_table(HEADER).stored()?.insert(ROW, row.as_slice()).stored()?;
    tables::make_all(&transaction)?;
    transaction.commit().stored()
}

fn check(row: &[u8], expected: Environment) -> Result<(), StoreError> {
    let rest = row.strip_prefix(MAGIC).ok_or(StoreError::NotAStore)?;
    let (format, environment) = rest.split_first_chunk().ok_or(StoreError::NotAStore)?;
    let format = u32::from_be_bytes(*format);
    if format != FORMAT {
        return Err(StoreError::Format { found: Some(format), expected: FORMAT });
    }
    let found = str::from_utf8(environment).ok().and_then(|name| name.parse::<Environment>().ok());
    match found {
        Some(found) if found == expected => Ok(()),
        Some(found) => Err(StoreError::Environment { found, expected }),
        None => Err(StoreError::NotAStore),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use redb::backends::InMemoryBackend;

    fn database() -> Database {
        Database::builder().create_with_backend(InMemoryBackend::new()).unwrap()
    }

    fn restamp(database: &Database, row: &[u8]) {
        let transaction = database.begin_write().unwrap();
        transaction.open_table(HEADER).unwrap().insert(ROW, row).unwrap();
        transaction.commit().unwrap();
    }

    #[test]
    fn another_format_is_refused_and_says_what_to_do() {
        let database = database();
        check_or_stamp(&database, Environment::Test).unwrap();
        check_or_stamp(&database, Environment::Test).unwrap();
        restamp(&database, b"PRODOPS\0\0\0\0\x01something else");
        let refused = check_or_stamp(&database, Environment::Test).unwrap_err();
        assert!(matches!(refused, StoreError::Format { found: Some(1), expected: FORMAT }));
        assert!(refused.to_string().ends_with("restore a backup into a new file, or sync again"));
    }

    #[test]
    fn another_environment_is_refused_in_both_directions() {
        for (mine, other) in
            [(Environment::Production, Environment::Staging), (Environment::Staging, Environment::Production)]
        {
            let database = database();
            check_or_stamp(&database, mine).unwrap();
            let refused = check_or_stamp(&database, other).unwrap_err();
            assert!(
                matches!(refused, StoreError::Environment { found, expected } if found == mine && expected == other)
            );
        }
    }

    #[test]
    fn a_database_of_somebody_else_is_not_touched() {
        let database = database();
        let foreign: TableDefinition<'_, &str, u64> = TableDefinition::new("prodops");
        let transaction = database.begin_write().unwrap();
        transaction.open_table(foreign).unwrap().insert("header", 1).unwrap();
        transaction.commit().unwrap();
        assert!(matches!(check_or_stamp(&database, Environment::Test), Err(StoreError::NotAStore)));
        let moon = [MAGIC.as_slice(), &FORMAT.to_be_bytes(), b"moon"].concat();
        for row in [b"".as_slice(), b"PRODOPS\0", &moon] {
            assert!(matches!(check(row, Environment::Test), Err(StoreError::NotAStore)), "{row:?}");
        }
    }
}
