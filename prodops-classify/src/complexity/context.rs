//! What stands around a token.

use super::counter::Scan;
use super::frames::Kind;
use super::rules::{Blocks, Trait};
use super::word::{Role, Word};

impl Scan<'_> {
    /// What the token so far ahead is, white space counted.
    pub(super) fn ahead(&self, distance: usize) -> Role {
        self.code.get(self.at + distance).map_or(Role::Line, |token| self.table.role(token.exact))
    }

    /// What the next token is that is no white space.
    pub(super) fn next(&self) -> Role {
        let rest = self.code.get(self.at + 1..).unwrap_or_default();
        let mut roles = rest.iter().map(|token| self.table.role(token.exact));
        roles.find(|role| !matches!(role, Role::Blanks | Role::Line)).unwrap_or(Role::Line)
    }

    /// Whether an `else` is next, and not the last way of a `when`.
    pub(super) fn else_follows(&self) -> bool {
        if !matches!(self.next(), Role::Word(Word::Else | Word::ElseIf)) {
            return false;
        }
        let rest = self.code.get(self.at + 1..).unwrap_or_default();
        let mut roles = rest.iter().map(|token| self.table.role(token.exact));
        let mut next = || roles.find(|role| !matches!(role, Role::Blanks | Role::Line));
        next();
        (next(), next()) != (Some(Role::Sign(b'-')), Some(Role::Joined(b'>')))
    }

    /// Whether what stands before can be the end of an expression.
    pub(super) const fn is_behind_value(&self) -> bool {
        let [last, _] = self.last;
        matches!(
            last,
            Role::Other
                | Role::Sign(b')' | b']' | b'}' | b'!' | b'?')
                | Role::Joined(b'+' | b'-' | b'!')
                | Role::Word(Word::End)
        )
    }

    /// Whether an arrow begins here: `=>` or `->`.
    pub(super) fn is_arrow(&self, role: Role) -> bool {
        matches!(role, Role::Sign(b'=' | b'-')) && self.ahead(1) == Role::Joined(b'>')
    }

    /// Whether a word means what it says here, and is no name, key or label.
    pub(super) fn is_keyword(&mut self, word: Word) -> bool {
        let [last, second] = self.last;
        if matches!(last, Role::Sign(b'.') | Role::Joined(b'.')) && !self.is_after_range() {
            return false;
        }
        let rules = self.table.rules;
        if rules.has(Trait::Symbols) && self.before == Role::Sign(b':')
            || rules.has(Trait::Commands) && !self.is_command()
        {
            return false;
        }
        if rules.has(Trait::ColonBlocks)
            && (last == Role::Joined(b':') || (last == Role::Joined(b'>') && second == Role::Sign(b'-')))
        {
            return false;
        }
        if rules.has(Trait::Labels)
            && matches!(self.frames.top().kind, Kind::Bracket | Kind::Condition)
            && word != Word::Before
        {
            return false;
        }
        !self.is_key(word)
    }

    /// `..` before a word is a range in some languages, and so is `...`; then the word is none of an object.
    fn is_after_range(&self) -> bool {
        self.last == [Role::Joined(b'.'), Role::Sign(b'.')] && self.table.rules.blocks != Blocks::Braces
    }

    /// Whether a colon or a bracket behind the word makes it the name of something.
    fn is_key(&self, word: Word) -> bool {
        let colon = self.ahead(1) == Role::Sign(b':') && self.ahead(2) != Role::Joined(b':');
        let or_key = match word {
            Word::Else => self.has(Trait::Symbols),
            Word::Before | Word::And | Word::Or | Word::Let | Word::In => false,
            _ => self.table.rules.blocks != Blocks::Indentation,
        };
        (colon && or_key) || (word == Word::For && self.ahead(1) == Role::Sign(b'<'))
    }

    /// Whether a command of a shell begins here.
    const fn is_command(&self) -> bool {
        let [last, _] = self.last;
        self.fresh
            || matches!(
                last,
                Role::Word(_)
                    | Role::Line
                    | Role::Joined(b'&' | b'|')
                    | Role::Sign(b';' | b'&' | b'|' | b'!' | b'(' | b')' | b'{' | b'}' | b'`')
            )
    }
}
