//! Every definition, for machines and for the page that explains them.

use crate::definition::Definition;
use crate::{
    activity, breakdown, complexity, delivery, duplicates, flow, investment, knowledge, ownership, review,
    rework, survival, sustainability, volume,
};

/// Every definition, in the order in which a report gives its results.
pub static DEFINITIONS: &[&Definition] = &[
    &activity::COMMITS,
    &activity::ACTIVE_PEOPLE,
    &activity::ACTIVITY_MIX,
    &investment::INVESTMENT_MIX,
    &breakdown::WORK_BREAKDOWN,
    &breakdown::REPLACED_AGE,
    &breakdown::MOVED_LINES,
    &survival::LINE_SURVIVAL,
    &complexity::COMPLEXITY_CHANGE,
    &volume::WORK_LINES,
    &volume::CHANGE_SIZE,
    &flow::LANDING_TIME,
    &flow::BRANCH_TIME,
    &rework::REVERT_SHARE,
    &rework::BUGFIX_SHARE,
    &knowledge::BUS_FACTOR_COMMITS,
    &knowledge::KNOWLEDGE_SPREAD,
    &ownership::BUS_FACTOR_LINES,
    &sustainability::COMMIT_DAYS,
    &sustainability::COMMIT_DAYS_PER_WEEK,
    &sustainability::AFTER_HOURS,
    &delivery::DEPLOYMENT_FREQUENCY,
    &delivery::LEAD_TIME,
    &delivery::CHANGE_FAIL_RATE,
    &delivery::RECOVERY_TIME,
    &delivery::CI_SUCCESS,
    &review::PICKUP_TIME,
    &review::REVIEW_TIME,
    &review::WORK_IN_PROGRESS,
];

/// What is asked about by itself, because it looks at every file at the head; no report gives it.
pub static FILE_DEFINITIONS: &[&Definition] = &[&duplicates::DUPLICATED_LINES];

/// The definition with this id, in its newest version.
#[must_use]
pub fn definition(id: &str) -> Option<&'static Definition> {
    DEFINITIONS.iter().chain(FILE_DEFINITIONS).copied().find(|definition| definition.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_definition_can_be_found_and_says_everything() {
        let all = || DEFINITIONS.iter().chain(FILE_DEFINITIONS);
        let ids: BTreeSet<_> = all().map(|definition| definition.id).collect();
        assert_eq!(ids.len(), all().count());
        for one in all() {
            assert_eq!(definition(one.id).unwrap().key(), one.key());
            assert!(one.question.ends_with('?'), "{}", one.id);
            for text in [one.name, one.formula, one.care] {
                assert!(!text.is_empty() && !text.contains("  "), "{}: {text}", one.id);
            }
            assert!(!one.needs.is_empty(), "{}", one.id);
        }
        assert!(definition("velocity").is_none());
    }
}
