//! Brings the schema of a database to the version that this version of ProdOps reads and writes.

use std::borrow::Cow;

use prodops_core::environment::Environment;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{PgPool, SqlSafeStr};

use super::failure::{self, Stored};
use super::{PostgresConfig, SCHEMA_VERSION, value};
use crate::error::StoreError;

const MIGRATIONS: [(i64, &str, &str); 3] = [
    (1, "roles", include_str!("../../migrations/0001_roles.sql")),
    (2, "planes", include_str!("../../migrations/0002_planes.sql")),
    (3, "locks", include_str!("../../migrations/0003_locks.sql")),
];

/// Makes the schema, its roles and its rights, or brings an older one up to date, and stamps it with the environment. Run
/// it as a role that may make roles and schemas, not as the one that serves requests; several at once wait for each other.
///
/// # Errors
/// [`StoreError::Environment`] when the database is a store of another environment, [`StoreError::Schema`] when a newer
/// version of ProdOps migrated it; then nothing is changed.
pub async fn migrate(config: &PostgresConfig, environment: Environment) -> Result<(), StoreError> {
    let pool = config.clone().connections(1).pool().await?;
    let outcome = bring_up_to_date(&pool, environment).await;
    pool.close().await;
    outcome
}

async fn bring_up_to_date(pool: &PgPool, environment: Environment) -> Result<(), StoreError> {
    match stamped(pool).await {
        Ok(Some(found)) if found != environment => {
            return Err(StoreError::Environment { found, expected: environment });
        }
        Ok(_) | Err(StoreError::NotAStore) => {}
        Err(other) => return Err(other),
    }
    migrator().run(pool).await.map_err(on_migration)?;
    let version = i32::try_from(SCHEMA_VERSION).unwrap_or(i32::MAX);
    let stamp = sqlx::query(
        "INSERT INTO prodops.stamp (environment, schema_version) VALUES ($1, $2) \
         ON CONFLICT (singleton) DO UPDATE SET schema_version = excluded.schema_version",
    );
    stamp.bind(environment.as_str()).bind(version).execute(pool).await.stored()?;
    Ok(())
}

async fn stamped(pool: &PgPool) -> Result<Option<Environment>, StoreError> {
    let row = sqlx::query("SELECT environment FROM prodops.stamp").fetch_optional(pool).await;
    let Some(row) = row.map_err(failure::on_stamp)? else { return Ok(None) };
    let name: String = value::column(&row, 0)?;
    name.parse().map(Some).map_err(|_| StoreError::NotAStore)
}

fn migrator() -> Migrator {
    let migrations = MIGRATIONS.map(|(version, name, sql)| {
        Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, sql.into_sql_str(), false)
    });
    let mut migrator = Migrator::with_migrations(migrations.to_vec());
    migrator.dangerous_set_table_name("prodops.migration");
    migrator.create_schema("prodops");
    migrator
}

fn on_migration(error: MigrateError) -> StoreError {
    match error {
        MigrateError::VersionMissing(version) => {
            StoreError::Schema { found: u32::try_from(version).unwrap_or_default(), expected: SCHEMA_VERSION }
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
