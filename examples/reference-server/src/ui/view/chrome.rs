//! What frames every page.

use crate::ui::{Label, route};

/// The reader's choice of colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the system says.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The name of the cookie in which the script keeps the choice.
    pub const COOKIE: &'static str = "__Host-prodops-theme";

    /// The choice in a cookie's value; anything unknown is [`Theme::Auto`].
    #[must_use]
    pub fn from_cookie(value: &str) -> Self {
        match value {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::Auto,
        }
    }

    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// Which entry of the navigation the page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// The list of workspaces.
    Workspaces,
    /// The overview of a workspace.
    Overview,
    /// One repository.
    Repository,
    /// What the days go into.
    Investment,
    /// What the work on lines was.
    Work,
    /// What the numbers mean.
    Definitions,
    /// The reader's own sessions and API tokens.
    Sessions,
    /// The connections.
    Integrations,
    /// The audit log.
    Audit,
    /// The policies.
    Policies,
    /// The deletion of a workspace.
    Deletion,
    /// None of these.
    #[default]
    Elsewhere,
}

/// The workspace that a page is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentWorkspace {
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub name: Label,
    /// Whether the reader may see its numbers: only then the navigation shows them.
    pub reports: bool,
    /// Whether the reader may see its connections: only then the navigation shows them.
    pub integrations: bool,
    /// Whether the reader may read its audit log: only then the navigation shows it.
    pub audit: bool,
    /// Whether the reader may see its policies: only then the navigation shows them.
    pub policies: bool,
    /// Whether the reader may delete it: only then the navigation shows the way.
    pub deletion: bool,
}

/// What frames every page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chrome {
    /// Colours, from the cookie.
    pub theme: Theme,
    /// The workspace, on its pages.
    pub workspace: Option<CurrentWorkspace>,
    /// The entry of the navigation.
    pub place: Place,
    /// What the forms of somebody who is signed in send along; `None` when nobody is.
    pub csrf: Option<String>,
    /// The version of the server, for the footer.
    pub version: String,
}

impl Chrome {
    /// The slug of the workspace, for links; empty outside workspaces.
    pub(in crate::ui) fn slug(&self) -> &str {
        self.workspace.as_ref().map_or("", |workspace| &workspace.slug)
    }

    pub(in crate::ui) fn is_at(&self, place: Place) -> bool {
        self.place == place
    }

    /// The hidden field that every form of a signed-in reader has.
    pub(in crate::ui) fn csrf(&self) -> &str {
        self.csrf.as_deref().unwrap_or_default()
    }

    pub(in crate::ui) fn style(&self) -> String {
        route::versioned(route::STYLE)
    }

    pub(in crate::ui) fn script(&self) -> String {
        route::versioned(route::SCRIPT)
    }

    pub(in crate::ui) fn icon(&self) -> String {
        route::versioned(route::ICON)
    }
}
