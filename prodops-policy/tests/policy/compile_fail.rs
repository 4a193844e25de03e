//! What must not compile. One file per promise; the compiler's own words are kept beside it.

#[test]
fn what_the_types_forbid_does_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/compile_fail/right_action.rs");
    cases.compile_fail("tests/compile_fail/*_not_*.rs");
}
