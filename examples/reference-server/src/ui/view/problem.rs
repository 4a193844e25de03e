//! A page that says what went wrong and what to do.

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// The sign-in link was used before.
    LinkUsed,
    /// The sign-in link is too old.
    LinkExpired,
    /// The request came from another site or from a page that is too old.
    Refused,
    /// The reader's role does not allow it.
    Denied,
    /// Nothing is there, or nothing that the reader may know of.
    NotFound,
    /// The server has no access to its keys.
    Sealed,
    /// Something in the server failed.
    Internal,
}

impl ProblemKind {
    /// The HTTP status that usually goes with the page.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::LinkUsed | Self::LinkExpired => 410,
            Self::Refused | Self::Denied => 403,
            Self::NotFound => 404,
            Self::Sealed => 503,
            Self::Internal => 500,
        }
    }

    /// The one calm line.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::LinkUsed => "This sign-in link has been used",
            Self::LinkExpired => "This sign-in link has expired",
            Self::Refused => "This request was not accepted",
            Self::Denied => "Your role does not allow this",
            Self::NotFound => "There is nothing here",
            Self::Sealed => "This deployment has no access to its keys",
            Self::Internal => "Something went wrong on our side",
        }
    }

    /// What the button says that leads to the first page.
    #[must_use]
    pub const fn way_on(self) -> &'static str {
        match self {
            Self::Sealed => "Try again",
            _ => "Go to your workspaces",
        }
    }

    /// What to do.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::LinkUsed => {
                "Each link works once. If you opened it yourself in this browser, go to your workspaces; \
                 otherwise start the server again for a new link."
            }
            Self::LinkExpired => "Start the server again: it prints a new link in its terminal.",
            Self::Refused => "Go back, reload the page and try once more.",
            Self::Denied => "Ask an admin or owner of the workspace.",
            Self::NotFound => "Check the address, or go to your workspaces and start from there.",
            Self::Sealed => "Nothing was lost or changed. Its operator finds the reason in the server's log.",
            Self::Internal => {
                "Try again in a moment. If it stays, its operator finds the request in the server's log."
            }
        }
    }
}

/// A page that says what went wrong and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What went wrong.
    pub kind: ProblemKind,
    /// The HTTP status of the answer.
    pub status: u16,
    /// What to do, in place of the usual advice.
    pub remedy: Option<String>,
    /// The id of the request, to find it in the log.
    pub request: Option<String>,
}

impl Problem {
    pub(in crate::ui) fn advice(&self) -> &str {
        self.remedy.as_deref().unwrap_or_else(|| self.kind.remedy())
    }
}
