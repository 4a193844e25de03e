//! What was found: a line for each thing that was looked at.

use std::fmt;

/// How a thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Holds,
    Advice,
    Fault,
    Yours,
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Holds => "ok",
            Self::Advice => "advice",
            Self::Fault => "FAULT",
            Self::Yours => "yours",
        }
    }
}

/// Everything that was found, in the order in which it was looked at.
#[derive(Debug, Default)]
pub(super) struct Report(Vec<(State, String)>);

impl Report {
    /// It is as it should be.
    pub(super) fn holds(&mut self, what: impl fmt::Display) {
        self.add(State::Holds, what.to_string());
    }

    /// Worth doing.
    pub(super) fn advice(&mut self, what: impl fmt::Display, remedy: impl fmt::Display) {
        self.add(State::Advice, format!("{what}: {remedy}"));
    }

    /// It must be changed.
    pub(super) fn fault(&mut self, what: impl fmt::Display, remedy: impl fmt::Display) {
        self.add(State::Fault, format!("{what}: {remedy}"));
    }

    /// It cannot be seen from here.
    pub(super) fn yours(&mut self, what: impl fmt::Display) {
        self.add(State::Yours, what.to_string());
    }

    fn add(&mut self, state: State, line: String) {
        self.0.push((state, line.replace('\n', " ")));
    }

    pub(super) fn faults(&self) -> usize {
        self.0.iter().filter(|(state, _)| *state == State::Fault).count()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (state, line) in &self.0 {
            writeln!(f, "{:<7} {line}", state.word())?;
        }
        let count = |wanted| self.0.iter().filter(|(state, _)| *state == wanted).count();
        write!(
            f,
            "{} hold, {} to consider, {} faults, {} to see to yourself",
            count(State::Holds),
            count(State::Advice),
            count(State::Fault),
            count(State::Yours)
        )
    }
}
