//! The database of the data: the way to it, what it says of itself, every rule that keeps workspaces apart.

use prodops::core::environment::Environment;
use prodops::store::StoreError;
use prodops::store::postgres::{Database, Posture, SCHEMA_VERSION, Severity};

use super::super::with_causes;
use super::report::Report;
use crate::config::{Config, DatabaseConfig};

/// The database, as far as it could be reached.
pub(super) async fn examine(
    report: &mut Report,
    config: &Config,
    wanted: &DatabaseConfig,
) -> Option<Database> {
    let way = match wanted.data() {
        Ok(way) => way,
        Err(error) => {
            report.fault("the address of the database", error);
            return None;
        }
    };
    const PRIVATE: &str = "nobody on the network can listen in or stand in for the database";
    if way.is_private() {
        report.holds(PRIVATE);
    } else if config.environment == Environment::Production {
        report.fault(PRIVATE, "add sslmode=verify-full and sslrootcert=FILE to the URL");
    } else {
        report.advice(
            PRIVATE,
            "sslmode=verify-full and sslrootcert=FILE in the URL; production refuses without",
        );
    }
    let database = match Database::reach(&way, config.environment).await {
        Ok(database) => database,
        Err(error) => {
            report.fault("the database can be reached", with_causes(&error));
            return None;
        }
    };
    report.holds("the database can be reached");
    if stamp(report, config, &database).await {
        posture(report, &database).await;
    }
    Some(database)
}

/// Whether there is a schema, so that its rules can be looked at.
async fn stamp(report: &mut Report, config: &Config, database: &Database) -> bool {
    const VERSION: &str = "the schema is of the version that this program reads and writes";
    const ENVIRONMENT: &str = "the database belongs to this environment";
    match database.stamp().await {
        Ok(stamp) => {
            match stamp.version {
                SCHEMA_VERSION => report.holds(VERSION),
                older if older < SCHEMA_VERSION => report.fault(
                    VERSION,
                    format!("it is {older}, older than {SCHEMA_VERSION}: run `reference-server migrate`"),
                ),
                newer => report.fault(
                    VERSION,
                    format!("it is {newer}, newer than {SCHEMA_VERSION}: run the program that migrated it"),
                ),
            }
            if stamp.environment == config.environment {
                report.holds(ENVIRONMENT);
            } else {
                let (found, expected) = (stamp.environment, config.environment);
                report
                    .fault(ENVIRONMENT, format!("it is stamped {found}, the configuration says {expected}"));
            }
            true
        }
        Err(StoreError::NotMigrated) => {
            report.fault(VERSION, "there is none that this role may use: run `reference-server migrate`");
            false
        }
        Err(error) => {
            report.fault(VERSION, with_causes(&error));
            false
        }
    }
}

async fn posture(report: &mut Report, database: &Database) {
    let found = match database.posture().await {
        Ok(found) => found,
        Err(error) => {
            report.fault("the rules that keep workspaces apart can be looked at", with_causes(&error));
            return;
        }
    };
    for rule in Posture::rules() {
        match found.findings.iter().find(|finding| finding.rule.name == rule.name) {
            None => report.holds(rule.name),
            Some(finding) => {
                let remedy = format!("{}; {}", finding.offenders.join(", "), rule.remedy);
                match rule.severity {
                    Severity::Refusal => report.fault(rule.name, remedy),
                    Severity::Advice => report.advice(rule.name, remedy),
                }
            }
        }
    }
}
