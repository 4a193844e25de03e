//! A tenant's question to a Citus cluster, where one is named: how many tasks it comes to.

use sqlx::postgres::PgConnection;
use sqlx::{Connection, Row};

use super::Failure;
use super::cluster::say;
use super::section::Section;

/// The URL of a coordinator, as a role that may make tables.
const URL: &str = "PRODOPS_TEST_CITUS_URL";

const TABLE: &str = "DROP TABLE IF EXISTS prodops_bench_fact;
    CREATE TABLE prodops_bench_fact (workspace_id uuid, id bytea, committed_ms bigint, added bigint,
        PRIMARY KEY (workspace_id, id));
    SELECT create_distributed_table('prodops_bench_fact', 'workspace_id')";

/// Says how many shards are asked, or that nobody was.
pub(super) async fn measure(section: &mut Section) -> Result<(), Failure> {
    let Some(url) = std::env::var_os(URL) else {
        section.citus(None);
        return Ok(());
    };
    let url = url.into_string().map_err(|_| "the URL is not UTF-8")?;
    let mut connection = PgConnection::connect(&url).await?;
    say(&mut connection, TABLE).await?;
    let query = sqlx::query(
        "EXPLAIN SELECT count(*), sum(added) FROM prodops_bench_fact \
         WHERE workspace_id = '6f1c8a52-0000-7000-8000-000000000001' AND committed_ms > 0",
    );
    let plan = query.fetch_all(&mut connection).await?;
    let plan = plan.iter().map(|row| row.try_get::<String, _>(0)).collect::<Result<Vec<_>, _>>()?;
    let tasks = plan.iter().find_map(|line| line.trim().strip_prefix("Task Count: ").map(str::to_owned));
    say(&mut connection, "DROP TABLE prodops_bench_fact").await?;
    section.citus(Some(&tasks.unwrap_or_else(|| "unknown".to_owned())));
    Ok(())
}
