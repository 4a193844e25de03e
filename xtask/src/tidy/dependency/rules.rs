//! The dependency rules as data.

use crate::workspace::Member;

/// What some members must not reach through normal dependencies with default features.
pub(super) struct Rule {
    who: Who,
    /// Package names.
    pub(super) banned: &'static [&'static str],
    /// Why, for the message.
    pub(super) reason: &'static str,
}

enum Who {
    Only(&'static [&'static str]),
    OutsideExamples,
}

impl Rule {
    /// Whether the member must obey.
    pub(super) fn applies_to(&self, member: &Member) -> bool {
        match self.who {
            Who::Only(names) => names.contains(&member.name.as_str()),
            Who::OutsideExamples => !member.is_example(),
        }
    }
}

const LEAVES: &[&str] =
    &["prodops-policy", "prodops-connectors", "prodops-classify", "prodops-store", "prodops-metrics"];

/// The table; one entry per reason.
pub(super) const RULES: &[Rule] = &[
    Rule {
        who: Who::Only(&["prodops-core"]),
        banned: &[
            "prodops-policy",
            "prodops-connectors",
            "prodops-classify",
            "prodops-store",
            "prodops-metrics",
            "prodops",
        ],
        reason: "everything rests on prodops-core, so it rests on no sibling",
    },
    Rule {
        who: Who::Only(&["prodops-core"]),
        banned: &[
            "tokio",
            "async-std",
            "smol",
            "reqwest",
            "hyper",
            "ureq",
            "sqlx",
            "rusqlite",
            "postgres",
            "tokio-postgres",
            "axum",
        ],
        reason: "prodops-core is types and pure functions: run time, HTTP and SQL belong to the crates that use them",
    },
    Rule {
        who: Who::Only(LEAVES),
        banned: LEAVES,
        reason: "a leaf never knows another leaf: what two share lives in prodops-core, and prodops adapts the ports",
    },
    Rule {
        who: Who::Only(LEAVES),
        banned: &["prodops"],
        reason: "prodops is made of the leaves, not the reverse: define a port in the leaf and let prodops adapt it",
    },
    Rule {
        who: Who::Only(&["prodops-connectors", "prodops"]),
        banned: &["hyper", "reqwest", "ureq", "rustls"],
        reason: "HTTP is behind a feature: who reads local repositories only does not carry a way out",
    },
    Rule {
        who: Who::Only(&["prodops-classify"]),
        banned: &["tokio", "async-std", "smol", "hyper", "reqwest", "ureq", "axum"],
        reason: "source code is classified in memory: no network and no async, so nothing can carry it away",
    },
    Rule {
        who: Who::Only(&["prodops-policy"]),
        banned: &["tokio", "async-std", "smol", "hyper", "reqwest", "ureq", "axum"],
        reason: "a decision is a pure function of its inputs: no input, no output, no run time",
    },
    Rule {
        who: Who::Only(&["prodops-metrics"]),
        banned: &[
            "tokio",
            "async-std",
            "smol",
            "redb",
            "sqlx",
            "rusqlite",
            "postgres",
            "reqwest",
            "hyper",
            "ureq",
            "axum",
        ],
        reason: "metrics are pure: facts go in, results come out, so an independent oracle can recompute them",
    },
    Rule {
        who: Who::OutsideExamples,
        banned: &["axum"],
        reason: "axum stays behind the feature `axum` of prodops and in the examples, so an embedder chooses the web framework",
    },
];
