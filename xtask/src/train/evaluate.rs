//! What the models of the folds say about repositories that they have not seen: the quantised model, through the same
//! function as everybody's.

use std::sync::Arc;

use prodops_classify::{ActivityClassifier, ActivityModel, CommitSummary, RepositoryPrior};
use prodops_core::fact::{Activity, LabelSource};

use super::calibrate::{Answers, logarithms};
use super::data::{DataSet, Repository, Row};

/// One commit and what was said about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judged {
    pub(super) label: Activity,
    pub(super) probability: f64,
    pub(super) source: LabelSource,
    pub(super) canonical: Activity,
    pub(super) declared: Activity,
}

/// The same commits, judged in three ways.
#[derive(Default)]
pub(super) struct Judgement {
    pub(super) plain: Vec<Judged>,
    /// With what the declared kinds of *earlier* commits of the repository tell.
    pub(super) with_prior: Vec<Judged>,
    /// As if no files were known.
    pub(super) message_only: Vec<Judged>,
}

/// The repositories of a fold.
fn of_fold(data: &DataSet, fold: usize) -> impl Iterator<Item = &Repository> {
    data.repositories.iter().filter(move |repository| repository.fold == fold)
}

impl Answers {
    /// What a model says about the commits of a fold.
    pub(super) fn of(data: &DataSet, fold: usize, model: ActivityModel) -> Self {
        let mut classifier = ActivityClassifier::new(Arc::new(model));
        let mut answers = Self::default();
        for row in of_fold(data, fold).flat_map(|repository| &repository.rows).filter(|row| row.is_base()) {
            let files = row.files();
            let whole = row.summary(&files);
            let ways = [
                (&mut answers.with_files, whole),
                (&mut answers.message_only, CommitSummary { files: &[], ..whole }),
            ];
            for (asked, commit) in ways {
                let (label, truth) = (classifier.label(&commit, None), row.canonical() as usize);
                if label.source == LabelSource::Model {
                    asked.answers.push((logarithms(classifier.distribution(&commit).as_array()), truth));
                } else {
                    asked.decided.push((label.label as usize, truth));
                }
            }
        }
        answers
    }
}

/// Labels the commits of a fold.
pub(super) fn judge(data: &DataSet, fold: usize, model: ActivityModel) -> Judgement {
    let mut classifier = ActivityClassifier::new(Arc::new(model));
    let mut judgement = Judgement::default();
    for repository in of_fold(data, fold) {
        let mut prior = RepositoryPrior::default();
        // Rows are newest first; a prior knows what came before.
        for row in repository.rows.iter().rev().filter(|row| row.is_base()) {
            judgement.add(&mut classifier, &mut prior, row);
        }
    }
    judgement
}

impl Judgement {
    fn add(&mut self, classifier: &mut ActivityClassifier, prior: &mut RepositoryPrior, row: &Row) {
        let files = row.files();
        let commit = row.summary(&files);
        let mut judged = |commit: &CommitSummary<'_>, prior: Option<&RepositoryPrior>| {
            let label = classifier.label(commit, prior);
            Judged {
                label: label.label,
                probability: label.probability.as_f64(),
                source: label.source,
                canonical: row.canonical(),
                declared: row.declared(),
            }
        };
        let plain = judged(&commit, None);
        self.plain.push(plain);
        self.with_prior.push(judged(&commit, Some(prior)));
        self.message_only.push(judged(&CommitSummary { files: &[], ..commit }, None));
        if plain.source == LabelSource::Model {
            prior.observe(&classifier.distribution(&commit), row.declared());
        }
    }

    /// Puts the judgements of folds together.
    pub(super) fn extend(&mut self, other: Self) {
        self.plain.extend(other.plain);
        self.with_prior.extend(other.with_prior);
        self.message_only.extend(other.message_only);
    }
}
