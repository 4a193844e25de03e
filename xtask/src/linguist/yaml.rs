//! The part of YAML that linguist's tables are written in: mappings and lists by indentation, lists in brackets, words with and
//! without quotes, texts of several lines.

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Yaml {
    Text(String),
    List(Vec<Yaml>),
    /// In the order of the file.
    Map(Vec<(String, Yaml)>),
}

impl Yaml {
    /// The value of a key, if it is a mapping that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(other, _)| other == key).map(|(_, value)| value)
    }

    /// The entries of a mapping.
    pub(super) fn entries(&self) -> &[(String, Self)] {
        if let Self::Map(entries) = self { entries } else { &[] }
    }

    /// The values of a list.
    pub(super) fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { &[] }
    }

    /// The words of a list, or the only one.
    pub(super) fn words(&self) -> Vec<&str> {
        match self {
            Self::Text(text) => vec![text],
            Self::List(items) => items.iter().flat_map(Self::words).collect(),
            Self::Map(_) => Vec::new(),
        }
    }

    /// The words of a key, none without it.
    pub(super) fn list(&self, key: &str) -> Vec<&str> {
        self.get(key).map(Self::words).unwrap_or_default()
    }
}

/// Reads a file.
pub(super) fn parse(text: &str) -> Yaml {
    let lines = text.lines().filter(|line| *line != "---");
    let lines = lines.map(|line| (line.len() - line.trim_start().len(), line.trim_start().to_owned()));
    let mut reader = Reader { lines: lines.collect(), at: 0 };
    reader.block()
}

struct Reader {
    /// How far each line is set in, and its text.
    lines: Vec<(usize, String)>,
    at: usize,
}

impl Reader {
    /// The next line that says something.
    fn peek(&mut self) -> Option<(usize, String)> {
        while let Some((indent, line)) = self.lines.get(self.at) {
            if !line.is_empty() && !line.starts_with('#') {
                return Some((*indent, line.clone()));
            }
            self.at += 1;
        }
        None
    }

    /// The mapping or list that begins with the next line.
    fn block(&mut self) -> Yaml {
        let Some((indent, first)) = self.peek() else { return Yaml::Text(String::new()) };
        if is_item(&first) { self.items(indent) } else { self.mapping(indent) }
    }

    fn items(&mut self, indent: usize) -> Yaml {
        let mut items = Vec::new();
        while let Some((_, line)) = self.peek().filter(|(other, line)| *other == indent && is_item(line)) {
            let rest = line[1..].trim_start().to_owned();
            if is_entry(&rest) {
                // The item is a mapping that begins on its line.
                let inner = indent + line.len() - rest.len();
                if let Some(slot) = self.lines.get_mut(self.at) {
                    *slot = (inner, rest);
                }
                items.push(self.mapping(inner));
            } else {
                self.at += 1;
                items.push(scalar(&rest));
            }
        }
        Yaml::List(items)
    }

    fn mapping(&mut self, indent: usize) -> Yaml {
        let mut entries = Vec::new();
        while let Some((_, line)) = self.peek().filter(|(other, line)| *other == indent && !is_item(line)) {
            self.at += 1;
            let (key, value) = line.split_once(": ").unwrap_or((line.trim_end_matches(':'), ""));
            let value = match value.trim() {
                "" => self.below(indent),
                "|-" => Yaml::Text(self.lines_below(indent)),
                value => scalar(value),
            };
            entries.push((word(key), value));
        }
        Yaml::Map(entries)
    }

    /// What belongs to a key that stands so far in; the items of a list may stand as far in as it.
    fn below(&mut self, indent: usize) -> Yaml {
        match self.peek() {
            Some((other, line)) if other > indent || (other == indent && is_item(&line)) => self.block(),
            _ => Yaml::Text(String::new()),
        }
    }

    fn lines_below(&mut self, indent: usize) -> String {
        let mut text = Vec::new();
        while let Some((other, line)) = self.lines.get(self.at) {
            if *other <= indent && !line.is_empty() {
                break;
            }
            text.push(line.clone());
            self.at += 1;
        }
        text.join("\n")
    }
}

fn is_item(line: &str) -> bool {
    line == "-" || line.starts_with("- ")
}

fn is_entry(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && (text.contains(": ") || text.ends_with(':'))
}

/// A list in brackets, or a word.
fn scalar(text: &str) -> Yaml {
    match text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inside) => Yaml::List(inside.split(',').map(|item| Yaml::Text(word(item))).collect()),
        None => Yaml::Text(word(text)),
    }
}

/// A word without blanks and quotes around it.
fn word(text: &str) -> String {
    let text = text.trim();
    if let Some(inside) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return inside.replace("''", "'");
    }
    match text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inside) => inside.replace("\\\"", "\"").replace("\\\\", "\\"),
        None => text.split(" #").next().unwrap_or_default().trim_end().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Yaml {
        Yaml::Text(text.to_owned())
    }

    #[test]
    fn what_the_tables_use_is_read() {
        let yaml = parse(
            "# A comment.\n---\nrules:\n- one: ['.a', '.b']\n  two:\n  - x: 'it''s'\n  # another\n  - plain # word\n\
             text:\n  pattern: |-\n    (?x) a\n\n    # kept\n  last: \"\\\"q\\\"\"\n",
        );
        let rule = &yaml.get("rules").unwrap().items()[0];
        assert_eq!(rule.list("one"), [".a", ".b"]);
        let two = rule.get("two").unwrap().items();
        assert_eq!((two[0].get("x"), &two[1]), (Some(&text("it's")), &text("plain")));
        let inner = yaml.get("text").unwrap();
        assert_eq!(inner.get("pattern"), Some(&text("(?x) a\n\n# kept")));
        assert_eq!(inner.list("last"), ["\"q\""]);
        assert!(inner.list("missing").is_empty());
    }
}
