//! Brings the schema of a database to the version that this version of ProdOps reads and writes.

use std::borrow::Cow;

use prodops_core::environment::Environment;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{PgPool, SqlSafeStr};

use super::database::Stamp;
use super::failure::{self, Stored};
use super::{KEYRING_VERSION, PostgresConfig, SCHEMA_VERSION};
use crate::error::StoreError;

const MIGRATIONS: [(i64, &str, &str); 3] = [
    (1, "roles", include_str!("../../migrations/0001_roles.sql")),
    (2, "planes", include_str!("../../migrations/0002_planes.sql")),
    (3, "locks", include_str!("../../migrations/0003_locks.sql")),
];

/// A schema with its migrations and its stamp.
struct Schema {
    name: &'static str,
    table: &'static str,
    migrations: &'static [(i64, &'static str, &'static str)],
    version: u32,
    stamp: &'static str,
    put_stamp: &'static str,
}

const DATA: Schema = Schema {
    name: "prodops",
    table: "prodops.migration",
    migrations: &MIGRATIONS,
    version: SCHEMA_VERSION,
    stamp: "SELECT environment, schema_version FROM prodops.stamp",
    put_stamp: "INSERT INTO prodops.stamp (environment, schema_version) VALUES ($1, $2) \
                ON CONFLICT (singleton) DO UPDATE SET schema_version = excluded.schema_version",
};

const KEYRING: Schema = Schema {
    name: "prodops_keyring",
    table: "prodops_keyring.migration",
    migrations: &[(1, "keyring", include_str!("../../migrations/keyring/0001_keyring.sql"))],
    version: KEYRING_VERSION,
    stamp: "SELECT environment, schema_version FROM prodops_keyring.stamp",
    put_stamp: "INSERT INTO prodops_keyring.stamp (environment, schema_version) VALUES ($1, $2) \
                ON CONFLICT (singleton) DO UPDATE SET schema_version = excluded.schema_version",
};

/// Makes the schema, its roles and its rights, or brings an older one up to date, and stamps it with the environment. Run
/// it as a role that may make roles and schemas, not as the one that serves requests; several at once wait for each other.
///
/// # Errors
/// [`StoreError::Environment`] when the database is a store of another environment, [`StoreError::Schema`] when a newer
/// version of ProdOps migrated it; then nothing is changed.
pub async fn migrate(config: &PostgresConfig, environment: Environment) -> Result<(), StoreError> {
    migrate_to(&DATA, config, environment).await
}

/// The same for the database of the [keyring](super::PostgresKeyring), which must be another one.
///
/// # Errors
/// As [`migrate`].
pub async fn migrate_keyring(config: &PostgresConfig, environment: Environment) -> Result<(), StoreError> {
    migrate_to(&KEYRING, config, environment).await
}

async fn migrate_to(
    schema: &Schema,
    config: &PostgresConfig,
    environment: Environment,
) -> Result<(), StoreError> {
    config.demand_privacy(environment)?;
    let pool = config.clone().connections(1).pool().await?;
    let outcome = bring_up_to_date(schema, &pool, environment).await;
    config.close(pool).await;
    outcome
}

async fn bring_up_to_date(
    schema: &Schema,
    pool: &PgPool,
    environment: Environment,
) -> Result<(), StoreError> {
    match stamped(schema, pool).await {
        Ok(found) if found.environment != environment => {
            return Err(StoreError::Environment { found: found.environment, expected: environment });
        }
        Ok(_) | Err(StoreError::NotMigrated) => {}
        Err(other) => return Err(other),
    }
    schema.migrator().run(pool).await.map_err(|error| on_migration(error, schema.version))?;
    let version = i32::try_from(schema.version).unwrap_or(i32::MAX);
    let stamp = sqlx::query(schema.put_stamp);
    stamp.bind(environment.as_str()).bind(version).execute(pool).await.stored()?;
    Ok(())
}

async fn stamped(schema: &Schema, pool: &PgPool) -> Result<Stamp, StoreError> {
    let row = sqlx::query(schema.stamp).fetch_optional(pool).await.map_err(failure::on_stamp)?;
    Stamp::of(&row.ok_or(StoreError::NotMigrated)?)
}

impl Schema {
    fn migrator(&self) -> Migrator {
        let migrations = self.migrations.iter().map(|(version, name, sql)| {
            let (name, sql) = (Cow::Borrowed(*name), sql.into_sql_str());
            Migration::new(*version, name, MigrationType::Simple, sql, false)
        });
        let mut migrator = Migrator::with_migrations(migrations.collect());
        migrator.dangerous_set_table_name(self.table);
        migrator.create_schema(self.name);
        migrator
    }
}

fn on_migration(error: MigrateError, expected: u32) -> StoreError {
    match error {
        MigrateError::VersionMissing(version) => {
            StoreError::Schema { found: u32::try_from(version).unwrap_or_default(), expected }
        }
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            match Err::<(), _>(error).stored() {
                Err(error) => error,
                Ok(()) => StoreError::Unavailable(None),
            }
        }
        other => StoreError::Backend(Box::new(other)),
    }
}
