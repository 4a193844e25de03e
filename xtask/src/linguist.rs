//! `cargo xtask linguist FOLDER`: makes the tables of languages from linguist's `lib/linguist`.

mod heuristics;
mod language;
mod pattern;
mod preferred;
mod yaml;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use self::language::{Language, ending_of, languages};
use self::preferred::PREFERRED;
use crate::error::{Error, Result};

/// From the workspace root, where tasks are run.
const FOLDER: &str = "prodops-classify/src/artefact/language";

const HEAD: &str = "\
# Languages by id, with what they are for, their names, endings, file names, endings that others have too and they are not preferred
# for, and interpreters. Made by `cargo xtask linguist` from lib/linguist/languages.yml and generic.yml of
# https://github.com/github-linguist/linguist, copyright (c) 2017 GitHub, Inc., MIT licence.
# Columns are parted by tabs, names in them by slashes. `*` marks an ending that others have too, for which this language is
# preferred; `!` one that only content tells.
";

/// Reads the files of a folder, writes the tables, and says which rules could not be written.
#[allow(clippy::print_stdout, reason = "a task of the command line")]
pub(crate) fn run(folder: &Path) -> Result<()> {
    let read = |name: &str| {
        let path = folder.join(name);
        let text = std::fs::read_to_string(&path).map_err(|source| Error::Languages { path, source })?;
        Ok::<_, Error>(yaml::parse(&text))
    };
    let write = |name: &str, table: &str| {
        let path = Path::new(FOLDER).join(name);
        std::fs::write(&path, table).map_err(|source| Error::Languages { path, source })
    };
    let generic: Vec<String> = read("generic.yml")?.list("extensions").into_iter().map(ending_of).collect();
    write("languages.tsv", &table(&languages(&read("languages.yml")?), &generic))?;
    let (rules, left_out) = heuristics::table(&read("heuristics.yml")?);
    left_out.iter().for_each(|rule| println!("left out: {rule}"));
    write("heuristics.tsv", &rules)
}

fn table(languages: &[Language], generic: &[String]) -> String {
    let endings = owners(languages, |language| &language.endings);
    let file_names = owners(languages, |language| &language.file_names);
    let mut sorted: Vec<&Language> = languages.iter().collect();
    sorted.sort_by_key(|language| language.id);
    let mut table = HEAD.to_owned();
    for language in sorted {
        let Language { id, family, name, aliases, interpreters, .. } = language;
        let (mut mine, mut shared) = (Vec::new(), Vec::new());
        for ending in &language.endings {
            let owner = endings.get(ending);
            let generic = if generic.contains(ending) { "!" } else { "" };
            match owner {
                Some((owner, 1)) if owner == name => mine.push(format!("{generic}{ending}")),
                Some((owner, _)) if owner == name => mine.push(format!("*{generic}{ending}")),
                _ => shared.push(format!("{generic}{ending}")),
            }
        }
        let names = file_names.iter().filter(|(_, (owner, _))| owner == name);
        let names = names.map(|(key, _)| key.as_str()).collect::<Vec<_>>().join("/");
        let (mine, shared, aliases) = (mine.join("/"), shared.join("/"), aliases.join("/"));
        let interpreters = interpreters.join("/");
        // A `String` takes everything.
        let _ =
            writeln!(table, "{id}\t{family}\t{name}\t{aliases}\t{mine}\t{names}\t{shared}\t{interpreters}");
    }
    table
}

/// Which language has each ending, and of how many: the only one, or the preferred one.
fn owners(languages: &[Language], list: fn(&Language) -> &Vec<String>) -> BTreeMap<String, (String, usize)> {
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
        name.map(|name| (key.to_owned(), (name.to_owned(), names.len())))
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
  - \".x\"
  filenames:
  - Twofile
  interpreters:
  - two2
  language_id: 7
\"C\":
  type: data
  extensions:
  - \".h\"
  - \".only\"
  - \".x\"
  language_id: 3
";

    #[test]
    fn languages_become_rows_in_the_order_of_their_ids() {
        let table = table(&languages(&yaml::parse(TEXT)), &["only".to_owned()]);
        let rows = table.strip_prefix(HEAD).unwrap();
        let expected =
            "3\tdata\tC\t\t*h/!only\t\tx\t\n7\tprogramming\tTwo Words\ttwo\ttwo\tTwofile\th/x\ttwo2\n";
        assert_eq!(rows, expected);
    }
}
