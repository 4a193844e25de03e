// A permit is not copied, kept, read from input or made by default.
use prodops_policy::{Connect, ListRepositories, Permit, Visible};

fn needs_clone<T: Clone>() {}
fn needs_default<T: Default>() {}

fn main() {
    needs_clone::<Permit<Connect>>();
    needs_clone::<Visible<ListRepositories>>();
    needs_default::<Permit<Connect>>();
    needs_default::<Visible<ListRepositories>>();
}
