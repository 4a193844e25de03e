//! The rules of `heuristics.yml`, which tell languages apart that share an ending.

use std::fmt::Write as _;

use super::language::ending_of;
use super::pattern::translated;
use super::yaml::Yaml;

const HEAD: &str = "\
# Rules that tell languages by content, in the order in which they are asked. Made by `cargo xtask linguist` from
# lib/linguist/heuristics.yml of https://github.com/github-linguist/linguist, copyright (c) 2017 GitHub, Inc., MIT licence.
# `@` and endings, parted by slashes, begin a list of rules. A rule is its languages, parted by slashes, and its patterns, parted by
# tabs: all with `+` must be found and none with `-`. Patterns are those of the `regex` crate, `^` and `$` at lines, without Unicode.
";

/// The table, and the rules that cannot be written in it.
pub(super) fn table(yaml: &Yaml) -> (String, Vec<String>) {
    let (mut table, mut left_out) = (HEAD.to_owned(), Vec::new());
    let named = yaml.get("named_patterns");
    for one in yaml.get("disambiguations").map(Yaml::items).unwrap_or_default() {
        let endings: Vec<String> = one.list("extensions").into_iter().map(ending_of).collect();
        // A `String` takes everything.
        let _ = writeln!(table, "@{}", endings.join("/"));
        for rule in one.get("rules").map(Yaml::items).unwrap_or_default() {
            let languages = rule.list("language");
            match conditions(&languages.join("/"), rule, named) {
                Some(conditions) => {
                    let _ = writeln!(table, "{}{}", languages.join("/"), conditions);
                }
                None => left_out.push(format!("{} in {}", languages.join("/"), endings.join("/"))),
            }
        }
    }
    (table, left_out)
}

/// The patterns of a rule, each behind a tab; of several keys linguist takes the first of these.
fn conditions(language: &str, rule: &Yaml, named: Option<&Yaml>) -> Option<String> {
    if let Some(all) = rule.get("and") {
        return all.items().iter().map(|one| conditions(language, one, named)).collect();
    }
    let named_words = |key: &str| rule.list(key).first().and_then(|name| named?.get(name)).map(Yaml::words);
    if let Some(pattern) = rule.get("pattern") {
        return Some(format!("\t+{}", union(language, &pattern.words())?));
    }
    if let Some(pattern) = rule.get("negative_pattern") {
        return Some(format!("\t-{}", union(language, &pattern.words())?));
    }
    match rule.get("named_pattern") {
        Some(_) => Some(format!("\t+{}", union(language, &named_words("named_pattern")?)?)),
        None => Some(String::new()),
    }
}

/// One pattern that finds what any of them finds.
fn union(language: &str, patterns: &[&str]) -> Option<String> {
    let all = patterns.iter().map(|pattern| translated(language, pattern)).collect::<Option<Vec<_>>>()?;
    match all.as_slice() {
        [only] => Some(only.clone()),
        all => Some(all.iter().map(|one| format!("(?:{one})")).collect::<Vec<_>>().join("|")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::yaml::parse;
    use super::*;

    #[test]
    fn rules_become_rows_in_their_order() {
        let yaml = parse(
            "disambiguations:\n- extensions: ['.A', '.b']\n  rules:\n  - language: X\n    and:\n    - pattern: '^x'\n    - \
             negative_pattern: 'y'\n  - language: [Y, Z]\n    named_pattern: both\n  - language: W\n    pattern: '(?=z)'\n  \
             - language: V\nnamed_patterns:\n  both:\n  - 'p'\n  - '(?i)q'\n",
        );
        let (table, left_out) = table(&yaml);
        assert_eq!(table.strip_prefix(HEAD), Some("@a/b\nX\t+^x\t-y\nY/Z\t+(?:p)|(?:(?i)q)\nV\n"));
        assert_eq!(left_out, ["W in a/b"]);
    }
}
