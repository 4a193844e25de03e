//! How changes reach their users: what git alone cannot know.
//!
//! A tag is no deployment and a revert is no failure, so nothing here is guessed from commits.

use crate::definition::{Source, definition};

definition! {
    DEPLOYMENT_FREQUENCY = "deployment_frequency" @ "1", "Deployment frequency",
    question: "How often do changes reach production?",
    formula: "successful production deployments ÷ days of the window",
    care: "Needs records of deployments: a tag or a merge is none.",
    Delivery, PerDay, Rate, UnknownUntilConnected, needs: [Deployment], k_limited: false, Source::Elsewhere
}

definition! {
    LEAD_TIME = "lead_time_for_changes" @ "1", "Lead time for changes",
    question: "How long does a committed change take to reach production?",
    formula: "per commit, finish of the first successful production deployment of its service that holds it − \
        committed, percentiles 50, 75 and 90 of type 7",
    care: "Commits that are not deployed yet are counted as such, never dropped. Landing time is an early sign of it.",
    Delivery, Seconds, Percentiles, UnknownUntilConnected, needs: [Deployment], k_limited: false, Source::Elsewhere
}

definition! {
    CHANGE_FAIL_RATE = "change_fail_rate" @ "1", "Change fail rate",
    question: "What share of deployments needs immediate intervention?",
    formula: "production deployments that needed immediate intervention ÷ production deployments, with a Wilson 95 % \
        interval",
    care: "Needs deployments and incidents. The share of reverts is an early sign of it, not it.",
    Delivery, Share, Share, UnknownUntilConnected, needs: [Deployment, Incident], k_limited: false, Source::Elsewhere
}

definition! {
    RECOVERY_TIME = "failed_deployment_recovery_time" @ "1", "Failed deployment recovery time",
    question: "How long does it take to recover from a failed deployment?",
    formula: "restored − finish of the failed deployment, percentiles 50, 75 and 90 of type 7; restored is the earliest \
        of rollback, fix and end of the incident",
    care: "Failures that are not recovered yet are counted as such, never dropped.",
    Delivery, Seconds, Percentiles, UnknownUntilConnected, needs: [Deployment, Incident], k_limited: false,
    Source::Elsewhere
}

definition! {
    CI_SUCCESS = "ci_success" @ "1", "CI success",
    question: "What share of pipeline runs succeeds?",
    formula: "successful pipeline runs ÷ finished pipeline runs, cancelled ones left out, with a Wilson 95 % interval",
    care: "A flaky test fails runs that no change broke.",
    Delivery, Share, Share, UnknownUntilConnected, needs: [PipelineRun], k_limited: false, Source::Elsewhere
}
