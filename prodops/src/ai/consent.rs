//! What a workspace agreed to, and whether that is enough to send anything.

use prodops_core::fact::Probability;

use super::estimate::{Cost, Estimate};
use super::register::{ProviderEntry, Training};

/// Why nothing is sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConsentError {
    /// The workspace uses no provider.
    #[error("this workspace uses no AI provider: name one in its settings to use it")]
    Off,
    /// The workspace chose another provider.
    #[error(
        "this workspace chose `{chosen}`, not `{asked}`: change its settings or ask the one that it chose"
    )]
    OtherProvider {
        /// What was chosen.
        chosen: String,
        /// What was about to be asked.
        asked: String,
    },
    /// The deployment does not offer it any more.
    #[error("this deployment does not offer `{chosen}` any more: choose another provider, or none")]
    NotOffered {
        /// What was chosen.
        chosen: String,
    },
    /// What is sent could be trained on, and nobody said that it is not.
    #[error(
        "`{provider}` may train on what it is sent unless {condition}: make sure of it, and acknowledge exactly this condition in the workspace's settings"
    )]
    Unacknowledged {
        /// The provider.
        provider: String,
        /// What has to be acknowledged, word for word.
        condition: String,
    },
    /// It would cost more than was agreed to.
    #[error(
        "{commits} commits for about {cost} are more than what is left of the budget ({} commits, {}): raise it or send fewer", left.commits, left.cost
    )]
    OverBudget {
        /// How many commits were to be sent.
        commits: u64,
        /// What that would cost, about.
        cost: Cost,
        /// What is left.
        left: Budget,
    },
}

/// As much as may be sent and spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Budget {
    /// Commits.
    pub commits: u64,
    /// Money.
    pub cost: Cost,
}

impl Budget {
    /// What is left of it once this is spent; never less than nothing.
    #[must_use]
    pub const fn without(self, spent: Self) -> Self {
        Self { commits: self.commits.saturating_sub(spent.commits), cost: self.cost.minus(spent.cost) }
    }

    /// Both together.
    #[must_use]
    pub const fn with(self, more: Self) -> Self {
        Self { commits: self.commits.saturating_add(more.commits), cost: self.cost.plus(more.cost) }
    }
}

/// What a workspace agreed to. The default is nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AiSettings {
    /// The provider, by the name of its entry; without one nothing is sent.
    pub provider: Option<String>,
    /// The condition of [`Training::Unless`] that somebody made sure of, word for word.
    pub acknowledged: Option<String>,
    /// Commits that the offline model is less sure of are asked about.
    pub threshold: Probability,
    /// As much as may be sent and spent in a calendar month, in UTC. Nothing by default.
    pub budget: Budget,
}

impl Default for AiSettings {
    fn default() -> Self {
        Self {
            provider: None,
            acknowledged: None,
            threshold: Probability::from_f64(0.6),
            budget: Budget::default(),
        }
    }
}

/// Proof that a workspace agreed to a provider, as it is registered now.
///
/// # Security
/// Private fields: it comes from [`AiSettings::admit`] only, and a run without it does not compile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    provider: String,
    left: Budget,
}

impl AiSettings {
    /// Whether this is enough to ask the provider, after `spent` of the budget.
    ///
    /// # Errors
    /// When providers are off, another one was chosen, or its condition is not acknowledged. A condition that changed is
    /// another condition.
    pub fn admit(&self, entry: &ProviderEntry, spent: Budget) -> Result<Consent, ConsentError> {
        let chosen = self.provider.as_ref().ok_or(ConsentError::Off)?;
        if *chosen != entry.name {
            return Err(ConsentError::OtherProvider { chosen: chosen.clone(), asked: entry.name.clone() });
        }
        if let Training::Unless(condition) = &entry.training
            && self.acknowledged.as_ref() != Some(condition)
        {
            let (provider, condition) = (entry.name.clone(), condition.clone());
            return Err(ConsentError::Unacknowledged { provider, condition });
        }
        Ok(Consent { provider: entry.name.clone(), left: self.budget.without(spent) })
    }
}

impl Consent {
    /// What may still be sent and spent.
    #[must_use]
    pub const fn left(&self) -> Budget {
        self.left
    }

    /// Whether it covers this.
    ///
    /// # Errors
    /// When it is about another provider, or the estimate is more than what is left.
    pub fn covers(&self, provider: &ProviderEntry, estimate: &Estimate) -> Result<(), ConsentError> {
        if self.provider != provider.name {
            let (chosen, asked) = (self.provider.clone(), provider.name.clone());
            return Err(ConsentError::OtherProvider { chosen, asked });
        }
        let (commits, cost) = (estimate.commits, estimate.cost);
        if commits > self.left.commits || cost > self.left.cost {
            return Err(ConsentError::OverBudget { commits, cost, left: self.left });
        }
        Ok(())
    }
}
