//! Single facts at the edges of what a report can say.

use prodops_core::fact::{Activity, Artefact, CommitFact, CountState, CoverageFact, Entity, RepositoryFact};
use prodops_core::time::{OffsetTimestamp, Timestamp};
use prodops_metrics::coverage::CoverageState;
use prodops_metrics::exclusion::Exclusion;
use prodops_metrics::statistic::Quantiles;
use prodops_metrics::{
    Audience, MetricResult, MetricValue, Preset, Reading, Report, ReportOptions, Unknown, Window, report,
    time_zone,
};

use crate::generate::{
    DAY, Facts, ago, change, clock, commit, commit_id, label, now, read_all, repository, repository_id,
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn window(days: u16) -> Window {
    Window::last_days(days, now(), time_zone("Europe/Berlin").unwrap()).unwrap()
}

fn of(facts: &Facts, window: &Window) -> Report {
    report(&facts.set(), window, &ReportOptions::new(now()).with_audience(Audience::LocalOperator))
}

fn find<'a>(report: &'a Report, id: &str) -> &'a MetricResult {
    report.result(id).unwrap()
}

fn count(report: &Report, id: &str) -> Option<u64> {
    match find(report, id).value() {
        Some(MetricValue::Count(count)) => Some(*count),
        _ => None,
    }
}

#[test]
fn an_empty_history_that_was_read_has_none_and_one_that_was_not_is_unknown() {
    let empty = Facts::of(Vec::new());
    let read = of(&empty, &window(30));
    assert_eq!(count(&read, "commits"), Some(0));
    assert_eq!(count(&read, "active_people"), Some(0));
    for id in ["landing_time", "branch_time", "revert_share", "activity_mix", "bus_factor_commits"] {
        assert_eq!(find(&read, id).reading, Reading::Nothing, "{id}");
    }
    assert!(read.series.commits.points.iter().all(|point| point.value == Some(0) && point.complete));

    let unread = of(&Facts { coverage: Vec::new(), lines: Vec::new(), ..empty }, &window(30));
    for result in &unread.results {
        assert!(result.unknown().is_some(), "{}", result.definition.id);
        assert_eq!(result.coverage.state, CoverageState::None);
    }
    assert_eq!(find(&unread, "commits").unknown(), Some(Unknown::NotRead { entity: Entity::Commit }));
    assert!(unread.series.commits.points.iter().all(|point| point.value.is_none()));

    let nothing = of(&Facts::default(), &window(30));
    let connect = "a git repository";
    let unknown = Unknown::NotConnected { entity: Entity::Commit, connect };
    assert_eq!(find(&nothing, "commits").unknown(), Some(unknown));
    assert_eq!(nothing.series.punch_card, Reading::Unknown(unknown));
}

#[test]
fn what_git_cannot_know_is_never_zero() {
    let report = of(&Facts::of(vec![commit(1, ago(DAY))]), &window(30));
    let expected = [
        ("deployment_frequency", Entity::Deployment),
        ("lead_time_for_changes", Entity::Deployment),
        ("change_fail_rate", Entity::Deployment),
        ("failed_deployment_recovery_time", Entity::Deployment),
        ("ci_success", Entity::PipelineRun),
        ("pickup_time", Entity::ChangeRequest),
        ("review_time", Entity::ChangeRequest),
        ("work_in_progress", Entity::WorkItem),
    ];
    for (id, entity) in expected {
        let unknown = Unknown::NotConnected { entity, connect: entity.source() };
        assert_eq!(find(&report, id).reading, Reading::Unknown(unknown), "{id}");
    }
    // With deployments but no incidents, the incidents are what is missing; with both, it is not computed yet.
    let mut facts = Facts::of(Vec::new());
    facts.coverage.push(CoverageFact { entity: Entity::Deployment, ..read_all(1) });
    let incident = Unknown::NotConnected { entity: Entity::Incident, connect: "an incident tool" };
    assert_eq!(find(&of(&facts, &window(30)), "change_fail_rate").unknown(), Some(incident));
    facts.coverage.push(CoverageFact { entity: Entity::Incident, ..read_all(1) });
    let not_computed = Unknown::NotComputed { entity: Entity::Deployment };
    assert_eq!(find(&of(&facts, &window(30)), "change_fail_rate").unknown(), Some(not_computed));
}

#[test]
fn impossible_times_are_counted_in_every_window() {
    let times = ["1970-01-01T00:00:00Z", "1989-12-31T23:59:59.999Z", "2106-02-07T06:28:15Z"];
    let mut commits: Vec<_> = (1..).zip(times).map(|(number, time)| commit(number, at(time))).collect();
    commits.push(commit(9, at("1990-01-01T00:00:00Z")));
    let facts = Facts::of(commits);
    for days in [1, 30, 365] {
        let report = of(&facts, &window(days));
        assert_eq!(count(&report, "commits"), Some(0));
        assert_eq!(find(&report, "commits").excluded.count(Exclusion::ClockAnomaly), 3);
    }
    let all = Window::preset(Preset::AllHistory, now(), time_zone("Europe/Berlin").unwrap()).unwrap();
    let report = of(&facts, &all);
    assert_eq!(count(&report, "commits"), Some(1));
    assert_eq!(report.window.from(), at("1989-12-31T23:00:00Z"));
    assert_eq!(report.window.to(), at("2026-03-30T22:00:00Z"));
}

#[test]
fn a_commit_of_2106_is_fine_in_2106() {
    let then = at("2106-02-07T12:00:00Z");
    let mut facts = Facts::of(vec![commit(1, at("2106-02-07T06:28:16Z"))]);
    facts.coverage = vec![CoverageFact { to: then, ..read_all(1) }];
    let window = Window::last_days(30, then, time_zone("UTC").unwrap()).unwrap();
    assert_eq!(count(&report(&facts.set(), &window, &ReportOptions::new(then)), "commits"), Some(1));
}

#[test]
fn a_clock_that_runs_ahead_by_less_than_a_day_is_believed() {
    let facts = Facts::of(vec![commit(1, ago(-DAY)), commit(2, ago(-DAY - 1))]);
    let all = Window::preset(Preset::AllHistory, now(), time_zone("UTC").unwrap()).unwrap();
    let report = of(&facts, &all);
    assert_eq!(count(&report, "commits"), Some(1));
    assert_eq!(find(&report, "commits").excluded.count(Exclusion::ClockAnomaly), 1);
}

#[test]
fn windows_are_half_open_over_a_change_of_clocks() {
    // In Berlin the clocks went forward on 2026-03-29: the last two days start on the 28th at 23:00 UTC.
    let inside = ["2026-03-28T23:00:00Z", "2026-03-30T21:59:59.999Z"];
    let outside = ["2026-03-28T22:59:59.999Z", "2026-03-30T22:00:00Z"];
    let all: Vec<_> = (1..).zip(inside.iter().chain(&outside)).map(|(n, time)| commit(n, at(time))).collect();
    let report = of(&Facts::of(all), &window(2));
    assert_eq!(count(&report, "commits"), Some(2));
    let values: Vec<_> = report.series.commits.points.iter().map(|point| point.value).collect();
    assert_eq!(values, [Some(1), Some(1)]);
    assert_eq!(
        find(&report, "commits").before.as_ref().map(|before| &before.value),
        Some(&MetricValue::Count(1))
    );
    let whole: Vec<_> = report.series.commits.points.iter().map(|point| point.whole).collect();
    assert_eq!(whole, [true, false]);
}

#[test]
fn landing_time_counts_zero_and_leaves_out_the_negative() {
    let landed = |number, seconds: i64| {
        let committed = ago(DAY);
        CommitFact { authored: clock(committed.plus_seconds(-seconds)), ..commit(number, committed) }
    };
    let report = of(&Facts::of(vec![landed(1, 0), landed(2, 0), landed(3, 7), landed(4, -1)]), &window(30));
    let result = find(&report, "landing_time");
    assert_eq!(result.value(), Some(&MetricValue::Durations(Quantiles { p50: 0, p75: 3, p90: 5 })));
    assert_eq!((result.n, result.excluded.count(Exclusion::ClockAnomaly)), (3, 1));
}

/// main: 1 ─ 2 ─ 6(merge of 2 and 5); branch: 1 ─ 3 ─ 5(merge of 3 and 2, inside the branch).
fn branchy() -> Facts {
    let on = |number, days: i64, parents: &[u64]| CommitFact {
        parents: parents.iter().copied().map(commit_id).collect(),
        ..commit(number, ago(days * DAY))
    };
    Facts::of(vec![on(1, 9, &[]), on(2, 5, &[1]), on(3, 7, &[1]), on(5, 4, &[3, 2]), on(6, 2, &[2, 5])])
}

#[test]
fn a_branch_lives_from_its_first_commit_to_its_merge() {
    let report = of(&branchy(), &window(30));
    let result = find(&report, "branch_time");
    let five_days = 5 * 86_400;
    assert_eq!(
        result.value(),
        Some(&MetricValue::Durations(Quantiles { p50: five_days, p75: five_days, p90: five_days }))
    );
    assert_eq!((result.n, result.excluded.count(Exclusion::OffMainline)), (1, 1));
}

#[test]
fn a_branch_whose_start_was_not_read_has_no_length() {
    let mut facts = branchy();
    facts.commits.remove(0);
    facts.repositories = vec![RepositoryFact { shallow: true, ..facts.repositories[0].clone() }];
    let report = of(&facts, &window(30));
    let result = find(&report, "branch_time");
    assert_eq!(result.unknown(), Some(Unknown::PartlyRead { entity: Entity::Commit }));
    assert_eq!(result.excluded.count(Exclusion::HistoryCut), 1);
    // A shallow history still has the commits that it has.
    assert_eq!(
        (count(&report, "commits"), find(&report, "commits").coverage.state),
        (Some(2), CoverageState::Partial)
    );
}

#[test]
fn hours_are_those_of_the_author() {
    let written = |number, time: &str, offset_minutes| CommitFact {
        authored: OffsetTimestamp { at: at(time), offset_minutes },
        ..commit(number, ago(DAY))
    };
    let facts = Facts::of(vec![
        written(1, "2026-03-27T16:59:59Z", 60),  // Friday 17:59:59
        written(2, "2026-03-27T17:00:00Z", 60),  // Friday 18:00
        written(3, "2026-03-27T07:00:00Z", 60),  // Friday 8:00
        written(4, "2026-03-27T06:59:59Z", 60),  // Friday 7:59:59
        written(5, "2026-03-29T23:30:00Z", 540), // Monday 8:30
        written(6, "2026-03-29T12:00:00Z", 0),   // Sunday
    ]);
    let report = of(&facts, &window(30));
    let Some(MetricValue::Share(share)) = find(&report, "after_hours").value() else { panic!("a share") };
    assert_eq!((share.numerator(), share.denominator()), (3, 6));
    let card = report.series.punch_card.value().unwrap();
    assert_eq!((card.cells[4][17], card.cells[4][18], card.cells[0][8], card.cells[6][12]), (1, 1, 1, 1));
}

#[test]
fn machine_written_lines_stand_apart() {
    let changes = vec![
        change(1, Artefact::Code, CountState::Counted, 10, 2),
        change(2, Artefact::Lock, CountState::Counted, 900, 800),
        change(3, Artefact::Docs, CountState::Counted, 1, 0),
        change(4, Artefact::Data, CountState::Binary, 0, 0),
    ];
    let report = of(&Facts::of(vec![CommitFact { changes, ..commit(1, ago(DAY)) }]), &window(30));
    let result = find(&report, "work_lines");
    let Some(MetricValue::Lines(lines)) = result.value() else { panic!("lines") };
    assert_eq!((lines.total().added, lines.total().deleted, result.n), (11, 2, 2));
    assert_eq!(lines.separated[&Artefact::Lock].added, 900);
    assert_eq!((result.excluded.count(Exclusion::Lock), result.excluded.count(Exclusion::Binary)), (1, 1));
    let size = find(&report, "change_size").value().and_then(MetricValue::headline);
    assert_eq!(size, Some(13.0));
}

#[test]
fn an_unsure_label_is_unclassified() {
    let labelled = |number, probability| CommitFact {
        label: Some(label(Activity::Revert, probability)),
        ..commit(number, ago(DAY))
    };
    let report =
        of(&Facts::of(vec![labelled(1, 0.5), labelled(2, 0.4999), commit(3, ago(DAY))]), &window(30));
    let result = find(&report, "revert_share");
    assert_eq!((result.n, result.excluded.count(Exclusion::Unclassified)), (1, 2));
}

#[test]
fn a_commit_that_two_repositories_hold_counts_once() {
    let mut facts = Facts::of(vec![commit(1, ago(DAY))]);
    facts.repositories.push(repository(2));
    facts.coverage.push(read_all(2));
    facts.commits.push(CommitFact { repository: repository_id(2), ..commit(1, ago(DAY)) });
    let report = of(&facts, &window(30));
    assert_eq!(count(&report, "commits"), Some(1));
    assert_eq!(find(&report, "commits").excluded.count(Exclusion::Duplicate), 1);
}

#[test]
fn weeks_without_commits_count_as_weeks() {
    // Monday 2026-03-02 to Monday 2026-03-30: four weeks, two active days in the first of them.
    let zone = time_zone("UTC").unwrap();
    let march = Window::between(at("2026-03-02T00:00:00Z"), at("2026-03-30T00:00:00Z"), zone).unwrap();
    let commits = vec![commit(1, at("2026-03-02T00:00:00Z")), commit(2, at("2026-03-08T23:59:59Z"))];
    let report = of(&Facts::of(commits), &march);
    let result = find(&report, "commit_days_per_week");
    assert_eq!(result.value(), Some(&MetricValue::Percentiles(Quantiles { p50: 0.0, p75: 0.5, p90: 1.4 })));
    let Some(MetricValue::Share(days)) = find(&report, "commit_days").value() else { panic!("a share") };
    assert_eq!((days.numerator(), days.denominator()), (2, 28));
}

#[test]
fn a_result_says_how_far_the_oldest_read_reached() {
    let mut facts = Facts::of(vec![commit(1, ago(DAY))]);
    facts.repositories.push(repository(2));
    facts.coverage.push(CoverageFact { to: ago(3_600_000), ..read_all(2) });
    let report = of(&facts, &window(30));
    assert_eq!((report.as_of, find(&report, "commits").as_of), (ago(3_600_000), ago(3_600_000)));
    assert_eq!(find(&report, "commits").coverage.state, CoverageState::Complete);
    facts.coverage[1].to = ago(3 * DAY);
    let coverage = find(&of(&facts, &window(30)), "commits").coverage.clone();
    assert_eq!((coverage.state, coverage.complete, coverage.repositories), (CoverageState::Partial, 1, 2));
}
