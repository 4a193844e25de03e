//! A generated workspace, rich enough that every element of every page occurs.

use super::series::Series;
use crate::ui::Label;
use crate::ui::chart::{
    Bar, Bars, Bucket, Chart, Distribution, PunchCard, Share, ShareBar, SharesOverTime, Spacing, Trend,
};
use crate::ui::number::{Amount, Claim, Comparison, Measure};
use crate::ui::palette::WorkKind;
use crate::ui::view::{
    Chrome, Connect, CurrentWorkspace, DefinitionView, Definitions, Exclusion, Freshness, Note, Overview,
    Panel, PanelState, Place, Quantile, Reading, ReportHeader, ReportState, RepositoryDetails,
    RepositoryPage, RepositoryRow, Section, Span, Theme, When, WindowChoice, WindowView, WorkspaceRow,
    Workspaces,
};

/// The frame of somebody who is signed in.
pub(in crate::ui) fn chrome() -> Chrome {
    Chrome {
        theme: Theme::Auto,
        workspace: Some(CurrentWorkspace {
            slug: "local".into(),
            name: "Payments platform".into(),
            reports: true,
            integrations: true,
            audit: false,
            policies: true,
            deletion: false,
        }),
        place: Place::Overview,
        csrf: Some("0".repeat(64)),
        version: "0.1.0".into(),
    }
}

pub(super) fn when(machine: &str, text: &str) -> When {
    When { machine: machine.into(), text: text.into() }
}

pub(super) fn header() -> ReportHeader {
    ReportHeader {
        repositories: ["billing-api", "checkout-service", "design-tokens", "infrastructure"]
            .map(Label::new)
            .into(),
        window: WindowView {
            choice: WindowChoice::Days(90),
            from: "2 Mar 2026".into(),
            to: "30 May 2026".into(),
            zone: "Europe/Berlin".into(),
        },
        freshness: Some(Freshness { read: when("2026-05-31T08:04:00Z", "3\u{a0}h ago"), stale: false }),
        audience: "Local operator: no group-size limit".into(),
    }
}

fn excluded(list: &[(&str, u64)]) -> Vec<Exclusion> {
    list.iter().map(|(what, n)| Exclusion { what: (*what).into(), n: *n }).collect()
}

fn reading(amount: Amount, unit: &str, before: Option<f64>, n: u64, of: &str) -> Reading {
    let period = "the 90 days before".into();
    Reading {
        amount,
        unit: unit.into(),
        interval: None,
        quantiles: vec![],
        comparison: Comparison { now: amount, before, period, claim: Claim::Counted },
        charts: vec![],
        n,
        of: of.into(),
        excluded: excluded(&[("merges", 96), ("by bots", 41)]),
        caveat: None,
        lineage: None,
    }
}

pub(super) fn panel(id: &str, name: &str, question: &str, span: Span, reading: Reading) -> Panel {
    let state = PanelState::Known(Box::new(reading));
    Panel { id: id.into(), name: name.into(), question: question.into(), span, state }
}

fn trend(title: &str, measure: Measure, unit: &str, buckets: Vec<Bucket>) -> Chart {
    Chart::Trend(Trend {
        title: title.into(),
        measure,
        unit: unit.into(),
        buckets,
        target: None,
        tall: false,
    })
}

fn volume(seed: u64) -> Section {
    let mut series = Series::new(seed);
    let mut commits = reading(Amount::count(1284), "commits", Some(1146.0), 1284, "commits");
    commits.charts =
        vec![trend("Commits per week", Measure::Count, "commits", series.weeks(98.0, 60.0, &[4]))];
    commits.lineage = Some("/w/local/lineage/commits".into());
    commits.caveat = Some("The week of 30 Mar is unknown: one clone is shallow.".into());
    let mut people = reading(Amount::count(14), "people", Some(14.0), 14, "people");
    people.charts =
        vec![trend("Active people per week", Measure::Count, "people", series.weeks(10.0, 5.0, &[4]))];
    people.excluded = excluded(&[("bots", 2)]);
    let mut days = reading(Amount::decimal(3.4), "days a week, median", Some(3.1), 14, "people");
    days.comparison.claim = Claim::WithinChance;
    days.charts = vec![trend("Commit days per week", Measure::Decimal, "days", series.weeks(3.3, 1.2, &[4]))];
    days.excluded = vec![];
    Section {
        id: "volume".into(),
        title: "Activity".into(),
        lead: "How much reached the main line, and from how many.".into(),
        panels: vec![
            panel("commits", "Commits", "How much reached the main line?", Span::Third, commits),
            panel("active_people", "Active people", "How many people wrote commits?", Span::Third, people),
            panel(
                "commit_days",
                "Commit days",
                "On how many days a week does somebody commit?",
                Span::Third,
                days,
            ),
        ],
    }
}

pub(super) const WEIGHTS: [(WorkKind, f64); 11] = [
    (WorkKind::Feature, 412.0),
    (WorkKind::Bugfix, 254.0),
    (WorkKind::Performance, 38.0),
    (WorkKind::Refactor, 171.0),
    (WorkKind::Style, 22.0),
    (WorkKind::Docs, 96.0),
    (WorkKind::Test, 118.0),
    (WorkKind::BuildCi, 74.0),
    (WorkKind::Chore, 61.0),
    (WorkKind::Revert, 9.0),
    (WorkKind::Unclassified, 29.0),
];

pub(super) fn activity_mix(series: &mut Series) -> Reading {
    let mut mix = reading(Amount::share(412.0 / 1284.0), "new capability", Some(0.352), 1284, "commits");
    mix.comparison.claim = Claim::WithinChance;
    mix.interval = Some((0.296, 0.347));
    let share = |(kind, weight): (WorkKind, f64)| Share { kind, weight, n: weight as u64 };
    mix.charts = vec![
        Chart::ShareBar(ShareBar {
            title: "Commits by kind of work".into(),
            unit: "commits".into(),
            shares: WEIGHTS.map(share).into(),
        }),
        Chart::SharesOverTime(SharesOverTime {
            title: "Commits by kind of work, per week".into(),
            columns: series.columns(&WEIGHTS),
        }),
    ];
    mix
}

fn work(seed: u64) -> Section {
    let mut series = Series::new(seed);
    let mix = activity_mix(&mut series);
    let bar = |label: &str, value: f64, note: &str| Bar {
        label: label.into(),
        value,
        note: note.into(),
        kind: None,
    };
    let mut lines = reading(Amount::count(84_310), "lines", Some(79_200.0), 9_204, "files");
    lines.charts = vec![Chart::Bars(Bars {
        title: "Changed lines by kind of file".into(),
        measure: Measure::Count,
        whole: None,
        bars: vec![
            bar("Code", 41_830.0, "50 %"),
            bar("Tests", 22_910.0, "27 %"),
            bar("Documentation", 8_420.0, "10 %"),
            bar("Build and CI", 6_030.0, "7 %"),
            bar("Configuration", 3_240.0, "4 %"),
            bar("Other", 1_880.0, "2 %"),
        ],
    })];
    lines.excluded = excluded(&[("generated files", 312), ("lock files", 88), ("binary files", 41)]);
    let mut revert = reading(Amount::share(9.0 / 1284.0), "", Some(0.011), 1284, "commits");
    revert.interval = Some((0.0037, 0.0133));
    revert.comparison.claim = Claim::WithinChance;
    revert.charts =
        vec![trend("Share of reverts per week", Measure::Share, "", series.shares(0.008, 0.01, 0.005))];
    let mut bugfix = reading(Amount::share(254.0 / 1284.0), "", Some(0.158), 1284, "commits");
    bugfix.interval = Some((0.177, 0.2205));
    bugfix.comparison.claim = Claim::Clear;
    bugfix.charts =
        vec![trend("Share of bug fixes per week", Measure::Share, "", series.shares(0.2, 0.09, 0.06))];
    for beside_bars in [&mut revert, &mut bugfix] {
        if let Some(Chart::Trend(trend)) = beside_bars.charts.first_mut() {
            trend.tall = true;
        }
    }
    Section {
        id: "work".into(),
        title: "Work".into(),
        lead: "What kind of work it was. Unclassified is always shown.".into(),
        panels: vec![
            panel("activity_mix", "Activity mix", "What kind of work are commits?", Span::Full, mix),
            panel("work_lines", "Lines by kind of file", "Where do changed lines land?", Span::Third, lines),
            panel(
                "bugfix_share",
                "Bug fixes",
                "Which share of commits corrects behaviour?",
                Span::Third,
                bugfix,
            ),
            panel("revert_share", "Reverts", "Which share of commits is taken back?", Span::Third, revert),
        ],
    }
}

fn percentile(sorted: &[f64], part: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * part) as usize]
}

fn spread(title: &str, measure: Measure, unit: &str, dots: Vec<f64>) -> (Distribution, Vec<Quantile>) {
    let mut sorted = dots.clone();
    sorted.sort_by(f64::total_cmp);
    let at = |part| percentile(&sorted, part);
    let quantile =
        |name: &str, value| Quantile { name: name.into(), amount: Some(Amount { measure, value }) };
    let quantiles = vec![quantile("p75", at(0.75)), quantile("p90", at(0.9))];
    let spread = Distribution {
        title: title.into(),
        measure,
        unit: unit.into(),
        spacing: Spacing::Logarithmic,
        p25: at(0.25),
        p50: at(0.5),
        p75: at(0.75),
        p90: at(0.9),
        dots,
    };
    (spread, quantiles)
}

fn flow(seed: u64) -> Section {
    let mut series = Series::new(seed);
    let spread_reading = |values: (Distribution, Vec<Quantile>), unit: &str, factor: f64, of: &str| {
        let (chart, quantiles) = values;
        let amount = Amount { measure: chart.measure, value: chart.p50 };
        let mut reading = reading(amount, unit, Some(chart.p50 * factor), 1147, of);
        reading.quantiles = quantiles;
        reading.charts = vec![Chart::Distribution(chart)];
        reading.comparison.claim = Claim::Clear;
        reading
    };
    let sizes = spread("Changed lines per commit", Measure::Count, "lines", series.sizes(160, 34.0, 2.1));
    let size = spread_reading(sizes, "lines, median", 1.18, "commits");
    let landings = spread("From written to landed", Measure::Duration, "", series.sizes(160, 15_000.0, 2.3));
    let mut landing = spread_reading(landings, "", 0.8, "commits");
    landing.excluded = excluded(&[("with clocks that disagree", 3)]);
    let branches = spread("Life of a branch", Measure::Duration, "", series.sizes(96, 120_000.0, 1.6));
    let mut branch = spread_reading(branches, "", 1.3, "merges");
    branch.comparison.before = None;
    Section {
        id: "flow".into(),
        title: "Flow".into(),
        lead: "How large changes are and how long they take to land.".into(),
        panels: vec![
            panel("change_size", "Change size", "How large is a commit?", Span::Third, size),
            panel(
                "landing_time",
                "Landing time",
                "How long from written to on the main line?",
                Span::Third,
                landing,
            ),
            panel("branch_time", "Branch time", "How long does a branch live?", Span::Third, branch),
        ],
    }
}

fn team(seed: u64) -> Section {
    let mut series = Series::new(seed);
    let mut hours = reading(Amount::share(0.143), "", Some(0.121), 1284, "commits");
    hours.interval = Some((0.125, 0.163));
    hours.comparison.claim = Claim::WithinChance;
    hours.charts = vec![Chart::PunchCard(PunchCard {
        title: "Commits by weekday and hour".into(),
        unit: "commits".into(),
        cells: series.punches(),
        working: Some((9, 18)),
    })];
    hours.caveat = Some("By the offset of each author's clock: no working hours are declared here.".into());
    let mut bus = reading(Amount::count(3), "people", Some(3.0), 14, "people");
    let bar = |label: &str, value: f64| Bar { label: label.into(), value, note: String::new(), kind: None };
    bus.charts = vec![Chart::Bars(Bars {
        title: "Share of commits by the most active".into(),
        measure: Measure::Share,
        whole: Some(1.0),
        bars: vec![
            bar("One person", 0.27),
            bar("Two people", 0.44),
            bar("Three people", 0.56),
            bar("Five people", 0.74),
        ],
    })];
    let mut knowledge = reading(Amount::decimal(0.62), "of 1", Some(0.58), 2_316, "paths");
    knowledge.charts =
        vec![trend("Knowledge spread per week", Measure::Decimal, "", series.weeks(0.6, 0.1, &[]))];
    if let Some(Chart::Trend(trend)) = knowledge.charts.first_mut() {
        trend.target = Some(0.7);
    }
    knowledge.excluded = excluded(&[("generated paths", 311)]);
    Section {
        id: "team".into(),
        title: "Team".into(),
        lead: "Whether the pace can be kept, and whether knowledge is shared. Nobody is listed or ranked."
            .into(),
        panels: vec![
            panel(
                "after_hours@author-offset",
                "After hours",
                "How much work falls outside working hours?",
                Span::Half,
                hours,
            ),
            panel("bus_factor", "Bus factor", "How few people wrote half of it?", Span::Quarter, bus),
            panel(
                "knowledge_spread",
                "Knowledge spread",
                "How evenly is each path known?",
                Span::Quarter,
                knowledge,
            ),
        ],
    }
}

fn delivery() -> Section {
    let host = || Connect { what: "a code host or CI system that records deployments".into(), href: None };
    let incidents = Connect { what: "an incident tool".into(), href: Some("/w/local/integrations".into()) };
    let unknown = |id, name, question, because, connect| Panel {
        span: Span::Quarter,
        ..Panel::unknown(id, name, question, because, Some(connect))
    };
    let deployments = "no deployments have been read";
    Section {
        id: "delivery".into(),
        title: "Delivery".into(),
        lead: "The four DORA measures. Git alone does not know them.".into(),
        panels: vec![
            unknown(
                "deployment_frequency",
                "Deployment frequency",
                "How often do we deploy?",
                deployments,
                host(),
            ),
            unknown(
                "lead_time",
                "Lead time for changes",
                "How long from commit to production?",
                deployments,
                host(),
            ),
            unknown(
                "change_fail_rate",
                "Change fail rate",
                "Which share of deployments fails?",
                "no incidents have been read",
                incidents.clone(),
            ),
            unknown(
                "recovery_time",
                "Recovery time",
                "How long until a failed deployment is restored?",
                "no incidents have been read",
                incidents,
            ),
        ],
    }
}

/// The overview of a workspace with four repositories.
pub(in crate::ui) fn overview() -> Overview {
    let row = |id: &str, name: &str, commits, people, last: &str, remark: &str| RepositoryRow {
        id: id.into(),
        name: name.into(),
        commits,
        people,
        last_commit: Some(when("2026-05-30T16:41:00Z", last)),
        remark: remark.into(),
    };
    Overview {
        header: header(),
        state: ReportState::Ready,
        sync: None,
        sections: vec![volume(7), work(11), flow(5), team(3), delivery()],
        repositories: vec![
            row("a1", "billing-api", Some(512), Some(9), "2\u{a0}h ago", ""),
            row("b2", "checkout-service", Some(604), Some(11), "18\u{a0}min ago", "shallow"),
            row("c3", "design-tokens", Some(31), Some(2), "12\u{a0}d ago", ""),
            row("d4", "infrastructure", None, None, "unknown", "not read yet"),
        ],
    }
}

/// One of its repositories.
pub(in crate::ui) fn repository() -> RepositoryPage {
    let note = |what: &str, n| Note { what: what.into(), n };
    RepositoryPage {
        id: "b2".into(),
        name: "checkout-service".into(),
        header: header(),
        details: RepositoryDetails {
            branch: Some("main".into()),
            head: Some("3f9c1e07ab".into()),
            shallow: true,
            object_format: "SHA-1".into(),
            read: Some(when("2026-05-31T08:04:00Z", "31 May 2026, 10:04")),
            notes: vec![
                note("submodules", 2),
                note("files larger than 10 MiB", 5),
                note("unreadable objects", 3),
            ],
        },
        state: ReportState::Ready,
        sync: None,
        sections: vec![volume(17), work(21), flow(15), team(13), delivery()],
    }
}

/// The workspaces of somebody who belongs to two.
pub(in crate::ui) fn workspaces() -> Workspaces {
    let row = |slug: &str, name: &str, role: &str, repositories, read| WorkspaceRow {
        start: crate::ui::route::overview(slug),
        name: name.into(),
        role: role.into(),
        repositories,
        read,
    };
    let read = Some(when("2026-05-31T08:04:00Z", "3\u{a0}h ago"));
    Workspaces {
        workspaces: vec![
            row("local", "Payments platform", "owner", Some(4), read),
            row("labs", "Research prototypes", "viewer", None, None),
        ],
    }
}

/// Some definitions.
pub(in crate::ui) fn definitions() -> Definitions {
    let definition = |id: &str, name: &str, question: &str, formula: &str, statistic: &str| DefinitionView {
        id: id.into(),
        version: "1".to_owned(),
        name: name.into(),
        question: question.into(),
        formula: formula.into(),
        unit: "commits".into(),
        statistic: statistic.into(),
        null_policy: "Unknown where the window was not completely read; 0 only where it was.".into(),
        care: "Counts events, not worth. Merges and commits by bots are left out and counted apart.".into(),
    };
    Definitions {
        profile: "strict".into(),
        definitions: vec![
            definition(
                "commits",
                "Commits",
                "How much reached the main line?",
                "number of commits whose committer time lies in [from, to)",
                "count",
            ),
            definition(
                "active_people",
                "Active people",
                "How many people wrote commits?",
                "number of distinct authors of the commits in [from, to)",
                "distinct count",
            ),
            definition(
                "activity_mix",
                "Activity mix",
                "What kind of work are commits?",
                "commits of a kind ÷ classified and unclassified commits",
                "ratio with Wilson 95 % interval",
            ),
            definition(
                "change_size",
                "Change size",
                "How large is a commit?",
                "added + deleted lines without generated, vendored and lock files",
                "p50, p75, p90 of type 7",
            ),
            definition(
                "after_hours@author-offset",
                "After hours",
                "How much work falls outside working hours?",
                "commits outside Monday to Friday 9:00 to 18:00 by the author's own clock ÷ commits",
                "ratio with Wilson 95 % interval",
            ),
        ],
    }
}
