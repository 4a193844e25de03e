//! Who may do what, decided cell by cell.

use std::fmt;

use prodops_core::id::{MembershipId, WorkspaceId};
use prodops_core::tenancy::{Role, SystemPrincipal, WorkspaceState};

use crate::action::ActionKind;
use crate::decide::Outcome;
use crate::entity::{Asker, Question};
use crate::policy::Policy;
use crate::resource::ResourceKey;

/// Whose resource is acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tenant {
    /// One of the principal's own workspace.
    Own,
    /// One of another workspace.
    Foreign,
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The action.
    pub action: &'static str,
    /// The role, `suspended` (an owner whose membership is suspended), or the system principal.
    pub principal: &'static str,
    /// Whose resource it is.
    pub tenant: Tenant,
    /// The state of the principal's workspace.
    pub state: WorkspaceState,
    /// Whether it is allowed.
    pub allowed: bool,
    /// The policies that forbid it or failed.
    pub policies: Vec<String>,
}

/// Every action by every kind of principal, in its own and in another workspace, active and archived.
///
/// As text it is a table: `yes` allowed, `-` permitted by nothing, `X` forbidden or failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// The decisions, ordered as the table shows them: workspace, action, principal.
    pub cells: Vec<Cell>,
}

const WORLDS: [(Tenant, WorkspaceState, &str); 4] = [
    (Tenant::Own, WorkspaceState::Active, "own workspace, active"),
    (Tenant::Own, WorkspaceState::Archived, "own workspace, archived"),
    (Tenant::Foreign, WorkspaceState::Active, "resource of another workspace, own one active"),
    (Tenant::Foreign, WorkspaceState::Archived, "resource of another workspace, own one archived"),
];

impl Matrix {
    /// Decides every cell under this policy.
    #[must_use]
    pub fn of(policy: &Policy) -> Self {
        let mut cells = Vec::new();
        for (tenant, state, _) in WORLDS {
            for &action in ActionKind::ALL {
                cells.extend(askers().map(|(name, asker)| cell(policy, tenant, state, action, name, asker)));
            }
        }
        Self { cells }
    }
}

fn askers() -> impl Iterator<Item = (&'static str, Asker)> {
    let membership = MembershipId::from_bytes([3; 16]);
    let member = move |role, suspended| Asker::Member { membership, role, suspended };
    let roles = Role::ALL.into_iter().map(move |role| (role.as_str(), member(role, false)));
    let systems = SystemPrincipal::ALL.map(|system| (system.as_str(), Asker::System(system)));
    roles.chain([("suspended", member(Role::Owner, true))]).chain(systems)
}

fn cell(
    policy: &Policy,
    tenant: Tenant,
    state: WorkspaceState,
    action: ActionKind,
    principal: &'static str,
    asker: Asker,
) -> Cell {
    let workspace = WorkspaceId::from_bytes([1; 16]);
    let owner = match tenant {
        Tenant::Own => workspace,
        Tenant::Foreign => WorkspaceId::from_bytes([2; 16]),
    };
    let resource = ResourceKey::representative(action.resource_type()).unwrap_or(ResourceKey::Workspace);
    let archived = state == WorkspaceState::Archived;
    let question = Question { asker, workspace, archived, resource, owner };
    let (allowed, policies) = match policy.decider().decide(action, &question) {
        Outcome::Allowed => (true, Vec::new()),
        Outcome::Denied { policies, .. } => (false, policies),
    };
    Cell { action: action.name(), principal, tenant, state, allowed, policies }
}

impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (tenant, state, title) in WORLDS {
            writeln!(f, "{title}")?;
            write!(f, "{:18}", "")?;
            for (name, _) in askers() {
                write!(f, "{name:>10}")?;
            }
            let here = self.cells.iter().filter(|cell| cell.tenant == tenant && cell.state == state);
            let mut action = "";
            for cell in here {
                if cell.action != action {
                    action = cell.action;
                    write!(f, "\n{action:18}")?;
                }
                let mark = match (cell.allowed, cell.policies.is_empty()) {
                    (true, _) => "yes",
                    (false, true) => "-",
                    (false, false) => "X",
                };
                write!(f, "{mark:>10}")?;
            }
            writeln!(f, "\n")?;
        }
        Ok(())
    }
}
