// A permit that was handed over is spent.
use prodops_policy::{Permit, RunSync};

fn start(_: Permit<RunSync>) {}

fn run(permit: Permit<RunSync>) {
    start(permit);
    start(permit);
}

fn main() {}
