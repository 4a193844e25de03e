//! What is merged is finished.

use super::finding::Finding;
use crate::source::{RustSource, occurrences};
use crate::workspace::Workspace;

const MARKS: &[&str] = &["TODO", "FIXME"];
const MACROS: &[&str] = &["todo!", "unimplemented!"];

/// Looks for marks in comments and code, and for the macros in code.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    workspace.sources.iter().flat_map(check_source).collect()
}

fn check_source(source: &RustSource) -> Vec<Finding> {
    let marks = MARKS.iter().map(|mark| (mark, &source.without_strings));
    let macros = MACROS.iter().map(|name| (name, &source.code));
    let why = "what is merged is finished; do it now or open an issue";
    let found = marks.chain(macros).flat_map(|(pattern, text)| {
        occurrences(text, pattern).into_iter().map(move |place| (pattern, place.line))
    });
    found
        .map(|(pattern, line)| {
            Finding::new(&source.path, line, format!("unfinished work (`{pattern}`)"), why)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> usize {
        check(&Workspace::sample(&[("a/src/x.rs", text)])).len()
    }

    #[test]
    fn finished_work_passes() {
        assert_eq!(findings("// what todo!() does\nconst A: &str = \"TODO\";\nconst TODOS: u8 = 1;"), 0);
    }

    #[test]
    fn each_mark_is_found() {
        for bad in ["// TODO: more", "/// FIXME", "fn a() { todo!() }", "fn a() { unimplemented!(\"b\") }"] {
            assert_eq!(findings(&format!("{bad}\nfn z() {{}}")), 1, "{bad}");
        }
    }
}
