//! The language of a file, by its name.

mod extensions;
mod file_names;
mod names;

use prodops_core::fact::Language;

use self::extensions::EXTENSIONS;
use self::file_names::FILE_NAMES;
use self::names::NAMES;
use super::path::PathParts;

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

/// The English name of a language, as GitHub shows it; `unknown` for an id that no path gives.
#[must_use]
pub fn language_name(language: Language) -> &'static str {
    entry(language).map_or("unknown", |(_, name, _)| name)
}

/// What a language is for.
pub(super) fn family(language: Language) -> Option<Family> {
    entry(language).map(|(_, _, family)| *family)
}

fn entry(language: Language) -> Option<&'static (u32, &'static str, Family)> {
    let at = NAMES.binary_search_by_key(&language.0, |(id, _, _)| *id).ok()?;
    NAMES.get(at)
}

/// The language of a path: by its complete name, in which case counts, or else by its longest known ending.
pub(crate) fn of(path: &PathParts<'_>) -> Option<Language> {
    look_up(FILE_NAMES, path.original_name)
        .or_else(|| path.endings().find_map(|ending| look_up(EXTENSIONS, ending)))
        .map(Language)
}

fn look_up(table: &[(&[u8], u32)], key: &[u8]) -> Option<u32> {
    let at = table.binary_search_by(|(probe, _)| (*probe).cmp(key)).ok()?;
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
    fn tables_are_in_order_and_know_every_language() {
        assert!(NAMES.is_sorted_by_key(|(id, _, _)| *id));
        for table in [EXTENSIONS, FILE_NAMES] {
            assert!(table.is_sorted_by_key(|(key, _)| *key));
            assert!(table.iter().all(|(_, id)| language_name(Language(*id)) != "unknown"));
        }
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
        assert_eq!(language_name(Language(0)), "unknown");
    }
}
