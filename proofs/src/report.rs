//! What was asked of the solver, environment by environment, and what came of it.

use std::fmt;

use cedar_policy::RequestEnv;

use crate::error::Result;
use crate::isolation::{Prover, name};
use crate::pack::Pack;
use crate::sabotage::{Sabotage, TENANT};

/// The outcome of all questions.
#[derive(Debug, Default)]
pub(crate) struct Report {
    environments: usize,
    /// Environments in which the policies allow something.
    open: usize,
    leaks: Vec<String>,
    failing: Vec<String>,
    sabotages: Vec<Refuted>,
}

/// What became of a broken set.
#[derive(Debug)]
struct Refuted {
    sabotage: Sabotage,
    expected: usize,
    missed: Vec<String>,
    example: Option<String>,
}

impl Report {
    /// Asks everything.
    pub(crate) async fn of(pack: &Pack, prover: &mut Prover<'_>) -> Result<Self> {
        let mut environments: Vec<RequestEnv> = pack.schema.request_envs().collect();
        environments.sort_by_key(name);
        let mut report = Self { environments: environments.len(), ..Self::default() };
        let mut open = Vec::new();
        for environment in &environments {
            if prover.permits(&pack.policies, environment).await? {
                open.push(environment);
            }
            if let Some(leak) = prover.leak(&pack.policies, environment).await? {
                report.leaks.push(format!("{}: {}", name(environment), leak.request));
            }
            if !prover.lock_never_fails(pack, environment).await? {
                report.failing.push(name(environment));
            }
        }
        report.open = open.len();
        for sabotage in Sabotage::ALL {
            report.sabotages.push(refute(pack, prover, sabotage, &open).await?);
        }
        Ok(report)
    }

    /// Whether isolation is proved and every broken set refuted. A schema without anything allowed proves nothing.
    pub(crate) fn holds(&self) -> bool {
        let refuted = |each: &Refuted| each.missed.is_empty() && each.expected > 0;
        self.leaks.is_empty()
            && self.failing.is_empty()
            && self.open > 0
            && self.sabotages.iter().all(refuted)
    }
}

async fn refute(
    pack: &Pack,
    prover: &mut Prover<'_>,
    sabotage: Sabotage,
    open: &[&RequestEnv],
) -> Result<Refuted> {
    let mut refuted = Refuted { sabotage, expected: 0, missed: Vec::new(), example: None };
    let Some(kept) = open.first() else { return Ok(refuted) };
    let broken = sabotage.of(&pack.policies, kept)?;
    for environment in open.iter().filter(|environment| !sabotage.leaves(environment, kept)) {
        refuted.expected += 1;
        match prover.leak(&broken, environment).await? {
            Some(leak) => refuted.example = refuted.example.or_else(|| Some(leak.request.to_string())),
            None => refuted.missed.push(name(environment)),
        }
    }
    Ok(refuted)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.environments;
        let proved = |bad: usize| if bad == 0 { "proved" } else { "NOT PROVED" };
        let (leaks, failing) = (self.leaks.len(), self.failing.len());
        writeln!(f, "{all} request environments, something is allowed in {} of them", self.open)?;
        let good = all.saturating_sub(leaks);
        writeln!(
            f,
            "{}: nobody is allowed anything in another workspace, in {good} of {all}",
            proved(leaks)
        )?;
        self.leaks.iter().try_for_each(|leak| writeln!(f, "  allowed all the same: {leak}"))?;
        let good = all.saturating_sub(failing);
        writeln!(f, "{}: `{TENANT}` never fails, in {good} of {all}", proved(failing))?;
        self.failing.iter().try_for_each(|each| writeln!(f, "  can fail: {each}"))?;
        self.sabotages.iter().try_for_each(|refuted| write!(f, "{refuted}"))
    }
}

impl fmt::Display for Refuted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, all) = (self.sabotage.name(), self.expected);
        let found = all.saturating_sub(self.missed.len());
        let refuted = if found == all && all > 0 { "refuted" } else { "NOT REFUTED" };
        writeln!(f, "{refuted}: the same {name}, in {found} of {all}")?;
        self.missed.iter().try_for_each(|each| writeln!(f, "  not refuted: {each}"))?;
        self.example.iter().try_for_each(|example| writeln!(f, "  for example: {example}"))
    }
}
