//! Properties over random sets of facts.

use std::collections::{BTreeMap, BTreeSet};

use prodops_core::fact::{Artefact, CommitFact};
use prodops_metrics::bucket::MAX_BUCKETS;
use prodops_metrics::definition::NullPolicy;
use prodops_metrics::investment::commits_behind;
use prodops_metrics::series::{Point, Series};
use prodops_metrics::value::{ActivityClass, LineWork, Lines};
use prodops_metrics::{
    Audience, DEFINITIONS, MetricResult, MetricValue, Reading, Report, ReportOptions, Scope, Unknown, Window,
    report,
};
use proptest::prelude::*;

use crate::generate::{Facts, facts, now, window};
use crate::oracle::{Days, Expected, Oracle, Reasons};

/// More where they are quick; `PROPTEST_CASES` does not bind here.
fn cases(release: u32) -> ProptestConfig {
    let cases = if cfg!(debug_assertions) { release / 40 } else { release };
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

fn local() -> ReportOptions {
    ReportOptions::new(now()).with_audience(Audience::LocalOperator)
}

fn plain(value: &MetricValue) -> Expected {
    let lines = |map: &BTreeMap<Artefact, Lines>| {
        map.iter().map(|(kind, sum)| (*kind, (sum.files, sum.added, sum.deleted))).collect()
    };
    match value {
        MetricValue::Count(count) => Expected::Count(*count),
        MetricValue::Share(share) => Expected::Share(share.numerator(), share.denominator()),
        MetricValue::Percentiles(q) => {
            Expected::Percentiles([q.p50, q.p75, q.p90].map(|value| (value * 100.0).round() as u128))
        }
        MetricValue::Durations(q) => Expected::Percentiles([q.p50, q.p75, q.p90].map(u128::from)),
        MetricValue::Mix(mix) => {
            let counts = ActivityClass::all().map(|class| (class.as_str().to_owned(), mix.count(class)));
            Expected::Mix(counts.filter(|(_, count)| *count > 0).collect())
        }
        MetricValue::Effort(mix) => {
            let days =
                ActivityClass::all().map(|class| (class.as_str().to_owned(), Days(mix.person_days(class))));
            Expected::Effort(days.filter(|(_, days)| days.0 > 0.0).collect())
        }
        MetricValue::Breakdown(lines) => Expected::Breakdown(LineWork::ALL.map(|kind| lines.lines(kind))),
        MetricValue::Complexity(change) => {
            let points = ActivityClass::all().map(|class| (class.as_str().to_owned(), change.of(class)));
            let points = points.map(|(class, points)| (class, (points.raised, points.lowered)));
            Expected::Complexity(points.filter(|(_, sum)| *sum != (0, 0)).collect())
        }
        MetricValue::Lines(sums) => Expected::Lines(lines(&sums.handwritten), lines(&sums.separated)),
        other => panic!("no expectation for {other:?}"),
    }
}

/// Whether it is a zero that says that nothing happened.
fn says_none(value: &Expected) -> bool {
    match value {
        Expected::Count(count) => *count == 0,
        Expected::Share(part, _) => *part == 0,
        Expected::Lines(handwritten, _) => {
            handwritten.values().all(|(_, added, deleted)| added + deleted == 0)
        }
        Expected::Complexity(kinds) => kinds.is_empty(),
        Expected::Percentiles(_) | Expected::Mix(_) | Expected::Effort(_) | Expected::Breakdown(_) => false,
    }
}

fn reads_files(id: &str) -> bool {
    matches!(
        id,
        "work_lines"
            | "change_size"
            | "knowledge_spread"
            | "work_breakdown"
            | "replaced_age"
            | "moved_lines"
            | "line_survival"
            | "complexity_change"
    )
}

fn check(result: &MetricResult, oracle: &Oracle<'_>, asked: &Window, listed: bool) {
    let id = result.definition.id;
    if id == "bus_factor_lines" {
        return check_lines(result, oracle, listed);
    }
    let answer = match id {
        "line_survival" => {
            let (answer, known) = oracle.survival();
            if !known {
                assert!(result.value().is_none() && result.unknown().is_some(), "{id}: {result:?}");
                return;
            }
            answer
        }
        _ => match oracle.answer(id) {
            Some(answer) => answer,
            None => {
                return assert!(result.value().is_none() && result.unknown().is_some(), "{id}: {result:?}");
            }
        },
    };
    let excluded: Reasons = result.excluded.iter().map(|(reason, count)| (reason.as_str(), count)).collect();
    assert_eq!((result.n, &excluded), (answer.n, &answer.excluded), "{id}");
    let durations = |value: Expected| match value {
        Expected::Percentiles(hundredfold) if id.ends_with("_time") || id == "replaced_age" => {
            Expected::Percentiles(hundredfold.map(|value| value / 100))
        }
        other => other,
    };
    let value = answer.value.map(durations);
    let read = oracle.was_read(asked.from(), asked.to(), reads_files(id));
    let complete_only = result.definition.null_policy == NullPolicy::CompleteOnly;
    match (read, value) {
        (None, _) if !listed => {
            assert!(matches!(result.unknown(), Some(Unknown::NotConnected { .. })), "{id}")
        }
        (None, _) => assert!(matches!(result.unknown(), Some(Unknown::NotRead { .. })), "{id}"),
        (Some(true), None) => assert_eq!(result.reading, Reading::Nothing, "{id}"),
        (Some(false), Some(value)) if !complete_only && !says_none(&value) => {
            assert_eq!(result.value().map(plain), Some(value), "{id}");
        }
        (Some(false), _) => assert!(matches!(result.unknown(), Some(Unknown::PartlyRead { .. })), "{id}"),
        (Some(true), Some(value)) => assert_eq!(result.value().map(plain), Some(value), "{id}"),
    }
}

/// Of the lines that are left it is asked whatever the window.
fn check_lines(result: &MetricResult, oracle: &Oracle<'_>, listed: bool) {
    let Some((left, excluded)) = oracle.lines_left().filter(|_| listed) else {
        assert!(result.value().is_none() && result.unknown().is_some(), "{result:?}");
        return;
    };
    let reasons: Reasons = result.excluded.iter().map(|(reason, count)| (reason.as_str(), count)).collect();
    assert_eq!((result.n, reasons), (left.values().sum(), excluded));
    let (mut lines, mut k): (Vec<u64>, u64) = (left.values().copied().collect(), 0);
    let mut rest: u64 = lines.iter().sum();
    let half = rest;
    lines.sort_unstable();
    // One after the other goes, until no more than half is left.
    while 2 * rest >= half
        && let Some(most) = lines.pop()
    {
        rest -= most;
        k += 1;
    }
    let expected = if half > 0 { Reading::Value(MetricValue::Count(k)) } else { Reading::Nothing };
    assert_eq!(result.reading, expected);
}

fn check_points<T>(
    series: &Series<T>,
    window: &Window,
    oracle: &Oracle<'_>,
    files: bool,
    same: impl Fn(&Point<T>) -> bool,
) {
    let points = &series.points;
    assert!(!points.is_empty() && points.len() <= MAX_BUCKETS);
    assert_eq!((points[0].from, points[points.len() - 1].to), (window.from(), window.to()));
    assert!(points.windows(2).all(|pair| pair[0].to == pair[1].from));
    let (work, _) = oracle.work();
    for point in points {
        assert!(point.from < point.to);
        let read = oracle.was_read(point.from, point.to, files);
        let found =
            work.iter().any(|commit| commit.committed.at >= point.from && commit.committed.at < point.to);
        let known = read == Some(true) || (read == Some(false) && found);
        assert_eq!((point.value.is_some(), point.complete), (known, read == Some(true)));
        assert!(point.value.is_none() || same(point));
    }
}

fn check_series(report: &Report, facts: &Facts) {
    let oracle = |point: (_, _)| {
        let window = Window::between(point.0, point.1, report.window.zone().clone()).unwrap();
        Oracle::new(facts, window, now())
    };
    let whole = Oracle::new(facts, report.window.clone(), now());
    let series = &report.series;
    check_points(&series.commits, &report.window, &whole, false, |point| {
        let answer = oracle((point.from, point.to)).answer("commits").unwrap();
        point.value.map(Expected::Count) == answer.value
    });
    check_points(&series.activity, &report.window, &whole, false, |point| {
        let answer = oracle((point.from, point.to)).answer("activity_mix").unwrap();
        let mix = point.value.clone().map(|mix| plain(&MetricValue::Mix(mix)));
        mix == answer.value.or(Some(Expected::Mix(BTreeMap::new())))
    });
    check_points(&series.investment, &report.window, &whole, false, |point| {
        let answer = oracle((point.from, point.to)).answer("investment_mix").unwrap();
        let mix = point.value.clone().map(|mix| plain(&MetricValue::Effort(mix)));
        mix == answer.value.or(Some(Expected::Effort(BTreeMap::new())))
    });
    check_points(&series.breakdown, &report.window, &whole, true, |point| {
        let answer = oracle((point.from, point.to)).answer("work_breakdown").unwrap();
        let lines = point.value.clone().map(|lines| plain(&MetricValue::Breakdown(lines)));
        lines == answer.value.or(Some(Expected::Breakdown([0; 4])))
    });
    check_points(&series.lines, &report.window, &whole, true, |point| {
        let answer = oracle((point.from, point.to)).answer("work_lines").unwrap();
        let Some(Expected::Lines(handwritten, _)) = answer.value else { return false };
        let sums = point.value.iter().flatten();
        handwritten == sums.map(|(kind, sum)| (*kind, (sum.files, sum.added, sum.deleted))).collect()
    });
    let card = series.punch_card.value();
    let hours = report.result("after_hours").unwrap();
    assert_eq!(card.map(|card| card.n), hours.value().map(|_| hours.n).or(card.map(|_| hours.n)));
    assert!(card.is_none_or(|card| card.cells.iter().flatten().sum::<u64>() == card.n));
    let evenings = card.map(|card| {
        let week = card.cells[..5].iter().map(|day| day[..8].iter().chain(&day[18..]).sum::<u64>());
        week.chain(card.cells[5..].iter().map(|day| day.iter().sum())).sum::<u64>()
    });
    if let Some(MetricValue::Share(share)) = hours.value() {
        assert_eq!(evenings, Some(share.numerator()));
    }
}

proptest! {
    #![proptest_config(cases(8000))]

    #[test]
    fn every_definition_equals_its_formula(facts in facts(), window in window()) {
        let report = report(&facts.set(), &window, &local());
        let oracle = Oracle::new(&facts, report.window.clone(), now());
        prop_assert_eq!(report.results.len(), DEFINITIONS.len());
        for result in &report.results {
            check(result, &oracle, &window, !facts.repositories.is_empty());
        }
    }
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn every_chart_equals_its_formula(facts in facts(), window in window()) {
        check_series(&report(&facts.set(), &window, &local()), &facts);
    }

    #[test]
    fn behind_every_share_stand_its_commits(facts in facts(), window in window()) {
        let report = report(&facts.set(), &window, &local());
        let (work, _) = Oracle::new(&facts, report.window.clone(), now()).work();
        let mut found = BTreeSet::new();
        for class in ActivityClass::all() {
            let behind = commits_behind(&facts.set(), &window, &local(), class);
            prop_assert!(behind.is_sorted_by(|one, next| one.committed.at >= next.committed.at));
            prop_assert!(behind.iter().all(|commit| ActivityClass::of(commit.label.as_ref()) == class));
            found.extend(behind.iter().map(|commit| (commit.repository, commit.id)));
        }
        prop_assert_eq!(found, work.iter().map(|commit| (commit.repository, commit.id)).collect());
    }

    #[test]
    fn the_order_of_facts_means_nothing(facts in facts(), window in window(), turn in 0..64usize) {
        let mut turned = facts.clone();
        let by = |length: usize| if length == 0 { 0 } else { turn % length };
        turned.commits.rotate_left(by(facts.commits.len()));
        turned.coverage.rotate_left(by(facts.coverage.len()));
        turned.repositories.reverse();
        prop_assert_eq!(report(&facts.set(), &window, &local()), report(&turned.set(), &window, &local()));
    }

    #[test]
    fn one_repository_is_a_fact_set_of_one(facts in facts(), window in window()) {
        for repository in &facts.repositories {
            let alone = Facts { repositories: vec![repository.clone()], ..facts.clone() };
            let scoped = report(&facts.set(), &window, &local().with_scope(Scope::Repository(repository.id)));
            prop_assert_eq!(scoped.results, report(&alone.set(), &window, &local()).results);
        }
    }

    #[test]
    fn the_comparison_is_the_report_of_the_window_before(facts in facts(), window in window()) {
        let now_report = report(&facts.set(), &window, &local());
        let Some(previous) = window.previous() else {
            prop_assert!(now_report.results.iter().all(|result| result.before.is_none()));
            return Ok(());
        };
        let then_report = report(&facts.set(), &previous, &local());
        let reads = Oracle::new(&facts, window.clone(), now());
        for (now, then) in now_report.results.iter().zip(&then_report.results) {
            if matches!(now.definition.id, "bus_factor_lines" | "line_survival") {
                prop_assert!(now.before.is_none(), "it speaks of the head");
                continue;
            }
            let files = reads_files(now.definition.id);
            let both = [&window, &previous].iter().all(|window| {
                reads.was_read(window.from(), window.to(), files) == Some(true)
            });
            let expected = then.value().filter(|_| both && now.value().is_some());
            prop_assert_eq!(now.before.as_ref().map(|before| &before.value), expected);
        }
    }

    #[test]
    fn facts_that_no_git_would_make_do_no_harm(mut facts in facts(), window in window(), turn in 1..9usize) {
        // Parents in circles, and the same commit twice.
        let ids: Vec<_> = facts.commits.iter().map(|commit| commit.id).collect();
        for (index, commit) in facts.commits.iter_mut().enumerate() {
            if let Some(parent) = commit.parents.first_mut() {
                *parent = ids[(index + turn) % ids.len()];
            }
        }
        facts.commits.extend(facts.commits.clone().into_iter().step_by(turn));
        let report = report(&facts.set(), &window, &local());
        let commits = report.result("commits").unwrap();
        let out: u64 = commits.excluded.iter().map(|(_, count)| count).sum();
        // Of a commit that two repositories give two instants, the first one counts, and its window may be another one.
        let agreed = |commit: &CommitFact| {
            facts.commits.iter().all(|other| other.id != commit.id || other.committed.at == commit.committed.at)
        };
        let inside = facts.commits.iter().filter(|commit| {
            let listed = facts.repositories.iter().any(|one| one.id == commit.repository);
            listed && report.window.contains(commit.committed.at) && agreed(commit)
        });
        let inside: BTreeSet<_> = inside.map(|commit| commit.id).collect();
        // Whatever lies in the window is either counted or left out for a reason.
        prop_assert!(commits.n + out >= inside.len() as u64);
    }
}
