// The counterpart of `wrong_action_is_not_taken`: with the right permit the same call compiles.
use prodops_policy::{Permit, RunSync};

fn start(_: &Permit<RunSync>) {}

fn run(permit: &Permit<RunSync>) {
    start(permit);
}

fn main() {
    let _ = run;
}
