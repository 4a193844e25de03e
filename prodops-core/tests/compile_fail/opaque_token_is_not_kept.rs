// A token is shown once and not copied, printed or serialised; what is kept is its hash.
use prodops_core::session::OpaqueToken;

trait Printed {}
impl<T: std::fmt::Display> Printed for T {}
fn needs_display<T: Printed>() {}

trait Stored {}
impl<T: serde::Serialize> Stored for T {}
fn needs_serialize<T: Stored>() {}

fn needs_clone<T: Clone>() {}

fn main() {
    needs_display::<OpaqueToken>();
    needs_serialize::<OpaqueToken>();
    needs_clone::<OpaqueToken>();
}
