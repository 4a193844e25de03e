// Source text is not printed, copied, serialised or dereferenced.
use prodops_core::source::Transient;

trait Printed {}
impl<T: std::fmt::Display> Printed for T {}
fn needs_display<T: Printed>() {}

trait Stored {}
impl<T: serde::Serialize> Stored for T {}
fn needs_serialize<T: Stored>() {}

trait Borrowed {}
impl<T: std::ops::Deref> Borrowed for T {}
fn needs_deref<T: Borrowed>() {}

trait Read {}
impl<T: AsRef<[u8]>> Read for T {}
fn needs_as_ref<T: Read>() {}

fn needs_clone<T: Clone>() {}

fn main() {
    needs_display::<Transient>();
    needs_serialize::<Transient>();
    needs_deref::<Transient>();
    needs_as_ref::<Transient>();
    needs_clone::<Transient>();
}
