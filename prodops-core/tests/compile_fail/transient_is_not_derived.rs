// Source text is no fact.
use prodops_core::fact::Derived;
use prodops_core::source::Transient;

fn store<T: Derived>() {}

fn main() {
    store::<Transient>();
}
