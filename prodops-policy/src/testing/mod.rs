//! For tests of authorisation: fields of the matrix written down, isolation, changed policy sets, random questions, and Cedar as
//! the oracle.

mod golden;
mod isolation;
mod mutant;
mod oracle;
mod strategy;

pub use golden::differences;
pub use isolation::{Leak, isolation};
pub use mutant::{Mutation, survivors};
pub use oracle::{Answer, Difference, against_cedar};
pub use strategy::{Case, SchemaError, Worlds};

use crate::error::PolicyError;
use crate::policy::{Policy, schema};

/// The same policies but one, without the checks that [`Policy::load`] makes.
///
/// With it a test shows that a policy is needed (something changes without it), or that another lock holds without it:
/// take out `tenant-mismatch` and see the store refuse.
///
/// # Errors
/// [`PolicyError::Schema`] when there is no policy with this id.
pub fn without(policy: &Policy, id: &str) -> Result<Policy, PolicyError> {
    let mut set = policy.decider().set().clone();
    set.remove_static(cedar_policy::PolicyId::new(id))
        .map_err(|error| PolicyError::Schema { message: error.to_string() })?;
    Policy::over(&set, policy.places().clone(), &schema()?)
}
