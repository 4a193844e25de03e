//! What a workspace lets AI providers be asked: chosen by those who may change the workspace, and written into its log.

use prodops_core::audit::{AuditObject, Decision};
use prodops_core::time::Timestamp;
use prodops_policy::{Action, UpdateWorkspace, WorkspaceFacts};
use prodops_store::contract::{AiAmount, AiSpending, AiUseRecord, JobTask};

use super::super::error::EngineError;
use super::super::workspace::Workspace;
use crate::ai::{AiSettings, Budget, Cost};

impl Workspace {
    /// Lets an AI provider be asked, within a budget, about commits that the offline model is unsure of, or lets none be asked
    /// any more. What was chosen before is replaced; what was spent this month stays spent.
    ///
    /// After a provider was taken back no further batch is begun. One that is under way comes to its end, which is the surest
    /// way to have everything of it deleted.
    ///
    /// # Errors
    /// [`EngineError::Denied`] when the caller may not change the workspace, [`EngineError::UnknownProvider`] for a provider
    /// that the deployment does not offer, [`EngineError::Consent`] when its condition is not acknowledged,
    /// [`StoreError::Conflict`](prodops_store::StoreError::Conflict) when somebody else changed it meanwhile.
    pub async fn choose_ai(&self, settings: &AiSettings) -> Result<(), EngineError> {
        let permit = self.permit::<UpdateWorkspace>(&WorkspaceFacts::of(&self.scope)).await?;
        if let Some(name) = &settings.provider {
            let provider = self.engine.parts().ai.of(name)?;
            settings.admit(provider.entry(), Budget::default())?;
        }
        let guarded = self.guarded()?;
        let found = guarded.ai_use_to_change(&permit).await?;
        let (expected, before) = found.map(|found| (found.version, found.value)).unzip();
        let chosen = record_of(settings, before.as_ref());
        let enabled = settings.provider.is_some();
        let event =
            self.event(UpdateWorkspace::NAME, AuditObject::AiUse { enabled }, Decision::Allowed).await?;
        guarded.choose_ai(&permit, expected, &chosen, &event).await?;
        if enabled {
            // Should this process be killed in between: it is planned again when the connections are.
            self.engine.hasten(Some(self.scope.workspace()), JobTask::ClassifyCommits).await?;
        }
        Ok(())
    }

    /// Makes sure that runs are planned where a provider was chosen.
    pub(in super::super) async fn plan_ai(&self, now: Timestamp) -> Result<(), EngineError> {
        if self.ai_status().await?.settings.provider.is_none() {
            return Ok(());
        }
        self.engine.plan_job(Some(self.scope.workspace()), JobTask::ClassifyCommits, now).await
    }
}

/// The settings in a row.
pub(super) fn settings_of(row: &AiUseRecord) -> AiSettings {
    AiSettings {
        provider: row.provider.clone(),
        acknowledged: row.acknowledged.clone(),
        threshold: row.threshold,
        budget: budget_of(row.monthly),
    }
}

fn record_of(settings: &AiSettings, before: Option<&AiUseRecord>) -> AiUseRecord {
    AiUseRecord {
        provider: settings.provider.clone(),
        acknowledged: settings.acknowledged.clone(),
        threshold: settings.threshold,
        monthly: amount_of(settings.budget),
        spent: before.map_or_else(AiSpending::default, |row| row.spent),
        last_run: before.and_then(|row| row.last_run),
    }
}

const fn budget_of(amount: AiAmount) -> Budget {
    Budget { commits: amount.commits, cost: Cost::from_millionths(amount.millionths) }
}

const fn amount_of(budget: Budget) -> AiAmount {
    AiAmount { commits: budget.commits, millionths: budget.cost.as_millionths() }
}

/// What was set aside in the month of this moment.
pub(super) fn spent_by(row: &AiUseRecord, now: Timestamp) -> Budget {
    if row.spent.month == month_of(now) { budget_of(row.spent.amount) } else { Budget::default() }
}

/// The same row with so much more set aside, or given back.
pub(super) fn spending(row: &AiUseRecord, now: Timestamp, spent: Budget) -> AiUseRecord {
    AiUseRecord { spent: AiSpending { month: month_of(now), amount: amount_of(spent) }, ..row.clone() }
}

/// Months since the year 0, in UTC.
fn month_of(now: Timestamp) -> u32 {
    let date = jiff::tz::Offset::UTC.to_datetime(now.to_jiff()).date();
    let months = i32::from(date.year()) * 12 + i32::from(date.month()) - 1;
    u32::try_from(months).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_new_month_has_a_new_budget() {
        let budget = Budget { commits: 10, cost: Cost::from_millionths(70) };
        let row = record_of(&AiSettings { budget, ..AiSettings::default() }, None);
        let used = Budget { commits: 4, cost: Cost::from_millionths(30) };
        let row = spending(&row, at("2026-11-01T00:00:00Z"), used);
        assert_eq!(spent_by(&row, at("2026-11-30T23:59:59Z")), used);
        for other in ["2026-12-01T00:00:00Z", "2027-11-02T00:00:00Z", "2026-10-31T23:59:59Z"] {
            assert_eq!(spent_by(&row, at(other)), Budget::default(), "{other}");
        }
        // Choosing again gives nothing back.
        let again = record_of(&settings_of(&row), Some(&row));
        assert_eq!(again, row);
    }
}
