//! What a repository says of its files in `.gitattributes`, in linguist's attributes.

use bstr::{BStr, ByteSlice};
use gix_glob::{Pattern, pattern::Case, wildmatch};
use prodops_core::fact::Language;
use prodops_core::source::Transient;

use super::language;

/// git passes over longer lines.
const LONGEST_LINE: usize = 2_048;

/// A pattern with more of them is passed over: each can make matching longer many times.
const MOST_WILDCARDS: usize = 16;

/// What is said of a file; nothing where the tables are to decide.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Overrides {
    pub(crate) generated: Option<bool>,
    pub(crate) vendored: Option<bool>,
    pub(crate) documentation: Option<bool>,
    pub(crate) language: Option<Language>,
    pub(crate) detectable: Option<bool>,
}

/// One word of a line: an attribute is set, unset, given a value, or left to the tables again.
#[derive(Debug, Clone)]
enum Said {
    Generated(Option<bool>),
    Vendored(Option<bool>),
    Documentation(Option<bool>),
    Language(Option<Language>),
    Detectable(Option<bool>),
}

#[derive(Debug, Clone)]
struct Rule {
    /// The folder of the file of attributes, with a slash at its end; empty at the top.
    folder: Vec<u8>,
    pattern: Pattern,
    said: Vec<Said>,
}

/// The attributes of one repository that say what its files are: `linguist-generated`, `linguist-vendored`,
/// `linguist-documentation`, `linguist-language` and `linguist-detectable`. Patterns are git's: the last line that fits decides, a folder's file
/// before those above it, and `!attribute` leaves it to the tables again.
///
/// It keeps patterns, which are parts of paths, and no other text.
#[derive(Debug, Clone, Default)]
pub struct Attributes {
    /// Those of upper folders first, in the order of their files.
    rules: Vec<Rule>,
}

impl Attributes {
    /// Adds the `.gitattributes` of a folder, which is named from the top of the repository, without a slash at its end.
    /// What cannot be read as a rule is passed over, as git does.
    #[allow(clippy::disallowed_methods, reason = "attributes are read where source text is read")]
    pub fn add(&mut self, folder: &[u8], text: &Transient) {
        let mut folder = folder.to_vec();
        if !folder.is_empty() {
            folder.push(b'/');
        }
        text.with_bytes(|text| {
            let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
            self.rules.extend(text.lines().filter_map(|line| rule(&folder, line)));
        });
        // INVARIANT: rules of deeper folders come later, and the sort keeps the order of lines.
        self.rules.sort_by_key(|rule| rule.folder.iter().filter(|byte| **byte == b'/').count());
    }

    /// What is said of the file with this path, bytes as git has them.
    pub(crate) fn of(&self, path: &[u8]) -> Overrides {
        let mut found = Overrides::default();
        for rule in self.rules.iter().filter(|rule| rule.fits(path)) {
            for said in &rule.said {
                match said {
                    Said::Generated(value) => found.generated = *value,
                    Said::Vendored(value) => found.vendored = *value,
                    Said::Documentation(value) => found.documentation = *value,
                    Said::Language(value) => found.language = *value,
                    Said::Detectable(value) => found.detectable = *value,
                }
            }
        }
        found
    }
}

impl Rule {
    fn fits(&self, path: &[u8]) -> bool {
        let Some(path) = path.strip_prefix(self.folder.as_slice()) else { return false };
        let name = path.rfind_byte(b'/').map(|slash| slash + 1);
        let mode = wildmatch::Mode::NO_MATCH_SLASH_LITERAL;
        // git's index never has such a path, but any bytes may come.
        !path.starts_with(b"/")
            && self.pattern.matches_repo_relative_path(
                BStr::new(path),
                name,
                Some(false),
                Case::Sensitive,
                mode,
            )
    }
}

/// `pattern attribute …`; a pattern with blanks stands in quotes.
fn rule(folder: &[u8], line: &[u8]) -> Option<Rule> {
    let line = line.trim();
    if line.len() > LONGEST_LINE || line.starts_with(b"#") || line.starts_with(b"[attr]") {
        return None;
    }
    let (pattern, rest) = match line.strip_prefix(b"\"") {
        Some(quoted) => unquoted(quoted)?,
        None => {
            let end = line.find_byteset(b" \t")?;
            (line.get(..end)?.to_vec(), line.get(end..)?)
        }
    };
    let wildcards = pattern.iter().filter(|byte| **byte == b'*').count();
    if pattern.starts_with(b"!") || wildcards > MOST_WILDCARDS {
        return None;
    }
    let words = rest.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let said: Vec<Said> = words.filter_map(said).collect();
    if said.is_empty() {
        return None;
    }
    Some(Rule { folder: folder.to_vec(), pattern: Pattern::from_bytes_without_negation(&pattern)?, said })
}

/// What stands before the closing quote, and what follows it.
fn unquoted(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let (mut pattern, mut bytes) = (Vec::new(), text.iter().enumerate());
    while let Some((place, byte)) = bytes.next() {
        match byte {
            b'"' => return Some((pattern, text.get(place + 1..)?)),
            b'\\' => pattern.push(*bytes.next()?.1),
            other => pattern.push(*other),
        }
    }
    None
}

fn said(word: &[u8]) -> Option<Said> {
    let (word, value) = match word {
        [b'-', rest @ ..] => (rest, Some(false)),
        [b'!', rest @ ..] => (rest, None),
        word => (word, Some(true)),
    };
    let (name, given) = word.split_once_str("=").map_or((word, None), |(name, given)| (name, Some(given)));
    // Whatever else is given counts as yes, as linguist has it.
    let flag = value.map(|value| value && given != Some(b"false"));
    match name {
        b"linguist-generated" => Some(Said::Generated(flag)),
        b"linguist-vendored" => Some(Said::Vendored(flag)),
        b"linguist-documentation" => Some(Said::Documentation(flag)),
        b"linguist-detectable" => Some(Said::Detectable(flag)),
        // A language that is not known says nothing.
        b"linguist-language" if value == Some(true) => Some(Said::Language(Some(language::named(given?)?))),
        b"linguist-language" => Some(Said::Language(None)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn attributes(files: &[(&str, &str)]) -> Attributes {
        let mut attributes = Attributes::default();
        for (folder, text) in files {
            attributes.add(folder.as_bytes(), &Transient::new(text.as_bytes().to_vec()));
        }
        attributes
    }

    fn generated(text: &str, path: &str) -> Option<bool> {
        attributes(&[("", text)]).of(path.as_bytes()).generated
    }

    #[test]
    fn patterns_are_gits() {
        for (pattern, path, fits) in [
            ("*.rs", "a/b.rs", true),
            ("/*.rs", "a/b.rs", false),
            ("gen/*", "gen/a.rs", true),
            ("gen/*", "gen/a/b.rs", false),
            ("gen/**", "gen/a/b.rs", true),
            ("gen/", "gen/a.rs", false),
            ("**/gen/*.rs", "a/b/gen/c.rs", true),
            ("b.rs", "a/b.rs", true),
            ("a/b.rs", "x/a/b.rs", false),
            ("\"a b.rs\"", "a b.rs", true),
            ("!*.rs", "a.rs", false),
            ("# *.rs", "a.rs", false),
            ("*.[ch]", "a.h", true),
        ] {
            let text = format!("{pattern} linguist-generated\n");
            assert_eq!(generated(&text, path), fits.then_some(true), "{pattern} for {path}");
        }
    }

    #[test]
    fn values_are_linguists() {
        for (word, expected) in [
            ("linguist-generated", Some(true)),
            ("linguist-generated=true", Some(true)),
            ("linguist-generated=false", Some(false)),
            ("-linguist-generated", Some(false)),
            ("!linguist-generated", None),
            ("text eol=lf", None),
        ] {
            assert_eq!(generated(&format!("*.rs {word}"), "a.rs"), expected, "{word}");
        }
        let language = |word: &str| {
            let text = format!("*.x linguist-language={word}");
            attributes(&[("", &text)]).of(b"a.x").language.map(language::language_name)
        };
        assert_eq!(language("Rust"), Some("Rust"));
        assert_eq!(language("common-lisp"), Some("Common Lisp"));
        assert_eq!(language("unheard-of"), None);
    }

    #[test]
    fn the_last_line_decides_and_a_folder_before_those_above_it() {
        let text = "*.rs linguist-generated\na.rs -linguist-generated\nb.rs !linguist-generated";
        assert_eq!(generated(text, "a.rs"), Some(false));
        assert_eq!(generated(text, "b.rs"), None);
        let both = attributes(&[("lib", "*.rs linguist-vendored"), ("", "*.rs -linguist-vendored")]);
        assert_eq!(both.of(b"lib/a.rs").vendored, Some(true));
        assert_eq!(both.of(b"a.rs").vendored, Some(false));
        assert_eq!(both.of(b"library/a.rs").vendored, Some(false));
    }

    proptest! {
        #[test]
        fn any_bytes_are_attributes(text in prop::collection::vec(any::<u8>(), 0..200), path in prop::collection::vec(any::<u8>(), 0..20)) {
            let mut attributes = Attributes::default();
            let line = [&text[..], b" linguist-generated\n"].concat();
            attributes.add(b"a", &Transient::new(line));
            attributes.of(&path);
        }
    }
}
