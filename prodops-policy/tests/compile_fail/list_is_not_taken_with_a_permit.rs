// A list asks for the filter of its rows: the permit for one row does not open it, nor does a filter by itself.
use prodops_core::filter::Filter;
use prodops_policy::{ListConnections, Permit, Visible};

fn list(_: &Visible<ListConnections>) {}

fn run(permit: &Permit<ListConnections>) {
    list(permit);
    list(&Filter::None);
}

fn main() {}
