//! What AI providers may be asked, in words.

use prodops::ai::{AiSettings, ProviderEntry, Stage, Training};
use prodops::core::time::Timestamp;
use prodops::engine::{AiEstimate, AiStatus};
use prodops::store::contract::{AiRunRecord, JobState};

use super::header::when;
use crate::ui::Label;
use crate::ui::number::thousands;
use crate::ui::view::{AiLastRun, AiOffer, AiPanel};

/// What AI providers may be asked, as the page of the integrations shows it; `None` where there is none to ask.
#[must_use]
pub fn ai<'e>(
    status: &AiStatus,
    offered: impl Iterator<Item = &'e ProviderEntry>,
    estimate: Option<&AiEstimate>,
    may_choose: bool,
    now: Timestamp,
) -> Option<AiPanel> {
    let settings = &status.settings;
    let offers: Vec<AiOffer> = offered.map(|entry| offer(entry, settings)).collect();
    if offers.is_empty() {
        return None;
    }
    let last = status.last_run.as_ref();
    Some(AiPanel {
        state: state(status),
        spent: settings.provider.as_ref().map(|_| spent(status)),
        last: last.map(|run| AiLastRun { when: when(run.finished, now), text: ended(run) }),
        left: last.filter(|run| run.left > 0).map(left),
        estimate: estimate.map(estimated),
        offers,
        percent: (settings.threshold.as_f64() * 100.0).round() as u32,
        commits: settings.budget.commits,
        cost: settings.budget.cost.to_string(),
        may_choose,
    })
}

/// The name of what a run is doing.
#[must_use]
pub const fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Sending => "sending",
        Stage::Waiting => "waiting",
        Stage::Deleting => "deleting",
        _ => "done",
    }
}

fn offer(entry: &ProviderEntry, settings: &AiSettings) -> AiOffer {
    let condition = match &entry.training {
        Training::Never => None,
        Training::Unless(condition) => Some(condition.clone()),
    };
    AiOffer {
        name: Label::new(&entry.name),
        about: entry.describe(),
        chosen: settings.provider.as_ref() == Some(&entry.name),
        acknowledged: condition.is_some() && settings.acknowledged == condition,
        condition,
    }
}

fn state(status: &AiStatus) -> String {
    let Some(provider) = &status.settings.provider else {
        return "Off: nothing is sent to anybody.".to_owned();
    };
    if let Some(refusal) = &status.refusal {
        return format!("Nothing is sent: {refusal}.");
    }
    if let Some(run) = status.progress {
        let (done, total) = (thousands(run.done), thousands(run.total));
        let doing = match run.stage {
            Stage::Deleting => "deleting what was uploaded to",
            Stage::Waiting => "waiting for",
            _ => "sending to",
        };
        return format!("A run is {doing} {provider}: {done} of {total} commits are answered.");
    }
    match status.job.as_ref() {
        Some(job) if job.failed.is_some() => {
            let code = job.failed.map_or("", |(_, code)| code.as_str());
            format!("{provider} may be asked, and the last attempt failed ({code}). It is tried again.")
        }
        Some(job) if matches!(job.state, JobState::Running { .. }) => {
            format!("A run at {provider} goes on.")
        }
        _ => format!("{provider} may be asked about commits that the model is unsure of."),
    }
}

fn spent(status: &AiStatus) -> String {
    let (spent, budget) = (status.spent, status.settings.budget);
    let (of_commits, commits) = (thousands(spent.commits), thousands(budget.commits));
    format!("This month: {of_commits} of {commits} commits, {} of {} in money.", spent.cost, budget.cost)
}

fn ended(run: &AiRunRecord) -> String {
    let mut text = format!(
        "{} of {} commits got a label, {} of them another than the model's",
        thousands(run.labelled),
        thousands(run.sent),
        thousands(run.differing)
    );
    if run.unreadable > 0 {
        text.push_str(&format!(", {} could not be read again", thousands(run.unreadable)));
    }
    text.push_str(if run.out_of_budget { "; the month’s budget kept others back." } else { "." });
    text
}

fn left(run: &AiRunRecord) -> String {
    let objects =
        if run.left == 1 { "One upload was".to_owned() } else { format!("{} uploads were", run.left) };
    format!("{objects} not yet seen to be gone when that run ended. Deleting goes on four times an hour.")
}

fn estimated(estimate: &AiEstimate) -> String {
    let (commits, measured) = (thousands(estimate.commits), thousands(estimate.measured));
    format!(
        "About {} for {commits} commits, measured on {measured} of them. Nothing was sent.",
        estimate.cost
    )
}
