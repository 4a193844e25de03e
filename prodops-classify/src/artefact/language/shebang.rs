//! The interpreter that a text names in its first line.

use bstr::ByteSlice;

/// Wrappers call the interpreter in one of so many lines.
const LINES: usize = 5;

/// The name of the interpreter, without its version behind a dot.
pub(super) fn interpreter(text: &[u8]) -> Option<&[u8]> {
    let line = text.strip_prefix(b"#!")?.lines().next()?;
    let mut words = line.fields();
    let mut script = words.next()?.rsplit_str("/").next()?;
    if script == b"env" {
        // Options and variables come before the name.
        script = words.find(|word| !word.starts_with(b"-") && !word.contains(&b'='))?;
    }
    if script == b"osascript" && line.contains_str("-l") {
        return None;
    }
    let script = script.rsplit_str("/").next().map(without_version)?;
    let wrapped = if script == b"sh" { text.lines().take(LINES).find_map(called) } else { None };
    wrapped.or(Some(script))
}

/// `python2.6` is `python2`.
fn without_version(name: &[u8]) -> &[u8] {
    let parts = name.rsplit_once_str(".");
    match parts {
        Some((name, version)) if !version.is_empty() && version.iter().all(u8::is_ascii_digit) => name,
        _ => name,
    }
}

/// What a shell hands itself on to: `exec name "$0" "$@"`.
fn called(line: &[u8]) -> Option<&[u8]> {
    let (_, rest) = line.split_once_str("exec ")?;
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    let (name, rest) = rest.split_at_checked(length).filter(|_| length > 0)?;
    let between = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'');
    let skip = |text: &[u8]| text.iter().take_while(|byte| between(byte)).count();
    let (first, rest) = (skip(rest), rest.get(skip(rest)..)?);
    let rest = rest.strip_prefix(b"$0")?;
    (first > 0 && skip(rest) > 0 && rest.get(skip(rest)..)?.starts_with(b"$@")).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpreters_are_linguists() {
        for (text, expected) in [
            ("", None),
            ("foo", None),
            ("#!", None),
            ("#!/usr/bin/ruby\n# x", Some("ruby")),
            ("#!/usr/bin/env ruby", Some("ruby")),
            ("#! /usr/bin/env  -S  FOO=bar python3.9 -u\n", Some("python3")),
            ("#!/usr/bin/python2.4\n", Some("python2")),
            ("#! perl", Some("perl")),
            ("#!/usr/bin/env -vS node", Some("node")),
            ("#!/usr/bin/env", None),
            ("#!/bin/sh\n\n\nexec foo \"$0\" \"$@\"", Some("foo")),
            ("#!/bin/sh\n\nexec foo $0", Some("sh")),
            ("#!/usr/bin/env osascript -l JavaScript", None),
            ("#!/usr/bin/osascript", Some("osascript")),
        ] {
            let found = interpreter(text.as_bytes()).map(|name| name.to_str_lossy().into_owned());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
