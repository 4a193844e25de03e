//! One field of the matrix in words: which policies permit, which forbid, and under which conditions.

use std::fmt;

use cedar_policy::{Effect, Policy as CedarPolicy};

use super::{Cell, Certainty, Circumstance, Standing, principals};
use crate::file::Place;
use crate::policy::Policy;
use crate::vocabulary::ActionKind;

/// There is no such field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnknownCell {
    /// No principal is called so.
    #[error("no principal `{name}`: use one of {known}")]
    Principal {
        /// The name.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// No action is called so.
    #[error("no action `{name}`: the policy schema lists the actions")]
    Action {
        /// The name.
        name: String,
    },
    /// The action is done to another type.
    #[error("`{action}` is done to `{resource}`, not to `{name}`")]
    Resource {
        /// The action.
        action: &'static str,
        /// The type that it is done to.
        resource: &'static str,
        /// The name.
        name: String,
    },
}

/// A policy that has a say in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voice {
    /// Its `@id`.
    pub policy: String,
    /// Its `@description`.
    pub description: String,
    /// Whether it forbids; otherwise it permits.
    pub forbids: bool,
    /// Whether it always speaks, or only under its conditions.
    pub certainty: Certainty,
    /// Its conditions, as Cedar spells them: `when { … }`, `unless { … }`.
    pub conditions: Vec<String>,
    /// Where it stands.
    pub place: Place,
}

/// A field with the policies that have a say in it, forbids first. As text it is for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellExplanation {
    /// The field.
    pub cell: Cell,
    /// The policies.
    pub voices: Vec<Voice>,
}

impl Policy {
    /// Explains what a kind of principal may do in their own, active workspace, in a session.
    ///
    /// `principal` is named as [`Cell::principal`] says.
    ///
    /// # Errors
    /// [`UnknownCell`], when the matrix has no such field.
    pub fn explain_cell(
        &self,
        principal: &str,
        action: &str,
        resource_type: &str,
    ) -> Result<CellExplanation, UnknownCell> {
        let asker = principals().find(|(name, _)| *name == principal).ok_or_else(|| {
            let known: Vec<&str> = principals().map(|(name, _)| name).collect();
            UnknownCell::Principal { name: principal.to_owned(), known: known.join(", ") }
        })?;
        let unknown = || UnknownCell::Action { name: action.to_owned() };
        let kind = ActionKind::ALL.iter().copied().find(|kind| kind.name() == action).ok_or_else(unknown)?;
        let resource = kind.resource().name();
        if resource != resource_type {
            let name = resource_type.to_owned();
            return Err(UnknownCell::Resource { action: kind.name(), resource, name });
        }
        let supposed = self.supposition(Circumstance::Usual, asker, kind).ok_or_else(unknown)?;
        let speaking = supposed.known.iter().filter(|(_, certainty)| *certainty != Certainty::Never);
        let voices = speaking.filter_map(|(number, certainty)| self.voice(*number, *certainty)).collect();
        Ok(CellExplanation { cell: supposed.cell(), voices })
    }

    fn voice(&self, number: u32, certainty: Certainty) -> Option<Voice> {
        let id = self.decider().program().policy_id(number)?;
        let policy = self.decider().set().policy(id)?;
        let id = id.to_string();
        Some(Voice {
            description: policy.annotation("description").unwrap_or_default().to_owned(),
            forbids: policy.effect() == Effect::Forbid,
            certainty,
            conditions: conditions(policy),
            place: self.place(&id)?.clone(),
            policy: id,
        })
    }
}

fn conditions(policy: &CedarPolicy) -> Vec<String> {
    policy.to_pst().map_or_else(
        |_| Vec::new(),
        |policy| policy.body().clauses().iter().map(ToString::to_string).collect(),
    )
}

impl fmt::Display for CellExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cell { principal, action, resource, standing, .. } = &self.cell;
        let (verdict, why) = match standing {
            Standing::Allowed => ("may always", "nothing that forbids it can apply"),
            Standing::Conditional => ("may, under conditions,", "it depends on the policies below"),
            Standing::Denied if self.cell.policies.is_empty() => ("may never", "no policy permits it"),
            Standing::Denied => ("may never", "it is forbidden"),
        };
        writeln!(f, "`{principal}` {verdict} `{action}` a `{resource}`: {why}.")?;
        self.voices.iter().try_for_each(|voice| write!(f, "\n{voice}"))
    }
}

impl fmt::Display for Voice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let effect = match (self.certainty, self.forbids) {
            (Certainty::Fails, _) => "cannot be evaluated, and refuses",
            (Certainty::Always, true) => "forbids",
            (Certainty::Always, false) => "permits",
            (_, true) => "forbids in some cases",
            (_, false) => "permits in some cases",
        };
        writeln!(f, "{} {effect} ({})\n  {}", self.policy, self.place, self.description)?;
        self.conditions.iter().try_for_each(|condition| writeln!(f, "  {condition}"))
    }
}
