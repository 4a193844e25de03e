//! The languages of `languages.yml`.

use super::yaml::Yaml;

/// A language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Language {
    pub(super) id: u32,
    pub(super) name: String,
    /// `programming`, `markup`, `data` or `prose`.
    pub(super) family: String,
    pub(super) aliases: Vec<String>,
    /// In lower case, without their dot.
    pub(super) endings: Vec<String>,
    pub(super) file_names: Vec<String>,
    pub(super) interpreters: Vec<String>,
}

/// The languages of a file, in its order.
pub(super) fn languages(yaml: &Yaml) -> Vec<Language> {
    yaml.entries().iter().map(|(name, entry)| language(name, entry)).collect()
}

fn language(name: &str, entry: &Yaml) -> Language {
    let one = |key: &str| entry.list(key).first().copied().unwrap_or_default();
    let list = |key: &str| entry.list(key).iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let mut endings: Vec<String> = list("extensions").iter().map(|ending| ending_of(ending)).collect();
    endings.sort_unstable();
    endings.dedup();
    Language {
        id: one("language_id").parse().unwrap_or_default(),
        name: name.to_owned(),
        family: one("type").to_owned(),
        aliases: list("aliases"),
        endings,
        file_names: list("filenames"),
        interpreters: list("interpreters"),
    }
}

/// An ending in lower case, without its dot.
pub(super) fn ending_of(ending: &str) -> String {
    ending.trim_start_matches('.').to_lowercase()
}
