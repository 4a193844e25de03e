//! The part of the matrix that a test writes down.

use crate::matrix::{Circumstance, Standing};
use crate::policy::Policy;

/// What a policy set says otherwise than expected, a line each: for [`matrix!`](crate::matrix!).
#[must_use]
pub fn differences(policy: &Policy, expected: &[(&str, &str, Standing)]) -> Vec<String> {
    let matrix = policy.matrix();
    let usual = |principal: &str, action: &str| {
        matrix.cells.iter().find(|cell| {
            (cell.circumstance, cell.principal, cell.action) == (Circumstance::Usual, principal, action)
        })
    };
    let differs = |(principal, action, wanted): &(&str, &str, Standing)| match usual(principal, action) {
        None => Some(format!("there is no `{principal}` or no `{action}`")),
        Some(cell) if cell.standing == *wanted => None,
        Some(cell) => {
            let (found, by) = (cell.standing, cell.policies.join(", "));
            Some(format!("`{action}` by `{principal}` is {found} ({by}), not {wanted}"))
        }
    };
    expected.iter().filter_map(differs).collect()
}

/// Stops the test unless the policies say of these fields what is written down: `yes`, `no`, or `if` for what has conditions.
///
/// ```
/// # fn main() -> Result<(), prodops_policy::PolicyError> {
/// let policy = prodops_policy::Policy::shipped()?;
/// prodops_policy::matrix! { policy;
///     "viewer": ReadReport yes, Connect no, ReadHealthScore if;
///     "admin": Connect yes;
/// }
/// # Ok(())
/// # }
/// ```
#[macro_export]
macro_rules! matrix {
    ($policy:expr; $($principal:literal: $($action:ident $standing:tt),+;)+) => {{
        let expected = [$($(($principal, ::core::stringify!($action), $crate::matrix!(@standing $standing)),)+)+];
        let differences = $crate::testing::differences(&$policy, &expected);
        ::core::assert!(differences.is_empty(), "{}", differences.join("\n"));
    }};
    (@standing yes) => { $crate::matrix::Standing::Allowed };
    (@standing no) => { $crate::matrix::Standing::Denied };
    (@standing if) => { $crate::matrix::Standing::Conditional };
}
