//! What an editor is told about a text in its first and last lines.

use bstr::ByteSlice;
use prodops_core::fact::Language;

use super::tables::named;

/// So many lines at each end are looked at.
const LINES: usize = 5;

/// The language that a mode line names.
pub(super) fn of(text: &[u8]) -> Option<Language> {
    let (head, tail) = ends(text);
    if head.contains_str("UseVimball") {
        return None;
    }
    let lines = || head.lines().chain(tail.lines());
    named(lines().find_map(emacs).or_else(|| lines().find_map(vim))?)
}

/// The first lines, and the last ones that are not among them.
fn ends(text: &[u8]) -> (&[u8], &[u8]) {
    let head = memchr::memchr_iter(b'\n', text).nth(LINES - 1).map_or(text.len(), |end| end + 1);
    let (head, rest) = text.split_at_checked(head).unwrap_or((text, &[]));
    let body = rest.strip_suffix(b"\n").unwrap_or(rest);
    let tail = memchr::memrchr_iter(b'\n', body).nth(LINES - 1).map_or(0, |end| end + 1);
    (head, rest.get(tail..).unwrap_or_default())
}

/// `-*- mode -*-` or `-*- …; mode: name; … -*-`.
fn emacs(line: &[u8]) -> Option<&[u8]> {
    let (_, rest) = line.split_once_str("-*-")?;
    let (inside, _) = rest.split_once_str("-*-")?;
    let word = inside.trim();
    if !word.contains(&b':') && !word.contains(&b';') {
        return Some(word).filter(|word| !word.is_empty() && !word.iter().any(u8::is_ascii_whitespace));
    }
    let variables = inside.split(|byte| *byte == b';');
    let mut values = variables.filter_map(|variable| {
        let (name, value) = variable.split_once_str(":")?;
        // Other variables may stand before it with no more than blanks between.
        let name = name.fields().last()?;
        name.eq_ignore_ascii_case(b"mode").then_some(value)
    });
    values.next()?.fields().next()
}

/// `vim: … ft=name …` or `vim: set … ft=name …:`.
fn vim(line: &[u8]) -> Option<&[u8]> {
    if !line.contains_str("ft") && !line.contains_str("filetype") && !line.contains_str("syntax") {
        return None;
    }
    let starts = line.find_iter(":").filter(|colon| line.get(..*colon).is_some_and(is_editor));
    starts.filter_map(|colon| options(line.get(colon + 1..)?)).next()
}

/// Whether what stands before a colon names the editor, perhaps with the versions that are meant.
fn is_editor(before: &[u8]) -> bool {
    let word =
        before.rfind_byteset(b" \t").map_or(before, |blank| before.get(blank + 1..).unwrap_or_default());
    let version = word.trim_end_with(|one| one.is_ascii_digit());
    let name = match version.strip_suffix(b"<").or_else(|| version.strip_suffix(b">")) {
        Some(name) => name,
        None => version.strip_suffix(b"=").unwrap_or(version),
    };
    match name {
        b"vim" | b"Vim" => true,
        b"vi" => name.len() == word.len(),
        b"ex" => name.len() == word.len() && before.len() > word.len(),
        _ => false,
    }
}

/// The value of the option that names the language.
fn options(text: &[u8]) -> Option<&[u8]> {
    let trimmed = text.trim_start_with(|one| matches!(one, ' ' | '\t'));
    let set = trimmed.strip_prefix(b"set").or_else(|| trimmed.strip_prefix(b"se"));
    let set = set.filter(|rest| rest.starts_with(b" ") || rest.starts_with(b"\t"));
    let text = match set {
        // These options end with a colon.
        Some(rest) => rest.get(..rest.find_byte(b':')?)?,
        None => trimmed,
    };
    let mut words = text.split(|byte| matches!(byte, b' ' | b'\t' | b':')).filter(|word| !word.is_empty());
    words.find_map(|word| {
        let (name, value) = word.split_once_str("=")?;
        let language = matches!(name, b"ft" | b"filetype" | b"syntax");
        let is_word =
            !value.is_empty() && value.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        (language && is_word).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::super::language_name;
    use super::*;

    #[test]
    fn mode_lines_of_both_editors_name_the_language() {
        for (text, expected) in [
            ("# -*- ruby -*-\n", Some("Ruby")),
            ("/* -*- Mode: C++; tab-width: 4 -*- */\n", Some("C++")),
            ("-*-mode:ruby-*-", Some("Ruby")),
            ("// -*- foo: bar; mode: python -*-", Some("Python")),
            ("# -*- coding: utf-8 -*-\n", None),
            ("# vim: set ft=ruby:\n", Some("Ruby")),
            ("# vim: set ft=ruby\n", None),
            ("// vim: noai ft=cpp sw=4\n", Some("C++")),
            ("# vim:noai:ft=sh:noexpandtab\n", Some("Shell")),
            ("# vim600: set syntax=perl :\n", Some("Perl")),
            ("# ex: filetype=sh\n", Some("Shell")),
            ("# provim: ft=ruby\n", None),
            ("a\nb\nc\nd\ne\n# vim: ft=ruby\nx\nx\nx\nx\nx\n", None),
            ("a\nb\nc\nd\ne\nf\n# vim: ft=ruby\nx\nx\nx\nx\n", Some("Ruby")),
            ("UseVimball\n# vim: ft=ruby\n", None),
        ] {
            assert_eq!(of(text.as_bytes()).map(language_name), expected, "{text}");
        }
    }
}
