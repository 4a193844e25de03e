// A secret is not printed, copied, compared, lent, serialised, deserialised or dereferenced.
use prodops_core::secret::Secret;

type Key = Secret<[u8; 32]>;

trait Printed {}
impl<T: std::fmt::Display> Printed for T {}
fn needs_display<T: Printed>() {}

trait Stored {}
impl<T: serde::Serialize> Stored for T {}
fn needs_serialize<T: Stored>() {}

trait Borrowed {}
impl<T: std::ops::Deref> Borrowed for T {}
fn needs_deref<T: Borrowed>() {}

trait Lent {}
impl<T: AsRef<[u8]>> Lent for T {}
fn needs_as_ref<T: Lent>() {}

trait Read {}
impl<T: for<'a> serde::Deserialize<'a>> Read for T {}
fn needs_deserialize<T: Read>() {}

fn needs_clone<T: Clone>() {}
fn needs_eq<T: PartialEq>() {}

fn main() {
    needs_display::<Key>();
    needs_serialize::<Key>();
    needs_deref::<Key>();
    needs_as_ref::<Key>();
    needs_deserialize::<Key>();
    needs_clone::<Key>();
    needs_eq::<Key>();
}
