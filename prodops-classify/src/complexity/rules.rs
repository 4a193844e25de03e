//! The words of each language, and how its blocks are written.

use super::word::Word;

/// How blocks begin and end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blocks {
    /// By braces; the condition stands in brackets, and a single statement needs no braces.
    Braces,
    /// By braces; everything up to the first one is the condition.
    BareBraces,
    /// By a word at the end, and the word that branches at the beginning.
    Words,
    /// By a word at the end, and `do` at the beginning.
    DoWords,
    /// By how far lines are set in.
    Indentation,
}

/// How `a ? b : c` is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Conditional {
    None,
    Signs,
    /// With blanks around the signs, which mean something else without them.
    SpacedSigns,
}

/// Where a statement ends that needs no semicolon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// There is none.
    Semicolons,
    /// At the end of a line, where the lexer has one.
    Lines,
    /// There as well, and where a name follows what could end it.
    LinesAndNames,
}

/// What sets a language apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trait {
    /// `&&` may be a reference.
    References,
    /// `#if`.
    Preprocessor,
    /// A word right after a colon is a name.
    Symbols,
    /// A branch behind what it is about: `x if y`.
    Modifiers,
    /// Words mean something only where a command begins.
    Commands,
    /// In brackets, words are labels of arguments.
    Labels,
    /// Values with braces may stand before the body of a loop.
    Literals,
    /// `if (…): … endif`.
    ColonBlocks,
    /// The word before the body of a loop is left out at the end of a line.
    LineForDo,
}

/// The rules of some languages, by linguist's ids.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) languages: &'static [u32],
    pub(super) blocks: Blocks,
    pub(super) conditional: Conditional,
    pub(super) ends: Ends,
    pub(super) traits: &'static [Trait],
    pub(super) words: &'static [&'static [(&'static str, Word)]],
}

impl Rules {
    pub(super) fn has(&self, one: Trait) -> bool {
        self.traits.contains(&one)
    }
}

type Words = &'static [(&'static str, Word)];

const C_WORDS: Words = &[
    ("if", Word::If),
    ("else", Word::Else),
    ("for", Word::For),
    ("while", Word::Loop),
    ("do", Word::Do),
    ("switch", Word::Switch),
    ("return", Word::Before),
    ("case", Word::Before),
];
const GOTO: Words = &[("goto", Word::Goto)];
const CATCH: Words = &[("catch", Word::Catch), ("throw", Word::Before), ("new", Word::Before)];
const FOREACH: Words = &[("foreach", Word::Loop)];
const WORD_OPERATORS: Words = &[("and", Word::And), ("or", Word::Or), ("not", Word::Before)];
const SCRIPT: Words = &[
    ("in", Word::Before),
    ("of", Word::Before),
    ("instanceof", Word::Before),
    ("typeof", Word::Before),
    ("void", Word::Before),
    ("delete", Word::Before),
    ("await", Word::Before),
    ("yield", Word::Before),
];

const BRACES: Rules = Rules {
    languages: &[],
    blocks: Blocks::Braces,
    conditional: Conditional::Signs,
    ends: Ends::Semicolons,
    traits: &[],
    words: &[C_WORDS],
};
const WORD_BLOCKS: Rules =
    Rules { blocks: Blocks::Words, conditional: Conditional::None, ends: Ends::Lines, ..BRACES };

pub(super) static RULES: &[Rules] = &[
    // C, GLSL, HLSL
    Rules { languages: &[41, 124, 145], traits: &[Trait::Preprocessor], words: &[C_WORDS, GOTO], ..BRACES },
    // Objective-C
    Rules {
        languages: &[257],
        traits: &[Trait::Preprocessor],
        words: &[C_WORDS, GOTO, &[("catch", Word::Catch)]],
        ..BRACES
    },
    // C++, Cuda, Objective-C++
    Rules {
        languages: &[43, 77, 258],
        traits: &[Trait::Preprocessor, Trait::References],
        words: &[C_WORDS, GOTO, CATCH, WORD_OPERATORS, &[("operator", Word::Apart)]],
        ..BRACES
    },
    // Java, Solidity
    Rules { languages: &[181, 237_469_032], words: &[C_WORDS, CATCH], ..BRACES },
    // C#
    Rules {
        languages: &[42],
        traits: &[Trait::Preprocessor],
        words: &[C_WORDS, GOTO, CATCH, FOREACH, &[("when", Word::When)]],
        ..BRACES
    },
    // D, Dart
    Rules { languages: &[80, 87], words: &[C_WORDS, CATCH, FOREACH, GOTO], ..BRACES },
    // JavaScript, TypeScript, TSX
    Rules {
        languages: &[183, 378, 94_901_924],
        ends: Ends::LinesAndNames,
        words: &[C_WORDS, CATCH, SCRIPT],
        ..BRACES
    },
    // PHP
    Rules {
        languages: &[272],
        traits: &[Trait::ColonBlocks],
        words: &[C_WORDS, CATCH, FOREACH, GOTO, PHP],
        ..BRACES
    },
    // Groovy, Gradle
    Rules { languages: &[142, 136], ends: Ends::Lines, words: &[C_WORDS, CATCH, SCRIPT], ..BRACES },
    // Kotlin
    Rules {
        languages: &[189],
        conditional: Conditional::None,
        ends: Ends::Lines,
        words: &[C_WORDS, CATCH, &[("when", Word::Switch), ("in", Word::Before)]],
        ..BRACES
    },
    // R
    Rules { languages: &[307], conditional: Conditional::None, ends: Ends::Lines, words: &[R], ..BRACES },
    // Rust
    Rules {
        languages: &[327],
        conditional: Conditional::None,
        words: &[RUST],
        blocks: Blocks::BareBraces,
        ..BRACES
    },
    // Go
    Rules {
        languages: &[132],
        conditional: Conditional::None,
        ends: Ends::Lines,
        blocks: Blocks::BareBraces,
        traits: &[Trait::Literals],
        words: &[GO, GOTO],
    },
    // Swift
    Rules {
        languages: &[362],
        conditional: Conditional::SpacedSigns,
        ends: Ends::Lines,
        blocks: Blocks::BareBraces,
        traits: &[Trait::Labels, Trait::Preprocessor],
        words: &[SWIFT],
    },
    // Python, Starlark, Cython
    Rules {
        languages: &[303, 960_266_174, 79],
        blocks: Blocks::Indentation,
        conditional: Conditional::None,
        ends: Ends::Lines,
        traits: &[],
        words: &[PYTHON, WORD_OPERATORS],
    },
    // Shell
    Rules { languages: &[346], traits: &[Trait::Commands], words: &[SHELL], ..WORD_BLOCKS },
    // Lua
    Rules { languages: &[213], words: &[LUA, WORD_OPERATORS], ends: Ends::Semicolons, ..WORD_BLOCKS },
    // Ruby, Crystal
    Rules {
        languages: &[326, 72],
        conditional: Conditional::SpacedSigns,
        traits: &[Trait::Symbols, Trait::Modifiers, Trait::LineForDo],
        words: &[RUBY, WORD_OPERATORS],
        ..WORD_BLOCKS
    },
    // Elixir
    Rules {
        languages: &[100],
        blocks: Blocks::DoWords,
        traits: &[Trait::Symbols],
        words: &[ELIXIR, WORD_OPERATORS],
        ..WORD_BLOCKS
    },
];

const PHP: Words = &[
    ("elseif", Word::ElseIf),
    ("match", Word::Switch),
    ("and", Word::And),
    ("or", Word::Or),
    ("endif", Word::End),
    ("endfor", Word::End),
    ("endforeach", Word::End),
    ("endwhile", Word::End),
    ("endswitch", Word::End),
];
const R: Words = &[
    ("if", Word::If),
    ("else", Word::Else),
    ("for", Word::For),
    ("while", Word::Loop),
    ("repeat", Word::Loop),
    ("in", Word::Before),
];
const RUST: Words = &[
    ("if", Word::If),
    ("else", Word::Else),
    ("for", Word::For),
    ("while", Word::Loop),
    ("loop", Word::Loop),
    ("match", Word::Switch),
    ("let", Word::Let),
    ("in", Word::In),
    ("impl", Word::Impl),
    ("return", Word::Before),
    ("move", Word::Before),
    ("mut", Word::Before),
    ("break", Word::Before),
];
const GO: Words = &[
    ("if", Word::If),
    ("else", Word::Else),
    ("for", Word::For),
    ("switch", Word::Switch),
    ("select", Word::Switch),
    ("struct", Word::Apart),
    ("interface", Word::Apart),
    ("range", Word::Before),
    ("return", Word::Before),
    ("case", Word::Before),
];
const SWIFT: Words = &[
    ("if", Word::If),
    ("else", Word::Else),
    ("for", Word::For),
    ("while", Word::Loop),
    ("repeat", Word::Do),
    ("switch", Word::Switch),
    ("catch", Word::Catch),
    ("in", Word::Before),
    ("return", Word::Before),
    ("case", Word::Before),
    ("as", Word::Before),
    ("try", Word::Before),
];
const PYTHON: Words = &[
    ("if", Word::If),
    ("elif", Word::ElseIf),
    ("else", Word::Else),
    ("for", Word::For),
    ("while", Word::Loop),
    ("except", Word::Catch),
    ("match", Word::SoftSwitch),
    ("async", Word::Async),
    ("in", Word::Before),
    ("is", Word::Before),
    ("return", Word::Before),
];
const SHELL: Words = &[
    ("if", Word::If),
    ("elif", Word::ElseIf),
    ("else", Word::Else),
    ("for", Word::For),
    ("while", Word::Loop),
    ("until", Word::Loop),
    ("select", Word::Loop),
    ("case", Word::Switch),
    ("then", Word::Before),
    ("do", Word::Before),
    ("fi", Word::End),
    ("done", Word::End),
    ("esac", Word::End),
];
const LUA: Words = &[
    ("if", Word::If),
    ("elseif", Word::ElseIf),
    ("else", Word::Else),
    ("for", Word::For),
    ("while", Word::Loop),
    ("repeat", Word::Loop),
    ("do", Word::Do),
    ("function", Word::Begin),
    ("end", Word::End),
    ("until", Word::End),
    ("goto", Word::Goto),
    ("then", Word::Before),
    ("return", Word::Before),
    ("in", Word::Before),
];
const RUBY: Words = &[
    ("if", Word::If),
    ("unless", Word::If),
    ("elsif", Word::ElseIf),
    ("else", Word::Else),
    ("for", Word::For),
    ("while", Word::Loop),
    ("until", Word::Loop),
    ("case", Word::Switch),
    ("do", Word::Do),
    ("rescue", Word::Rescue),
    ("ensure", Word::Finally),
    ("begin", Word::Begin),
    ("def", Word::Begin),
    ("class", Word::Begin),
    ("module", Word::Begin),
    ("end", Word::End),
    ("then", Word::Before),
    ("when", Word::Before),
    ("in", Word::Before),
];
const ELIXIR: Words = &[
    ("if", Word::If),
    ("unless", Word::If),
    ("else", Word::Else),
    ("for", Word::For),
    ("case", Word::Switch),
    ("cond", Word::Switch),
    ("receive", Word::Switch),
    ("rescue", Word::Rescue),
    ("catch", Word::Rescue),
    ("after", Word::Finally),
    ("do", Word::Do),
    ("fn", Word::Begin),
    ("end", Word::End),
    ("in", Word::Before),
    ("when", Word::Before),
];
