//! The part of YAML that `languages.yml` is written in: mappings two deep, with lists of words.

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
}

/// The languages of a file, in its order.
pub(super) fn languages(text: &str) -> Vec<Language> {
    let mut found: Vec<Language> = Vec::new();
    let mut list = "";
    for line in text.lines().filter(|line| !line.starts_with('#') && *line != "---") {
        if !line.starts_with(' ') {
            let name = word(line.trim_end().trim_end_matches(':')).to_owned();
            found.push(Language { name, ..Language::default() });
            continue;
        }
        let Some(language) = found.last_mut() else { continue };
        let line = line.trim();
        if let Some(item) = line.strip_prefix("- ") {
            let item = word(item);
            match list {
                "aliases" => language.aliases.push(item.to_owned()),
                "extensions" => language.endings.push(item.trim_start_matches('.').to_lowercase()),
                "filenames" => language.file_names.push(item.to_owned()),
                _ => {}
            }
        } else if let Some((key, value)) = line.split_once(':') {
            list = key;
            match key {
                "type" => language.family = word(value).to_owned(),
                "language_id" => language.id = word(value).parse().unwrap_or_default(),
                _ => {}
            }
        }
    }
    for language in &mut found {
        language.endings.sort_unstable();
        language.endings.dedup();
    }
    found
}

/// A word without blanks and quotes around it.
fn word(text: &str) -> &str {
    text.trim().trim_matches('"').trim_matches('\'')
}
