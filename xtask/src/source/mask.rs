//! Views of a file in which strings, or strings and comments, are blank.
//!
//! A check that looks for a call must not be fooled by a comment that mentions it, nor by its own table.

use std::ops::Range;

use proc_macro2::{Span, TokenStream, TokenTree};

/// The two views; byte offsets and line breaks equal those of the text.
pub(super) struct Masked {
    /// Tokens without strings and comments.
    pub(super) code: String,
    /// Everything but the strings.
    pub(super) without_strings: String,
}

/// Blanks the strings, or the strings and the comments, of `text`, whose tokens are `tokens`.
pub(super) fn mask(text: &str, tokens: &TokenStream) -> Masked {
    let mut kinds = Kinds { text, code: Vec::new(), strings: Vec::new() };
    kinds.collect(tokens.clone());
    let mut code = blank(text);
    for range in &kinds.code {
        copy(text, range.clone(), &mut code);
    }
    let mut without_strings = text.as_bytes().to_vec();
    for range in kinds.strings {
        let empty = text.get(range.clone()).map(blank).unwrap_or_default();
        write(&mut without_strings, range, &empty);
    }
    Masked { code: into_text(&code), without_strings: into_text(&without_strings) }
}

struct Kinds<'t> {
    text: &'t str,
    code: Vec<Range<usize>>,
    strings: Vec<Range<usize>>,
}

impl Kinds<'_> {
    fn collect(&mut self, tokens: TokenStream) {
        for tree in tokens {
            // A documentation comment arrives as attribute tokens that all carry the place of the comment.
            if self.is_comment(tree.span()) {
                continue;
            }
            match tree {
                TokenTree::Group(group) => {
                    self.code.push(group.span_open().byte_range());
                    self.collect(group.stream());
                    self.code.push(group.span_close().byte_range());
                }
                TokenTree::Literal(literal) if is_string(&literal.to_string()) => {
                    self.strings.push(literal.span().byte_range());
                }
                other => self.code.push(other.span().byte_range()),
            }
        }
    }

    fn is_comment(&self, span: Span) -> bool {
        let source = self.text.get(span.byte_range()).unwrap_or_default();
        source.starts_with("//") || source.starts_with("/*")
    }
}

/// Strings, byte strings and C strings, raw or not; characters and numbers are not.
fn is_string(literal: &str) -> bool {
    literal.trim_start_matches(['b', 'c', 'r', '#']).starts_with('"')
}

fn blank(text: &str) -> Vec<u8> {
    text.bytes().map(|byte| if byte == b'\n' { b'\n' } else { b' ' }).collect()
}

fn copy(text: &str, range: Range<usize>, into: &mut [u8]) {
    if let Some(part) = text.get(range.clone()) {
        write(into, range, part.as_bytes());
    }
}

fn write(into: &mut [u8], range: Range<usize>, bytes: &[u8]) {
    if let Some(target) = into.get_mut(range) {
        target.copy_from_slice(bytes);
    }
}

fn into_text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "/// doc é\nfn a() { // note\n    call(\"ö string\", r#\"raw\n\"#, 'c', 1);\n}\n";

    #[test]
    fn code_has_neither_comments_nor_strings_and_keeps_offsets() {
        let masked = mask(TEXT, &TEXT.parse().unwrap());
        for gone in ["doc", "note", "string", "raw"] {
            assert!(!masked.code.contains(gone), "{gone}");
        }
        for kept in ["fn a() {", "call(", "'c', 1)"] {
            assert_eq!(masked.code.find(kept), TEXT.find(kept), "{kept}");
        }
        assert_eq!(masked.code.len(), TEXT.len());
    }

    #[test]
    fn without_strings_keeps_comments() {
        let masked = mask(TEXT, &TEXT.parse().unwrap());
        assert!(masked.without_strings.contains("/// doc é") && masked.without_strings.contains("// note"));
        assert!(!masked.without_strings.contains("string") && !masked.without_strings.contains("raw"));
        assert_eq!(masked.without_strings.len(), TEXT.len());
    }
}
