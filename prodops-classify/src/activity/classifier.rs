//! Labels of commits, from what they say about themselves.

use std::fmt;
use std::sync::Arc;

use prodops_core::fact::{Activity, ActivityLabel, ActivityShares, LabelSource};
use prodops_core::source::Transient;

use super::distribution::ActivityDistribution;
use super::explain::{Explanation, Weigher};
use super::features::{CommitSummary, Extractor, FileSummary};
use super::label::Reading;
use super::message::Message;
use super::model::{ActivityModel, Scorer, softmax};
use super::prior::RepositoryPrior;

/// What a message says about its commit.
pub(crate) struct LabelledMessage {
    pub(crate) label: ActivityLabel,
    /// What the model makes of it; `None` where a rule decides.
    pub(crate) model: Option<ActivityShares>,
    /// Whether the message is not UTF-8.
    pub(crate) lossy: bool,
}

/// When the model is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Where neither a rule nor the author decides.
    WhereUndecided,
    /// Also where the author decides: by the difference the habits of a repository are learned.
    WhereNoRuleDecides,
}

/// Labels one commit after another and keeps its memory between them: use one per thread.
///
/// In this order: the marker of a revert, files of one sort only, the declared prefix, the model. Any bytes are a commit:
/// nothing here fails, and after the first few commits nothing allocates.
///
/// # Security
/// Between commits it holds the words of the last one, which are wiped by [`Self::forget`] and when it is dropped.
pub struct ActivityClassifier {
    model: Arc<ActivityModel>,
    extractor: Extractor,
}

impl ActivityClassifier {
    /// A classifier with this model.
    #[must_use]
    pub fn new(model: Arc<ActivityModel>) -> Self {
        Self { model, extractor: Extractor::default() }
    }

    /// The model that it asks.
    #[must_use]
    pub fn model(&self) -> &ActivityModel {
        &self.model
    }

    /// The label of a commit. What the model says is moved towards the habits of its repository when a prior is given.
    pub fn label(&mut self, commit: &CommitSummary<'_>, prior: Option<&RepositoryPrior>) -> ActivityLabel {
        self.judge(commit, prior, Asked::WhereUndecided).0
    }

    /// The label of a commit by its whole message, with what a repository's habits are learned from. Nothing of the message
    /// is kept.
    #[allow(
        clippy::disallowed_methods,
        reason = "labelling commits is one of the places where a message is read"
    )]
    pub(crate) fn label_message(
        &mut self,
        message: &Transient,
        files: &[FileSummary<'_>],
    ) -> LabelledMessage {
        message.with_bytes(|text| {
            let Message { subject, body } = Message::parse(text);
            let commit = CommitSummary { subject, body, files };
            let (label, model) = self.judge(&commit, None, Asked::WhereNoRuleDecides);
            let model = model.map(|model| model.shares());
            self.forget();
            LabelledMessage { label, model, lossy: std::str::from_utf8(text).is_err() }
        })
    }

    /// The label, and what the model makes of the commit where it was asked.
    fn judge(
        &mut self,
        commit: &CommitSummary<'_>,
        prior: Option<&RepositoryPrior>,
        asked: Asked,
    ) -> (ActivityLabel, Option<ActivityDistribution>) {
        let reading = Reading::of(&Message { subject: commit.subject, body: commit.body });
        let plain = CommitSummary { subject: reading.subject, ..*commit };
        let mut scorer = Scorer::new(&self.model);
        let files = if reading.is_declared() && asked == Asked::WhereUndecided {
            self.extractor.count(&plain)
        } else {
            self.extractor.files(&plain, &mut scorer)
        };
        let decided = reading.decide(&files.roles);
        let stands =
            |label: &ActivityLabel| asked == Asked::WhereUndecided || label.source == LabelSource::Rule;
        if let Some(label) = decided.filter(stands) {
            return (label, None);
        }
        self.extractor.rest(&plain, &files, &mut scorer);
        let model = adjusted(&scorer, None);
        let moved = || prior.map_or(model, |prior| prior.adjust(&model));
        (decided.unwrap_or_else(|| from_model(&moved())), Some(model))
    }

    /// What the model makes of a commit, whatever is declared or ruled.
    pub fn distribution(&mut self, commit: &CommitSummary<'_>) -> ActivityDistribution {
        let plain = CommitSummary { subject: Reading::plain_subject(commit.subject), ..*commit };
        let mut scorer = Scorer::new(&self.model);
        self.extractor.extract(&plain, &mut scorer);
        adjusted(&scorer, None)
    }

    /// The label, and what in the commit weighed most for the model, at most so many features.
    pub fn explain(
        &mut self,
        commit: &CommitSummary<'_>,
        prior: Option<&RepositoryPrior>,
        most: usize,
    ) -> Explanation {
        let label = self.label(commit, prior);
        let plain = CommitSummary { subject: Reading::plain_subject(commit.subject), ..*commit };
        let mut weigher = Weigher::new(&self.model);
        self.extractor.extract(&plain, &mut weigher);
        let distribution = adjusted(weigher.scorer(), prior);
        Explanation { label, distribution, features: weigher.weighed(distribution.best_two(), most) }
    }

    /// Wipes the words and paths of the last commit.
    pub fn forget(&mut self) {
        self.extractor.forget();
    }
}

impl fmt::Debug for ActivityClassifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActivityClassifier").field("model", self.model.header()).finish_non_exhaustive()
    }
}

fn adjusted(scorer: &Scorer<'_>, prior: Option<&RepositoryPrior>) -> ActivityDistribution {
    let distribution = ActivityDistribution::new(softmax(&scorer.scores()));
    prior.map_or(distribution, |prior| prior.adjust(&distribution))
}

/// The label that the model gives.
pub(super) fn from_model(distribution: &ActivityDistribution) -> ActivityLabel {
    let [label, second]: [Activity; 2] = distribution.best_two();
    ActivityLabel {
        label,
        probability: distribution.probability(label),
        second: Some(second),
        source: LabelSource::Model,
        declared: None,
    }
}
