//! Patterns of Ruby as patterns of the `regex` crate, which has neither look-around nor recursion.

/// Patterns that need what there is not, written anew: the language, how the pattern begins, and what takes its place.
const REWRITTEN: &[(&str, &str, &str)] = &[
    // A brace that no brace stands before.
    ("Smarty", "(?<!\\{)", r"(?:^|[^{])\{(?:\*\s|\$|/)?\w*\b"),
    (
        "Vim Help File",
        "(?:(?:^|[ \\t])(?:vi|Vi(?=m))",
        r"(?:^|[ \t])(?:[Vv]im?(?:[<=>]?[0-9]+)?|ex):[^\r\n]*[ \t:](?:filetype|ft|syntax)[ \t]*=help(?:$|\s|:)",
    ),
    (
        "Hosts File",
        "(?xi) ^",
        r"^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:/(?:3[0-2]|[12]?\d))?(?:[ \t]+\w(?:[-\w]*\w)?(?:\.\w(?:[-\w]*\w)?)*)*(?:$|\s)",
    ),
    (
        "Adblock Filter List",
        "(?x)\\A",
        r"\A\[(?:[Aa]d[Bb]lock(?:[ \t][Pp]lus)?|u[Bb]lock(?:[ \t][Oo]rigin)?|[Aa]d[Gg]uard)(?:[ \t]\d+(?:\.\d+)*)?(?:[ \t]?;[ \t]?(?:[Aa]d[Bb]lock(?:[ \t][Pp]lus)?|u[Bb]lock(?:[ \t][Oo]rigin)?|[Aa]d[Gg]uard)(?:[ \t]\d+(?:\.\d+)*)?)*\]",
    ),
];

/// The pattern for the `regex` crate, with `^` and `$` at lines and without Unicode; `None` where it has none.
pub(super) fn translated(language: &str, ruby: &str) -> Option<String> {
    let rewritten = REWRITTEN.iter().find(|(name, start, _)| *name == language && ruby.starts_with(start));
    let pattern = match rewritten {
        Some((.., pattern)) => (*pattern).to_owned(),
        None => translate(ruby),
    };
    let built = regex::bytes::RegexBuilder::new(&pattern).unicode(false).multi_line(true).build();
    built.is_ok().then_some(pattern)
}

fn translate(ruby: &str) -> String {
    let (mut out, mut class, mut at) = (String::new(), 0u32, 0);
    let rest = |at: usize| ruby.get(at..).unwrap_or_default();
    while let Some(next) = rest(at).chars().next() {
        let mut taken = next.len_utf8();
        match next {
            '\\' => {
                let escaped = rest(at + 1).chars().next().unwrap_or('\\');
                taken += escaped.len_utf8();
                match escaped {
                    'Z' => out.push_str(r"\n?\z"),
                    'h' => out.push_str("[0-9a-fA-F]"),
                    // These two would be the ends of words.
                    '<' | '>' => out.push(escaped),
                    other => out.extend(['\\', other]),
                }
            }
            '[' if class == 0 || out.ends_with("&&") => {
                class += 1;
                out.push('[');
            }
            '[' => out.push_str("\\["),
            ']' => {
                class = class.saturating_sub(1);
                out.push(']');
            }
            '{' if class == 0 && !is_repetition(rest(at)) => out.push_str("\\{"),
            '(' if class == 0 && rest(at).starts_with("(?") => {
                let flags = flags(rest(at + 2));
                out.push_str("(?");
                // What Ruby calls `m` lets a dot be the end of a line.
                out.push_str(&flags.replace('m', "s"));
                taken += 1 + flags.len();
            }
            other => out.push(other),
        }
        at += taken;
    }
    out
}

/// Whether a brace begins a number of repetitions.
fn is_repetition(text: &str) -> bool {
    let inside = text.strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(inside, _)| inside);
    inside.is_some_and(|inside| {
        inside.starts_with(|first: char| first.is_ascii_digit())
            && inside.chars().all(|one| one.is_ascii_digit() || one == ',')
    })
}

/// The flags behind `(?`, none where something else begins.
fn flags(text: &str) -> &str {
    let end = text.find(|one: char| !one.is_ascii_alphabetic() && one != '-').unwrap_or(0);
    let ends = text.get(end..).is_some_and(|rest| rest.starts_with(')') || rest.starts_with(':'));
    if ends { text.get(..end).unwrap_or_default() } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_ruby_become_those_of_the_crate() {
        for (ruby, expected) in [
            (r"^a\s*\{", r"^a\s*\{"),
            (r"a){0,1}){", r"a){0,1}){"),
            (r"\A\s*[{\[]", r"\A\s*[{\[]"),
            (r"(?im)^x.*y", r"(?is)^x.*y"),
            (r"(?-m)^x", r"(?-s)^x"),
            (r"[a[b]", r"[a\[b]"),
            (r"^[\s&&[^\r\n]]*=", r"^[\s&&[^\r\n]]*="),
            (r"(?:<|{)x\<", r"(?:<|\{)x<"),
        ] {
            assert_eq!(translate(ruby), expected.replace("){0,1}){", r"){0,1})\{"), "{ruby}");
        }
        assert_eq!(translated("A", "(?!x)"), None);
        assert!(translated("Smarty", r"(?<!\{)\{(\*\s|\$|\/)?\w*\b").is_some());
    }
}
