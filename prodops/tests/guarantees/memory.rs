//! Section 6: when code has been processed, no byte of it is left in the memory of the process, in a core dump or in what it says.
//!
//! The test runs itself as a child, under an allocator that wipes what is freed, as our programs have it. The child is told what
//! to look for in a form that is no match for itself, processes repositories, and reads its own memory.

mod order;
mod planted;
mod search;
mod spoken;

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use prodops::connectors::contract::{Progress, ProgressEvent};
use prodops::core::environment::Environment;
use prodops::core::process::forbid_core_dumps;
use prodops::engine::{Engine, StoreLocation};
use prodops_core::testing::FixedClock;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::place::{NOW, Place, build, git, target, tenant};
use order::Order;
use search::{contains, found_in_memory, letters, masked};

/// How the processing of one repository ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// Everything is read.
    Success,
    /// Everything is read that can be: objects are damaged in their middle.
    Damage,
    /// The repository is taken away while it is read.
    Error,
    /// What takes the facts panics.
    Panic,
    /// Somebody asks to stop.
    Stop,
    /// Whoever waits for it gives up, and drops the call.
    TimeOut,
    /// The process is aborted.
    Abort,
}

/// Those that the process survives, each with what came of it.
const SURVIVED: [(Ending, &str); 6] = [
    (Ending::Success, "success"),
    (Ending::Damage, "success"),
    (Ending::Error, "error"),
    (Ending::Panic, "panic"),
    (Ending::Stop, "error"),
    (Ending::TimeOut, "dropped"),
];

/// Ends the processing in its way after the first commits, while others are read.
struct Ends {
    ending: Ending,
    repository: PathBuf,
    cancel: CancellationToken,
    over: Arc<Notify>,
}

impl Progress for Ends {
    fn report(&self, event: ProgressEvent<'_>) {
        if event.stream != "commits" || event.done == 0 {
            return;
        }
        match self.ending {
            Ending::Success | Ending::Damage => {}
            Ending::Error => drop(std::fs::remove_dir_all(&self.repository)),
            Ending::Panic => panic!("on purpose"),
            Ending::Stop => self.cancel.cancel(),
            Ending::TimeOut => self.over.notify_one(),
            Ending::Abort => std::process::abort(),
        }
    }
}

/// Processes one repository in a workspace of its own and says what came of it.
async fn process(engine: &Engine, order: &Order, ending: Ending) -> &'static str {
    let name = format!("{ending:?}").to_lowercase();
    let repository = order.repositories().join(&name);
    let workspace = tenant(engine, &name).await.workspace;
    let connection = workspace.connect(&git(), &target(&repository)).await.unwrap().id;
    let (cancel, over) = (CancellationToken::new(), Arc::new(Notify::new()));
    let ends = Ends { ending, repository, cancel: cancel.clone(), over: Arc::clone(&over) };
    let run = async move { workspace.sync(connection, &ends, &cancel).await.map(drop) };
    if ending == Ending::TimeOut {
        tokio::select! {
            biased;
            () = over.notified() => return "dropped",
            ended = run => panic!("it came to its end: {ended:?}"),
        }
    }
    match tokio::spawn(run).await {
        Ok(Ok(())) => "success",
        Ok(Err(error)) => {
            tracing::error!("{error} {error:?}");
            "error"
        }
        Err(panic) => {
            tracing::error!("{panic} {panic:?}");
            "panic"
        }
    }
}

async fn engine(order: &Order) -> Engine {
    let location = StoreLocation::File(order.folder.join("store.redb"));
    build(&order.repositories(), location, Environment::Test, FixedClock::at(NOW)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the child process of the tests below; alone it has no orders"]
async fn child() {
    let order = Order::read().expect("orders on standard input");
    tracing::subscriber::set_global_default(spoken::Everything).unwrap();
    if order.guarded {
        forbid_core_dumps().unwrap();
    }
    let engine = engine(&order).await;
    if order.aborts {
        process(&engine, &order, Ending::Abort).await;
    }
    // A search that sees nothing would be content with everything.
    let control = letters();
    assert!(!found_in_memory(&masked(&control)).is_empty(), "the search sees what is there");
    drop(control);
    for (ending, expected) in SURVIVED {
        assert_eq!(process(&engine, &order, ending).await, expected, "{ending:?}");
        // Threads that were reading when it ended finish the commit that they are at.
        while search::is_read() {
            tokio::task::yield_now().await;
        }
        println!("\nafter {ending:?}: {}", search::told(&order.needle).await);
    }
    drop(engine);
    println!("\nafter everything: {}", search::told(&order.needle).await);
}

/// Every file beside the repositories: the store, and whatever else may be left.
fn files(folder: &Path, repositories: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, mut found): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    for folder in folders.iter().filter(|folder| *folder != repositories) {
        found.extend(files(folder, repositories));
    }
    found
}

#[test]
fn p6_1_no_source_text_is_left_in_memory_after_success_damage_error_panic_stop_and_time_out() {
    let place = Place::new();
    let marker = letters();
    planted::repositories(&place, &marker, SURVIVED.map(|(ending, _)| ending).as_slice());
    let order = Order::new(place.path(""), &marker);
    let output = order.run("");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let places =
        SURVIVED.map(|(ending, _)| format!("{ending:?}")).into_iter().chain(["everything".to_owned()]);
    for place in places {
        assert!(
            said.contains(&format!("\nafter {place}: nothing\n")),
            "source text is left in memory: {said}"
        );
    }
    let spoken = String::from_utf8_lossy(&output.stderr);
    assert!(spoken.contains("on purpose") && spoken.contains("TRACE"), "it was listened to");
    for said in [&output.stdout, &output.stderr] {
        assert!(!contains(said, &order.needle), "what it says quotes code");
    }
    assert_eq!(std::fs::read_dir(order.temporary()).unwrap().count(), 0, "a temporary file is left");
    for path in files(&place.path(""), &place.roots()) {
        assert!(!contains(&std::fs::read(&path).unwrap(), &order.needle), "{} holds code", path.display());
    }
}

/// What SIGABRT is on every system that has `/proc`.
const ABORTED: Option<i32> = Some(6);

/// Aborts a child that may leave core dumps of any size while it reads, and tells whether it left one, and which files in its
/// folder hold the marker then.
fn aborted(guarded: bool) -> (bool, Vec<PathBuf>) {
    let (place, marker) = (Place::new(), letters());
    planted::repositories(&place, &marker, &[Ending::Abort]);
    let order = Order { aborts: true, guarded, ..Order::new(place.path(""), &marker) };
    let output = order.run("ulimit -S -c $(ulimit -H -c);");
    assert_eq!(output.status.signal(), ABORTED, "{}", String::from_utf8_lossy(&output.stderr));
    let mut left = files(&place.path(""), &place.roots());
    left.retain(|path| contains(&std::fs::read(path).unwrap(), &order.needle));
    (output.status.core_dumped(), left)
}

#[test]
fn p6_1_no_core_dump_is_left_when_the_process_is_aborted_while_it_reads() {
    let (dumped, left) = aborted(false);
    let pattern = std::fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap_or_default();
    // Where dumps are files of the process's own folder, this shows that it is aborted in the middle of code.
    if dumped && !pattern.starts_with(['|', '/']) {
        assert!(!left.is_empty(), "without the guard the dump holds code");
    }
    println!("without the guard: {}", if dumped { "a core dump" } else { "no core dump on this machine" });
    assert_eq!(aborted(true), (false, Vec::new()));
}
