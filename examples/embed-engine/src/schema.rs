//! What the owner of the database does before the service starts: the engine's schemas and the host's own table.

use prodops::core::environment::Environment;
use prodops::store::StoreError;
use prodops::store::postgres::{PostgresConfig, migrate};
use sqlx::PgPool;

/// The database could not be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// The engine's schemas could not be made.
    #[error(transparent)]
    Engine(#[from] StoreError),
    /// The host's table could not be made.
    #[error("the host's table cannot be made: is this the owner of the database?")]
    Host(#[from] sqlx::Error),
}

/// Makes what is missing, and lets `login`, the role that the service comes as, use it. The engine's rights are granted by
/// membership in its roles; the host's table is one more right of the same role.
///
/// # Errors
/// When the role of the pool may not do that.
pub async fn set_up(owner: &PgPool, environment: Environment, login: &str) -> Result<(), SchemaError> {
    migrate(&PostgresConfig::of_pool(owner.clone()), environment).await?;
    let mut transaction = owner.begin().await?;
    sqlx::raw_sql(
        "CREATE SCHEMA IF NOT EXISTS host; \
         CREATE TABLE IF NOT EXISTS host.account (name text PRIMARY KEY, code_hash bytea NOT NULL)",
    )
    .execute(&mut *transaction)
    .await?;
    // A role's name is no value that a grant could take: the server quotes it.
    let named = sqlx::query("SELECT set_config('host.login', $1, true)").bind(login);
    named.execute(&mut *transaction).await?;
    sqlx::raw_sql(
        "DO $$ DECLARE login text := current_setting('host.login'); BEGIN \
             EXECUTE format('GRANT prodops_app, prodops_identity, prodops_control, prodops_purger TO %I', login); \
             EXECUTE format('GRANT USAGE ON SCHEMA host TO %I', login); \
             EXECUTE format('GRANT SELECT, INSERT ON host.account TO %I', login); \
         END $$",
    )
    .execute(&mut *transaction)
    .await?;
    Ok(transaction.commit().await?)
}
