//! The language of a file, by its name.

use std::sync::LazyLock;

use prodops_core::fact::Language;

use super::path::PathParts;

/// The languages of GitHub's linguist (MIT licence; see the README).
const TABLE: &str = include_str!("languages.tsv");

/// What a language is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// To be run.
    Programming,
    /// To be shown.
    Markup,
    /// To be read by programs.
    Data,
    /// To be read by people.
    Prose,
}

/// A language.
#[derive(Debug, Clone, Copy)]
struct Entry {
    id: u32,
    name: &'static str,
    family: Family,
}

/// The table, by what is looked up in it.
struct Tables {
    /// In the order of their ids.
    entries: Vec<Entry>,
    /// Names and other names without case and with `-` for blanks, endings, and file names, each in order with its id.
    names: Vec<(String, bool, u32)>,
    endings: Vec<(&'static str, u32)>,
    file_names: Vec<(&'static str, u32)>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(Tables::new);

impl Tables {
    fn new() -> Self {
        let mut tables =
            Self { entries: Vec::new(), names: Vec::new(), endings: Vec::new(), file_names: Vec::new() };
        TABLE.lines().filter(|line| !line.starts_with('#')).for_each(|line| tables.add(line));
        tables.entries.sort_by_key(|entry| entry.id);
        // A name comes before another language's other name, which is marked as one.
        tables.names.sort_unstable();
        tables.names.dedup_by(|next, first| next.0 == first.0);
        tables.endings.sort_unstable();
        tables.file_names.sort_unstable();
        tables
    }

    fn add(&mut self, line: &'static str) {
        let mut columns = line.split('\t');
        let mut next = || columns.next().unwrap_or_default();
        let (Ok(id), family, name) = (next().parse(), next(), next()) else { return };
        let list = |column: &'static str| column.split('/').filter(|word| !word.is_empty());
        let family = match family {
            "programming" => Family::Programming,
            "markup" => Family::Markup,
            "data" => Family::Data,
            _ => Family::Prose,
        };
        self.entries.push(Entry { id, name, family });
        self.names.push((plain(name), false, id));
        self.names.extend(list(next()).map(|other| (plain(other), true, id)));
        self.endings.extend(list(next()).map(|ending| (ending, id)));
        self.file_names.extend(list(next()).map(|name| (name, id)));
    }
}

fn plain(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

/// The English name of a language, as GitHub shows it; `unknown` for an id that no path gives.
#[must_use]
pub fn language_name(language: Language) -> &'static str {
    entry(language).map_or("unknown", |entry| entry.name)
}

/// What a language is for.
pub(super) fn family(language: Language) -> Option<Family> {
    entry(language).map(|entry| entry.family)
}

/// The language of this name or other name, whatever the case, with `-` for blanks as well.
pub(super) fn named(name: &[u8]) -> Option<Language> {
    let name = plain(std::str::from_utf8(name).ok()?);
    let names = &TABLES.names;
    let at = names.binary_search_by(|(other, ..)| other.cmp(&name)).ok()?;
    names.get(at).map(|(.., id)| Language(*id))
}

fn entry(language: Language) -> Option<&'static Entry> {
    let at = TABLES.entries.binary_search_by_key(&language.0, |entry| entry.id).ok()?;
    TABLES.entries.get(at)
}

/// The language of a path: by its complete name, in which case counts, or else by its longest known ending.
pub(crate) fn of(path: &PathParts<'_>) -> Option<Language> {
    look_up(&TABLES.file_names, path.original_name)
        .or_else(|| path.endings().find_map(|ending| look_up(&TABLES.endings, ending)))
        .map(Language)
}

fn look_up(table: &[(&str, u32)], key: &[u8]) -> Option<u32> {
    let at = table.binary_search_by(|(probe, _)| probe.as_bytes().cmp(key)).ok()?;
    table.get(at).map(|(_, id)| *id)
}

#[cfg(test)]
mod tests {
    use super::super::path::LowerCase;
    use super::*;

    fn name_of(path: &str) -> Option<&'static str> {
        of(&LowerCase::default().parts(path.as_bytes())).map(language_name)
    }

    #[test]
    fn every_ending_and_name_has_one_language() {
        assert!(TABLES.entries.is_sorted_by(|a, b| a.id < b.id) && TABLES.entries.len() > 800);
        for table in [&TABLES.endings, &TABLES.file_names] {
            assert!(table.is_sorted_by(|(a, _), (b, _)| a < b) && table.len() > 300);
        }
        for entry in &TABLES.entries {
            assert_eq!(named(entry.name.as_bytes()), Some(Language(entry.id)), "{}", entry.name);
        }
        assert_eq!(named(b"c++"), named(b"cpp"));
        assert_eq!(named(b"Emacs-Lisp"), named(b"elisp"));
    }

    #[test]
    fn ids_are_those_of_linguist() {
        let id = |path: &str| of(&LowerCase::default().parts(path.as_bytes())).map(|language| language.0);
        for (path, expected) in [
            ("a.rs", 327),
            ("a.py", 303),
            ("a.js", 183),
            ("a.ts", 378),
            ("a.go", 132),
            ("A.java", 181),
            ("a.rb", 326),
            ("a.cs", 42),
            ("a.cpp", 43),
            ("a.c", 41),
        ] {
            assert_eq!(id(path), Some(expected), "{path}");
        }
    }

    #[test]
    fn names_come_before_endings_and_long_endings_before_short() {
        assert_eq!(name_of("x/CMakeLists.txt"), Some("CMake"));
        assert_eq!(name_of("x/notes.TXT"), Some("Text"));
        assert_eq!(name_of("Dockerfile"), Some("Dockerfile"));
        assert_eq!(name_of("views/a.blade.php"), Some("Blade"));
        assert_eq!(name_of("tsconfig.json"), Some("JSON with Comments"));
        assert_eq!(name_of("a.unheard-of"), None);
        assert_eq!(language_name(Language(u32::MAX)), "unknown");
    }
}
