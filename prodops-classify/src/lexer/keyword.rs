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

/// A power of two, more than twice as many as there are words, so that a place is soon found for each.
const SLOTS: usize = 512;
/// Words with the same lowest bits are moved away from their places together.
const GROUPS: usize = 128;

/// What a keyword is to the lexer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Keyword {
    /// The end of a line after it ends the statement.
    pub(super) restricted: bool,
    /// An expression begins after it.
    pub(super) before_expression: bool,
}

/// The keywords by hash. Every word has the one place where it can stand, so that a look-up is a single comparison: one that
/// went on to the next place would be foretold wrongly too often.
pub(super) struct Keywords {
    /// How far the words of each group are moved.
    shifts: [u16; GROUPS],
    hashes: [u64; SLOTS],
    words: [Keyword; SLOTS],
}

static TABLE: LazyLock<Keywords> = LazyLock::new(Keywords::build);

impl Keywords {
    pub(super) fn table() -> &'static Self {
        &TABLE
    }

    fn build() -> Self {
        let mut groups: Vec<Vec<(u64, Keyword)>> = vec![Vec::new(); GROUPS];
        let mut words: Vec<&str> =
            KEYWORDS.iter().chain(BEFORE_EXPRESSION).chain(RESTRICTED).copied().collect();
        words.sort_unstable();
        words.dedup();
        for word in words {
            let hash = hash_bytes(WORD, word.as_bytes());
            let restricted = RESTRICTED.contains(&word);
            let before_expression = BEFORE_EXPRESSION.contains(&word);
            if let Some(group) = groups.get_mut(group(hash)) {
                group.push((hash, Keyword { restricted, before_expression }));
            }
        }
        let mut table = Self { shifts: [0; GROUPS], hashes: [0; SLOTS], words: [Keyword::default(); SLOTS] };
        // The largest groups first, while there is most room.
        let mut order: Vec<usize> = (0..GROUPS).collect();
        order.sort_by_key(|number| std::cmp::Reverse(groups.get(*number).map_or(0, Vec::len)));
        for number in order {
            table.settle(number, groups.get(number).map_or(&[], Vec::as_slice));
        }
        table
    }

    /// Finds room for all words of a group.
    fn settle(&mut self, number: usize, words: &[(u64, Keyword)]) {
        for shift in 0..SLOTS as u16 {
            let mut places: Vec<usize> = words.iter().map(|(hash, _)| place(*hash, shift)).collect();
            places.sort_unstable();
            let apart = places.is_sorted_by(|a, b| a < b);
            if !apart || places.iter().any(|place| self.hashes.get(*place).is_none_or(|hash| *hash != 0)) {
                continue;
            }
            for (hash, word) in words {
                let place = place(*hash, shift);
                self.hashes.iter_mut().skip(place).take(1).for_each(|slot| *slot = *hash);
                self.words.iter_mut().skip(place).take(1).for_each(|slot| *slot = *word);
            }
            if let Some(slot) = self.shifts.get_mut(number) {
                *slot = shift;
            }
            return;
        }
    }

    /// Whether a word with this hash is a keyword.
    #[inline(always)]
    pub(super) fn has(&self, hash: u64) -> bool {
        self.hashes.get(self.place(hash)).copied() == Some(hash)
    }

    /// What a word with this hash is to the lexer; a word that is no keyword is nothing to it.
    pub(super) fn find(&self, hash: u64) -> Keyword {
        let word = self.words.get(self.place(hash)).copied().filter(|_| self.has(hash));
        word.unwrap_or_default()
    }

    #[inline(always)]
    fn place(&self, hash: u64) -> usize {
        place(hash, self.shifts.get(group(hash)).copied().unwrap_or(0))
    }
}

#[inline(always)]
const fn group(hash: u64) -> usize {
    hash as usize % GROUPS
}

#[inline(always)]
const fn place(hash: u64, shift: u16) -> usize {
    (((hash >> 32) as usize) ^ shift as usize) % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_is_found_and_no_other_word() {
        let find = |word: &str| {
            let hash = hash_bytes(WORD, word.as_bytes());
            Keywords::table().has(hash).then(|| Keywords::table().find(hash))
        };
        for word in KEYWORDS.iter().chain(BEFORE_EXPRESSION).chain(RESTRICTED) {
            let restricted = RESTRICTED.contains(word);
            let before_expression = BEFORE_EXPRESSION.contains(word);
            assert_eq!(find(word), Some(Keyword { restricted, before_expression }), "{word}");
        }
        assert!((0..10_000).all(|n| find(&format!("name{n}")).is_none()));
    }
}
