//! The lexer on what languages do.

use std::cell::Cell;

use prodops_core::fact::Language;
use proptest::prelude::*;

use super::syntaxes::SYNTAXES;
use super::{Comments, Lexer, MOST_AT_ONCE, Tokens, lex};

const C: u32 = 41;
const GO: u32 = 132;
const HASKELL: u32 = 157;
const JS: u32 = 183;
const LUA: u32 = 213;
const MAKE: u32 = 220;
const PYTHON: u32 = 303;
const RUBY: u32 = 326;
const RUST: u32 = 327;
const SHELL: u32 = 346;
const SQL: u32 = 333;
const YAML: u32 = 407;
const MARKDOWN: u32 = 222;

fn lexed(language: u32, text: &str) -> Tokens {
    let mut tokens = Tokens::default();
    lex(Some(Language(language)), text.as_bytes(), &mut tokens);
    tokens
}

fn exact(language: u32, text: &str) -> Vec<u64> {
    lexed(language, text).code().iter().map(|token| token.exact).collect()
}

fn abstracted(language: u32, text: &str) -> Vec<u64> {
    lexed(language, text).code().iter().map(|token| token.abstracted).collect()
}

/// Tokens and comments.
fn count(language: u32, text: &str) -> (usize, usize) {
    let tokens = lexed(language, text);
    (tokens.len(), tokens.comments.len())
}

fn same(language: u32, a: &str, b: &str) -> bool {
    exact(language, a) == exact(language, b)
}

fn same_abstracted(language: u32, a: &str, b: &str) -> bool {
    abstracted(language, a) == abstracted(language, b)
}

#[test]
fn comments_are_told_from_code() {
    for (language, text, code, comments) in [
        (C, "a // b\nc /* d\n // e */ f", "a c f", 2),
        (RUST, "a /* b /* c */ d */ e", "a e", 1),
        (C, "a /* b /* c */ d */", "a d * /", 1),
        (PYTHON, "x = '#'  # y\n", "x = '#'", 1),
        (SHELL, "echo ${#x} # y", "echo ${#x}", 1),
        (SQL, "SELECT '--' -- x\n", "SELECT '--'", 1),
        (LUA, "a --[==[ b ]] \n c ]==] d -- e\nf", "a d f", 2),
        (HASKELL, "a {- b {- c -} -} -- d", "a", 2),
        (RUBY, "=begin\nx\n=end\ny", "y", 1),
        (C, "a /* never closed", "a", 1),
        (RUST, "\"// no\" // yes", "\"// no\"", 1),
        (YAML, "a: b#c # d\n", "a: b#c", 1),
    ] {
        assert_eq!(lexed(language, text).comments.len(), comments, "{text}");
        assert!(same(language, text, code), "{text}");
    }
}

#[test]
fn strings_of_all_sorts_are_one_token() {
    for (language, text) in [
        (C, r#""a \" b""#),
        (C, r"'\''"),
        (43, "R\"x(a )\" b)x\""),
        (42, "@\"a\\\""),
        (RUST, "\"a\nb\""),
        (RUST, "r#\"a\"b\"#"),
        (RUST, "br##\"a\"#b\"##"),
        (RUST, "'\\u{1f600}'"),
        (RUST, "'é'"),
        (JS, "`a ${b ? `c${d}` : {}} e`"),
        (181, "\"\"\"a \" \n b\"\"\""),
        (GO, "`a\\`"),
        (LUA, "[=[a]]b]=]"),
        (SQL, "$x$ a $y$ b $x$"),
        (JS, "/[/]\\//g"),
    ] {
        assert_eq!(count(language, text), (1, 0), "{text}");
    }
}

#[test]
fn lifetimes_are_no_characters_and_divisions_no_expressions() {
    assert_eq!(count(RUST, "&'a str"), (4, 0));
    assert_eq!(count(RUST, "'a: loop { 'b' }"), (7, 0));
    assert_eq!(count(JS, "a / b / c"), (5, 0));
    assert_eq!(count(JS, "(a) / b / c"), (7, 0));
    assert_eq!(count(JS, "return /b/ "), (2, 0));
    assert_eq!(count(JS, "x = /b/"), (3, 0));
    assert_eq!(count(JS, "<b></b>"), (7, 0));
    assert_eq!(count(HASKELL, "x' y"), count(HASKELL, "x y"));
}

#[test]
fn here_documents_are_strings() {
    assert!(same(SHELL, "cat <<EOF | wc\na b\nEOF\nx", "cat <<EOF | wc\na b\nEOF\nx"));
    assert!(!same(SHELL, "cat <<EOF\na  b\nEOF\n", "cat <<EOF\na b\nEOF\n"));
    assert!(same_abstracted(SHELL, "cat <<EOF\na  b\nEOF\n", "cat <<EOF\na b\nEOF\n"));
    assert_eq!(count(RUBY, "x(<<~SQL, 1)\n  # a\n  SQL\n").1, 0);
    assert_eq!(count(RUBY, "class << self # a").1, 1);
    assert_eq!(count(272, "$x = <<<'EOT'\n// a\n  EOT;\n// b").1, 1);
    assert_eq!(count(SHELL, "cat <<EOF\n# never ended").1, 1);
}

#[test]
fn format_is_white_space_that_means_nothing() {
    for (language, a, b) in [
        (RUST, "fn a(b:u8)->u8{b+1}", "fn a(\n    b: u8\n) -> u8 {\n    b + 1\n}\n"),
        (C, "int a=1;", "int\ta = 1 ;\r\n"),
        (PYTHON, "f(a,\n  b)\n\n\n", "f(a, b)   \n"),
        (JS, "f(a).\n g()", "f(a).g()"),
        (GO, "f(a,\n b)", "f(a, b)"),
        (SHELL, "a  b\n\n\nc \\\n d", "a b\nc d"),
        (SQL, "SELECT a,b", "SELECT\n  a,\n  b"),
    ] {
        assert!(same(language, a, b), "{a}");
    }
}

#[test]
fn white_space_that_means_something_is_no_format() {
    for (language, a, b) in [
        (PYTHON, "if a:\n  b\n  c\n", "if a:\n  b\nc\n"),
        (PYTHON, "a\nb", "a b"),
        (MAKE, "a:\n\tb", "a:\n    b"),
        (YAML, "a:\n  b: c", "a:\nb: c"),
        (YAML, "a: |\n  b  c", "a: |\n  b c"),
        (MARKDOWN, "a  \nb", "a\nb"),
        (C, "a - -b", "a --b"),
        (C, "#define A b\nc", "#define A b c"),
        (C, "#define A (b)", "#define A(b)"),
        (C, "a = b / *c", "a = b /= c"),
        (JS, "return\na", "return a"),
        (JS, "a\n++b", "a++\nb"),
        (SHELL, "a=b", "a = b"),
        (RUBY, "f [1]", "f[1]"),
        (50, "a .b{}", "a.b{}"),
        (GO, "a\nb()", "a b()"),
        (RUST, "\"a  b\"", "\"a b\""),
        (0, "a  b", "a b"),
    ] {
        assert!(!same(language, a, b), "{a}");
    }
}

#[test]
fn the_abstracted_view_keeps_structure_and_keywords() {
    assert!(same_abstracted(RUST, "let a = b + 1;", "let total = sum + 20;"));
    assert!(same_abstracted(JS, "f('a')", "g(\"b c\")"));
    assert!(!same_abstracted(RUST, "let a = b + 1;", "let a = b - 1;"));
    assert!(!same_abstracted(RUST, "if a {}", "while a {}"));
    assert!(!same_abstracted(RUST, "f(1)", "f(a)"));
    assert!(!same(RUST, "let a = 1;", "let b = 1;"));
}

#[test]
fn comments_are_compared_by_their_words() {
    let comment = |text: &str| lexed(C, text).comments[0].hash;
    assert_eq!(comment("/* a\n   b */"), comment("/*\ta b   */"));
    assert_ne!(comment("// a b"), comment("// ab"));
}

#[test]
fn an_interpreter_is_code() {
    assert_eq!(count(SHELL, "#!/bin/sh\n# a\n"), (1, 1));
    assert_eq!(count(RUST, "#![no_std]").1, 0);
}

thread_local! {
    /// How many bytes were looked at to find where something ends.
    pub(super) static LOOKED: Cell<usize> = const { Cell::new(0) };
}

/// Steps that it takes to take a text apart: tokens, and bytes that are looked at to find ends.
fn steps(language: u32, text: &str) -> usize {
    LOOKED.set(0);
    lexed(language, text).len() + LOOKED.get()
}

#[test]
fn hostile_text_takes_steps_in_proportion_to_its_length() {
    let pieces = [
        "(", "/", "/[", "'", "\"", "`", "${", "{", "<<A\n", "<<'A", "/*", "*/", "#", "$", "$a", "[=", "[[",
        "--[[", "]=", "r#", "{-", "-}", "\\", "@\"", "=", "a ", "\n ", "<#", "R\"x(", "=begin\n", "#|",
        "\"\"\"",
    ];
    let pairs = pieces.iter().flat_map(|a| ["", "/", "\n", "'"].map(|b| format!("{a}{b}")));
    let texts: Vec<String> = pairs.collect();
    for (_, ids) in SYNTAXES {
        let language = ids.first().copied().unwrap_or(0);
        for text in &texts {
            let (once, twice) = (steps(language, &text.repeat(1_000)), steps(language, &text.repeat(2_000)));
            // Up to 255 signs before a string are looked at again from each of them on, fewer at the end.
            assert!(twice <= 2 * once + 70_000, "{text:?} in {language}: {once} and {twice} steps");
            assert!(once <= 260 * text.len() * 1_000, "{text:?} in {language}: {once} steps");
        }
    }
}

#[test]
fn a_million_brackets_and_one_long_line_are_texts() {
    for language in [RUST, PYTHON, HASKELL] {
        assert_eq!(
            lexed(language, &"(".repeat(1_000_000)).code().iter().filter(|token| token.line == 1).count(),
            1_000_000 + usize::from(language != RUST)
        );
        assert!(steps(language, &"{-".repeat(500_000)) <= 2_000_000);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_lexed_in_every_family(
        text in prop::collection::vec(prop::sample::select(b"ab'\"`/*#-\\\n\r\t ${}[]()<>=|;:!@%.0\0\xff\xc3\xa9RrEOF".to_vec()), 0..200),
        family in 0..SYNTAXES.len(),
    ) {
        let language = SYNTAXES[family].1.first().copied().map(Language);
        let mut tokens = Tokens::default();
        lex(language, &text, &mut tokens);
        prop_assert!(tokens.code().is_sorted_by_key(|token| token.offset));
        for token in tokens.code() {
            let before = &text[..token.offset as usize];
            prop_assert_eq!(token.line as usize, 1 + before.iter().filter(|byte| **byte == b'\n').count());
        }

        // In small pieces it comes out the same.
        let (mut part, mut pieces) = (Tokens::default(), Vec::new());
        let mut lexer = Lexer::new(language, &text, &mut part, Comments::Passed).unwrap();
        loop {
            let more = lexer.fill(3);
            prop_assert!(lexer.out.len() < 3 + MOST_AT_ONCE);
            pieces.extend_from_slice(lexer.out.code());
            lexer.out.drop_front(lexer.out.len());
            if !more {
                break;
            }
        }
        prop_assert_eq!(pieces.as_slice(), tokens.code());
    }

    #[test]
    fn with_care_it_comes_out_the_same(
        pieces in prop::collection::vec(
            "[a-zA-Z_]{1,9}|[a-z]{15,18}|[a-z_0-9]{50,150}|if|return|[0-9]{1,4}|[0-9]e[-+][0-9]|x\\.[0-9]|0x1p-2|r#?\"|R\"x\\(|[-+*/=<>!&|:.?]{1,3}|[(){}\\[\\];,]|\"[a-z]{0,9}\"|'.'|//|/\\*|\\*/|#|\n|\\\\\n?|[ \t]{1,3}|\r\n|é|\\$|@|`",
            0..150,
        ),
        family in 0..SYNTAXES.len(),
    ) {
        let (text, language) = (pieces.concat(), SYNTAXES[family].1.first().copied().map(Language));
        let tokens = |careful: bool| {
            let mut tokens = Tokens::default();
            let mut lexer = Lexer::new(language, text.as_bytes(), &mut tokens, Comments::Kept).unwrap();
            lexer.careful = careful;
            lexer.fill(usize::MAX);
            tokens
        };
        let (fast, careful) = (tokens(false), tokens(true));
        prop_assert_eq!(fast.code(), careful.code());
        prop_assert_eq!(&fast.comments, &careful.comments);
    }

    #[test]
    fn blanks_between_tokens_of_free_languages_mean_nothing(words in prop::collection::vec("[a-z]{1,9}|[0-9]{1,4}|[(){};,]|\"[a-z ]{0,5}\"", 0..60)) {
        for language in [C, RUST, SQL] {
            prop_assert!(same(language, &words.join(" "), &words.join("\n\t ")));
        }
    }
}
