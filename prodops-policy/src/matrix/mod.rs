//! Who may do what: every kind of principal against every action, as far as that can be told without a row and a moment.

mod explain;
mod table;

use std::fmt;

use prodops_core::id::{MembershipId, WorkspaceId};
use prodops_core::tenancy::{Role, SystemPrincipal};
use prodops_core::time::Timestamp;

use crate::decide::Decider;
use crate::moment::Moment;
use crate::policy::Policy;
pub use crate::program::Certainty;
use crate::question::{Asker, Member, Question};
use crate::reading::Known;
use crate::resource::ResourceKey;
use crate::verb::Verb;
use crate::vocabulary::{ActionKind, Bare};
pub use explain::{CellExplanation, UnknownCell, Voice};

/// Where and how somebody asks. Members of support have a membership that ends, all others one that does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Circumstance {
    /// In their own workspace, which is active, in a session.
    Usual,
    /// In their own workspace, which is archived.
    Archived,
    /// In their own workspace, through an API token.
    ByToken,
    /// About something of another workspace.
    Foreign,
}

impl Circumstance {
    /// Every one of them.
    pub const ALL: [Self; 4] = [Self::Usual, Self::Archived, Self::ByToken, Self::Foreign];

    /// In words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Usual => "own workspace, active, in a session",
            Self::Archived => "own workspace, archived",
            Self::ByToken => "own workspace, through an API token",
            Self::Foreign => "resource of another workspace",
        }
    }
}

/// What a kind of principal may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Always.
    Allowed,
    /// Under conditions on the row, the moment or the principal.
    Conditional,
    /// Never.
    Denied,
}

/// One field of the matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Where and how it is asked.
    pub circumstance: Circumstance,
    /// The role, `suspended` (an owner whose membership is suspended), `endless` (support whose membership does not end), or
    /// the system principal.
    pub principal: &'static str,
    /// The action.
    pub action: &'static str,
    /// The type that the action is done to.
    pub resource: &'static str,
    /// Whether it is allowed.
    pub standing: Standing,
    /// The policies that decide, by id: of an allowance the permits, of a refusal the forbids (none when nothing permits
    /// it), else those whose conditions it depends on.
    pub policies: Vec<String>,
}

/// Every field, ordered by circumstance, action (as in the schema) and principal. As text it is a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// The fields.
    pub cells: Vec<Cell>,
}

impl Policy {
    /// Who may do what under these policies.
    #[must_use]
    pub fn matrix(&self) -> Matrix {
        let mut cells = Vec::new();
        for circumstance in Circumstance::ALL {
            for &action in ActionKind::ALL {
                cells.extend(
                    principals().filter_map(|principal| {
                        Some(self.supposition(circumstance, principal, action)?.cell())
                    }),
                );
            }
        }
        Matrix { cells }
    }

    fn supposition(
        &self,
        circumstance: Circumstance,
        (principal, asker): (&'static str, Asker),
        action: ActionKind,
    ) -> Option<Supposition<'_>> {
        let decider = self.decider();
        let verb = decider.verb(action)?;
        let known =
            if verb.applies_to(&asker) { suppose(decider, verb, circumstance, asker)? } else { Vec::new() };
        Some(Supposition { decider, verb, circumstance, principal, known })
    }
}

/// The kinds of principals, by name.
fn principals() -> impl Iterator<Item = (&'static str, Asker)> {
    let member = |role: Role| Member {
        membership: MembershipId::from_bytes([3; 16]),
        role,
        suspended: false,
        by_token: false,
        until: role.needs_end().then_some(Timestamp::UNIX_EPOCH),
    };
    let roles = Role::ALL.into_iter().map(move |role| (role.as_str(), Asker::Member(member(role))));
    let odd = [
        ("suspended", Member { suspended: true, ..member(Role::Owner) }),
        ("endless", Member { until: None, ..member(Role::Support) }),
    ];
    let systems = SystemPrincipal::ALL.map(|system| (system.as_str(), Asker::System(system)));
    roles.chain(odd.map(|(name, member)| (name, Asker::Member(member)))).chain(systems)
}

fn suppose(
    decider: &Decider,
    verb: &Verb,
    circumstance: Circumstance,
    asker: Asker,
) -> Option<Vec<(u32, Certainty)>> {
    let asker = match (circumstance, asker) {
        (Circumstance::ByToken, Asker::Member(member)) => Asker::Member(Member { by_token: true, ..member }),
        (_, asker) => asker,
    };
    let workspace = WorkspaceId::from_bytes([1; 16]);
    let owner = match circumstance {
        Circumstance::Foreign => WorkspaceId::from_bytes([2; 16]),
        _ => workspace,
    };
    let (archived, resource) =
        (circumstance == Circumstance::Archived, ResourceKey::representative(verb.kind.resource())?);
    let moment = Moment::at(Timestamp::UNIX_EPOCH);
    let question = Question { asker, workspace, archived, resource, owner, facts: &Bare, moment: &moment };
    Some(decider.suppose(verb, &question, Known::AnyMoment))
}

/// What the policies of a field come to.
struct Supposition<'a> {
    decider: &'a Decider,
    verb: &'a Verb,
    circumstance: Circumstance,
    principal: &'static str,
    known: Vec<(u32, Certainty)>,
}

impl Supposition<'_> {
    fn cell(&self) -> Cell {
        let (standing, policies) = self.standing();
        Cell {
            circumstance: self.circumstance,
            principal: self.principal,
            action: self.verb.kind.name(),
            resource: self.verb.kind.resource().name(),
            standing,
            policies,
        }
    }

    /// As decisions are made: a policy that fails refuses, a forbid outweighs every permit.
    fn standing(&self) -> (Standing, Vec<String>) {
        let refuses = |forbids: bool, certainty| {
            certainty == Certainty::Fails || (forbids && certainty == Certainty::Always)
        };
        let refusing = self.these(refuses);
        let permits = self.these(|forbids, certainty| !forbids && certainty == Certainty::Always);
        let depends = |forbids: bool| {
            self.these(move |each, certainty| each == forbids && certainty == Certainty::Depends)
        };
        let (some_permits, some_forbids) = (depends(false), depends(true));
        if !refusing.is_empty() {
            return (Standing::Denied, refusing);
        }
        match (permits.is_empty(), some_permits.is_empty(), some_forbids.is_empty()) {
            (false, _, true) => (Standing::Allowed, permits),
            (false, _, false) => (Standing::Conditional, some_forbids),
            (true, true, _) => (Standing::Denied, Vec::new()),
            (true, false, _) => (Standing::Conditional, [some_permits, some_forbids].concat()),
        }
    }

    fn these(&self, wanted: impl Fn(bool, Certainty) -> bool) -> Vec<String> {
        let forbids = self.verb.cell.forbids.len();
        let fitting = self.known.iter().enumerate();
        let fitting = fitting.filter(|(place, (_, certainty))| wanted(*place < forbids, *certainty));
        let mut ids: Vec<String> = fitting
            .filter_map(|(_, (number, _))| self.decider.program().policy_id(*number))
            .map(ToString::to_string)
            .collect();
        ids.sort();
        ids
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Allowed => "allowed",
            Self::Conditional => "conditional",
            Self::Denied => "denied",
        })
    }
}

#[cfg(test)]
mod tests;
