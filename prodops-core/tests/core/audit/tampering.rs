//! A hundred thousand events over fifty workspaces, and hundreds of attacks: each is named by its sequence number.

use prodops_core::audit::verify::{Finding, Problem, SequencedLeaf, SequencedTree};
use prodops_core::audit::{AuditEntry, Decision, KeptEntry, LogHead};
use prodops_core::id::{AuditEventId, WorkspaceId};

use super::world::{Dice, Log, Logs, bad, check, edge, filled, sealed, signed, tree, workspace};

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
    let found = tree.finish(Some(&edge(&logs.leaves)));
    assert_eq!((found, tree.size(), tree.signed()), (vec![], EVENTS, EVENTS));
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
        let found = tree(&leaves, logs.checkpoints.clone()).finish(Some(&edge(&leaves)));
        let from = place / 1_000 * 1_000;
        let first = leaves[usize::try_from(from).unwrap()];
        let (to, workspace, seq) = ((from + 1_000).min(5_500), first.workspace, first.seq);
        assert_eq!(found, [Finding::TreeRewritten { from, to, workspace, seq }]);
        // A leaf taken out of the middle: the next one of the same log stands where it cannot.
        let (gone, mut leaves) = (logs.leaves[index], logs.leaves.clone());
        leaves.remove(index);
        let found = tree(&leaves, logs.checkpoints.clone()).finish(Some(&edge(&leaves)));
        assert!(found.contains(&bad(gone.workspace, gone.seq, Problem::OutOfPlace)), "{found:?}");
    }
}

#[test]
fn truncation_shows_up_to_the_newest_checkpoint_kept_elsewhere() {
    let logs = Logs::generate(5, 3_500, 9);
    let elsewhere = logs.checkpoints[1].clone();
    // Everything that the store has ends before it: events, heads, leaves and checkpoints.
    let cut = |size: usize| {
        let leaves = &logs.leaves[..size];
        let own = logs.checkpoints.iter().filter(|own| own.size <= size as u64).cloned();
        let tree = SequencedTree::new(own.collect(), vec![elsewhere.clone()]);
        filled(tree, leaves).finish(Some(&edge(leaves)))
    };
    assert_eq!(cut(1_999), [Finding::TreeTruncated { size: 1_999, signed: 2_000 }]);
    assert_eq!(cut(0), [Finding::TreeTruncated { size: 0, signed: 2_000 }]);
    assert_eq!(cut(2_000), [], "what came after the newest checkpoint is in nobody's hands");
}

#[test]
fn what_waits_for_the_sequencer_is_checked_too() {
    let logs = Logs::generate(6, 1_000, 3);
    let sequenced = &logs.leaves[..900];
    let mut tree = tree(sequenced, vec![signed(sequenced)]);
    logs.leaves[900..].iter().for_each(|leaf| tree.queued(*leaf));
    assert_eq!((tree.finish(Some(&edge(sequenced))), tree.size()), (vec![], 900));
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
    let tree = SequencedTree::new(vec![], vec![]);
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

#[test]
fn own_checkpoints_that_end_before_the_tree_were_removed() {
    let logs = Logs::generate(10, 3_500, 9);
    let whole = edge(&logs.leaves);
    let (newest, older) = logs.checkpoints.split_last().unwrap();
    let found = tree(&logs.leaves, older.to_vec()).finish(Some(&whole));
    assert_eq!(found, [Finding::Unsigned { size: 3_500, signed: 3_000 }]);
    let found = tree(&logs.leaves, vec![]).finish(Some(&whole));
    assert_eq!(found, [Finding::Unsigned { size: 3_500, signed: 0 }]);
    // The sequencer goes on from the store's own: one that is kept elsewhere does not stand in for it.
    let kept = SequencedTree::new(older.to_vec(), vec![newest.clone()]);
    let found = filled(kept, &logs.leaves).finish(Some(&whole));
    assert_eq!(found, [Finding::Unsigned { size: 3_500, signed: 3_000 }]);
}

#[test]
fn a_leaf_that_is_gone_or_unreadable_is_named_by_its_index_and_nothing_behind_it_is_believed() {
    let logs = Logs::generate(11, 1_500, 5);
    let found = |missing: u64, unreadable: bool| {
        let mut tree = SequencedTree::new(logs.checkpoints.clone(), vec![]);
        let leaves = (0..).zip(logs.leaves.iter().copied()).map(|(index, leaf)| (index, Some(leaf)));
        let _ = leaves
            .filter(|(index, _)| unreadable || *index != missing)
            .all(|(index, leaf)| tree.leaf(index, leaf.filter(|_| index != missing)));
        let found = tree.finish(Some(&edge(&logs.leaves)));
        for (workspace, log) in logs.logs.iter().filter(|_| missing < 1_499) {
            assert_eq!(check(&tree, *workspace, log), Ok(log.head.seq), "one finding says it");
        }
        found
    };
    for index in [0, 1, 700, 1_000, 1_498] {
        assert_eq!(found(index, false), [Finding::Leaf { index, problem: Problem::Missing }]);
        assert_eq!(found(index, true), [Finding::Leaf { index, problem: Problem::Unreadable }]);
    }
    // The last one leaves no gap: it was signed over.
    let size = 1_499;
    let (truncated, edge) =
        (Finding::TreeTruncated { size, signed: 1_500 }, Finding::RightEdge { size, stored: Some(1_500) });
    assert_eq!(found(size, false), [truncated, edge]);
}

#[test]
fn a_right_edge_that_was_replaced_is_found_before_the_sequencer_stops_at_it() {
    let logs = Logs::generate(12, 1_500, 5);
    let found = |stored: Option<&[SequencedLeaf]>| {
        let stored = stored.map(edge);
        tree(&logs.leaves, logs.checkpoints.clone()).finish(stored.as_ref())
    };
    assert_eq!(found(Some(&logs.leaves)), []);
    let replaced = |stored| [Finding::RightEdge { size: 1_500, stored }];
    assert_eq!(found(Some(&logs.leaves[..1_000])), replaced(Some(1_000)));
    assert_eq!(found(None), replaced(None));
    let mut others = logs.leaves.clone();
    others.swap(3, 4);
    assert_eq!(found(Some(&others)), replaced(Some(1_500)));
}

#[test]
fn an_entry_that_nothing_commits_to_is_named() {
    let logs = Logs::generate(13, 1_000, 3);
    let sequenced = &logs.leaves[..900];
    let tree = tree(sequenced, vec![signed(sequenced)]);
    // The queue is gone.
    for (workspace, log) in &logs.logs {
        let committed = tree.entries_of(*workspace);
        assert!(committed < log.head.seq);
        let first = bad(*workspace, committed + 1, Problem::Uncommitted);
        assert_eq!(check(&tree, *workspace, log), Err(first));
    }
    // A log that neither the tree nor the queue has ever heard of.
    let none = SequencedTree::new(vec![], vec![]);
    let one = workspace(1);
    assert_eq!(check(&none, one, &logs.logs[&one]), Err(bad(one, 1, Problem::Uncommitted)));
}

#[test]
fn two_checkpoints_of_one_size_are_a_fork_from_the_last_one_that_nobody_disputes() {
    let logs = Logs::generate(14, 2_500, 5);
    let mut others = logs.leaves.clone();
    others.swap(2_100, 2_300);
    let elsewhere = signed(&others);
    let first = logs.leaves[2_000];
    let fork = Finding::TreeForked { from: 2_000, to: 2_500, workspace: first.workspace, seq: first.seq };
    // In either order they come, and also when the store shows the other one.
    for (own, kept) in [(logs.checkpoints.clone(), vec![elsewhere.clone()]), {
        let (newest, older) = logs.checkpoints.split_last().unwrap();
        ([older, &[elsewhere]].concat(), vec![newest.clone()])
    }] {
        let found = filled(SequencedTree::new(own, kept), &logs.leaves).finish(Some(&edge(&logs.leaves)));
        assert_eq!(found, [fork]);
    }
    let text = fork.to_string();
    assert!(
        text.starts_with("two different trees of 2500 leaves were signed, alike up to leaf 2000"),
        "{text}"
    );
}

#[test]
fn a_head_that_cannot_be_read_back_is_named() {
    let logs = Logs::generate(15, 300, 2);
    let (tree, one) = (logs.tree(), workspace(1));
    let mut check = tree.log(one);
    assert!(logs.logs[&one].rows.iter().all(|(seq, row)| check.entry(*seq, Some(row))));
    assert_eq!(check.finish(None), Err(Finding::Head { workspace: one }));
}
