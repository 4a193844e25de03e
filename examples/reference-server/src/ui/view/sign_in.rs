//! The page for those who have no session: how to get one, or why there is none.

use crate::ui::{Label, route};

/// Why somebody sees the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInReason {
    /// They asked for it.
    Asked,
    /// What they wanted to see needs a session.
    Needed,
    /// They have just signed out.
    SignedOut,
    /// A sign-in was begun and did not succeed. Which check failed is in the server's log.
    Refused,
    /// The identity provider did not answer.
    Unreachable,
    /// The identity provider vouches for them, and nobody here knows them.
    Stranger {
        /// Who they are there: what the operator must know to add them.
        subject: Label,
    },
}

/// The page for those who have no session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Why they see it.
    pub reason: SignInReason,
    /// The identity provider's host, where there is one.
    pub provider: Option<Label>,
    /// Whether it answered when it was last asked.
    pub reachable: bool,
    /// Whether its own session can be ended from here.
    pub ends_sessions: bool,
    /// The path to come back to.
    pub return_to: Option<String>,
}

impl SignIn {
    /// The one calm line.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        match self.reason {
            SignInReason::Asked => "Sign in",
            SignInReason::Needed => "You are not signed in",
            SignInReason::SignedOut => "You are signed out",
            SignInReason::Refused => "That sign-in did not succeed",
            SignInReason::Unreachable => "The identity provider does not answer",
            SignInReason::Stranger { .. } => "No workspace here knows you",
        }
    }

    /// What there is to say about it.
    pub(in crate::ui) const fn advice(&self) -> Option<&'static str> {
        match self.reason {
            SignInReason::Asked | SignInReason::Needed | SignInReason::SignedOut => None,
            SignInReason::Refused => Some(
                "Nothing was changed. Begin again here: an old page, a second tab or a long pause is enough to spoil a \
                 sign-in. If it keeps happening, whoever runs this server finds the reason in its log.",
            ),
            SignInReason::Unreachable => {
                Some("Nobody can sign in there right now. Try again in a moment: every try asks it again.")
            }
            SignInReason::Stranger { .. } => Some(
                "The identity provider knows who you are, but nobody has added you here yet. Ask whoever runs this server, and \
                 give them this identifier of yours:",
            ),
        }
    }

    pub(in crate::ui) const fn subject(&self) -> Option<&Label> {
        match &self.reason {
            SignInReason::Stranger { subject } => Some(subject),
            _ => None,
        }
    }

    /// Whether the page must warn that the provider did not answer, beside what it says anyway.
    pub(in crate::ui) fn warns(&self) -> bool {
        !self.reachable && self.reason != SignInReason::Unreachable
    }

    pub(in crate::ui) fn begin(&self) -> String {
        route::begin_login(self.return_to.as_deref())
    }

    pub(in crate::ui) fn offers_provider_sign_out(&self) -> bool {
        self.ends_sessions && matches!(self.reason, SignInReason::SignedOut | SignInReason::Stranger { .. })
    }
}
