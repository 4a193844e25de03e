// A permit for one action opens nothing that asks for another.
use prodops_policy::{Disconnect, ListConnections, ListRepositories, Permit, RunSync, Visible};

fn disconnect(_: &Permit<Disconnect>) {}
fn list(_: &Visible<ListConnections>) {}

fn run(permit: &Permit<RunSync>, visible: &Visible<ListRepositories>) {
    disconnect(permit);
    list(visible);
}

fn main() {}
