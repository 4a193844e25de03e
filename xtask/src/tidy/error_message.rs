//! Error messages are parts of a sentence: lower-case, no period.

use syn::visit::{self, Visit};
use syn::{Attribute, LitStr};

use super::finding::Finding;
use crate::workspace::Workspace;

/// Checks every message of a derived error.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in &workspace.sources {
        Messages { path: &source.path, findings: &mut findings }.visit_file(&source.tree);
    }
    findings
}

struct Messages<'a> {
    path: &'a str,
    findings: &'a mut Vec<Finding>,
}

impl<'ast> Visit<'ast> for Messages<'_> {
    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Some(what) = message(attribute).and_then(|message| fault(&message)) {
            let line = attribute.pound_token.span.start().line;
            let why = "messages are joined into one sentence (`cannot sync: token expired`)";
            self.findings.push(Finding::new(self.path, line, what, why));
        }
        visit::visit_attribute(self, attribute);
    }
}

/// The text of `#[error("…")]`; `None` for `#[error(transparent)]` and for other attributes.
fn message(attribute: &Attribute) -> Option<String> {
    let list = attribute.meta.require_list().ok().filter(|list| list.path.is_ident("error"))?;
    let first = list.tokens.clone().into_iter().next()?;
    syn::parse2::<LitStr>(first.into()).ok().map(|literal| literal.value())
}

fn fault(message: &str) -> Option<&'static str> {
    if message.chars().next().is_some_and(char::is_uppercase) {
        Some("error message starts with a capital")
    } else if message.ends_with('.') {
        Some("error message ends with a period")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(attribute: &str) -> usize {
        let text = format!("enum E {{\n    {attribute}\n    A,\n}}");
        check(&Workspace::sample(&[("a/src/x.rs", &text)])).len()
    }

    #[test]
    fn part_of_a_sentence_passes() {
        for good in [
            "#[error(\"token `{0}` expired\", x)]",
            "#[error(transparent)]",
            "#[error(\"{0}\")]",
            "#[doc = \"A.\"]",
        ] {
            assert_eq!(findings(good), 0, "{good}");
        }
    }

    #[test]
    fn capitals_and_periods_are_found() {
        assert_eq!(findings("#[error(\"Token expired\")]"), 1);
        assert_eq!(findings("#[error(\"token expired.\")]"), 1);
    }
}
