//! What a family of languages means by comments, strings and white space.

/// A family: plain data that the lexer goes by.
#[derive(Debug)]
pub(crate) struct Syntax {
    /// What begins a comment to the end of the line.
    pub(super) line: &'static [&'static [u8]],
    /// Whether such a comment only begins after white space.
    pub(super) line_after_blank: bool,
    /// What encloses a comment.
    pub(super) block: &'static [Block],
    /// What encloses a string.
    pub(super) strings: &'static [Quote],
    /// Which white space is part of the meaning.
    pub(super) layout: Layout,
    /// Literals that need more than quotes.
    pub(super) literals: &'static [Literal],
    /// Bytes that are part of names besides letters, digits and `_`.
    pub(super) names: &'static [u8],
}

/// A comment with a beginning and an end.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) open: &'static [u8],
    pub(super) close: &'static [u8],
    /// Whether comments inside count.
    pub(super) nested: bool,
    /// Whether it only begins and ends at the start of a line.
    pub(super) at_line_start: bool,
}

impl Block {
    pub(super) const fn flat(open: &'static [u8], close: &'static [u8]) -> Self {
        Self { open, close, nested: false, at_line_start: false }
    }

    pub(super) const fn nested(open: &'static [u8], close: &'static [u8]) -> Self {
        Self { open, close, nested: true, at_line_start: false }
    }
}

/// A string with the same byte on both ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quote {
    /// The byte.
    pub(super) byte: u8,
    /// How the byte is written inside.
    pub(super) escape: Escape,
    /// Whether it goes on after the end of a line.
    pub(super) lines: bool,
    /// Whether three of them enclose a string of several lines.
    pub(super) triple: bool,
}

/// How a quote is written inside its own string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    /// After a backslash.
    Backslash,
    /// Twice: then it begins another string, which is the same for telling equal from different.
    None,
}

/// Literals that a table of quotes cannot describe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Literal {
    /// `'c'` against the lifetime `'a`.
    CharOrLifetime,
    /// `r"…"`, `r#"…"#`, `br"…"`.
    RustRaw,
    /// `R"mark(…)mark"`.
    CppRaw,
    /// `@"…"` with `""` inside, and `"""…"""` with any number of quotes.
    CSharpVerbatim,
    /// `…${…}…` in backticks.
    Template,
    /// `/…/`, where an expression may begin.
    Regex,
    /// `<<WORD`, `<<-WORD`, `<<"WORD"` of shells.
    ShellHeredoc,
    /// `<<~WORD` of Ruby and Perl, without a blank before the word.
    TightHeredoc,
    /// `<<<WORD` of PHP.
    PhpHeredoc,
    /// `[[…]]`, `[=[…]=]`.
    LuaLong,
    /// `$$…$$`, `$tag$…$tag$`.
    DollarQuoted,
    /// `#"…"#`.
    SwiftRaw,
    /// A quote after a letter belongs to the name: `x'`.
    PrimeInNames,
}

/// Which white space is part of the meaning. Where in doubt more counts, so that a change of meaning never looks like one of
/// format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    /// Ends of lines.
    pub(super) lines: Lines,
    /// How far a line is set in.
    pub(super) indentation: bool,
    /// Blanks between tokens.
    pub(super) blanks: Blanks,
    /// Lines that begin with `#` are directives of a preprocessor.
    pub(super) directives: bool,
}

/// When the end of a line means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    /// Never.
    Free,
    /// Only where semicolons that are put in by themselves depend on it.
    Restricted,
    /// After what can end a statement.
    Statements,
    /// Outside of brackets.
    OutsideBrackets,
    /// Always; empty lines do not.
    Always,
    /// Always, and empty lines do, too.
    Counted,
}

/// When blanks between tokens mean something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blanks {
    /// Never.
    Free,
    /// Whether there are any.
    Any,
    /// How many there are.
    Counted,
}

impl Layout {
    pub(super) const FREE: Self =
        Self { lines: Lines::Free, indentation: false, blanks: Blanks::Free, directives: false };
    pub(super) const DIRECTIVES: Self = Self { directives: true, ..Self::FREE };
    pub(super) const RESTRICTED: Self = Self { lines: Lines::Restricted, ..Self::FREE };
    pub(super) const STATEMENTS: Self = Self { lines: Lines::Statements, ..Self::FREE };
    pub(super) const PYTHON: Self = Self { lines: Lines::OutsideBrackets, indentation: true, ..Self::FREE };
    pub(super) const BLANKS: Self = Self { blanks: Blanks::Any, ..Self::FREE };
    pub(super) const LINES: Self = Self { lines: Lines::Always, blanks: Blanks::Any, ..Self::FREE };
    pub(super) const OFFSIDE: Self =
        Self { lines: Lines::Always, indentation: true, blanks: Blanks::Any, directives: false };
    pub(super) const VERBATIM: Self =
        Self { lines: Lines::Counted, indentation: true, blanks: Blanks::Counted, directives: false };
}
