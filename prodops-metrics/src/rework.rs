//! How much is done over: early signs that git alone shows.

use prodops_core::fact::Activity;

use crate::activity::classified;
use crate::coverage::Reads;
use crate::definition::{Measured, Source, definition};
use crate::history::Sample;
use crate::statistic::Share;
use crate::value::{ActivityClass, MetricValue};

definition! {
    REVERT_SHARE = "revert_share" @ "1", "Reverts",
    question: "What share of the changes takes earlier ones back?",
    formula: "commits labelled revert ÷ commits with a label of probability ≥ 0.5, without merges and bots, with a \
        Wilson 95 % interval; unclassified commits are left out",
    care: "An early sign of rework, not the change fail rate: a revert need not follow a failure, nor a failure a \
        revert.",
    Quality, Share, Share, NothingWithoutEvents, needs: [Commit], k_limited: false,
    Source::Commits(Reads::Commits, revert_share)
}

fn revert_share(sample: &Sample<'_>) -> Measured {
    share_of(sample, Activity::Revert)
}

definition! {
    BUGFIX_SHARE = "bugfix_share" @ "1", "Bug fixes",
    question: "What share of the changes corrects wrong behaviour?",
    formula: "commits labelled bugfix ÷ commits with a label of probability ≥ 0.5, without merges and bots, with a \
        Wilson 95 % interval; unclassified commits are left out",
    care: "An early sign of rework. Fixing many old bugs raises it, and so does naming things fixes that are none.",
    Quality, Share, Share, NothingWithoutEvents, needs: [Commit], k_limited: false,
    Source::Commits(Reads::Commits, bugfix_share)
}

fn bugfix_share(sample: &Sample<'_>) -> Measured {
    share_of(sample, Activity::Bugfix)
}

fn share_of(sample: &Sample<'_>, activity: Activity) -> Measured {
    let (part, whole, excluded) = classified(sample, ActivityClass::Known(activity));
    Measured { value: Share::new(part, whole).map(MetricValue::Share), n: whole, excluded }
}
