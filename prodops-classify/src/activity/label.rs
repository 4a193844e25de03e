//! The order of decision: revert, paths, declaration, first word.

use prodops_core::fact::{Activity, ActivityLabel, LabelSource};
use prodops_core::source::Transient;

use super::conventional::{Prefix, skip_emoji};
use super::measured::{self, Measured};
use super::message::Message;
use super::paths::RoleTally;
use super::revert;
use super::words::by_first_word;

/// What a message tells. No part of its text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Reading {
    declared: Option<Activity>,
    revert: Option<Measured>,
    by_word: Measured,
    /// Whether the message is not UTF-8, so that some of it may have been misread.
    pub(crate) lossy: bool,
}

/// Reads a message.
#[allow(
    clippy::disallowed_methods,
    reason = "labelling commits is one of the places where a message is read"
)]
pub(crate) fn read_message(message: &Transient) -> Reading {
    message.with_bytes(Reading::of)
}

impl Reading {
    fn of(text: &[u8]) -> Self {
        let message = Message::parse(text);
        let prefix = Prefix::parse(message.subject);
        let declared = prefix.and_then(|prefix| prefix.activity());
        let subject = prefix.map_or_else(|| skip_emoji(message.subject), |prefix| prefix.text);
        Self {
            declared,
            revert: revert_marker(&message, subject, declared),
            by_word: by_first_word(subject),
            lossy: std::str::from_utf8(text).is_err(),
        }
    }

    /// The label of a commit with this message and these paths.
    pub(crate) fn label(&self, roles: &RoleTally) -> ActivityLabel {
        let (decision, source) = self.decide(roles);
        // What the author said is the runner-up where a rule overrules it.
        let second = self.declared.filter(|declared| *declared != decision.label).or(decision.second);
        ActivityLabel {
            label: decision.label,
            probability: decision.probability(),
            second,
            source,
            declared: self.declared,
        }
    }

    fn decide(&self, roles: &RoleTally) -> (Measured, LabelSource) {
        if let Some(revert) = self.revert {
            return (revert, LabelSource::Rule);
        }
        if self.declared == Some(Activity::Revert) {
            return (measured::declared(Activity::Revert), LabelSource::Declared);
        }
        if let Some(label) = roles.decide(self.declared) {
            return (measured::by_paths(label), LabelSource::Rule);
        }
        match self.declared {
            Some(label) => (measured::declared(label), LabelSource::Declared),
            None => (self.by_word, LabelSource::Rule),
        }
    }
}

/// What the markers of reverts tell. `text` is the subject without its prefix.
fn revert_marker(message: &Message<'_>, text: &[u8], declared: Option<Activity>) -> Option<Measured> {
    let marked = revert::has_subject(text);
    match declared {
        // Whoever declares another kind mentions a commit in the body for other reasons, too: only the subject counts.
        Some(kind) if kind != Activity::Revert => marked.then_some(measured::DECLARED_OTHERWISE),
        _ => (marked || revert::has_body(message)).then_some(measured::REVERT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artefact::Role;

    fn label(message: &str, roles: &[Role]) -> ActivityLabel {
        let mut tally = RoleTally::default();
        roles.iter().for_each(|role| tally.add(*role));
        Reading::of(message.as_bytes()).label(&tally)
    }

    #[test]
    fn a_marked_revert_is_a_revert_whatever_it_touches() {
        for message in [
            "Revert \"docs: a\"",
            "revert: a",
            "Undo\n\nThis reverts commit 0123456789ab.",
            "fix: Revert \"a\"",
        ] {
            assert_eq!(label(message, &[Role::Doc]).label, Activity::Revert, "{message}");
        }
        let both = label("fix: Revert \"a\"", &[]);
        assert_eq!((both.declared, both.second), (Some(Activity::Bugfix), Some(Activity::Bugfix)));
        let mention = label("fix: a\n\nThis reverts commit 0123456789ab.", &[Role::Other]);
        assert_eq!(mention.label, Activity::Bugfix);
    }

    #[test]
    fn paths_overrule_the_declaration_and_both_are_shown() {
        let label = label("fix: a", &[Role::Test]);
        assert_eq!((label.label, label.source), (Activity::Test, LabelSource::Rule));
        assert_eq!((label.declared, label.second), (Some(Activity::Bugfix), Some(Activity::Bugfix)));
    }

    #[test]
    fn a_declaration_stands_where_no_rule_fits() {
        let label = label("feat(ui)!: a", &[Role::Other, Role::Test]);
        assert_eq!((label.label, label.source), (Activity::Feature, LabelSource::Declared));
        assert_eq!(label.declared, Some(Activity::Feature));
        assert!(label.probability.as_f64() > 0.9);
    }

    #[test]
    fn without_a_declaration_the_first_word_decides() {
        for (message, expected) in [
            ("Add a cache", Activity::Feature),
            ("net/http: fix a leak", Activity::Bugfix),
            (":recycle: rename the parser", Activity::Refactor),
            ("Bump serde", Activity::Chore),
            ("revert the cache", Activity::Revert),
        ] {
            let label = label(message, &[Role::Other]);
            assert_eq!(
                (label.label, label.source, label.declared),
                (expected, LabelSource::Rule, None),
                "{message}"
            );
        }
    }

    #[test]
    fn a_message_that_is_not_utf8_is_flagged() {
        assert!(Reading::of(b"Fix \xff").lossy);
        assert!(!Reading::of("Fix ü".as_bytes()).lossy);
    }
}
