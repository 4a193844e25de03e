//! Every statement of the backend: it names the workspace, and it was run with each lock alone. A statement that is new is found
//! in the source, so that none is forgotten.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use prodops_core::environment::Environment;
use prodops_core::keyring::RowKeySource;
use prodops_store::postgres::Postgres;
use prodops_store::testing::conformance::PROMISES;
use prodops_store::testing::postgres::{Said, Tamper, TestDatabase, Wire, skipped};
use prodops_store::testing::{KeysOnDemand, Subject};

use super::rest;

/// Files whose literals are no statements of a plane, each with the reason.
const NOT_OF_A_PLANE: &[(&str, &str)] = &[
    ("posture.rs", "asks the catalogue, before a store is open"),
    ("migrate.rs", "runs as the owner, and reads no row but the stamp"),
    ("keyring", "wrapped keys and tombstones, in a database without workspaces"),
    ("database.rs", "asks the server about itself, and whether there is a store"),
];

/// Files that put statements together at compile time; [`prodops_store::postgres::statements`] lists those.
const PUT_TOGETHER: &[&str] = &["commits.rs", "log.rs", "purge.rs", "tables.rs"];

/// How a statement ends in the source when a filter continues it, with the workspace as the first value and more conditions.
const CONTINUED: &str = "workspace_id = ";

/// Statements over the holds of all workspaces, each with the reason.
const OF_ALL: &[(&str, &str)] = &[
    (
        "SELECT workspace_id::text, connection_id::text",
        "a backup takes every epoch, as who removes and seals",
    ),
    ("SELECT EXISTS (SELECT FROM prodops_control.workspace)", "a restore asks whether the store is empty"),
];

/// The literals of a Rust file up to its tests. Where statements are put together, those in `concat!` are left out.
fn literals(source: &str, put_together: bool) -> Vec<String> {
    let (source, _) = source.split_once("#[cfg(test)]\nmod tests").unwrap_or((source, ""));
    let code: String = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| format!("{line}\n"))
        .collect();
    let (mut found, mut rest) = (Vec::new(), code.as_str());
    while let Some((before, after)) = rest.split_once('"') {
        let (literal, after) = until_quote(after);
        let part = before.trim_end().ends_with(',') || before.trim_end().ends_with("concat!(");
        if !(put_together && part) {
            found.push(literal);
        }
        rest = after;
    }
    found
}

/// The text of a literal and what comes after it.
fn until_quote(text: &str) -> (String, &str) {
    let (mut literal, mut chars) = (String::new(), text.char_indices());
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (literal, &text[at + 1..]),
            '\\' => match chars.next().map(|(_, c)| c) {
                Some('\n') => {
                    let skipped = chars.as_str().len() - chars.as_str().trim_start().len();
                    if let Some(last) = skipped.checked_sub(1) {
                        let _ = chars.nth(last);
                    }
                }
                Some('0') => literal.push('\0'),
                Some(c) => literal.push(c),
                None => {}
            },
            c => literal.push(c),
        }
    }
    (literal, "")
}

/// Every statement that the backend can send.
fn statements() -> BTreeSet<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/postgres");
    let mut found: BTreeSet<String> = prodops_store::postgres::statements().map(str::to_owned).collect();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if NOT_OF_A_PLANE.iter().any(|(file, _)| *file == name) {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let put_together = PUT_TOGETHER.contains(&name.as_str());
        assert_eq!(
            source.contains("concat!("),
            put_together,
            "{name}: its statements are listed, or are literals"
        );
        let verbs = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH ", "COPY ", "MERGE "];
        found.extend(
            literals(&source, put_together)
                .into_iter()
                .filter(|text| verbs.iter().any(|verb| text.starts_with(verb))),
        );
    }
    found
}

/// Whether a statement is about what workspaces own.
fn is_of_workspaces(text: &str) -> bool {
    let tables = text.match_indices("prodops.").any(|(at, _)| !text[at..].starts_with("prodops.stamp"));
    tables || text.contains("prodops_control.hold")
}

/// The first lock, in the text: where rows are looked for the workspace is a condition, where they are made it is the first column.
#[test]
fn p5_1_every_statement_names_its_workspace() {
    let all = statements();
    let about: Vec<&String> = all.iter().filter(|text| is_of_workspaces(text)).collect();
    assert!(about.len() > 60, "{} of {} statements are about what workspaces own", about.len(), all.len());
    for text in about {
        let made = text.starts_with("INSERT INTO") && text.contains("(workspace_id, ");
        let first = text.contains("VALUES ($1") || text.contains("SELECT $1");
        let named = text.contains("workspace_id = $1") || text.ends_with(CONTINUED);
        let of_all = OF_ALL.iter().any(|(beginning, _)| text.starts_with(beginning));
        assert!(named || (made && first) || of_all, "no workspace is named: {text}");
    }
}

/// How a store is tried: which lock is taken away.
#[derive(Clone, Copy)]
struct Trial {
    tamper: Tamper,
    drop_row_security: bool,
}

/// Two stores under the same keys in databases of their own, each behind a wire.
struct Stores {
    stores: [Arc<Postgres>; 2],
    keys: Arc<KeysOnDemand>,
    kept: Vec<(TestDatabase, Arc<Wire>)>,
}

impl Trial {
    async fn stores(self) -> Stores {
        let keys = KeysOnDemand::new(Environment::Test).await;
        let (one, two) = (self.store(&keys).await, self.store(&keys).await);
        Stores { stores: [one.0, two.0], keys, kept: vec![one.1, two.1] }
    }

    async fn store(self, keys: &Arc<KeysOnDemand>) -> (Arc<Postgres>, (TestDatabase, Arc<Wire>)) {
        let database = TestDatabase::new().await;
        let wire = Arc::new(database.wire(self.tamper));
        let config = database.through(&wire).connections(8);
        let keys: Arc<dyn RowKeySource> = Arc::<KeysOnDemand>::clone(keys);
        let store = Arc::new(Postgres::connect(&config, Environment::Test, keys).await.unwrap());
        if self.drop_row_security {
            database.drop_row_security().await;
        }
        (store, (database, wire))
    }

    /// Runs every promise of the conformance suite, and what it leaves out, and tells what was said.
    fn said(self) -> Said {
        let (left, said) = (Mutex::new(PROMISES.iter()), Mutex::new(Said::new()));
        let hear = |wires: Vec<Arc<Wire>>| {
            let mut said = said.lock().unwrap();
            wires
                .iter()
                .flat_map(|wire| wire.said())
                .for_each(|(text, by)| said.entry(text).or_default().extend(by));
        };
        let work = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            loop {
                let next = left.lock().unwrap().next();
                let Some((_, promise)) = next else { return };
                hear(runtime.block_on(self.keeps(*promise)));
            }
        };
        std::thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(work))));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        hear(runtime.block_on(self.keeps_the_rest()));
        said.into_inner().unwrap()
    }

    async fn keeps(self, promise: fn(Subject) -> Pin<Box<dyn Future<Output = ()>>>) -> Vec<Arc<Wire>> {
        let Stores { stores: [one, two], kept, .. } = self.stores().await;
        let wires = kept.iter().map(|(_, wire)| Arc::clone(wire)).collect();
        promise(Subject::new(one, two).keeping(kept)).await;
        wires
    }

    async fn keeps_the_rest(self) -> Vec<Arc<Wire>> {
        let Stores { stores: [one, two], keys, kept } = self.stores().await;
        rest::rotate_and_purge(one, &two, &keys).await;
        kept.into_iter().map(|(_, wire)| wire).collect()
    }

    /// Every promise holds as with both locks, and every statement was sent.
    fn holds(self) {
        if skipped() {
            return;
        }
        let (said, all) = (self.said(), statements());
        let continued = |text: &String| {
            text.ends_with(CONTINUED) && said.keys().any(|sent| sent.starts_with(&format!("{text}$1 AND (")))
        };
        let is_sent = |text: &&String| said.contains_key(*text) || continued(text);
        let unsaid: Vec<&String> = all.iter().filter(|text| !is_sent(text)).collect();
        let (promises, sent) = (PROMISES.len(), all.len() - unsaid.len());
        println!("{promises} promises kept, {sent} of {} statements sent", all.len());
        assert!(unsaid.is_empty(), "every statement is sent, but not {unsaid:#?}");
    }
}

#[test]
fn p5_1_every_promise_holds_by_row_security_alone() {
    Trial { tamper: Tamper::DropConditions, drop_row_security: false }.holds();
}

#[test]
fn p5_1_every_promise_holds_by_conditions_alone() {
    Trial { tamper: Tamper::Nothing, drop_row_security: true }.holds();
}
