//! A writing process that is killed at any moment.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use prodops_core::environment::Environment;
use prodops_store::postgres::{Postgres, PostgresConfig};
use prodops_store::testing::postgres::{LOGIN, TestDatabase, skipped};
use prodops_store::testing::{Generate, KeysOnDemand};
use sqlx::Row;

use super::{COMMITS, Line};

const ACKNOWLEDGED: &str = "acknowledged ";

/// What the tests below start: it learns from its input where to write, and says what was acknowledged.
#[test]
#[ignore = "a process that other tests start and kill"]
fn writer_process() {
    let mut place = String::new();
    std::io::stdin().read_line(&mut place).unwrap();
    let place: Vec<&str> = place.split_whitespace().collect();
    let [folder, port, database] = place[..] else { return };
    let config = PostgresConfig::on_socket(&PathBuf::from(folder), port.parse().unwrap(), LOGIN, database);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let keys = KeysOnDemand::new(Environment::Test).await;
        let store = Postgres::connect(&config.connections(2), Environment::Test, keys).await.unwrap();
        let mut line = Line::begin(store, 930).await;
        loop {
            let batch = line.batch();
            line.send(&batch).await.unwrap();
            println!("{ACKNOWLEDGED}{}", line.acknowledged.len());
        }
    });
}

fn start(database: &TestDatabase) -> Child {
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "faults::process::writer_process", "--ignored", "--nocapture", "--test-threads=1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (folder, port) = database.socket();
    writeln!(writer.stdin.take().unwrap(), "{} {port} {}", folder.display(), database.name()).unwrap();
    writer
}

/// Kills a writer after some acknowledgements and a little more. How many it had heard of at the end.
fn killed(database: &TestDatabase, luck: &Generate) -> i64 {
    let mut writer = start(database);
    let enough = 1 + i64::try_from(luck.below(6)).unwrap();
    let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines().map_while(Result::ok);
    let acknowledged =
        |line: String| line.strip_prefix(ACKNOWLEDGED).and_then(|count| count.parse::<i64>().ok());
    let mut last =
        lines.by_ref().filter_map(acknowledged).find(|count| *count >= enough).expect("the writer writes");
    for _ in 0..luck.below(20_000) {
        std::hint::spin_loop();
    }
    writer.kill().unwrap();
    writer.wait().unwrap();
    lines.filter_map(acknowledged).for_each(|count| last = count);
    last
}

/// What lies in the database, seen from below: each batch's commits, and the connections that are still served.
async fn batches(database: &TestDatabase) -> Vec<i64> {
    let mut admin = database.admin().await;
    let served = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = $1";
    while sqlx::query_scalar::<_, i64>(served).bind(LOGIN).fetch_one(&mut admin).await.unwrap() > 0 {
        tokio::task::yield_now().await;
    }
    let batches = sqlx::query(
        "SELECT (SELECT count(*) FROM prodops.commit_fact c WHERE c.repository_id = r.id) FROM prodops.repository r",
    );
    batches.fetch_all(&mut admin).await.unwrap().iter().map(|row| row.get(0)).collect()
}

async fn writers_are_killed(times: u32) {
    let (luck, mut all) = (Generate::new(931), 0);
    for _ in 0..times {
        let database = TestDatabase::new().await;
        let heard = killed(&database, &luck);
        let stored = batches(&database).await;
        assert!(stored.iter().all(|commits| *commits == COMMITS as i64), "a batch in part: {stored:?}");
        let count = i64::try_from(stored.len()).unwrap();
        assert!(count == heard || count == heard + 1, "{heard} acknowledged, {count} stored");
        all += heard;
    }
    println!("{times} writers were killed: {all} batches acknowledged, each there once, none in part");
}

#[tokio::test]
async fn a_writer_that_is_killed_leaves_whole_batches() {
    if !skipped() {
        writers_are_killed(20).await;
    }
}

#[tokio::test]
#[ignore = "minutes: cargo xtask soak"]
async fn soak_a_writer_that_is_killed_leaves_whole_batches() {
    if !skipped() {
        writers_are_killed(200).await;
    }
}
