//! Settings and data, by name.

use super::lists::{ends_with_any, holds};
use super::path::PathParts;

const SETTINGS_ENDINGS: &[&str] = &[
    "cfg",
    "cnf",
    "conf",
    "config",
    "env",
    "hcl",
    "ini",
    "plist",
    "properties",
    "tfvars",
    "toml",
    "yaml",
    "yml",
];

/// Ends of names that tell settings written as code or data.
const SETTINGS_ENDS: &[&str] = &[
    ".config.cjs",
    ".config.js",
    ".config.json",
    ".config.mjs",
    ".config.mts",
    ".config.ts",
    "settings.json",
    "rc.json",
];

const SETTINGS_FOLDERS: &[&str] = &[".config", ".vscode", "conf", "config", "settings"];

const DATA_ENDINGS: &[&str] = &[
    "arb",
    "avsc",
    "csv",
    "ftl",
    "geojson",
    "json",
    "json5",
    "jsonc",
    "jsonl",
    "ndjson",
    "po",
    "pot",
    "resx",
    "sarif",
    "strings",
    "stringsdict",
    "svg",
    "tsv",
    "xlf",
    "xliff",
    "xml",
];

/// Settings of this or of another program.
pub(super) fn is_settings(path: &PathParts<'_>) -> bool {
    let ending = path.ending();
    let data_in_settings =
        || holds(DATA_ENDINGS, ending) && path.folders().any(|folder| holds(SETTINGS_FOLDERS, folder));
    holds(SETTINGS_ENDINGS, ending)
        || ends_with_any(path.name, SETTINGS_ENDS)
        || is_dot_file(path)
        || data_in_settings()
}

/// A hidden file that is no script: `.gitignore`, `.env.local`, `.babelrc`.
fn is_dot_file(path: &PathParts<'_>) -> bool {
    path.name.starts_with(b".")
        && (path.stem().is_empty() || path.name.starts_with(b".env.") || path.name.ends_with(b"rc"))
}

/// Records, translations, images as text.
pub(super) fn is_data(path: &PathParts<'_>) -> bool {
    holds(DATA_ENDINGS, path.ending())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searched_lists_are_in_order() {
        assert!(SETTINGS_ENDINGS.is_sorted() && SETTINGS_FOLDERS.is_sorted() && DATA_ENDINGS.is_sorted());
    }
}
