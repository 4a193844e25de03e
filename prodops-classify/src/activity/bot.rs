//! Programs among the authors.

use bstr::ByteSlice;

/// Complete names, in lower case and byte order.
const NAMES: &[&str] = &[
    "allcontributors",
    "autofix-ci",
    "bors",
    "circleci",
    "copybara-service",
    "crowdin",
    "dependabot",
    "dependabot-preview",
    "depfu",
    "github action",
    "github actions",
    "github-actions",
    "gitlab ci",
    "gitlocalize",
    "google-github-actions-bot",
    "greenkeeper",
    "homu",
    "hosted weblate",
    "imgbot",
    "jenkins",
    "kodiakhq",
    "lokalise",
    "mergify",
    "pre-commit-ci",
    "pull-request-size",
    "pyup",
    "release-please",
    "renovate",
    "semantic-release",
    "snyk",
    "stale",
    "transifex",
    "transifex-integration",
    "travis ci",
    "weblate",
    "whitesource-renovate",
];

/// Domains that only programs write from.
const DOMAINS: &[&str] = &[
    "bots.noreply.github.com",
    "dependabot.com",
    "renovateapp.com",
    "weblate.org",
    "whitesourcesoftware.com",
];

/// Last words of the names of programs: `release-bot`, `Crowdin Bot`, `k8s-ci-robot`.
const LAST_WORDS: [&[u8]; 2] = [b"bot", b"robot"];

/// Whether an author is a program, by name and address.
pub(super) fn is_bot(name: &[u8], address: &[u8]) -> bool {
    let mut buffer = [0u8; LONGEST];
    let (account, domain) = match address.rfind_byte(b'@') {
        Some(at) => (address.get(..at).unwrap_or_default(), address.get(at + 1..).unwrap_or_default()),
        None => (address, &[][..]),
    };
    // Hosts put the number of the account in front: `123+name@users.noreply.github.com`.
    let account = account.rfind_byte(b'+').and_then(|plus| account.get(plus + 1..)).unwrap_or(account);
    let domain = lower(domain, &mut buffer);
    if DOMAINS.iter().any(|known| domain == known.as_bytes()) {
        return true;
    }
    [name, account].iter().any(|name| is_program(lower(name.trim_ascii(), &mut buffer)))
}

const LONGEST: usize = 64;

/// The text in lower case, cut at a length that no name in the lists has.
fn lower<'b>(text: &[u8], buffer: &'b mut [u8; LONGEST]) -> &'b [u8] {
    let length = text.len().min(LONGEST);
    // The end of a name tells most, so a long one loses its start.
    let end = text.iter().skip(text.len() - length);
    for (to, from) in buffer.iter_mut().zip(end) {
        *to = from.to_ascii_lowercase();
    }
    buffer.get(..length).unwrap_or_default()
}

fn is_program(name: &[u8]) -> bool {
    let plain = name.strip_suffix(b"[bot]");
    let last_word = name.rsplit(|byte| !byte.is_ascii_alphanumeric()).next().unwrap_or_default();
    // A person may be called Bot; a program is called something else before it.
    let is_named_bot = LAST_WORDS.contains(&last_word) && last_word.len() < name.len();
    plain.is_some()
        || is_named_bot
        || is_project_token(name)
        || NAMES.binary_search_by(|known| known.as_bytes().cmp(name)).is_ok()
}

/// Accounts of access tokens on GitLab: `project_12_bot_3f…`, `group_7_bot`.
fn is_project_token(name: &[u8]) -> bool {
    let rest = name.strip_prefix(b"project_").or_else(|| name.strip_prefix(b"group_"));
    rest.is_some_and(|rest| {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        digits > 0 && rest.get(digits..).is_some_and(|rest| rest.starts_with(b"_bot"))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn programs_are_known_by_name_or_address() {
        assert!(NAMES.is_sorted());
        for (name, address) in [
            ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"),
            ("Renovate Bot", "bot@renovateapp.com"),
            ("Someone", "41898282+github-actions[bot]@users.noreply.github.com"),
            ("GitHub Actions", "actions@example.org"),
            ("semantic-release-bot", "semantic-release-bot@example.net"),
            ("Hosted Weblate", "hosted@weblate.org"),
            ("k8s-ci-robot", ""),
            ("Crowdin Bot", "support@example.com"),
            ("pre-commit-ci[bot]", ""),
            ("token", "project_12_bot_3f@noreply.example.com"),
        ] {
            assert!(is_bot(name.as_bytes(), address.as_bytes()), "{name}");
        }
    }

    #[test]
    fn people_are_not_programs() {
        for (name, address) in [
            ("Ann Talbot", "talbot@example.com"),
            ("Bot", "bot.family@example.com"),
            ("Robotham", "r@example.com"),
            ("Abbott", "abbott@bots.example.com"),
            ("", ""),
        ] {
            assert!(!is_bot(name.as_bytes(), address.as_bytes()), "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_author(name in prop::collection::vec(any::<u8>(), 0..100), address in prop::collection::vec(any::<u8>(), 0..100)) {
            let marked = [&name[..], b"[bot]"].concat();
            prop_assert!(is_bot(&marked, &address));
            let _ = is_bot(&name, &address);
        }
    }
}
