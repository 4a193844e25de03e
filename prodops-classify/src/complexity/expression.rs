//! Runs of logical operators and conditional expressions, where the tokens of an expression are read.

/// A logical operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Logical {
    And,
    Or,
}

/// An expression while it is read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Expression {
    run: Option<Logical>,
    /// Conditional expressions that wait for what else they give.
    questions: u32,
    /// Those that this one is the rest of.
    chained: u32,
    /// Whether a value stands here for certain, by what it is part of, and by what came before.
    value: [bool; 2],
}

impl Expression {
    /// One where a value stands for certain.
    pub(super) fn value() -> Self {
        Self { value: [true; 2], ..Self::default() }
    }

    pub(super) const fn is_value(&self) -> bool {
        let [of_whole, of_rest] = self.value;
        of_whole || of_rest
    }

    /// From here on a value stands for certain.
    pub(super) fn becomes_value(&mut self) {
        self.value = [self.value[0], true];
    }

    /// By how much conditional expressions nest what comes.
    pub(super) const fn nesting(&self) -> u32 {
        self.questions.saturating_add(self.chained)
    }

    /// An operator; says what it counts.
    pub(super) fn operator(&mut self, operator: Logical) -> u32 {
        u32::from(self.run.replace(operator) != Some(operator))
    }

    /// Another run of operators begins.
    pub(super) const fn end_run(&mut self) {
        self.run = None;
    }

    /// What may be the beginning of a conditional expression.
    pub(super) const fn question(&mut self) {
        self.run = None;
        self.questions = self.questions.saturating_add(1);
    }

    /// What may be its other half; says what it counts, with so many branches around it.
    pub(super) const fn otherwise(&mut self, around: u32) -> u32 {
        self.run = None;
        if self.questions == 0 {
            return 0;
        }
        let count = around.saturating_add(self.nesting());
        self.questions -= 1;
        // What stands within another one ends with it.
        if self.questions == 0 {
            self.chained = self.chained.saturating_add(1);
        }
        count
    }

    /// Its end.
    pub(super) const fn end(&mut self) {
        let [of_whole, _] = self.value;
        *self = Self { run: None, questions: 0, chained: 0, value: [of_whole; 2] };
    }
}
