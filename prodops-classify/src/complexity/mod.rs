//! How hard the control flow of a text is to follow, by its tokens: cognitive complexity, as far as tokens tell it.
//!
//! The measure is G. Ann Campbell's *Cognitive Complexity* (SonarSource, 2018), since it can be read off a text from left to right and
//! weighs what is nested, which McCabe's cyclomatic number does not. A text counts
//!
//! - **1, and 1 more for each branch around it**, for every `if`, `unless`, loop, `switch`/`match`/`case`/`select`, handler of
//!   errors, and conditional expression (`a ? b : c`, `b if a else c`);
//! - **1** for every `else`, `else if`, `elif`, `goto`, and conditional of a preprocessor;
//! - **1** for every run of the same logical operator: `a && b && c` counts 1, `a && b || c` counts 2. Brackets and the ends of
//!   expressions begin another run.
//!
//! The branches of a `switch` count nothing of themselves. Where it deviates, since tokens know neither names nor types:
//!
//! - functions and closures inside functions do not count as nesting, nor does recursion count, nor jumps to labels other than `goto`;
//! - an `else` whose `if` is a modifier of a statement, and whatever macros hide, is taken as it is written;
//! - `&&` in C++ counts where a value stands for certain (in conditions, after `=`, `return` and other operators), because elsewhere it
//!   may be a reference;
//! - conditional types and optional methods of TypeScript count as conditional expressions; comprehensions count nothing;
//! - texts whose literals the lexer can only guess (regular expressions in Ruby) are counted as it takes them apart.
//!
//! White space that means nothing, comments, and names change nothing. A language without rules has no number, and neither has a text
//! with more than a thousand open brackets and branches: unknown is never 0.

mod braced;
mod brackets;
mod context;
mod counter;
mod expression;
mod frames;
mod indentation;
mod rules;
mod signs;
mod table;
#[cfg(test)]
mod tests;
mod word;
mod worded;

pub(crate) use counter::ComplexityCounter;
