//! What AI providers may be asked in a workspace, and what that came to.

use super::When;
use crate::ui::Label;

/// An AI provider to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AiOffer {
    /// Its name.
    pub name: Label,
    /// Who it is, a line each.
    pub about: Vec<String>,
    /// Whether it is the one that was chosen.
    pub chosen: bool,
    /// What must hold for it not to train on what it is sent; `None` when it never does.
    pub condition: Option<String>,
    /// Whether somebody made sure of that.
    pub acknowledged: bool,
}

/// The end of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AiLastRun {
    /// When.
    pub when: When,
    /// What it came to.
    pub text: String,
}

/// What AI providers may be asked, and what that came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AiPanel {
    /// How it stands, in words.
    pub state: String,
    /// What was spent of the month's budget; `None` while nobody may be asked.
    pub spent: Option<String>,
    /// How the last run went.
    pub last: Option<AiLastRun>,
    /// What was not yet seen to be deleted when it ended.
    pub left: Option<String>,
    /// What asking would come to, when somebody wanted to know.
    pub estimate: Option<String>,
    /// What there is to choose from.
    pub offers: Vec<AiOffer>,
    /// The threshold in percent.
    pub percent: u32,
    /// The month's budget in commits.
    pub commits: u64,
    /// The month's budget in money.
    pub cost: String,
    /// Whether the reader may choose.
    pub may_choose: bool,
}

impl AiPanel {
    /// Whether any provider has a condition.
    pub(in crate::ui) fn has_conditions(&self) -> bool {
        self.offers.iter().any(|offer| offer.condition.is_some())
    }
}
