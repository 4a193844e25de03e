//! Somebody who can speak SQL as the store's own login, or found a statement of ours that forgets a condition: what they try,
//! and what comes of it. Each test prints its part of the table *attack | outcome*.

mod oracles;
mod pooling;
mod posture;
mod reading;
mod rights;
mod texts;

use std::sync::Arc;

use prodops_core::environment::Environment;
use prodops_core::id::WorkspaceId;
use prodops_store::postgres::Postgres;
use prodops_store::testing::postgres::TestDatabase;
use prodops_store::testing::{Fixture, KeysOnDemand};
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Column, Connection, Row};

use crate::locks::{Known, furnish};

/// What PostgreSQL says to a missing right, and to a row that a policy does not admit.
const REFUSED: &str = "42501";

/// A workspace with something in every table, and somebody in another one who speaks SQL.
struct Place {
    database: TestDatabase,
    victim: Known,
    attacker: Known,
}

impl Place {
    async fn new() -> Self {
        let database = TestDatabase::new().await;
        let store = database.store(KeysOnDemand::new(Environment::Test).await).await;
        let fixture = Fixture::new(Arc::<Postgres>::new(store), 900);
        let (victim, attacker) = (furnish(&fixture).await, furnish(&fixture).await);
        Self { database, victim, attacker }
    }

    /// Says something as the plane of workspaces, in the attacker's frame.
    async fn say(&self, sql: &str) -> Said {
        self.say_as("prodops_app", Some(self.attacker.workspace.id), &[sql]).await
    }

    /// Says something as a role of the planes, in a transaction that is rolled back.
    async fn say_as(&self, role: &str, workspace: Option<WorkspaceId>, steps: &[&str]) -> Said {
        let mut login = self.database.login().await;
        let mut transaction = login.begin().await.unwrap();
        let set = workspace.map(|id| format!("SET LOCAL prodops.workspace_id = '{id}'"));
        let frame = [format!("SET LOCAL ROLE {role}")].into_iter().chain(set);
        let mut said = Said::Rows(Vec::new());
        for step in frame.chain(steps.iter().map(ToString::to_string)) {
            said = answer(&mut transaction, step).await;
            if matches!(said, Said::Error { .. }) {
                break;
            }
        }
        transaction.rollback().await.unwrap();
        said
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Said {
    /// So many rows, as text.
    Rows(Vec<String>),
    /// The state, and everything that the server told beside it.
    Error { state: String, told: String },
}

impl Said {
    fn state(&self) -> &str {
        match self {
            Self::Rows(_) => "",
            Self::Error { state, .. } => state,
        }
    }

    fn rows(&self) -> usize {
        match self {
            Self::Rows(rows) => rows.len(),
            Self::Error { .. } => 0,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Rows(rows) => rows.join("\n"),
            Self::Error { told, .. } => told.clone(),
        }
    }
}

async fn answer(connection: &mut PgConnection, sql: String) -> Said {
    let mut query = sqlx::QueryBuilder::<sqlx::Postgres>::new(sql);
    match query.build().persistent(false).fetch_all(connection).await {
        Ok(rows) => Said::Rows(rows.iter().map(text).collect()),
        Err(error) => {
            let code = error.as_database_error().and_then(|error| error.code());
            let state = code.map_or_else(|| "none".to_owned(), |code| code.into_owned());
            Said::Error { state, told: format!("{error} {error:?}") }
        }
    }
}

/// The columns of a row that are text or counts.
fn text(row: &PgRow) -> String {
    let column = |at: usize| {
        let text = row.try_get::<String, _>(at).ok();
        text.or_else(|| row.try_get::<i64, _>(at).ok().map(|number| number.to_string()))
    };
    row.columns().iter().filter_map(|found| column(found.ordinal())).collect::<Vec<_>>().join(" ")
}

/// One line of the table.
fn line(attack: &str, outcome: &str) {
    println!("{attack} | {outcome}");
}
