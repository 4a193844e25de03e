//! What a workspace lets an AI provider be asked, and what that came to.

use prodops_core::fact::Probability;
use prodops_core::time::Timestamp;
use serde::{Deserialize, Serialize};

/// So many commits, and so much money in millionths of the currency of the provider's prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AiAmount {
    /// Commits.
    pub commits: u64,
    /// Money.
    pub millionths: u64,
}

/// What was set aside in one calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AiSpending {
    /// Months since the year 0, in UTC.
    pub month: u32,
    /// How much.
    pub amount: AiAmount,
}

/// How the last run of a workspace went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AiRunRecord {
    /// When it ended.
    pub finished: Timestamp,
    /// Commits that were sent.
    pub sent: u64,
    /// Commits that got a label.
    pub labelled: u64,
    /// Labels that differ from the offline model's.
    pub differing: u64,
    /// Labels that differ from what the author declared.
    pub contradicting: u64,
    /// Commits whose labels could not be written any more: they were removed or decided otherwise meanwhile.
    pub passed_over: u64,
    /// Commits that could not be read again.
    pub unreadable: u64,
    /// Whether commits were left for want of a budget.
    pub out_of_budget: bool,
    /// Objects at the provider that were not yet seen to be gone when it ended: sweeps go on with them.
    pub left: u64,
}

/// One row per workspace that ever chose anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AiUseRecord {
    /// The provider, by the name of its register entry; without one nothing is sent.
    pub provider: Option<String>,
    /// The condition that somebody made sure of, word for word.
    pub acknowledged: Option<String>,
    /// Commits that the offline model is less sure of are asked about.
    pub threshold: Probability,
    /// As much as may be sent and spent in a month.
    pub monthly: AiAmount,
    /// What was set aside in the latest month in which anything was.
    pub spent: AiSpending,
    /// The last run; `None` before the first.
    pub last_run: Option<AiRunRecord>,
}
