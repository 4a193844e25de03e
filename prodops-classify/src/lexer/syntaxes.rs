//! The families, and which language belongs to which.

use prodops_core::fact::Language;

use super::syntax::{Block, Escape, Layout, Literal, Quote, Syntax};

const SLASHES: &[&[u8]] = &[b"//"];
const HASH: &[&[u8]] = &[b"#"];
const STARS: &[Block] = &[Block::flat(b"/*", b"*/")];
const NESTED_STARS: &[Block] = &[Block::nested(b"/*", b"*/")];

const fn quote(byte: u8) -> Quote {
    Quote { byte, escape: Escape::Backslash, lines: false, triple: false }
}

const fn long(byte: u8) -> Quote {
    Quote { lines: true, ..quote(byte) }
}

const fn triple(byte: u8) -> Quote {
    Quote { triple: true, ..quote(byte) }
}

const fn plain(byte: u8) -> Quote {
    Quote { escape: Escape::None, lines: true, ..quote(byte) }
}

const BOTH: &[Quote] = &[quote(b'"'), quote(b'\'')];
const BOTH_LONG: &[Quote] = &[long(b'"'), long(b'\'')];
const TRIPLE: &[Quote] = &[triple(b'"'), triple(b'\'')];
const SHELL_QUOTES: &[Quote] = &[long(b'"'), plain(b'\''), long(b'`')];

const BASE: Syntax = Syntax {
    line: &[],
    line_after_blank: false,
    block: &[],
    strings: &[],
    layout: Layout::FREE,
    literals: &[],
    names: b"",
};
/// C and what looks like it.
const C_LIKE: Syntax = Syntax { line: SLASHES, block: STARS, strings: BOTH, ..BASE };
/// Comments from `#` on, statements that end with the line.
const HASH_LINES: Syntax = Syntax { line: HASH, strings: BOTH_LONG, layout: Layout::LINES, ..BASE };

/// A family and the linguist ids of its languages. The first family is for text of no known language.
pub(super) static SYNTAXES: &[(Syntax, &[u32])] = &[
    (Syntax { layout: Layout::VERBATIM, ..BASE }, &[]),
    // C, C++, Cuda, Objective-C, Objective-C++, GLSL, HLSL
    (
        Syntax { layout: Layout::DIRECTIVES, literals: &[Literal::CppRaw], names: b"$", ..C_LIKE },
        &[41, 43, 77, 257, 258, 124, 145],
    ),
    // Java, Solidity, Protocol Buffer, Thrift, WGSL, Bicep
    (
        Syntax { strings: &[triple(b'"'), triple(b'\'')], names: b"$", ..C_LIKE },
        &[181, 237_469_032, 297, 374, 836_605_993, 321_200_902],
    ),
    // C#
    (Syntax { layout: Layout::DIRECTIVES, literals: &[Literal::CSharpVerbatim], ..C_LIKE }, &[42]),
    // JavaScript, TypeScript, TSX, QML
    (
        Syntax {
            literals: &[Literal::Template, Literal::Regex],
            names: b"$",
            layout: Layout::RESTRICTED,
            ..C_LIKE
        },
        &[183, 378, 94_901_924, 305],
    ),
    // Rust
    (
        Syntax {
            block: NESTED_STARS,
            strings: &[long(b'"')],
            literals: &[Literal::CharOrLifetime, Literal::RustRaw],
            ..C_LIKE
        },
        &[327],
    ),
    // Go: a string in backticks has no escapes.
    (
        Syntax { strings: &[quote(b'"'), quote(b'\''), plain(b'`')], layout: Layout::STATEMENTS, ..C_LIKE },
        &[132, 947_461_016],
    ),
    // Kotlin, Scala, Swift, Groovy, Gradle, Dart, D
    (
        Syntax {
            block: NESTED_STARS,
            strings: &[triple(b'"'), triple(b'\''), plain(b'`')],
            literals: &[Literal::SwiftRaw],
            layout: Layout { blanks: super::syntax::Blanks::Any, ..Layout::STATEMENTS },
            names: b"$",
            ..C_LIKE
        },
        &[189, 341, 362, 142, 136, 87, 80],
    ),
    // Zig: no block comments, lines of text begin with two backslashes.
    (Syntax { block: &[], layout: Layout::STATEMENTS, ..C_LIKE }, &[646_424_281]),
    // PHP
    (
        Syntax {
            line: &[b"//", b"#"],
            strings: BOTH_LONG,
            literals: &[Literal::PhpHeredoc],
            names: b"$",
            layout: Layout::BLANKS,
            ..C_LIKE
        },
        &[272, 33],
    ),
    // CSS
    (Syntax { line: &[], layout: Layout::BLANKS, names: b"-", ..C_LIKE }, &[50]),
    // SCSS, Less
    (Syntax { layout: Layout::BLANKS, names: b"-", ..C_LIKE }, &[329, 198]),
    // JSON
    (Syntax { strings: &[quote(b'"')], ..BASE }, &[174, 185]),
    // JSON with Comments
    (Syntax { strings: &[quote(b'"')], ..C_LIKE }, &[423]),
    // Python, Starlark, Cython
    (Syntax { line: HASH, strings: TRIPLE, layout: Layout::PYTHON, ..BASE }, &[303, 960_266_174, 79]),
    // Shell
    (
        Syntax {
            strings: SHELL_QUOTES,
            line_after_blank: true,
            literals: &[Literal::ShellHeredoc],
            ..HASH_LINES
        },
        &[346],
    ),
    // Dockerfile, R, Tcl, CMake: here-documents only in the first.
    (Syntax { literals: &[Literal::ShellHeredoc], line_after_blank: true, ..HASH_LINES }, &[89]),
    (HASH_LINES, &[307, 367, 47]),
    // PowerShell
    (Syntax { block: &[Block::flat(b"<#", b"#>")], names: b"$", ..HASH_LINES }, &[293]),
    // Ruby, Crystal
    (
        Syntax {
            block: &[Block { open: b"=begin", close: b"=end", nested: false, at_line_start: true }],
            literals: &[Literal::TightHeredoc],
            names: b"$@",
            ..HASH_LINES
        },
        &[326, 72],
    ),
    // Perl
    (
        Syntax {
            block: &[Block { open: b"=pod", close: b"=cut", nested: false, at_line_start: true }],
            literals: &[Literal::TightHeredoc],
            names: b"$@%",
            ..HASH_LINES
        },
        &[282],
    ),
    // Elixir, Julia, Nix, GraphQL, HCL, Meson
    (Syntax { strings: TRIPLE, ..HASH_LINES }, &[100, 139, 799_141_244]),
    (Syntax { strings: TRIPLE, block: &[Block::nested(b"#=", b"=#")], ..HASH_LINES }, &[184]),
    (Syntax { strings: &[long(b'"')], block: STARS, ..HASH_LINES }, &[252]),
    (Syntax { line: &[b"#", b"//"], block: STARS, literals: &[Literal::ShellHeredoc], ..HASH_LINES }, &[144]),
    // Makefile, Just: set in by meaning.
    (Syntax { strings: &[], layout: Layout::OFFSIDE, ..HASH_LINES }, &[220, 128_447_695]),
    // Nim, CoffeeScript: set in by meaning, with strings of their own.
    (
        Syntax {
            strings: TRIPLE,
            block: &[Block::nested(b"#[", b"]#")],
            layout: Layout::OFFSIDE,
            ..HASH_LINES
        },
        &[249],
    ),
    (
        Syntax {
            strings: TRIPLE,
            block: &[Block::flat(b"###", b"###")],
            layout: Layout::OFFSIDE,
            ..HASH_LINES
        },
        &[63],
    ),
    // YAML: all white space can be part of a text.
    (Syntax { line: HASH, line_after_blank: true, layout: Layout::VERBATIM, ..BASE }, &[407]),
    // TOML, INI, Dotenv, properties
    (Syntax { strings: TRIPLE, ..HASH_LINES }, &[365]),
    (
        Syntax { line: &[b"#", b";"], line_after_blank: true, layout: Layout::VERBATIM, ..BASE },
        &[163, 111_148_035, 519_377_561],
    ),
    // SQL
    (
        Syntax {
            line: &[b"--"],
            block: STARS,
            strings: &[plain(b'\''), plain(b'"'), plain(b'`')],
            literals: &[Literal::DollarQuoted],
            ..BASE
        },
        &[333],
    ),
    // HTML, XML, SVG, Vue, Svelte, Astro, templates in HTML, XML property lists
    (
        Syntax { block: &[Block::flat(b"<!--", b"-->")], layout: Layout::VERBATIM, ..BASE },
        &[146, 399, 337, 391, 928_734_530, 578_209_015, 95, 150, 155, 377, 147, 75_622_871, 222, 512_838_272],
    ),
    // Clojure, Common Lisp, Emacs Lisp, Scheme, Racket, WebAssembly
    (
        Syntax {
            line: &[b";"],
            block: &[Block::nested(b"#|", b"|#")],
            strings: &[long(b'"')],
            layout: Layout::BLANKS,
            names: b"-?!*",
            ..BASE
        },
        &[62, 66, 102, 343, 316],
    ),
    (
        Syntax {
            line: &[b";;"],
            block: &[Block::nested(b"(;", b";)")],
            strings: &[quote(b'"')],
            names: b"$.",
            ..BASE
        },
        &[956_556_503],
    ),
    // Lua
    (Syntax { line: &[b"--"], strings: BOTH, literals: &[Literal::LuaLong], ..BASE }, &[213]),
    // Haskell, Elm
    (
        Syntax {
            line: &[b"--"],
            block: &[Block::nested(b"{-", b"-}")],
            strings: &[triple(b'"')],
            literals: &[Literal::CharOrLifetime, Literal::PrimeInNames],
            layout: Layout::OFFSIDE,
            ..BASE
        },
        &[157, 101],
    ),
    // Ada, VHDL
    (Syntax { line: &[b"--"], strings: &[quote(b'"')], ..BASE }, &[11, 385]),
    // Verilog, SystemVerilog
    (Syntax { strings: &[quote(b'"')], names: b"$", layout: Layout::LINES, ..C_LIKE }, &[387, 363]),
    // Erlang, Prolog, TeX
    (Syntax { line: &[b"%"], strings: BOTH_LONG, layout: Layout::BLANKS, ..BASE }, &[104]),
    (Syntax { line: &[b"%"], block: STARS, strings: BOTH, layout: Layout::BLANKS, ..BASE }, &[295]),
    (Syntax { line: &[b"%"], layout: Layout::VERBATIM, ..BASE }, &[369]),
    // OCaml
    (
        Syntax {
            block: &[Block::nested(b"(*", b"*)")],
            strings: &[long(b'"')],
            literals: &[Literal::CharOrLifetime, Literal::PrimeInNames],
            ..BASE
        },
        &[255],
    ),
    // F#
    (
        Syntax {
            line: SLASHES,
            block: &[Block::nested(b"(*", b"*)")],
            strings: &[triple(b'"')],
            literals: &[Literal::CharOrLifetime, Literal::PrimeInNames],
            layout: Layout::OFFSIDE,
            ..BASE
        },
        &[105],
    ),
    // Pascal
    (
        Syntax {
            line: SLASHES,
            block: &[Block::flat(b"{", b"}"), Block::flat(b"(*", b"*)")],
            strings: &[Quote { lines: false, ..plain(b'\'') }],
            ..BASE
        },
        &[281],
    ),
    // Visual Basic, Fortran
    (
        Syntax {
            line: &[b"'"],
            strings: &[Quote { lines: false, ..plain(b'"') }],
            layout: Layout::LINES,
            ..BASE
        },
        &[389],
    ),
    (
        Syntax { line: &[b"!"], strings: &[plain(b'\''), plain(b'"')], layout: Layout::VERBATIM, ..BASE },
        &[761_352_333],
    ),
    // Assembly
    (Syntax { line: &[b";", b"//"], block: STARS, strings: BOTH, layout: Layout::LINES, ..BASE }, &[24]),
];

/// The place of a language's family in [`SYNTAXES`].
pub(super) fn place(language: Option<Language>) -> usize {
    let Some(language) = language else { return 0 };
    SYNTAXES.iter().position(|(_, ids)| ids.contains(&language.0)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artefact::language_name;

    #[test]
    fn every_id_is_a_language_and_has_one_family() {
        let mut seen = Vec::new();
        for id in SYNTAXES.iter().flat_map(|(_, ids)| ids.iter()) {
            assert_ne!(language_name(Language(*id)), "unknown", "{id}");
            assert!(!seen.contains(id), "{id}");
            seen.push(*id);
        }
    }
}
