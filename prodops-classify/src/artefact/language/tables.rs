//! Languages by id, name, ending, file name and interpreter.

use std::sync::LazyLock;

use prodops_core::fact::Language;

/// The languages of GitHub's linguist (MIT licence; see the README).
const TABLE: &str = include_str!("languages.tsv");

/// What a language is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::artefact) enum Family {
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
pub(super) struct Entry {
    pub(super) id: u32,
    pub(super) name: &'static str,
    family: Family,
}

/// A language with an ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ending {
    pub(super) ending: &'static str,
    /// Whether it is another one's that others have too; the preferred ones come first.
    pub(super) other: bool,
    pub(super) id: u32,
    /// Whether only content tells what it means.
    pub(super) generic: bool,
}

/// The table, by what is looked up in it.
pub(super) struct Tables {
    /// In the order of their ids.
    pub(super) entries: Vec<Entry>,
    /// Names and other names without case and with `-` for blanks, each in order with its id.
    names: Vec<(String, bool, u32)>,
    /// In order; an ending as often as it has languages.
    pub(super) endings: Vec<Ending>,
    pub(super) file_names: Vec<(&'static str, u32)>,
    interpreters: Vec<(&'static str, u32)>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(Tables::new);

#[cfg(test)]
pub(super) fn tables() -> &'static Tables {
    &TABLES
}

impl Tables {
    fn new() -> Self {
        let mut tables = Self {
            entries: Vec::new(),
            names: Vec::new(),
            endings: Vec::new(),
            file_names: Vec::new(),
            interpreters: Vec::new(),
        };
        TABLE.lines().filter(|line| !line.starts_with('#')).for_each(|line| tables.add(line));
        tables.entries.sort_by_key(|entry| entry.id);
        // A name comes before another language's other name, which is marked as one.
        tables.names.sort_unstable();
        tables.names.dedup_by(|next, first| next.0 == first.0);
        tables.endings.sort_unstable();
        tables.file_names.sort_unstable();
        tables.interpreters.sort_unstable();
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
        let ending = |word: &'static str, other| {
            let word = word.trim_start_matches('*');
            let (ending, generic) = (word.trim_start_matches('!'), word.starts_with('!'));
            Ending { ending, other, id, generic }
        };
        self.endings.extend(list(next()).map(|word| ending(word, false)));
        self.file_names.extend(list(next()).map(|name| (name, id)));
        self.endings.extend(list(next()).map(|word| ending(word, true)));
        self.interpreters.extend(list(next()).map(|name| (name, id)));
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
pub(in crate::artefact) fn family(language: Language) -> Option<Family> {
    entry(language).map(|entry| entry.family)
}

/// The language of this name or other name, whatever the case, with `-` for blanks as well.
pub(in crate::artefact) fn named(name: &[u8]) -> Option<Language> {
    let name = plain(std::str::from_utf8(name).ok()?);
    let names = &TABLES.names;
    let at = names.binary_search_by(|(other, ..)| other.cmp(&name)).ok()?;
    names.get(at).map(|(.., id)| Language(*id))
}

fn entry(language: Language) -> Option<&'static Entry> {
    let at = TABLES.entries.binary_search_by_key(&language.0, |entry| entry.id).ok()?;
    TABLES.entries.get(at)
}

/// The language of a complete name.
pub(super) fn of_file_name(name: &[u8]) -> Option<u32> {
    let names = &TABLES.file_names;
    let at = names.binary_search_by(|(probe, _)| probe.as_bytes().cmp(name)).ok()?;
    names.get(at).map(|(_, id)| *id)
}

/// The languages that have an ending, the preferred one first.
pub(super) fn with_ending(ending: &[u8]) -> &'static [Ending] {
    let from = TABLES.endings.partition_point(|probe| probe.ending.as_bytes() < ending);
    let rest = TABLES.endings.get(from..).unwrap_or_default();
    let length = rest.iter().take_while(|probe| probe.ending.as_bytes() == ending).count();
    rest.get(..length).unwrap_or_default()
}

/// The only or the preferred language of an ending.
pub(super) fn preferred(ending: &[u8]) -> Option<u32> {
    with_ending(ending).first().filter(|first| !first.other).map(|first| first.id)
}

/// The languages that an interpreter runs.
pub(super) fn run_by(interpreter: &[u8]) -> impl Iterator<Item = u32> {
    let table = &TABLES.interpreters;
    let from = table.partition_point(|(probe, _)| probe.as_bytes() < interpreter);
    let rest = table.get(from..).unwrap_or_default().iter();
    rest.take_while(move |(probe, _)| probe.as_bytes() == interpreter).map(|(_, id)| *id)
}
