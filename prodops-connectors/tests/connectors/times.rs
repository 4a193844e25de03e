//! Commits of every date, and of nobody.

use prodops_core::fact::{CommitId, Gap};
use prodops_core::time::Timestamp;

use crate::reading::Reading;
use crate::repository::Repository;

/// A commit object with these two lines after the tree and the parent.
fn signed(repository: &Repository, author: &str, committer: &str) -> CommitId {
    let tree = repository.git(&["rev-parse", "HEAD^{tree}"]);
    let parent = repository.git(&["rev-parse", "HEAD"]);
    repository
        .commit_raw(format!("tree {tree}\nparent {parent}\n{author}\n{committer}\n\nmessage\n").as_bytes())
}

const CARL: &str = "committer Carl <carl@example.org> 1700000000 +0100";

#[tokio::test]
async fn dates_at_the_ends_of_time_are_taken_as_they_are() {
    let cases = [
        ("0 +0000", 0, 0),
        ("4291747200 +1400", 4_291_747_200, 14 * 60),
        ("-86400 +0100", -86_400, 60),
        ("1700000000 -1200", 1_700_000_000, -12 * 60),
        // No clock on earth: the instant counts, the wall clock does not.
        ("1700000000 +9900", 1_700_000_000, 0),
    ];
    let repository = Repository::with_commits(1);
    let ids = cases.map(|(time, ..)| signed(&repository, &format!("author A <a@x> {time}"), CARL));
    let reading = Reading::of(repository.path()).read().await;
    for (id, (text, seconds, offset)) in ids.into_iter().zip(cases) {
        let time = reading.seen(id).authored;
        assert_eq!((time.at.as_seconds(), time.offset_minutes), (seconds, offset), "{text}");
    }
    assert_eq!(reading.gaps(), []);
}

#[tokio::test]
async fn dates_outside_the_calendar_are_a_gap_and_cost_nothing_else() {
    let times = ["99999999999999999999 +0000", "9223372036854775807 +0000", "notatime +0000", ""];
    let repository = Repository::with_commits(1);
    let ids = times.map(|time| signed(&repository, &format!("author Ada <ada@example.org> {time}"), CARL));
    let reading = Reading::of(repository.path()).read().await;
    for (id, time) in ids.into_iter().zip(times) {
        let seen = reading.seen(id);
        assert_eq!(seen.authored.at, Timestamp::UNIX_EPOCH, "{time}");
        assert_eq!(seen.committer, (b"Carl".to_vec(), b"carl@example.org".to_vec()), "{time}");
        assert_eq!(seen.message, "message\n".len(), "{time}");
    }
    reading.holds(repository.history());
    assert_eq!(reading.gaps(), [(Gap::ImpossibleTime, 4)]);
}

#[tokio::test]
async fn a_commit_of_nobody_is_still_a_commit() {
    let repository = Repository::with_commits(1);
    let nameless = signed(&repository, "author <only@mail> 1700000000 +0000", CARL);
    let nobody = signed(&repository, "author  <> 1700000000 +0000", CARL);
    let bare_name = signed(&repository, "author just a name", CARL);
    let absent = signed(&repository, "somebody else", CARL);
    let reading = Reading::of(repository.path()).read().await;
    assert_eq!(reading.seen(nameless).author, (Vec::new(), b"only@mail".to_vec()));
    for id in [nobody, absent] {
        assert_eq!(reading.seen(id).author, (Vec::new(), Vec::new()), "{id}");
    }
    assert_eq!(reading.seen(bare_name).author.1, Vec::<u8>::new());
    for id in [nameless, nobody, bare_name, absent] {
        assert_eq!(reading.seen(id).committer.0, b"Carl", "{id}");
        assert_eq!(reading.seen(id).message, "message\n".len(), "{id}");
    }
    reading.holds(repository.history());
}
