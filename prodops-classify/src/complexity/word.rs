//! What words and signs do to the flow of control.

/// What a token is in a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A name, number, string, or a word that the flow does not depend on.
    Other,
    Word(Word),
    /// An operator, bracket or separator.
    Sign(u8),
    /// The same where it makes one operator with the sign before it.
    Joined(u8),
    /// The end of a line.
    Line,
    /// White space between tokens of a line.
    Blanks,
}

/// A word that the flow depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// A branch that an `else` can follow.
    If,
    /// The same with the word for its opposite joined: `elif`.
    ElseIf,
    Else,
    /// A loop whose condition comes first, or that has none.
    Loop,
    /// A loop over what a pattern or a declaration stands before.
    For,
    /// A loop whose condition comes last, or where blocks are words, the beginning of a block or of the body of a loop.
    Do,
    /// A branch with many ways.
    Switch,
    /// The same where the word can be a name: only a colon at the end of the line tells.
    SoftSwitch,
    /// What is done about an error, as a branch of its own.
    Catch,
    /// The same within the block that it belongs to.
    Rescue,
    /// What is done in any case.
    Finally,
    Goto,
    And,
    Or,
    /// Where blocks are words, what begins one that is no branch.
    Begin,
    /// What ends it.
    End,
    /// The condition of a `catch`.
    When,
    /// The beginning of a pattern, which may hold brackets.
    Let,
    /// The end of one.
    In,
    /// After it, `for` is no loop.
    Impl,
    /// Nothing by itself: a statement begins behind it, too.
    Async,
    /// What follows is none of the expression: the fields of a type, the sign that an operator is called by.
    Apart,
    /// An expression or statement begins behind it.
    Before,
}
