//! `cargo xtask linguist FILE`: makes the table of languages from linguist's `languages.yml`.

mod preferred;
mod yaml;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use self::preferred::PREFERRED;
use self::yaml::{Language, languages};
use crate::error::{Error, Result};

/// From the workspace root, where tasks are run.
const TABLE: &str = "prodops-classify/src/artefact/language/languages.tsv";

const HEAD: &str = "\
# Languages by id, with what they are for, their names, endings and file names. Made by `cargo xtask linguist` from
# lib/linguist/languages.yml of https://github.com/github-linguist/linguist, copyright (c) 2017 GitHub, Inc., MIT licence.
# Columns are parted by tabs, names in them by slashes. An ending that several languages have is the preferred one's, if any.
";

/// Reads the file and writes the table.
pub(crate) fn run(path: &Path) -> Result<()> {
    let unread = |source| Error::Languages { path: path.to_owned(), source };
    let text = std::fs::read_to_string(path).map_err(unread)?;
    let table = table(&languages(&text));
    std::fs::write(TABLE, table).map_err(|source| Error::Languages { path: TABLE.into(), source })
}

fn table(languages: &[Language]) -> String {
    let endings = owners(languages, |language| &language.endings);
    let file_names = owners(languages, |language| &language.file_names);
    let mut sorted: Vec<&Language> = languages.iter().collect();
    sorted.sort_by_key(|language| language.id);
    let mut table = HEAD.to_owned();
    for language in sorted {
        let of = |owners: &BTreeMap<String, String>| {
            let mine = owners.iter().filter(|(_, owner)| **owner == language.name);
            mine.map(|(key, _)| key.as_str()).collect::<Vec<_>>().join("/")
        };
        let Language { id, family, name, aliases, .. } = language;
        let (endings, file_names) = (of(&endings), of(&file_names));
        // A `String` takes everything.
        let _ = writeln!(table, "{id}\t{family}\t{name}\t{}\t{endings}\t{file_names}", aliases.join("/"));
    }
    table
}

/// Which language has each ending or file name: the only one, or the preferred one.
fn owners(languages: &[Language], list: fn(&Language) -> &Vec<String>) -> BTreeMap<String, String> {
    let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for language in languages {
        for key in list(language) {
            all.entry(key).or_default().push(&language.name);
        }
    }
    let owner = |(key, names): (&str, Vec<&str>)| {
        let preferred = PREFERRED.iter().find(|(other, _)| *other == key).map(|(_, name)| *name);
        let name = match names.as_slice() {
            [only] => Some(*only),
            names => preferred.filter(|name| names.contains(name)),
        };
        name.map(|name| (key.to_owned(), name.to_owned()))
    };
    all.into_iter().filter_map(owner).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# A comment.
---
Two Words:
  type: programming
  color: \"#123456\"
  aliases:
  - two
  extensions:
  - \".Two\"
  - \".h\"
  filenames:
  - Twofile
  language_id: 7
\"C\":
  type: data
  extensions:
  - \".h\"
  - \".only\"
  language_id: 3
";

    #[test]
    fn languages_become_rows_in_the_order_of_their_ids() {
        let table = table(&languages(TEXT));
        let rows = table.strip_prefix(HEAD).unwrap();
        assert_eq!(rows, "3\tdata\tC\t\th/only\t\n7\tprogramming\tTwo Words\ttwo\ttwo\tTwofile\n");
    }
}
