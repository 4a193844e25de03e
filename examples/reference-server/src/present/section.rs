//! Which panels stand together, and how wide each is. Every row of four quarters is full.

use prodops::metrics::{MetricResult, Report};

use super::panel::panel;
use crate::ui::view::{Section, Span};

struct Group {
    id: &'static str,
    title: &'static str,
    lead: &'static str,
    panels: &'static [(&'static str, Span)],
}

const GROUPS: &[Group] = &[
    Group {
        id: "activity",
        title: "Activity",
        lead: "What is worked on, and how much.",
        panels: &[
            ("commits", Span::Half),
            ("active_people", Span::Quarter),
            ("change_size", Span::Quarter),
            ("activity_mix", Span::Full),
        ],
    },
    Group {
        id: "flow",
        title: "Flow",
        lead: "Where the work goes, and how long changes wait.",
        panels: &[
            ("work_lines", Span::Half),
            ("landing_time", Span::Quarter),
            ("branch_time", Span::Quarter),
        ],
    },
    Group {
        id: "quality",
        title: "Quality and knowledge",
        lead: "Early signs, not verdicts: how much is done over, and on how many shoulders it rests.",
        panels: &[
            ("revert_share", Span::Quarter),
            ("bugfix_share", Span::Quarter),
            ("bus_factor_commits", Span::Quarter),
            ("bus_factor_lines", Span::Quarter),
            ("knowledge_spread", Span::Full),
        ],
    },
    Group {
        id: "sustainability",
        title: "Sustainability",
        lead: "Whether the pace can be kept.",
        panels: &[
            ("commit_days", Span::Quarter),
            ("commit_days_per_week", Span::Quarter),
            ("after_hours", Span::Half),
        ],
    },
];

/// What has a page of its own.
const ELSEWHERE: &[&str] = &[
    "investment_mix",
    "work_breakdown",
    "moved_lines",
    "line_survival",
    "replaced_age",
    "complexity_change",
];

/// The panels of a report. What no group names comes last: what git alone cannot know.
#[must_use]
pub fn sections(report: &Report, reading: bool) -> Vec<Section> {
    let show = |result: &MetricResult, span| panel(result, span, report, reading);
    let mut sections: Vec<Section> = GROUPS
        .iter()
        .map(|group| {
            let panels = group.panels.iter().filter_map(|(id, span)| Some(show(report.result(id)?, *span)));
            section(group.id, group.title, group.lead, panels.collect())
        })
        .collect();
    let grouped = |id: &str| {
        ELSEWHERE.contains(&id)
            || GROUPS.iter().any(|group| group.panels.iter().any(|(known, _)| *known == id))
    };
    let rest = report.results.iter().filter(|result| !grouped(result.definition.id));
    sections.push(section(
        "delivery",
        "Delivery and review",
        "How changes reach their users. A git history alone does not know; nothing here is shown as 0.",
        rest.map(|result| show(result, Span::Quarter)).collect(),
    ));
    sections
}

fn section(id: &str, title: &str, lead: &str, panels: Vec<crate::ui::view::Panel>) -> Section {
    Section { id: id.to_owned(), title: title.to_owned(), lead: lead.to_owned(), panels }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_grouped_panel_is_a_definition_and_stands_once() {
        let mut ids: Vec<&str> = GROUPS.iter().flat_map(|group| group.panels).map(|(id, _)| *id).collect();
        assert!(ids.iter().all(|id| prodops::metrics::definition(id).is_some()));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), GROUPS.iter().map(|group| group.panels.len()).sum::<usize>());
    }
}
