//! Keys, tokens and passwords: by known shapes, by the word before them, by being as random as one.

/// Beginnings of tokens that providers give out; what follows is long and no name in lower case.
const PREFIXES: &[&str] = &[
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "gldt-",
    "glsa_",
    "xoxa-",
    "xoxb-",
    "xoxp-",
    "xoxr-",
    "xoxs-",
    "xapp-",
    "AKIA",
    "ASIA",
    "AIza",
    "ya29.",
    "sk-",
    "sk_live_",
    "sk_test_",
    "rk_live_",
    "pk_live_",
    "whsec_",
    "npm_",
    "pypi-",
    "hf_",
    "dop_v1_",
    "doo_v1_",
    "SG.",
    "shpat_",
    "shpss_",
    "eyJ",
    "AGE-SECRET-KEY-",
    "dckr_pat_",
    "ATATT",
    "NRAK-",
    "lin_api_",
    "rubygems_",
    "hvs.",
];

/// Names whose value is a secret.
const NAMES: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "api_key",
    "apikey",
    "api-key",
    "access_key",
    "access-key",
    "private_key",
    "private-key",
    "client_secret",
    "auth_token",
    "access_token",
    "refresh_token",
    "bearer",
    "credential",
    "credentials",
    "authorization",
];

/// The least length of what is judged by its randomness.
const RANDOM: usize = 20;

/// The least length at which hexadecimal digits are a key or an id, however they fall.
const HEX: usize = 32;

/// Whether a word holds a secret.
pub(super) fn is_secret(word: &str) -> bool {
    has_known_shape(word) || gives_value(word) || word.split(|c| !is_token_char(c)).any(is_random)
}

/// Whether the next word is a secret: `password:`, `secret =`, `Bearer`.
pub(super) fn announces(word: &str) -> bool {
    let name = word.trim_matches(|c: char| "\"'(,".contains(c));
    let bare = name.trim_end_matches([':', '=']);
    let lower = bare.to_ascii_lowercase();
    lower == "bearer" || (bare.len() < name.len() && is_name(&lower))
}

fn has_known_shape(word: &str) -> bool {
    PREFIXES.iter().any(|prefix| {
        word.match_indices(prefix).any(|(at, _)| {
            let begins =
                word.get(..at).and_then(|text| text.chars().next_back()).is_none_or(|c| !c.is_alphanumeric());
            let rest = word.get(at + prefix.len()..).unwrap_or_default();
            let end = rest.find(|c| !is_token_char(c) && c != '.').unwrap_or(rest.len());
            let rest = rest.get(..end).unwrap_or_default();
            begins
                && rest.len() >= 12
                && rest.contains(|c: char| c.is_ascii_digit() || c.is_ascii_uppercase())
        })
    })
}

/// `password=…`, `"secret":"…"`.
fn gives_value(word: &str) -> bool {
    word.split_once(['=', ':']).is_some_and(|(name, value)| {
        let name = name.trim_matches(|c: char| !c.is_alphanumeric()).to_ascii_lowercase();
        is_name(&name) && value.trim_matches(|c: char| !c.is_alphanumeric()).len() > 1
    })
}

fn is_name(lower: &str) -> bool {
    NAMES.iter().any(|name| {
        lower.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with(['_', '-', '.']))
    })
}

const fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '/' | '=')
}

/// Whether a token is a long row of hexadecimal digits, or letters and digits change places as often as they do by chance. Names of
/// things change seldom: words are long.
fn is_random(token: &str) -> bool {
    if token.len() < RANDOM {
        return false;
    }
    let bytes = token.as_bytes();
    let count = |is: fn(&u8) -> bool| bytes.iter().filter(|byte| is(byte)).count();
    let (upper, lower) = (count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase));
    let digits = count(u8::is_ascii_digit);
    if bytes.len() >= HEX && digits > 0 && bytes.iter().all(u8::is_ascii_hexdigit) {
        return true;
    }
    let changes = bytes.windows(2).filter(|pair| matches!(pair, [a, b] if changes(*a, *b))).count();
    if digits == 0 {
        // Names in mixed case have one capital a word.
        return upper * 3 >= token.len() && lower * 3 >= token.len();
    }
    upper + lower > 0 && changes * 7 >= token.len()
}

const fn changes(before: u8, after: u8) -> bool {
    let capital = before.is_ascii_uppercase() && after.is_ascii_lowercase();
    let letters = before.is_ascii_lowercase() && after.is_ascii_uppercase();
    letters
        || (!capital
            && before.is_ascii_alphanumeric()
            && after.is_ascii_alphanumeric()
            && before.is_ascii_digit() != after.is_ascii_digit())
}
