//! A hundred thousand events over fifty workspaces, and hundreds of attacks: each is named by its sequence number.

use prodops_core::audit::verify::{Finding, Problem, SequencedTree};
use prodops_core::audit::{AuditEntry, Decision, KeptEntry, LogHead};
use prodops_core::id::{AuditEventId, WorkspaceId};

use super::world::{Dice, Log, Logs, bad, check, sealed, tree, workspace};

const EVENTS: u64 = 100_000;
const WORKSPACES: u64 = 50;
/// Attacks of each kind.
const ATTACKS: u64 = 30;

/// A copy of some log and a place in it that has at least one entry after it.
fn pick(logs: &Logs, dice: &Dice) -> (Option<WorkspaceId>, Log, u64) {
    let workspace = workspace(dice.below(WORKSPACES + 1));
    let log = logs.logs[&workspace].clone();
    let seq = 1 + dice.below(log.head.seq - 1);
    (workspace, log, seq)
}

fn edit(entry: &mut AuditEntry, dice: &Dice) {
    let event = &mut entry.event;
    match dice.below(5) {
        0 => event.action.push('x'),
        1 => event.time = event.time.plus_seconds(1),
        2 => event.decision = Decision::Failed,
        3 => event.id = AuditEventId::from_bytes(dice.bytes()),
        _ => event.personal = Some(sealed(dice)),
    }
}

/// Edits that leave every other row as it is, and edits after which the whole rest of the log was chained anew.
fn edits(logs: &Logs, tree: &SequencedTree, dice: &Dice) {
    for chained_anew in [false, true] {
        for _ in 0..ATTACKS {
            let (workspace, mut log, seq) = pick(logs, dice);
            edit(log.rows.get_mut(&seq).unwrap().body.as_mut().unwrap(), dice);
            if chained_anew {
                chain_anew(&mut log, seq);
            }
            assert_eq!(check(tree, workspace, &log), Err(bad(workspace, seq, Problem::Altered)));
        }
    }
}

/// Numbers and chains everything from `seq` on as if the log had always been so.
fn chain_anew(log: &mut Log, seq: u64) {
    let behind = log.rows.split_off(&seq);
    log.head = end(log);
    for row in behind.into_values() {
        let (entry, head) = log.head.append(row.body.unwrap().event).unwrap();
        log.rows.insert(head.seq, KeptEntry { hash: head.hash, body: Some(entry) });
        log.head = head;
    }
}

fn end(log: &Log) -> LogHead {
    log.rows
        .last_key_value()
        .map_or_else(LogHead::default, |(seq, row)| LogHead { seq: *seq, hash: row.hash })
}

fn deletions(logs: &Logs, tree: &SequencedTree, dice: &Dice) {
    for _ in 0..ATTACKS {
        let (workspace, mut log, seq) = pick(logs, dice);
        log.rows.remove(&seq);
        assert_eq!(check(tree, workspace, &log), Err(bad(workspace, seq, Problem::Missing)));
        // The same, and everything behind it moved up and chained anew.
        chain_anew(&mut log, seq);
        assert_eq!(check(tree, workspace, &log), Err(bad(workspace, seq, Problem::Altered)));
    }
}

fn reorderings(logs: &Logs, tree: &SequencedTree, dice: &Dice) {
    for _ in 0..ATTACKS {
        let (workspace, mut log, seq) = pick(logs, dice);
        let other = seq + 1 + dice.below(log.head.seq - seq);
        let (one, two) = (log.rows[&seq].clone(), log.rows[&other].clone());
        log.rows.insert(seq, two);
        log.rows.insert(other, one);
        assert_eq!(check(tree, workspace, &log), Err(bad(workspace, seq, Problem::OutOfPlace)));
        chain_anew(&mut log, seq);
        assert_eq!(check(tree, workspace, &log), Err(bad(workspace, seq, Problem::Altered)));
    }
}

fn truncations(logs: &Logs, tree: &SequencedTree, dice: &Dice) {
    for _ in 0..ATTACKS {
        let (workspace, mut log, seq) = pick(logs, dice);
        log.rows.split_off(&seq);
        assert_eq!(check(tree, workspace, &log), Err(bad(workspace, seq, Problem::Missing)));
        // The head with it: the tree still knows.
        log.head = end(&log);
        assert_eq!(check(tree, workspace, &log), Err(bad(workspace, seq, Problem::Missing)));
    }
}

#[test]
fn every_attack_on_a_log_is_named_by_workspace_and_sequence_number() {
    let logs = Logs::generate(1, EVENTS, WORKSPACES);
    let mut tree = logs.tree();
    assert_eq!((tree.finish(), tree.size(), tree.signed()), (vec![], EVENTS, EVENTS));
    let checked = logs.logs.iter().map(|(workspace, log)| check(&tree, *workspace, log).unwrap());
    assert_eq!(checked.sum::<u64>(), EVENTS);
    let dice = Dice::new(2);
    edits(&logs, &tree, &dice);
    deletions(&logs, &tree, &dice);
    reorderings(&logs, &tree, &dice);
    truncations(&logs, &tree, &dice);
}

#[test]
fn an_attack_on_the_tree_shows_against_the_checkpoints() {
    let logs = Logs::generate(3, 5_500, 9);
    let dice = Dice::new(4);
    for _ in 0..20 {
        let place = dice.below(5_400);
        let index = usize::try_from(place).unwrap();
        let mut leaves = logs.leaves.clone();
        leaves[index].hash = leaves[index + 1].hash;
        let found = tree(&leaves, logs.checkpoints.clone()).finish();
        let from = place / 1_000 * 1_000;
        let first = leaves[usize::try_from(from).unwrap()];
        let (to, workspace, seq) = ((from + 1_000).min(5_500), first.workspace, first.seq);
        assert_eq!(found, [Finding::TreeRewritten { from, to, workspace, seq }]);
        // A leaf taken out of the middle: the next one of the same log stands where it cannot.
        let (gone, mut leaves) = (logs.leaves[index], logs.leaves.clone());
        leaves.remove(index);
        let found = tree(&leaves, logs.checkpoints.clone()).finish();
        assert!(found.contains(&bad(gone.workspace, gone.seq, Problem::OutOfPlace)), "{found:?}");
    }
}

#[test]
fn truncation_shows_up_to_the_newest_checkpoint_kept_elsewhere() {
    let logs = Logs::generate(5, 3_500, 9);
    let elsewhere = logs.checkpoints[1].clone();
    // Everything that the store has ends before it: events, heads, leaves and checkpoints.
    let cut = |size: usize| {
        tree(&logs.leaves[..size], vec![logs.checkpoints[0].clone(), elsewhere.clone()]).finish()
    };
    assert_eq!(cut(1_999), [Finding::TreeTruncated { size: 1_999, signed: 2_000 }]);
    assert_eq!(cut(0), [Finding::TreeTruncated { size: 0, signed: 2_000 }]);
    assert_eq!(cut(2_000), [], "what came after the newest checkpoint is in nobody's hands");
}

#[test]
fn what_waits_for_the_sequencer_is_checked_too() {
    let logs = Logs::generate(6, 1_000, 3);
    let mut tree = tree(&logs.leaves[..900], vec![]);
    logs.leaves[900..].iter().for_each(|leaf| tree.queued(*leaf));
    assert_eq!((tree.finish(), tree.size()), (vec![], 900));
    let newest = logs.leaves[999];
    let mut log = logs.logs[&newest.workspace].clone();
    assert_eq!(check(&tree, newest.workspace, &log), Ok(newest.seq));
    edit(log.rows.get_mut(&newest.seq).unwrap().body.as_mut().unwrap(), &Dice::new(7));
    assert_eq!(
        check(&tree, newest.workspace, &log),
        Err(bad(newest.workspace, newest.seq, Problem::Altered))
    );
}

#[test]
fn a_purged_log_still_verifies_and_still_shows_what_was_done_to_it() {
    let logs = Logs::generate(8, 2_000, 4);
    let tree = logs.tree();
    let workspace = workspace(2);
    let mut log = logs.logs[&workspace].clone();
    log.rows.range_mut(..=40).for_each(|(_, row)| row.body = None);
    assert_eq!(check(&tree, workspace, &log), Ok(log.head.seq));
    let hash = log.rows[&41].hash;
    log.rows.get_mut(&17).unwrap().hash = hash;
    assert_eq!(check(&tree, workspace, &log), Err(bad(workspace, 17, Problem::Altered)));
}

#[test]
fn rows_behind_the_end_and_rows_of_others_are_named() {
    let logs = Logs::generate(9, 500, 3);
    let tree = SequencedTree::new(vec![]);
    let (one, other) = (workspace(1), workspace(2));
    let mut log = logs.logs[&one].clone();
    log.head = log.head.append(log.rows[&1].body.clone().unwrap().event).unwrap().1;
    let last = log.head.seq;
    assert_eq!(check(&tree, one, &log), Err(bad(one, last, Problem::Missing)));
    let mut log = logs.logs[&one].clone();
    log.head = LogHead { seq: 3, hash: log.rows[&3].hash };
    assert_eq!(check(&tree, one, &log), Err(bad(one, 4, Problem::BeyondHead)));
    assert_eq!(check(&tree, other, &log), Err(bad(other, 1, Problem::OutOfPlace)));
    let text = bad(one, 4, Problem::BeyondHead).to_string();
    assert!(text.ends_with("entry 4 stands behind the end of the log"), "{text}");
}
