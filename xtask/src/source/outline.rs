//! The items of a file from its tokens alone.
//!
//! A syntax tree does not look into macro calls, and property tests live inside one: tokens see both.

use std::ops::Range;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A run of tokens that ends with a `{…}` body or a `;`: an item, or a statement.
pub(crate) struct Outline {
    /// How many bodies surround it.
    pub(crate) depth: usize,
    /// From its first attribute to its end.
    pub(crate) bytes: Range<usize>,
    /// Line of the first token, counted from 1.
    pub(crate) first_line: usize,
    /// Line of the last token, counted from 1.
    pub(crate) last_line: usize,
    /// Whether it ends with a body.
    pub(crate) has_body: bool,
    attributes: Vec<TokenStream>,
    words: Vec<String>,
}

impl Outline {
    /// Whether it is compiled for tests only.
    pub(crate) fn is_test_only(&self) -> bool {
        self.is_test_function() || self.attributes.iter().any(|attribute| is_cfg_test(attribute.clone()))
    }

    /// Whether it carries `#[test]`, or the test attribute of a run time such as `#[tokio::test]`.
    pub(crate) fn is_test_function(&self) -> bool {
        self.attributes.iter().any(|attribute| {
            let mut path =
                attribute.clone().into_iter().take_while(|tree| !matches!(tree, TokenTree::Group(_)));
            path.any(|tree| is_word(&tree, "test"))
        })
    }

    /// Whether the test is switched off.
    pub(crate) fn is_ignored(&self) -> bool {
        let first = |attribute: &TokenStream| attribute.clone().into_iter().next();
        self.attributes.iter().filter_map(first).any(|tree| is_word(&tree, "ignore"))
    }

    /// The name, if it is a function.
    pub(crate) fn function(&self) -> Option<&str> {
        self.name_after("fn")
    }

    /// The name, if it is a module.
    pub(crate) fn module(&self) -> Option<&str> {
        self.name_after("mod")
    }

    fn name_after(&self, keyword: &str) -> Option<&str> {
        let mut words = self.words.iter().skip_while(|word| *word != keyword);
        words.nth(1).map(String::as_str)
    }
}

/// Every item of the tokens, at any depth, inside macro calls too.
pub(super) fn outline(tokens: TokenStream) -> Vec<Outline> {
    let mut found = Vec::new();
    collect(tokens, 0, &mut found);
    found
}

fn collect(tokens: TokenStream, depth: usize, found: &mut Vec<Outline>) {
    let mut trees = tokens.into_iter().peekable();
    let mut current: Option<Outline> = None;
    while let Some(tree) = trees.next() {
        let item = current.get_or_insert_with(|| start(&tree, depth));
        if is_punct(&tree, '#') && item.words.is_empty() {
            if let Some(TokenTree::Group(group)) = trees.next_if(|next| matches!(next, TokenTree::Group(_))) {
                item.attributes.push(group.stream());
                continue;
            }
            if trees.next_if(|next| is_punct(next, '!')).is_some() {
                // An inner attribute belongs to the surrounding item.
                trees.next();
                current = None;
                continue;
            }
        }
        let body = body_of(&tree);
        if let TokenTree::Ident(word) = &tree {
            item.words.push(word.to_string());
        }
        if body.is_some() || is_punct(&tree, ';') {
            item.has_body = body.is_some();
            item.bytes.end = tree.span().byte_range().end;
            item.last_line = tree.span().end().line;
            found.extend(current.take());
        }
        if let Some(group) = body {
            collect(group.stream(), depth + 1, found);
        }
    }
}

fn start(tree: &TokenTree, depth: usize) -> Outline {
    Outline {
        depth,
        bytes: tree.span().byte_range(),
        first_line: tree.span().start().line,
        last_line: tree.span().end().line,
        has_body: false,
        attributes: Vec::new(),
        words: Vec::new(),
    }
}

fn body_of(tree: &TokenTree) -> Option<Group> {
    match tree {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group.clone()),
        _ => None,
    }
}

/// `cfg(test)` and `cfg(all(test, …))`; not `cfg(any(test, feature = "testing"))`, which ships.
fn is_cfg_test(attribute: TokenStream) -> bool {
    let mut trees = attribute.into_iter();
    let keyword = trees.next().is_some_and(|tree| is_word(&tree, "cfg") || is_word(&tree, "all"));
    let Some(TokenTree::Group(group)) = trees.next().filter(|_| keyword) else { return false };
    let condition = group.stream();
    condition.clone().into_iter().take(1).any(|tree| is_word(&tree, "all")) && is_cfg_test(condition.clone())
        || is_list_with_test(condition)
}

/// Whether `test` is one of the conditions of a list, not an argument of another condition.
fn is_list_with_test(condition: TokenStream) -> bool {
    condition.into_iter().any(|tree| is_word(&tree, "test"))
}

fn is_word(tree: &TokenTree, word: &str) -> bool {
    matches!(tree, TokenTree::Ident(ident) if ident == word)
}

fn is_punct(tree: &TokenTree, character: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(text: &str) -> Vec<Outline> {
        outline(text.parse().unwrap())
    }

    fn only(text: &str) -> Outline {
        items(text).into_iter().next().unwrap()
    }

    #[test]
    fn only_conditions_that_demand_test_are_test_code() {
        assert!(only("#[cfg(test)] mod a {}").is_test_only());
        assert!(only("#[cfg(all(test, unix))] mod a {}").is_test_only());
        assert!(!only("#[cfg(any(test, feature = \"testing\"))] mod a {}").is_test_only());
        assert!(!only("#[cfg(not(test))] mod a {}").is_test_only());
        assert!(!only("mod test {}").is_test_only());
    }

    #[test]
    fn tests_are_seen_through_macros_and_run_times() {
        let all = items(
            "proptest! { #[test] fn p1_2_sums(x in 0..9) {} }\n#[tokio::test(flavor = \"x\")] async fn b() {}",
        );
        let tests: Vec<_> =
            all.iter().filter(|item| item.is_test_function()).filter_map(Outline::function).collect();
        assert_eq!(tests, ["p1_2_sums", "b"]);
    }

    #[test]
    fn an_ignored_test_is_known() {
        assert!(only("#[test] #[ignore = \"slow\"] fn a() {}").is_ignored());
        assert!(!only("#[test] fn a() {}").is_ignored());
    }

    #[test]
    fn an_inner_attribute_does_not_mark_the_next_item() {
        assert!(!items("#![cfg(test)] fn a() {}").iter().any(Outline::is_test_only));
    }
}
