//! Rules that tell languages apart which share an ending.

use std::sync::{LazyLock, OnceLock};

use regex::bytes::RegexBuilder;

use super::super::path::PathParts;
use super::super::pattern::Pattern;
use super::tables::named;

/// linguist's rules as patterns of the `regex` crate (MIT licence; see the README).
const TABLE: &str = include_str!("heuristics.tsv");

/// No more of a text is searched.
const CONSIDERED: usize = 50 * 1024;

/// The rules of some endings, in the order in which they are asked.
struct Rules {
    lines: &'static str,
    /// Made when a file with such an ending comes for the first time. Their caches hold states of automata, which are made from
    /// patterns, and no text.
    ready: OnceLock<Vec<Rule>>,
}

struct Rule {
    languages: Vec<u32>,
    /// Each with whether it must be found.
    patterns: Vec<(bool, Pattern)>,
}

/// The rules, and which of them each ending has, in the order of the endings.
struct Table {
    rules: Vec<Rules>,
    endings: Vec<(&'static str, usize)>,
}

static RULES: LazyLock<Table> = LazyLock::new(Table::new);

impl Table {
    fn new() -> Self {
        let (mut rules, mut endings) = (Vec::new(), Vec::new());
        let body = TABLE.find("\n@").map_or("", |start| TABLE.get(start..).unwrap_or_default());
        for block in body.split("\n@").skip(1) {
            let (names, lines) = block.split_once('\n').unwrap_or((block, ""));
            endings.extend(names.split('/').map(|ending| (ending, rules.len())));
            rules.push(Rules { lines, ready: OnceLock::new() });
        }
        endings.sort_unstable();
        Self { rules, endings }
    }

    fn of(&self, ending: &[u8]) -> Option<&Rules> {
        let at = self.endings.binary_search_by(|(probe, _)| probe.as_bytes().cmp(ending)).ok()?;
        self.endings.get(at).and_then(|(_, place)| self.rules.get(*place))
    }
}

impl Rules {
    fn ready(&'static self) -> &'static [Rule] {
        self.ready.get_or_init(|| self.lines.lines().map(Rule::new).collect())
    }
}

impl Rule {
    fn new(line: &str) -> Self {
        let mut parts = line.split('\t');
        let languages = parts.next().unwrap_or_default().split('/');
        let languages = languages.filter_map(|name| named(name.as_bytes())).map(|language| language.0);
        let pattern = |part: &str| {
            let found = part.starts_with('+');
            // A test builds every pattern of the table.
            let pattern =
                Pattern::new(RegexBuilder::new(part.get(1..).unwrap_or_default()).multi_line(true))?;
            Some((found, pattern))
        };
        Self { languages: languages.collect(), patterns: parts.filter_map(pattern).collect() }
    }

    fn fits(&'static self, text: &[u8]) -> bool {
        self.patterns.iter().all(|(found, pattern)| pattern.is_in(text) == *found)
    }
}

/// The languages that the rules of an ending find in a text.
pub(super) fn of(path: &PathParts<'_>, text: &[u8]) -> &'static [u32] {
    let Some(rules) = path.endings().find_map(|ending| RULES.of(ending)) else { return &[] };
    let text = text.get(..CONSIDERED).unwrap_or(text);
    let rule = rules.ready().iter().find(|rule| rule.fits(text));
    rule.map_or(&[], |rule| rule.languages.as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_of_the_table_can_be_asked() {
        assert!(RULES.rules.len() > 100);
        for rules in &RULES.rules {
            for (line, rule) in rules.lines.lines().zip(rules.ready()) {
                let mut parts = line.split('\t');
                let languages = parts.next().unwrap().split('/').count();
                assert_eq!((rule.languages.len(), rule.patterns.len()), (languages, parts.count()), "{line}");
            }
        }
    }
}
