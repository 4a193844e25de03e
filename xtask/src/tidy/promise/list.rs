//! The list of promises.

use std::collections::BTreeSet;

use serde::Deserialize;

/// A promise to the people whose data is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Promise {
    /// `P<section>.<number>`.
    pub(super) id: String,
    /// The promise in one sentence.
    pub(super) text: String,
    /// Why it has no test yet.
    pub(super) open: Option<String>,
    /// Line of its id in the list.
    pub(super) line: usize,
}

impl Promise {
    /// How the names of its tests start.
    pub(super) fn test_prefix(&self) -> String {
        format!("{}_", self.id.to_lowercase().replace('.', "_"))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    promise: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    text: String,
    open: Option<String>,
}

/// Reads the list; the error is one line.
pub(super) fn parse(text: &str) -> Result<Vec<Promise>, String> {
    let list: List =
        toml::from_str(text).map_err(|error| format!("is not a list of promises ({})", error.message()))?;
    if list.promise.is_empty() {
        return Err("lists no promise".to_owned());
    }
    let mut seen = BTreeSet::new();
    let mut promises = Vec::new();
    for entry in list.promise {
        check_entry(&entry)?;
        if !seen.insert(entry.id.clone()) {
            return Err(format!("lists {} twice", entry.id));
        }
        let key = format!("id = \"{}\"", entry.id);
        let line = text.lines().position(|line| line == key).unwrap_or(0) + 1;
        promises.push(Promise { id: entry.id, text: entry.text, open: entry.open, line });
    }
    Ok(promises)
}

fn check_entry(entry: &Entry) -> Result<(), String> {
    if !is_id(&entry.id) {
        return Err(format!("`{}` is not of the form P<section>.<number>", entry.id));
    }
    let blank = |text: &String| text.trim().is_empty() || text.contains('\n');
    if blank(&entry.text) || entry.open.as_ref().is_some_and(blank) {
        return Err(format!("{} needs a text, and a reason if it is open, of one line each", entry.id));
    }
    Ok(())
}

fn is_id(id: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.chars().all(|digit| digit.is_ascii_digit());
    id.strip_prefix('P')
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(section, number)| digits(section) && digits(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_list_is_read() {
        let list = parse("[[promise]]\nid = \"P1.2\"\ntext = \"a\"\nopen = \"b\"\n").unwrap();
        let [promise] = &list[..] else { panic!("one entry") };
        assert_eq!((promise.line, promise.open.as_deref()), (2, Some("b")));
        assert_eq!(promise.test_prefix(), "p1_2_");
    }

    #[test]
    fn a_bad_list_is_refused() {
        let entry = |id: &str, rest: &str| format!("[[promise]]\nid = \"{id}\"\ntext = \"a\"\n{rest}\n");
        assert!(parse("").is_err());
        assert!(parse(&entry("1.2", "")).is_err());
        assert!(parse(&entry("P1.2", "open = \" \"")).is_err());
        assert!(parse(&entry("P1.2", "reason = \"b\"")).is_err());
        assert!(parse(&entry("P1.2", "").repeat(2)).unwrap_err().contains("twice"));
    }
}
