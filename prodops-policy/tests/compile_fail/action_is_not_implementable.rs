// Nobody adds an action that the schema does not have.
use prodops_policy::{Action, WorkspaceFacts};

#[derive(Debug)]
struct DropEverything;

impl Action for DropEverything {
    type Resource = WorkspaceFacts;
    const NAME: &'static str = "DropEverything";
}

fn main() {}
