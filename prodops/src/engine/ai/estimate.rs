//! What asking a provider would send and cost, before anybody agrees to it.

use prodops_classify::metadata::CommitMetadata;
use prodops_core::fact::{CommitId, RepositoryFact};
use prodops_policy::{MetricReportFacts, ReadReport, UpdateWorkspace, WorkspaceFacts};
use prodops_store::contract::ConnectionState;
use tokio_util::sync::CancellationToken;

use super::super::error::EngineError;
use super::super::label::settled;
use super::super::workspace::Workspace;
use super::batch::{newest, read_again, unsure_of};
use crate::ai::{AiSettings, Cost, Estimate};

/// Commits of a repository that are read for an estimate.
const SAMPLE: usize = 100;

/// What asking would come to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AiEstimate {
    /// Commits that the offline model is less sure of than the threshold.
    pub commits: u64,
    /// How many of them the cost was measured on; the rest is taken to be like those.
    pub measured: u64,
    /// What all of them would cost, about. What a month's budget does not cover is not sent.
    pub cost: Cost,
}

impl AiEstimate {
    fn add(&mut self, unsure: u64, sample: &Estimate) {
        let scaled = match sample.commits {
            0 => 0,
            measured => u128::from(sample.cost.as_millionths()) * u128::from(unsure) / u128::from(measured),
        };
        self.commits += unsure;
        self.measured += sample.commits;
        self.cost = self.cost.plus(Cost::from_millionths(u64::try_from(scaled).unwrap_or(u64::MAX)));
    }
}

impl Workspace {
    /// What asking the provider of these settings would come to: the newest commits of each repository are read again and
    /// measured, nothing is sent and nothing is kept.
    ///
    /// # Errors
    /// [`EngineError::Denied`] when the caller may not change the workspace, [`EngineError::UnknownProvider`] for a provider
    /// that the deployment does not offer, and as the connector demands.
    pub async fn estimate_ai(&self, settings: &AiSettings) -> Result<AiEstimate, EngineError> {
        let _asked = self.permit::<UpdateWorkspace>(&WorkspaceFacts::of(&self.scope)).await?;
        let name = settings.provider.as_deref().unwrap_or_default();
        let price = self.engine.parts().ai.of(name)?.price();
        let mut estimate = AiEstimate::default();
        for repository in self.repositories().await? {
            let (unsure, newest) = self.unsure_of(&repository, settings).await?;
            let sample: Vec<CommitMetadata> = self.sample(&repository, newest).await?;
            estimate.add(unsure, &Estimate::of(&sample, price));
        }
        Ok(estimate)
    }

    /// How many commits of a repository would be asked about, and the newest of them.
    async fn unsure_of(
        &self,
        repository: &RepositoryFact,
        settings: &AiSettings,
    ) -> Result<(u64, Vec<CommitId>), EngineError> {
        let permit = self.permit::<ReadReport>(&MetricReportFacts::of(&self.scope)).await?;
        let guarded = self.guarded()?;
        let commits = settled(&guarded, &permit, repository.id).await?;
        let unsure = unsure_of(&commits, settings.threshold);
        let count = unsure.len() as u64;
        Ok((count, newest(unsure, SAMPLE)))
    }

    async fn sample(
        &self,
        repository: &RepositoryFact,
        commits: Vec<CommitId>,
    ) -> Result<Vec<CommitMetadata>, EngineError> {
        let row = self.connection_row(repository.connection).await?.value;
        if row.state == ConnectionState::Disconnected {
            return Ok(Vec::new());
        }
        let connector = self.engine.connector(&row.connector)?;
        let stop = CancellationToken::new();
        let read = read_again(&self.engine, connector.as_ref(), &row, repository.id, commits, stop).await?;
        Ok(read.into_values().collect())
    }
}
