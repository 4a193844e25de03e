//! Words that belong to a language and not to who writes in it: renaming never touches them.

use std::sync::LazyLock;

use super::hash::hash_bytes;
use super::tokens::WORD;

/// One list for every language: a word that is a keyword in one and a name in another is kept as it is in both, which costs a
/// little recall of renamed copies and invents none.
const KEYWORDS: &[&str] = &[
    "abstract",
    "alias",
    "and",
    "array",
    "as",
    "assert",
    "async",
    "await",
    "begin",
    "bool",
    "boolean",
    "break",
    "byte",
    "case",
    "catch",
    "chan",
    "char",
    "class",
    "const",
    "continue",
    "crate",
    "data",
    "debugger",
    "def",
    "default",
    "defer",
    "defmodule",
    "del",
    "delegate",
    "delete",
    "do",
    "done",
    "double",
    "dyn",
    "echo",
    "elif",
    "else",
    "elseif",
    "elsif",
    "end",
    "endif",
    "ensure",
    "enum",
    "esac",
    "except",
    "export",
    "extends",
    "extern",
    "fallthrough",
    "false",
    "fi",
    "final",
    "finally",
    "float",
    "fn",
    "for",
    "foreach",
    "from",
    "fun",
    "func",
    "function",
    "get",
    "global",
    "go",
    "goto",
    "guard",
    "if",
    "impl",
    "implements",
    "import",
    "in",
    "include",
    "inline",
    "instanceof",
    "int",
    "interface",
    "internal",
    "is",
    "lambda",
    "let",
    "lock",
    "long",
    "loop",
    "macro",
    "map",
    "match",
    "mod",
    "module",
    "move",
    "mut",
    "namespace",
    "new",
    "nil",
    "none",
    "None",
    "nonlocal",
    "not",
    "null",
    "object",
    "of",
    "operator",
    "or",
    "out",
    "override",
    "package",
    "pass",
    "private",
    "proc",
    "protected",
    "protocol",
    "pub",
    "public",
    "raise",
    "range",
    "readonly",
    "ref",
    "register",
    "require",
    "rescue",
    "return",
    "sealed",
    "select",
    "self",
    "Self",
    "set",
    "short",
    "signed",
    "sizeof",
    "static",
    "str",
    "string",
    "struct",
    "super",
    "switch",
    "template",
    "then",
    "this",
    "throw",
    "throws",
    "trait",
    "true",
    "True",
    "False",
    "try",
    "type",
    "typedef",
    "typename",
    "typeof",
    "undefined",
    "union",
    "unless",
    "unsafe",
    "unsigned",
    "until",
    "use",
    "using",
    "val",
    "var",
    "virtual",
    "void",
    "volatile",
    "when",
    "where",
    "while",
    "with",
    "yield",
    "SELECT",
    "FROM",
    "WHERE",
    "INSERT",
    "UPDATE",
    "DELETE",
    "CREATE",
    "TABLE",
    "JOIN",
    "GROUP",
    "ORDER",
    "BY",
    "AND",
    "OR",
    "NOT",
    "NULL",
    "INTO",
    "VALUES",
    "SET",
    "ON",
    "AS",
    "u8",
    "u16",
    "u32",
    "u64",
    "usize",
    "i8",
    "i16",
    "i32",
    "i64",
    "isize",
    "f32",
    "f64",
];

/// Words after which a line end ends the statement in languages that put semicolons in by themselves.
const RESTRICTED: &[&str] = &["return", "break", "continue", "throw", "yield"];

/// Words after which an expression begins, so that a slash begins a regular expression.
const BEFORE_EXPRESSION: &[&str] = &[
    "return",
    "case",
    "typeof",
    "instanceof",
    "in",
    "of",
    "new",
    "delete",
    "void",
    "throw",
    "else",
    "do",
    "yield",
    "await",
];

const SLOTS: usize = 1_024;

/// What is known of a word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Keyword {
    pub(super) known: bool,
    pub(super) restricted: bool,
    pub(super) before_expression: bool,
}

/// The keywords by hash.
pub(super) struct Keywords {
    slots: Vec<(u64, Keyword)>,
}

static TABLE: LazyLock<Keywords> = LazyLock::new(Keywords::build);

impl Keywords {
    pub(super) fn table() -> &'static Self {
        &TABLE
    }

    fn build() -> Self {
        let mut slots = vec![(0, Keyword::default()); SLOTS];
        for word in KEYWORDS.iter().chain(BEFORE_EXPRESSION).chain(RESTRICTED) {
            let hash = hash_bytes(WORD, word.as_bytes());
            let keyword = Keyword {
                known: true,
                restricted: RESTRICTED.contains(word),
                before_expression: BEFORE_EXPRESSION.contains(word),
            };
            for step in 0..SLOTS {
                let Some(slot) = slots.get_mut(place(hash, step)) else { continue };
                if !slot.1.known || slot.0 == hash {
                    *slot = (hash, keyword);
                    break;
                }
            }
        }
        Self { slots }
    }

    /// What is known of the word with this hash.
    #[inline]
    pub(super) fn find(&self, hash: u64) -> Keyword {
        for step in 0..SLOTS {
            match self.slots.get(place(hash, step)) {
                Some((found, keyword)) if keyword.known => {
                    if *found == hash {
                        return *keyword;
                    }
                }
                _ => break,
            }
        }
        Keyword::default()
    }
}

#[inline]
const fn place(hash: u64, step: usize) -> usize {
    ((hash >> 40) as usize + step) & (SLOTS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_is_found_and_no_other_word() {
        let find = |word: &str| Keywords::table().find(hash_bytes(WORD, word.as_bytes()));
        assert!(KEYWORDS.iter().all(|word| find(word).known));
        assert!(find("return").restricted && find("return").before_expression);
        assert!((0..10_000).all(|n| find(&format!("name{n}")) == Keyword::default()));
    }
}
