//! Finds struct literals of a type.

use syn::visit::{self, Visit};
use syn::{ExprStruct, File};

use crate::source::Place;

/// Where a value of the type is written out field by field.
pub(super) fn places(tree: &File, name: &str) -> Vec<Place> {
    let mut literals = Literals { name, found: Vec::new() };
    literals.visit_file(tree);
    literals.found
}

struct Literals<'a> {
    name: &'a str,
    found: Vec<Place>,
}

impl<'ast> Visit<'ast> for Literals<'_> {
    fn visit_expr_struct(&mut self, literal: &'ast ExprStruct) {
        if let Some(segment) = literal.path.segments.last().filter(|segment| segment.ident == self.name) {
            let span = segment.ident.span();
            self.found.push(Place { offset: span.byte_range().start, line: span.start().line });
        }
        visit::visit_expr_struct(self, literal);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        places(&syn::parse_str(text).unwrap(), "A").iter().map(|place| place.line).collect()
    }

    #[test]
    fn literals_are_found_and_patterns_are_not() {
        assert_eq!(lines("fn a() {\n    b(x::A { c: 1 });\n}"), [2]);
        assert!(lines("impl T for A { fn a() { let A { c } = d; B { c }; } }").is_empty());
    }
}
