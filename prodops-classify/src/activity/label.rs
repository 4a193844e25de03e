//! The order of decision before the model: revert, paths, declaration.

use prodops_core::fact::{Activity, ActivityLabel, LabelSource};

use super::conventional::{Prefix, skip_emoji};
use super::measured::{self, Measured};
use super::message::Message;
use super::paths::RoleTally;
use super::revert;

/// What a message tells by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reading<'a> {
    declared: Option<Activity>,
    revert: Option<Measured>,
    /// The subject without a declared prefix and without emoji before it.
    pub(super) subject: &'a [u8],
}

impl<'a> Reading<'a> {
    pub(super) fn of(message: &Message<'a>) -> Self {
        let prefix = Prefix::parse(message.subject);
        let declared = prefix.and_then(|prefix| prefix.activity());
        let text = prefix.map_or_else(|| skip_emoji(message.subject), |prefix| prefix.text);
        let revert = revert_marker(message, text, declared);
        Self { declared, revert, subject: Self::plain_subject(message.subject) }
    }

    /// What the model reads of a subject. A prefix that declares nothing (`net/http: …`) is a part of it.
    pub(super) fn plain_subject(subject: &'a [u8]) -> &'a [u8] {
        let declaring = Prefix::parse(subject).filter(|prefix| prefix.activity().is_some());
        declaring.map_or_else(|| skip_emoji(subject), |prefix| prefix.text)
    }

    /// Whether something is decided before the files are looked at, or by what was declared.
    pub(super) const fn is_declared(&self) -> bool {
        self.declared.is_some() || self.revert.is_some()
    }

    /// The label of a commit with this message and these files; `None` where neither a rule nor the author decides.
    pub(super) fn decide(&self, roles: &RoleTally) -> Option<ActivityLabel> {
        let (decision, source) = self.decision(roles)?;
        // What the author said is the runner-up where a rule overrules it.
        let second = self.declared.filter(|declared| *declared != decision.label).or(decision.second);
        Some(ActivityLabel {
            label: decision.label,
            probability: decision.probability(),
            second,
            source,
            declared: self.declared,
        })
    }

    fn decision(&self, roles: &RoleTally) -> Option<(Measured, LabelSource)> {
        if let Some(revert) = self.revert {
            return Some((revert, LabelSource::Rule));
        }
        if self.declared == Some(Activity::Revert) {
            return Some((measured::declared(Activity::Revert), LabelSource::Declared));
        }
        if let Some(label) = roles.decide(self.declared) {
            return Some((measured::by_paths(label), LabelSource::Rule));
        }
        self.declared.map(|label| (measured::declared(label), LabelSource::Declared))
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

    fn decide(message: &str, roles: &[Role]) -> Option<ActivityLabel> {
        let mut tally = RoleTally::default();
        roles.iter().for_each(|role| tally.add(*role));
        Reading::of(&Message::parse(message.as_bytes())).decide(&tally)
    }

    fn label(message: &str, roles: &[Role]) -> ActivityLabel {
        decide(message, roles).unwrap()
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
    fn what_nobody_declares_and_no_rule_decides_is_left_to_the_model() {
        for message in
            ["Add a cache", "net/http: fix a leak", ":recycle: rename the parser", "revert the cache", ""]
        {
            assert_eq!(decide(message, &[Role::Other]), None, "{message}");
        }
        let plain = |subject: &'static str| Reading::plain_subject(subject.as_bytes());
        assert_eq!(plain(":bug: fix(ui)!: the form"), b"the form");
        assert_eq!(plain("net/http: fix a leak"), b"net/http: fix a leak");
        assert_eq!(plain(":recycle: rename"), b"rename");
    }
}
