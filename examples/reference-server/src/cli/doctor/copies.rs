//! Copies of the data: the newest backup, and for how long earlier states can be brought back.

use std::sync::Arc;

use prodops::core::clock::{Clock, SystemClock};
use prodops::engine::{BackupInfo, BackupTarget};
use prodops::store::StoreError;
use prodops::store::postgres::{Database, PostgresKeyring, Recovery};

use super::super::with_causes;
use super::report::Report;
use crate::config::{BackupConfig, Config, DatabaseConfig};

const HOUR: i64 = 3_600;
const RECENT: &str = "the newest backup is younger than two of its intervals";

pub(super) async fn examine(report: &mut Report, config: &Config, data: Option<&Database>) {
    match &config.backup {
        None => report
            .advice(RECENT, "no backups are configured: set `[backup]`, unless somebody else makes them"),
        Some(backup) => {
            age(report, backup).await;
            if backup.keys_folder.is_none() {
                report.yours("copies of the keyring and of the ledger: no `keys-folder` is configured");
            }
        }
    }
    let (Some(wanted), Some(data)) = (config.store.database(), data) else { return };
    recovery(report, "the data", wanted, data.recovery().await);
    if let Ok(Some(way)) = wanted.keyring()
        && let Ok(keyring) = PostgresKeyring::connect(&way, config.environment).await
    {
        recovery(report, "the keyring", wanted, keyring.recovery().await);
    }
}

async fn age(report: &mut Report, backup: &BackupConfig) {
    let target: Arc<dyn BackupTarget> = backup.target();
    let names = tokio::task::spawn_blocking(move || target.list()).await.unwrap_or_else(|_| Ok(Vec::new()));
    let names = match names {
        Ok(names) => names,
        Err(error) => return report.fault(RECENT, format!("{}: {error}", backup.folder.display())),
    };
    let now = SystemClock.now();
    let newest = names.iter().filter_map(|name| BackupInfo::parse(name)).map(|backup| backup.made).max();
    let most = i64::from(backup.every_hours.max(1)).saturating_mul(HOUR).saturating_mul(2);
    match newest.map(|made| now.seconds_since(made)) {
        Some(age) if age <= most => report.holds(RECENT),
        Some(age) => {
            let hours = age / HOUR;
            report.fault(
                RECENT,
                format!("it is {hours} hours old: does `serve` run, and what does its log say?"),
            );
        }
        None => report.fault(
            RECENT,
            format!("there is none in {}: `reference-server backup`", backup.folder.display()),
        ),
    }
}

/// What a server keeps against what the configuration counts into the days of a deletion.
fn recovery(report: &mut Report, of: &str, wanted: &DatabaseConfig, found: Result<Recovery, StoreError>) {
    let what = format!("earlier states of {of} are kept as long as the configuration says");
    let Recovery { archiving, slots, .. } = match found {
        Ok(found) => found,
        Err(error) => return report.fault(what, with_causes(&error)),
    };
    match (archiving, wanted.recovery_days) {
        (true, 0) => report.fault(
            &what,
            "the server archives its log, and `recovery-days` is 0: say for how long, it counts into the 30 days of a deletion",
        ),
        (true, days) => report.yours(format!("{what}: {days} days; that the archive is expired then")),
        (false, 0) => report.holds(&what),
        (false, days) => report.advice(
            &what,
            format!("`recovery-days` is {days}, but the server archives nothing (archive_mode is off)"),
        ),
    }
    if !slots.is_empty() {
        let slots = slots.join(", ");
        report.yours(format!(
            "what reads from the replication slots of {of} ({slots}): copies must expire as well"
        ));
    }
}
