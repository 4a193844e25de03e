//! Section 1: metrics come from the workspace's own facts, and anybody can count them again.

use prodops::core::fact::Entity;
use prodops::metrics::exclusion::Exclusion;
use prodops::metrics::{MetricResult, MetricValue, Unknown};

use crate::place::{Place, tenant};
use crate::repository::{Repository, history};

/// People's commits: the program among the authors is left out.
const PEOPLE: &[&str] = &["--perl-regexp", "--author=^(?!renovate)"];

fn count(repository: &Repository, arguments: &[&str]) -> u64 {
    let all = [&["rev-list", "--count", "main"], arguments].concat();
    repository.git(&all, b"").trim().parse().unwrap()
}

/// Files changed, lines added, lines deleted, as git counts them.
fn lines(repository: &Repository, paths: &[&str]) -> (u64, u64, u64) {
    let log = ["log", "--numstat", "--no-renames", "--no-merges", "--full-history", "--format=", "main"];
    let text = repository.git(&[&log, PEOPLE, &["--"], paths].concat(), b"");
    let number = |text: Option<&str>| text.unwrap().parse::<u64>().unwrap();
    text.lines().filter(|line| !line.is_empty()).fold((0, 0, 0), |(files, added, deleted), line| {
        let mut columns = line.split('\t');
        (files + 1, added + number(columns.next()), deleted + number(columns.next()))
    })
}

#[tokio::test]
async fn p1_1_a_recount_with_git_gives_the_numbers_of_the_report() {
    let place = Place::new();
    let repository = place.repository("api", &history(240));
    let one = tenant(&place.engine().await, "one").await;
    one.read(&repository).await;
    let report = one.report().await;

    let commits = report.result("commits").unwrap();
    let work = count(&repository, &[&["--no-merges"], PEOPLE].concat());
    let merges = count(&repository, &[&["--merges"], PEOPLE].concat());
    let bots = count(&repository, &["--author=^renovate"]);
    assert_eq!(commits.value(), Some(&MetricValue::Count(work)));
    assert_eq!(commits.excluded.count(Exclusion::Merge), merges);
    assert_eq!(commits.excluded.count(Exclusion::Bot), bots);
    assert_eq!(work + merges + bots, 240);
    assert!(work > 100 && merges > 10 && bots > 10, "the history shows each kind");

    let authors = [&["shortlog", "--summary", "--email", "main"], PEOPLE].concat();
    let mut addresses: Vec<String> = repository
        .git(&authors, b"")
        .lines()
        .map(|line| line.split('<').next_back().unwrap().to_owned())
        .collect();
    addresses.sort();
    addresses.dedup();
    let people = report.result("active_people").unwrap();
    assert_eq!(people.value(), Some(&MetricValue::Count(addresses.len() as u64)));

    let Some(MetricValue::Lines(found)) = report.result("work_lines").unwrap().value() else {
        panic!("lines were read")
    };
    let total = found.total();
    let expected = lines(&repository, &[".", ":(exclude)Cargo.lock"]);
    assert_eq!((total.files, total.added, total.deleted), expected);
    let separated: Vec<_> = found.separated.values().map(|l| (l.files, l.added, l.deleted)).collect();
    assert_eq!(separated, [lines(&repository, &["Cargo.lock"])]);
}

#[tokio::test]
async fn p1_1_what_was_not_read_is_unknown_and_not_zero() {
    let place = Place::new();
    let one = tenant(&place.engine().await, "one").await;
    let nothing_read = one.report().await;
    one.read(&place.repository("api", &history(24))).await;
    let read = one.report().await;
    for result in nothing_read.results.iter() {
        assert!(result.value().is_none(), "{result:?}");
    }
    let elsewhere = |result: &&MetricResult| !result.definition.needs.contains(&Entity::Commit);
    let (mut without_source, mut seen) = (read.results.iter().filter(elsewhere), 0);
    assert!(without_source.all(|result| {
        seen += 1;
        matches!(result.unknown(), Some(Unknown::NotConnected { .. }))
    }));
    assert!(seen > 0, "some definitions need more than commits");
    // Each number names the definition that it follows, in its version.
    assert!(read.results.iter().all(|result| !result.definition.version.is_empty()));
    assert!(read.result("commits").unwrap().value().is_some());
}
