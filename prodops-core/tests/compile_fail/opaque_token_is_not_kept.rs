// A token is shown once and not copied, printed or serialised; what is kept is its hash.
use prodops_core::api_token::ApiToken;
use prodops_core::session::csrf::CsrfToken;
use prodops_core::session::{OpaqueToken, SessionKey};

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
    needs_display::<ApiToken>();
    needs_serialize::<ApiToken>();
    needs_display::<CsrfToken>();
    needs_serialize::<CsrfToken>();
    needs_display::<SessionKey>();
    needs_serialize::<SessionKey>();
}
