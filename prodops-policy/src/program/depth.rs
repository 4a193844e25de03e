//! Room for taking deep policies apart: Cedar shows the structure of a policy by recursion, without a limit of its own.

use cedar_policy::{Policy, PolicySet};

/// No policy is taken apart that could nest deeper than this.
const DEEPEST: usize = 4096;
/// More than one level takes, in builds without optimisation too.
const PER_LEVEL: usize = 32 * 1024;
/// Levels that every stack has room for.
const SHALLOW: usize = 16;

/// Runs something that takes the policy apart, on a stack that has room for it; `None` when no reasonable one has.
pub(crate) fn with_room<T>(set: &PolicySet, policy: &Policy, run: impl FnOnce() -> T) -> Option<T> {
    match levels(set, policy)? {
        ..=SHALLOW => Some(run()),
        levels @ ..=DEEPEST => Some(stacker::grow((levels + SHALLOW) * PER_LEVEL, run)),
        _ => None,
    }
}

/// At least as many as the policy nests: no level can be written without one of these characters. `None` when Cedar cannot
/// show the text.
pub(crate) fn levels(set: &PolicySet, policy: &Policy) -> Option<usize> {
    let text = match policy.template_id() {
        Some(template) => set.template(template)?.to_cedar(),
        None => policy.to_cedar()?,
    };
    let opens = |byte: &u8| b"&|([{.+-*!<>=f".contains(byte);
    Some(text.as_bytes().iter().filter(|byte| opens(byte)).count())
}
