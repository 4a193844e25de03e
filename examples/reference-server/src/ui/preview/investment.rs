//! The investment of the generated workspace.

use super::sample::{WEIGHTS, activity_mix, header, panel, when};
use super::series::Series;
use crate::ui::number::{Amount, Claim};
use crate::ui::palette::WorkKind;
use crate::ui::view::{Correction, Investment, InvestmentCommit, InvestmentCommits, InvestmentRow, Span};

/// What the days go into.
pub(in crate::ui) fn investment() -> Investment {
    let mut reading = activity_mix(&mut Series::new(11));
    reading.amount = Amount::share(0.97);
    reading.unit = "of effort classified".into();
    reading.of = "person-days".into();
    reading.n = 642;
    reading.interval = None;
    reading.comparison.claim = Claim::Untested;
    let row = |(kind, weight): (WorkKind, f64)| InvestmentRow {
        kind,
        share: weight / 1284.0,
        days: weight / 2.0,
        commits: Some(weight as u64),
    };
    Investment {
        header: header(),
        panel: panel(
            "investment_mix",
            "Investment",
            "Into which kinds of work do the days go?",
            Span::Full,
            reading,
        ),
        rows: WEIGHTS.map(row).into(),
    }
}

/// The commits behind one kind.
pub(in crate::ui) fn investment_commits() -> InvestmentCommits {
    let row = |(n, name, source, probability): (u64, &str, &str, f64)| InvestmentCommit {
        id: format!("{:040x}", u128::from(n.wrapping_mul(0x9e37_79b9_7f4a_7c15)) << 64),
        repository: name.into(),
        repository_id: format!("{n:032x}"),
        correction: Some(Correction { corrected: n == 4 }),
        when: when("2026-05-29T08:04:00Z", "2\u{a0}d ago"),
        probability: Some(probability),
        source: source.into(),
        declared: (n % 3 == 0).then_some(WorkKind::Feature),
        second: (n % 2 == 0).then_some(WorkKind::Refactor),
    };
    let rows = [
        (1, "billing-api", "the author", 0.98),
        (2, "billing-api", "the model", 0.71),
        (3, "checkout-service", "a rule over the files", 0.96),
        (4, "design-tokens", "a correction", 1.0),
    ];
    InvestmentCommits {
        header: header(),
        kind: WorkKind::Bugfix,
        total: 254,
        rows: rows.map(row).into(),
        skip: 0,
        older: Some("/w/local/investment/bugfix?window=90&skip=100".into()),
    }
}
