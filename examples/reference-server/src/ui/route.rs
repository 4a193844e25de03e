//! Addresses of pages and assets: the templates link by these, the server mounts by these.

use super::asset;

/// The list of workspaces.
pub const WORKSPACES: &str = "/";
/// The way in: to the identity provider where there is one.
pub const LOGIN: &str = "/login";
/// Where the identity provider sends people back to.
pub const LOGIN_CALLBACK: &str = "/login/callback";
/// Ends the session at the identity provider.
pub const END_PROVIDER_SESSION: &str = "/login/end-session";
/// Ends the session.
pub const SIGN_OUT: &str = "/sign-out";
/// The reader's own sessions and API tokens.
pub const SESSIONS: &str = "/sessions";
/// Ends one of them.
pub const END_SESSION: &str = "/sessions/end";
/// Ends all of them but the one that asks.
pub const END_OTHER_SESSIONS: &str = "/sessions/end-others";
/// Makes an API token and shows it, once.
pub const CREATE_API_TOKEN: &str = "/api-tokens/create";
/// Revokes one.
pub const REVOKE_API_TOKEN: &str = "/api-tokens/revoke";
/// Closes a workspace to every older session.
pub const END_MEMBER_SESSIONS: &str = "/sessions/end-members";
/// The style sheet.
pub const STYLE: &str = "/assets/style.css";
/// The script.
pub const SCRIPT: &str = "/assets/app.js";
/// The icon.
pub const ICON: &str = "/assets/icon.svg";

/// The address of an asset with its content's name.
#[must_use]
pub fn versioned(path: &str) -> String {
    format!("{path}?v={}", asset::version())
}

/// The way in, and back to a path of this server afterwards.
#[must_use]
pub fn begin_login(return_to: Option<&str>) -> String {
    match return_to {
        Some(path) => format!("{LOGIN}?return_to={}", segment(path)),
        None => LOGIN.to_owned(),
    }
}

/// The overview of a workspace.
#[must_use]
pub fn overview(slug: &str) -> String {
    format!("/w/{}", segment(slug))
}

/// What every number of a workspace's pages means.
#[must_use]
pub fn definitions(slug: &str) -> String {
    format!("/w/{}/definitions", segment(slug))
}

/// What the days of a workspace go into.
#[must_use]
pub fn investment(slug: &str) -> String {
    format!("/w/{}/investment", segment(slug))
}

/// The commits behind one kind of work.
#[must_use]
pub fn investment_commits(slug: &str, kind: &str) -> String {
    format!("{}/{}", investment(slug), segment(kind))
}

/// What the work on lines was.
#[must_use]
pub fn work(slug: &str) -> String {
    format!("/w/{}/work", segment(slug))
}

/// The commits that have lines of one kind.
#[must_use]
pub fn work_commits(slug: &str, kind: &str) -> String {
    format!("{}/{}", work(slug), segment(kind))
}

/// Whose lines are left in a folder of a repository; the top is the empty one.
#[must_use]
pub fn ownership(slug: &str, id: &str, folder: &str) -> String {
    let page = format!("{}/ownership", repository(slug, id));
    if folder.is_empty() { page } else { format!("{page}?folder={}", segment(folder)) }
}

/// What of a repository is written more than once.
#[must_use]
pub fn duplicates(slug: &str, id: &str) -> String {
    format!("{}/duplicates", repository(slug, id))
}

/// The connections of a workspace.
#[must_use]
pub fn integrations(slug: &str) -> String {
    format!("/w/{}/integrations", segment(slug))
}

/// Has one of them read.
#[must_use]
pub fn read_integration(slug: &str, id: &str) -> String {
    format!("{}/{}/read", integrations(slug), segment(id))
}

/// Chooses what AI providers may be asked, or estimates what that would come to.
#[must_use]
pub fn choose_ai(slug: &str) -> String {
    format!("{}/ai", integrations(slug))
}

/// The audit log of a workspace.
#[must_use]
pub fn audit(slug: &str) -> String {
    format!("/w/{}/audit", segment(slug))
}

/// The policies of a workspace.
#[must_use]
pub fn policies(slug: &str) -> String {
    format!("/w/{}/policies", segment(slug))
}

/// Why a role may do an action or not.
#[must_use]
pub fn policy_field(page: &str, role: &str, action: &str) -> String {
    let mark = if page.contains('?') { '&' } else { '?' };
    format!("{page}{mark}as={}&action={}#explained", segment(role), segment(action))
}

/// The deletion of a workspace.
#[must_use]
pub fn deletion(slug: &str) -> String {
    format!("/w/{}/deletion", segment(slug))
}

/// Calls it off.
#[must_use]
pub fn cancel_deletion(slug: &str) -> String {
    format!("/w/{}/deletion/cancel", segment(slug))
}

/// What one number means: the definition with this id, without its version.
#[must_use]
pub fn definition(slug: &str, id: &str) -> String {
    format!("{}#{}", definitions(slug), anchor(id))
}

/// One repository of a workspace.
#[must_use]
pub fn repository(slug: &str, id: &str) -> String {
    format!("/w/{}/repositories/{}", segment(slug), segment(id))
}

/// Corrects the label of one of its commits.
#[must_use]
pub fn commit_label(slug: &str, id: &str, commit: &str) -> String {
    format!("{}/commits/{}/label", repository(slug, id), segment(commit))
}

/// The server-sent events of a workspace: `progress` with `{"stream", "done", "estimate"}`, then `done`, also when
/// the read failed: the page reloads and shows how it ended.
#[must_use]
pub fn events(slug: &str) -> String {
    format!("/w/{}/events", segment(slug))
}

/// The same page over another window: `30`, `90`, `365` or `all`.
#[must_use]
pub fn windowed(page: &str, window: &str) -> String {
    format!("{page}?window={}", segment(window))
}

/// An HTML id from a definition id or any other text.
#[must_use]
pub fn anchor(id: &str) -> String {
    let dashed = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    format!("d-{}", id.chars().map(dashed).collect::<String>())
}

/// Percent-encodes everything but unreserved characters.
pub(crate) fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_part_of_an_address() {
        assert_eq!(repository("a", "../x?y#z\"<"), "/w/a/repositories/..%2Fx%3Fy%23z%22%3C");
        assert_eq!(
            definition("a", "after_hours@author-offset"),
            "/w/a/definitions#d-after-hours-author-offset"
        );
        assert_eq!(windowed("/w/a", "90"), "/w/a?window=90");
    }
}
