// The key of a workspace is not copied or serialised.
use prodops_core::index_key::{IndexKey, IndexSubkey};

trait Stored {}
impl<T: serde::Serialize> Stored for T {}
fn needs_serialize<T: Stored>() {}

fn needs_clone<T: Clone>() {}

fn main() {
    needs_serialize::<IndexKey>();
    needs_serialize::<IndexSubkey>();
    needs_clone::<IndexKey>();
    needs_clone::<IndexSubkey>();
}
