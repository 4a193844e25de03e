//! What a token is in a language, looked up by its number.

use std::sync::LazyLock;

use prodops_core::fact::Language;

use super::rules::{RULES, Rules};
use super::word::Role;
use crate::lexer::known;

/// A power of two, several times as many as there are words and signs.
const SLOTS: usize = 512;

/// Bytes that can be operators, brackets or separators.
const SIGNS: &[u8] = b"!#$%&()*+,-./:;<=>?@[\\]^`{|}~'\"";

/// The rules of some languages, ready to be looked up.
pub(super) struct Table {
    pub(super) rules: &'static Rules,
    /// Open addressing; an unused place has the number 0.
    slots: [(u64, Role); SLOTS],
}

static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| RULES.iter().map(Table::new).collect());

impl Table {
    /// The table of a language that has rules.
    pub(super) fn of(language: Option<Language>) -> Option<&'static Self> {
        let id = language?.0;
        TABLES.iter().find(|table| table.rules.languages.contains(&id))
    }

    fn new(rules: &'static Rules) -> Self {
        let mut table = Self { rules, slots: [(0, Role::Other); SLOTS] };
        for (word, role) in rules.words.iter().copied().flatten() {
            table.add(known::word(word), Role::Word(*role));
        }
        for sign in SIGNS {
            table.add(known::operator(*sign), Role::Sign(*sign));
            table.add(known::joined(*sign), Role::Joined(*sign));
        }
        table.add(known::LINE_END, Role::Line);
        table.add(known::BLANKS, Role::Blanks);
        table
    }

    /// Adds a token, unless it is there.
    fn add(&mut self, number: u64, role: Role) {
        let mut place = number as usize % SLOTS;
        while let Some(slot) = self.slots.get_mut(place) {
            if slot.0 == number {
                return;
            }
            if slot.0 == 0 {
                *slot = (number, role);
                return;
            }
            place = (place + 1) % SLOTS;
        }
    }

    /// What the token with this number is.
    #[inline]
    pub(super) fn role(&self, number: u64) -> Role {
        let mut place = number as usize % SLOTS;
        while let Some((found, role)) = self.slots.get(place) {
            if *found == number {
                return *role;
            }
            if *found == 0 {
                break;
            }
            place = (place + 1) % SLOTS;
        }
        Role::Other
    }
}
