//! Labels as they stand after everything that is known of a repository.

use std::collections::BTreeMap;

use prodops_core::fact::{ActivityLabel, AssignedLabel, Assigner, CommitFact, CommitId, LabelSource};

use super::classifier::from_model;
use super::distribution::ActivityDistribution;
use super::prior::RepositoryPrior;

/// Gives the commits of *one* repository, in any order, the labels that stand.
///
/// What a person assigned stands before everything. What an AI provider assigned stands where the facts have the model's
/// label. The model's own labels are moved towards the habits of the repository, learned from what was declared or
/// corrected in commits that were committed *earlier*: a label does not change when later commits come.
///
/// ```
/// use prodops_classify::settle_labels;
/// # use prodops_core::fact::{Activity, AssignedLabel, Assigner, CommitFact, LabelSource, Probability};
/// # fn corrected(mut commits: Vec<CommitFact>, at: prodops_core::time::Timestamp) {
/// let correction = AssignedLabel {
///     repository: commits[0].repository,
///     commit: commits[0].id,
///     by: Assigner::Person,
///     activity: Activity::Chore,
///     probability: Probability::ONE,
///     at,
/// };
/// settle_labels(&mut commits, &[correction]);
/// assert_eq!(commits[0].label.map(|label| label.source), Some(LabelSource::Person));
/// # }
/// ```
pub fn settle_labels(commits: &mut [CommitFact], assigned: &[AssignedLabel]) {
    let assigned: BTreeMap<(CommitId, Assigner), &AssignedLabel> =
        assigned.iter().map(|row| ((row.commit, row.by), row)).collect();
    let mut prior = RepositoryPrior::default();
    let mut in_order: Vec<&mut CommitFact> = commits.iter_mut().collect();
    in_order.sort_by_key(|commit| (commit.committed.at, commit.id));
    for commit in in_order {
        let of = |by| assigned.get(&(commit.id, by)).copied();
        commit.label = commit.label.map(|label| match (of(Assigner::Person), of(Assigner::Ai)) {
            (Some(person), _) => assigned_label(person, label),
            (None, Some(ai)) if label.source == LabelSource::Model => assigned_label(ai, label),
            _ => habitual(label, commit, &prior),
        });
        learn(&mut prior, commit);
    }
}

/// An assigned label, with what would stand without it as the runner-up.
fn assigned_label(row: &AssignedLabel, instead_of: ActivityLabel) -> ActivityLabel {
    ActivityLabel {
        label: row.activity,
        probability: row.probability,
        second: Some(instead_of.label).filter(|label| *label != row.activity).or(instead_of.second),
        source: row.by.source(),
        declared: instead_of.declared,
    }
}

fn habitual(label: ActivityLabel, commit: &CommitFact, prior: &RepositoryPrior) -> ActivityLabel {
    match commit.model {
        // Below that the label stays as it was given, to the last digit.
        Some(shares) if label.source == LabelSource::Model && prior.labels() >= RepositoryPrior::FEWEST => {
            from_model(&prior.adjust(&ActivityDistribution::from(shares)))
        }
        _ => label,
    }
}

/// People know what a commit is: its author, and whoever corrects a label.
fn learn(prior: &mut RepositoryPrior, commit: &CommitFact) {
    if let (Some(label), Some(shares)) = (commit.label, commit.model)
        && matches!(label.source, LabelSource::Declared | LabelSource::Person)
    {
        prior.observe(&ActivityDistribution::from(shares), label.label);
    }
}

#[cfg(test)]
mod tests {
    use prodops_core::fact::{Activity, ActivityShares, CommitWork, Probability};
    use prodops_core::id::RepositoryId;
    use prodops_core::time::{OffsetTimestamp, Timestamp};

    use super::*;

    fn commit(number: u8, source: LabelSource, activity: Activity) -> CommitFact {
        let at = Timestamp::from_seconds(i64::from(number)).unwrap();
        let time = OffsetTimestamp { at, offset_minutes: 0 };
        let probability = Probability::from_f64(0.5);
        CommitFact {
            repository: RepositoryId::from_bytes([1; 16]),
            id: CommitId::Sha1([number; 20]),
            parents: Vec::new(),
            author: None,
            authored: time,
            committer: None,
            committed: time,
            bot: false,
            label: Some(ActivityLabel { label: activity, probability, second: None, source, declared: None }),
            model: (source != LabelSource::Rule).then_some(ActivityShares([Probability::from_f64(0.1); 10])),
            changes: Vec::new(),
            work: CommitWork::default(),
        }
    }

    fn by(by: Assigner, commit: &CommitFact, activity: Activity) -> AssignedLabel {
        let (repository, commit, at) = (commit.repository, commit.id, commit.committed.at);
        AssignedLabel { repository, commit, by, activity, probability: Probability::ONE, at }
    }

    fn labels(commits: &[CommitFact]) -> Vec<(Activity, LabelSource)> {
        commits.iter().filter_map(|commit| commit.label).map(|label| (label.label, label.source)).collect()
    }

    #[test]
    fn a_person_stands_before_everybody_and_a_provider_before_the_model_only() {
        let sources = [LabelSource::Declared, LabelSource::Rule, LabelSource::Model, LabelSource::Model];
        let mut commits: Vec<_> =
            (0..).zip(sources).map(|(n, source)| commit(n, source, Activity::Test)).collect();
        let mut assigned: Vec<_> =
            commits.iter().map(|commit| by(Assigner::Ai, commit, Activity::Docs)).collect();
        assigned.push(by(Assigner::Person, &commits[1], Activity::Chore));
        assigned.push(by(Assigner::Person, &commits[3], Activity::Chore));
        settle_labels(&mut commits, &assigned);
        let expected = [
            (Activity::Test, LabelSource::Declared),
            (Activity::Chore, LabelSource::Person),
            (Activity::Docs, LabelSource::Ai),
            (Activity::Chore, LabelSource::Person),
        ];
        assert_eq!(labels(&commits), expected);
        assert_eq!(commits[1].label.unwrap().second, Some(Activity::Test));
    }

    #[test]
    fn habits_are_those_of_earlier_commits_whatever_the_order_they_come_in() {
        let fewest = u8::try_from(RepositoryPrior::FEWEST).unwrap();
        let mut commits: Vec<_> =
            (1..=fewest).map(|n| commit(n, LabelSource::Declared, Activity::Style)).collect();
        commits.push(commit(fewest, LabelSource::Model, Activity::Bugfix));
        commits.push(commit(0, LabelSource::Model, Activity::Bugfix));
        commits.push(commit(fewest + 1, LabelSource::Model, Activity::Bugfix));
        commits[usize::from(fewest)].id = CommitId::Sha1([0; 20]);
        let mut reversed = commits.clone();
        reversed.reverse();
        settle_labels(&mut commits, &[]);
        settle_labels(&mut reversed, &[]);
        reversed.reverse();
        assert_eq!(labels(&commits), labels(&reversed));
        let late = &labels(&commits)[usize::from(fewest)..];
        // The first stands before the last of the labels that are needed, the second before all of them.
        assert_eq!(
            late.iter().map(|one| one.0).collect::<Vec<_>>(),
            [Activity::Bugfix, Activity::Bugfix, Activity::Style]
        );
    }

    #[test]
    fn a_correction_is_learned_from_and_a_providers_answer_is_not() {
        let fewest = u8::try_from(RepositoryPrior::FEWEST).unwrap();
        let of = |assigner| {
            let mut commits: Vec<_> =
                (0..=fewest).map(|n| commit(n, LabelSource::Model, Activity::Bugfix)).collect();
            let (_, earlier) = commits.split_last().unwrap();
            let assigned: Vec<_> =
                earlier.iter().map(|commit| by(assigner, commit, Activity::Style)).collect();
            settle_labels(&mut commits, &assigned);
            labels(&commits).pop().unwrap().0
        };
        assert_eq!((of(Assigner::Person), of(Assigner::Ai)), (Activity::Style, Activity::Bugfix));
    }

    #[test]
    fn merges_have_no_label_and_get_none() {
        let mut merge = commit(1, LabelSource::Model, Activity::Bugfix);
        (merge.label, merge.model) = (None, None);
        let assigned = by(Assigner::Person, &merge, Activity::Docs);
        let mut commits = [merge];
        settle_labels(&mut commits, &[assigned]);
        assert_eq!(commits[0].label, None);
    }
}
