//! Nothing of another workspace is open to anybody: by the code of every cell, by the matrix, and by decisions.

use crate::decide::Outcome;
use crate::matrix::{Cell, Circumstance, Standing};
use crate::policy::Policy;
use crate::program::Unguarded;
use crate::sample;
use crate::vocabulary::ActionKind;

/// Something of another workspace is open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Leak {
    /// No policy closes a cell to everybody.
    #[error(transparent)]
    Unguarded(#[from] Unguarded),
    /// The matrix has something other than a refusal.
    #[error("`{}` can be allowed `{}` on what belongs to another workspace", .cell.principal, .cell.action)]
    Cell {
        /// The field.
        cell: Cell,
    },
    /// A question is answered with yes.
    #[error("`{action}` on what belongs to another workspace is allowed to {asker}")]
    Decision {
        /// The action.
        action: &'static str,
        /// Who asked.
        asker: String,
    },
}

/// Looks for something of another workspace that is open to somebody. [`assert_isolated!`](crate::assert_isolated) stops a test
/// there.
///
/// # Errors
/// The first [`Leak`] that is found.
pub fn isolation(policy: &Policy) -> Result<(), Leak> {
    policy.decider().program().keeps_apart("workspace")?;
    let foreign =
        |cell: &Cell| cell.circumstance == Circumstance::Foreign && cell.standing != Standing::Denied;
    if let Some(cell) = policy.matrix().cells.into_iter().find(foreign) {
        return Err(Leak::Cell { cell });
    }
    let mut found = None;
    for &action in ActionKind::ALL {
        sample::each_question(action, |question| {
            if found.is_none()
                && question.owner != question.workspace
                && policy.decider().decide(action, question) == Outcome::Allowed
            {
                let asker = format!("{:?}", question.asker);
                found = Some(Leak::Decision { action: action.name(), asker });
            }
        });
    }
    found.map_or(Ok(()), Err)
}

/// Stops the test when something of another workspace is open to somebody.
#[macro_export]
macro_rules! assert_isolated {
    ($policy:expr) => {
        if let Err(leak) = $crate::testing::isolation(&$policy) {
            ::core::panic!("{leak}");
        }
    };
}
