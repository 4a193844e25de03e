//! Labels of commits as they stand, and their correction by those who may.

use futures_util::TryStreamExt;
use prodops_classify::settle_labels;
use prodops_core::audit::{AuditObject, Decision};
use prodops_core::fact::{
    Activity, ActivityLabel, AssignedLabel, Assigner, CommitFact, CommitId, LabelSource, Probability,
    RepositoryFact,
};
use prodops_core::id::RepositoryId;
use prodops_policy::{Action, ActivityFacts, CorrectActivity, Permit, ReadReport};

use super::error::EngineError;
use super::guarded::Guarded;
use super::workspace::Workspace;

impl Workspace {
    /// Says what kind of work a commit is, against what was decided. It stands from now on, also when its history is read
    /// again, and the habits of the repository are learned from it.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for a commit that the caller may not know of, that is not there, or that has no label
    /// because it is a merge; [`EngineError::Denied`] when the caller may not correct labels.
    pub async fn correct_label(
        &self,
        repository: RepositoryId,
        commit: CommitId,
        activity: Activity,
    ) -> Result<(), EngineError> {
        let permit = self.may_correct(repository).await?;
        let before = self.label_of(repository, commit).await?.label;
        let object = AuditObject::CommitLabel { repository, commit, before, corrected: Some(activity) };
        let event = self.event(CorrectActivity::NAME, object, Decision::Allowed).await?;
        let at = self.engine.parts().clock.now();
        let (by, probability) = (Assigner::Person, Probability::ONE);
        let label = AssignedLabel { repository, commit, by, activity, probability, at };
        Ok(self.guarded()?.correct_label(&permit, label, &event).await?)
    }

    /// Takes the correction of a commit's label back.
    ///
    /// # Errors
    /// As [`correct_label`](Self::correct_label); [`EngineError::NotFound`] also when nobody corrected it.
    pub async fn withdraw_correction(
        &self,
        repository: RepositoryId,
        commit: CommitId,
    ) -> Result<(), EngineError> {
        let permit = self.may_correct(repository).await?;
        let before = self.label_of(repository, commit).await?;
        if before.source != LabelSource::Person {
            return Err(EngineError::NotFound);
        }
        let object = AuditObject::CommitLabel { repository, commit, before: before.label, corrected: None };
        let event = self.event(CorrectActivity::NAME, object, Decision::Allowed).await?;
        let taken = self.guarded()?.withdraw_correction(&permit, repository, commit, &event).await?;
        if taken { Ok(()) } else { Err(EngineError::NotFound) }
    }

    /// Whether the policies let the caller correct labels in a repository. For showing the way there: it leaves no trace and opens
    /// nothing.
    #[must_use]
    pub fn may_correct_labels(&self, repository: &RepositoryFact) -> bool {
        let facts = self.activity_of(repository);
        self.engine.policy().authorize::<CorrectActivity>(&self.scope, &facts, &self.moment()).is_ok()
    }

    fn activity_of(&self, repository: &RepositoryFact) -> ActivityFacts {
        ActivityFacts { workspace: self.scope.workspace(), id: repository.id }
    }

    async fn may_correct(&self, repository: RepositoryId) -> Result<Permit<CorrectActivity>, EngineError> {
        let repository = self.repository(repository).await?;
        self.permit::<CorrectActivity>(&self.activity_of(&repository)).await
    }

    /// The label of a commit as it stands.
    async fn label_of(
        &self,
        repository: RepositoryId,
        commit: CommitId,
    ) -> Result<ActivityLabel, EngineError> {
        let (permit, guarded) = self.details(repository).await?;
        let commits = settled(&guarded, &permit, repository).await?;
        let found = commits.into_iter().find(|one| one.id == commit).and_then(|one| one.label);
        found.ok_or(EngineError::NotFound)
    }
}

/// The commits of a repository with the labels that stand.
pub(super) async fn settled(
    guarded: &Guarded<'_>,
    permit: &Permit<ReadReport>,
    repository: RepositoryId,
) -> Result<Vec<CommitFact>, EngineError> {
    let mut commits: Vec<CommitFact> = guarded.commit_stream(permit, repository)?.try_collect().await?;
    settle_labels(&mut commits, &guarded.assigned_labels(permit, repository).await?);
    Ok(commits)
}
