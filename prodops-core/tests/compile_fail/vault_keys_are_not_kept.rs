// Keys of the vault are not copied, printed, compared or serialised.
use prodops_core::vault::{RowKey, VaultKey};

trait Printed {}
impl<T: std::fmt::Display> Printed for T {}
fn needs_display<T: Printed>() {}

trait Stored {}
impl<T: serde::Serialize> Stored for T {}
fn needs_serialize<T: Stored>() {}

trait Compared {}
impl<T: PartialEq> Compared for T {}
fn needs_eq<T: Compared>() {}

fn needs_clone<T: Clone>() {}

fn main() {
    needs_display::<VaultKey>();
    needs_serialize::<VaultKey>();
    needs_eq::<VaultKey>();
    needs_clone::<VaultKey>();
    needs_display::<RowKey>();
    needs_serialize::<RowKey>();
    needs_clone::<RowKey>();
}
