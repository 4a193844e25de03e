//! What a session was begun with, told apart well enough to recognise one's own: "Firefox on Linux" and no more.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! families {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal: $($sign:literal),+;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum $name {
            /// None of the known ones.
            #[default]
            Other,
            $(#[doc = $text] $variant,)*
        }

        impl $name {
            fn of(user_agent: &str) -> Self {
                $(if [$($sign),+].iter().any(|sign| user_agent.contains(sign)) {
                    return Self::$variant;
                })*
                Self::Other
            }

            /// Its name for people; `None` for [`Self::Other`].
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    Self::Other => None,
                    $(Self::$variant => Some($text),)*
                }
            }
        }
    };
}

families! {
    /// A family of browsers. Most of them claim to be several: the first sign that is found decides.
    Browser {
        Edge = "Edge": "Edg/", "EdgA/", "EdgiOS/";
        Opera = "Opera": "OPR/";
        Samsung = "Samsung Internet": "SamsungBrowser/";
        Firefox = "Firefox": "Firefox/", "FxiOS/";
        Chrome = "Chrome": "Chrome/", "CriOS/";
        Safari = "Safari": "Safari/";
        Curl = "curl": "curl/";
    }
}

families! {
    /// A family of operating systems.
    System {
        Android = "Android": "Android";
        Ios = "iOS": "iPhone", "iPad";
        Windows = "Windows": "Windows";
        ChromeOs = "ChromeOS": "CrOS";
        MacOs = "macOS": "Macintosh", "Mac OS X";
        Linux = "Linux": "Linux";
    }
}

/// A browser and a system out of two short lists. Nothing of the header's own text is kept: it would tell people apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct ClientFamily {
    /// The browser.
    pub browser: Browser,
    /// The system.
    pub system: System,
}

impl ClientFamily {
    /// The families behind a `User-Agent` header.
    #[must_use]
    pub fn from_user_agent(header: &str) -> Self {
        Self { browser: Browser::of(header), system: System::of(header) }
    }
}

impl fmt::Display for ClientFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.browser.name(), self.system.name()) {
            (Some(browser), Some(system)) => write!(f, "{browser} on {system}"),
            (Some(only), None) | (None, Some(only)) => f.write_str(only),
            (None, None) => f.write_str("unknown browser"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_told_apart_and_nothing_else_is_kept() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
        for (header, expected) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned(), "Firefox on Linux"),
            (format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit}"), "Chrome on Windows"),
            (format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Edg/140.0.0.0"), "Edge on Windows"),
            (format!("Mozilla/5.0 (Linux; Android 10; K) {webkit}"), "Chrome on Android"),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
                    .to_owned(),
                "Safari on iOS",
            ),
            ("curl/8.5.0".to_owned(), "curl"),
            ("<script>alert(1)</script>".to_owned(), "unknown browser"),
            (String::new(), "unknown browser"),
        ] {
            assert_eq!(ClientFamily::from_user_agent(&header).to_string(), expected, "{header}");
        }
    }
}
