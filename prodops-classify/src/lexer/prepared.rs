//! A family made ready for lexing: what each byte can begin.

use std::sync::LazyLock;

use prodops_core::fact::Language;

use super::byte_set::ByteSet;
use super::operator::{NO_SIGN, pairs, sign};
use super::syntax::{Blanks, Lines, Literal, Syntax};
use super::syntaxes::{SYNTAXES, place};

/// What a byte begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Blank,
    LineEnd,
    Name,
    Digit,
    Operator,
    Open,
    Close,
    Separator,
    /// A comment or a literal, perhaps.
    Special,
}

/// What an operator, bracket or separator byte is to the tokens around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Byte {
    /// Operators with which it makes one when it stands right behind them, a bit for each.
    pairs: u32,
    /// Its own bit among them.
    pub(super) sign: u8,
    /// How it changes the number of open brackets.
    pub(super) depth: i8,
}

/// A family and its tables.
pub(super) struct Prepared {
    pub(super) syntax: &'static Syntax,
    classes: [Class; 256],
    continues: [bool; 256],
    /// What a byte is when it begins neither comment nor literal.
    ordinary: [Class; 256],
    /// What operators are to the tokens around them.
    bytes: [Byte; 256],
    /// Whether white space matters anywhere.
    pub(super) has_layout: bool,
    /// Whether the ends of lines matter, and are looked at.
    pub(super) sees_lines: bool,
    /// Whether blanks between tokens of the same line mean nothing.
    pub(super) free_blanks: bool,
    /// Bytes with which something begins that needs care, backslashes among them, which join lines.
    pub(super) special: ByteSet,
    /// The ASCII bytes of names.
    pub(super) names: ByteSet,
    /// Whether a name can be the beginning of a literal.
    pub(super) has_prefixes: bool,
}

static PREPARED: LazyLock<Vec<Prepared>> =
    LazyLock::new(|| SYNTAXES.iter().map(|(syntax, _)| Prepared::new(syntax)).collect());

impl Prepared {
    /// The tables of a language.
    pub(super) fn of(language: Option<Language>) -> Option<&'static Self> {
        PREPARED.get(place(language))
    }

    /// Every family.
    #[cfg(test)]
    pub(super) fn all() -> &'static [Self] {
        &PREPARED
    }

    fn new(syntax: &'static Syntax) -> Self {
        let ordinary = std::array::from_fn(|byte| ordinary(syntax, byte as u8));
        let mut classes = ordinary;
        let special: Vec<u8> = specials(syntax).chain([b'\\']).collect();
        for first in specials(syntax) {
            if let Some(class) = classes.get_mut(usize::from(first)) {
                *class = Class::Special;
            }
        }
        let prime = syntax.literals.contains(&Literal::PrimeInNames);
        let continues: [bool; 256] = std::array::from_fn(|byte| {
            let byte = byte as u8;
            matches!(ordinary_of(&ordinary, byte), Class::Name | Class::Digit) || (prime && byte == b'\'')
        });
        let names = (0..).zip(continues).filter_map(|(byte, continues)| continues.then_some(byte));
        let names: Vec<u8> = names.take_while(u8::is_ascii).collect();
        let layout = syntax.layout;
        let has_prefixes =
            [Literal::RustRaw, Literal::CppRaw].iter().any(|one| syntax.literals.contains(one));
        let heredocs = [Literal::ShellHeredoc, Literal::TightHeredoc, Literal::PhpHeredoc];
        let has_layout = layout.lines != Lines::Free || layout.blanks != Blanks::Free || layout.directives;
        Self {
            bytes: std::array::from_fn(|byte| Byte::new(byte as u8, ordinary_of(&ordinary, byte as u8))),
            sees_lines: has_layout || heredocs.iter().any(|one| syntax.literals.contains(one)),
            free_blanks: layout.blanks == Blanks::Free,
            special: ByteSet::of(&special),
            names: ByteSet::of(&names),
            syntax,
            classes,
            continues,
            ordinary,
            has_layout,
            has_prefixes,
        }
    }

    #[inline]
    pub(super) fn class(&self, byte: u8) -> Class {
        ordinary_of(&self.classes, byte)
    }

    /// What a byte is to the tokens around it.
    #[inline]
    pub(super) fn byte(&self, byte: u8) -> &Byte {
        let [first, ..] = &self.bytes;
        self.bytes.get(usize::from(byte)).unwrap_or(first)
    }

    /// What a byte is that was found to begin neither comment nor literal.
    pub(super) fn ordinary(&self, byte: u8) -> Class {
        ordinary_of(&self.ordinary, byte)
    }

    /// Whether a name or number goes on with this byte.
    #[inline]
    pub(super) fn continues(&self, byte: u8) -> bool {
        self.continues.get(usize::from(byte)).copied().unwrap_or(false)
    }

    pub(super) fn has(&self, literal: Literal) -> bool {
        self.syntax.literals.contains(&literal)
    }
}

impl Byte {
    fn new(byte: u8, class: Class) -> Self {
        Self {
            pairs: pairs(byte),
            sign: if class == Class::Operator { sign(byte) } else { NO_SIGN },
            depth: i8::from(class == Class::Open) - i8::from(class == Class::Close),
        }
    }

    /// 1 when it makes one operator with the operator of this bit right before it, and 0 otherwise.
    #[inline(always)]
    pub(super) const fn joins(&self, sign: u8) -> u32 {
        (self.pairs >> (sign % 32)) & 1
    }
}

#[inline]
fn ordinary_of(table: &[Class; 256], byte: u8) -> Class {
    table.get(usize::from(byte)).copied().unwrap_or(Class::Operator)
}

fn ordinary(syntax: &Syntax, byte: u8) -> Class {
    match byte {
        b' ' | b'\t' | b'\r' | 0x0b | 0x0c => Class::Blank,
        b'\n' => Class::LineEnd,
        b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => Class::Name,
        b'0'..=b'9' => Class::Digit,
        _ if syntax.names.contains(&byte) => Class::Name,
        b'(' | b'[' | b'{' => Class::Open,
        b')' | b']' | b'}' => Class::Close,
        b',' | b';' => Class::Separator,
        _ => Class::Operator,
    }
}

/// The first bytes of comments and literals.
fn specials(syntax: &Syntax) -> impl Iterator<Item = u8> {
    let lines = syntax.line.iter().filter_map(|open| open.first());
    let blocks = syntax.block.iter().filter_map(|block| block.open.first());
    let strings = syntax.strings.iter().map(|quote| &quote.byte);
    let literals = syntax.literals.iter().filter_map(|literal| first(*literal));
    lines.chain(blocks).chain(strings).copied().chain(literals)
}

const fn first(literal: Literal) -> Option<u8> {
    match literal {
        Literal::CharOrLifetime => Some(b'\''),
        Literal::CSharpVerbatim => Some(b'@'),
        Literal::Template => Some(b'`'),
        Literal::Regex => Some(b'/'),
        Literal::ShellHeredoc | Literal::TightHeredoc | Literal::PhpHeredoc => Some(b'<'),
        Literal::LuaLong => Some(b'['),
        Literal::DollarQuoted => Some(b'$'),
        Literal::SwiftRaw => Some(b'#'),
        Literal::RustRaw | Literal::CppRaw | Literal::PrimeInNames => None,
    }
}
