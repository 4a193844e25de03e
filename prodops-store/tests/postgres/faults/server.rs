//! A server that is stopped or killed in the middle of batches, and comes back.

use std::sync::Arc;

use prodops_core::environment::Environment;
use prodops_store::postgres::Postgres;
use prodops_store::testing::postgres::{OwnServer, skipped};
use prodops_store::testing::{Generate, KeysOnDemand};
use tokio::sync::watch;

use super::Line;

/// Writes until it is told to stop. While the server is away it waits for it, so that it does not only try.
async fn write(
    mut line: Line,
    up: watch::Receiver<bool>,
    stop: watch::Receiver<bool>,
    acked: watch::Sender<usize>,
) -> (Line, u32) {
    let (mut batch, mut failures) = (line.batch(), 0);
    while !*stop.borrow() {
        match line.send(&batch).await {
            Ok(()) => {
                batch = line.batch();
                let _ = acked.send(line.acknowledged.len());
            }
            Err(error) => {
                assert!(error.is_retryable(), "{error:?}");
                failures += 1;
                let _ = up.clone().wait_for(|up| *up).await;
            }
        }
        tokio::task::yield_now().await;
    }
    (line, failures)
}

/// Takes the server away so many times, by turns politely and not, each time while a batch is on its way.
async fn taken_away(times: u32) {
    let server = Arc::new(OwnServer::start().await);
    let database = server.database().await;
    let keys = KeysOnDemand::new(Environment::Test).await;
    let config = database.config().connections(4);
    let store = Postgres::connect(&config, Environment::Test, keys).await.unwrap();
    assert!(store.posture().await.unwrap().findings.is_empty(), "this server keeps what it acknowledges");
    let (line, luck) = (Line::begin(store, 920).await, Generate::new(921));
    let ((up, up_seen), (stop, stop_seen), (acked, mut acked_seen)) =
        (watch::channel(true), watch::channel(false), watch::channel(0));
    let writer = tokio::spawn(write(line, up_seen, stop_seen, acked));
    for round in 0..times {
        let enough = *acked_seen.borrow() + 1 + usize::try_from(luck.below(3)).unwrap();
        acked_seen.wait_for(|acked| *acked >= enough).await.expect("the writer goes on");
        for _ in 0..luck.below(200) {
            tokio::task::yield_now().await;
        }
        let _ = up.send(false);
        let taken = Arc::clone(&server);
        let away = move || {
            if round % 2 == 0 {
                taken.stop()
            } else {
                taken.kill()
            }
            taken.start_again();
        };
        tokio::task::spawn_blocking(away).await.expect("the server comes back");
        let _ = up.send(true);
    }
    let before = *acked_seen.borrow();
    acked_seen.wait_for(|acked| *acked > before).await.expect("the writer goes on");
    let _ = stop.send(true);
    let (line, failures) = writer.await.unwrap();
    line.assert_whole().await;
    let batches = line.acknowledged.len();
    println!(
        "the server was stopped or killed {times} times: {batches} batches acknowledged and whole, {failures} retried"
    );
    assert!(failures > 0, "some batches were on their way");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_stopped_or_killed_keeps_what_it_acknowledged() {
    if !skipped() {
        taken_away(20).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "minutes: cargo xtask soak"]
async fn soak_a_server_that_is_stopped_or_killed_keeps_what_it_acknowledged() {
    if !skipped() {
        taken_away(200).await;
    }
}
