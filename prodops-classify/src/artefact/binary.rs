//! Endings of files that are not text, for files whose content was not read.

use super::lists::holds;
use super::path::PathParts;

const BINARY_ENDINGS: &[&str] = &[
    "7z", "a", "aab", "aar", "apk", "avi", "avif", "bin", "bmp", "bz2", "class", "db", "dex", "dll", "dmg",
    "doc", "docx", "dylib", "ear", "eot", "exe", "flac", "gif", "gz", "heic", "icns", "ico", "iso", "jar",
    "jks", "jpeg", "jpg", "keystore", "lib", "lockb", "m4a", "mkv", "mo", "mov", "mp3", "mp4", "msi", "node",
    "nupkg", "o", "obj", "ods", "odt", "ogg", "otf", "parquet", "pdb", "pdf", "pkl", "png", "ppt", "pptx",
    "psd", "pyc", "rar", "so", "sqlite", "sqlite3", "swf", "tar", "tga", "tgz", "tif", "tiff", "ttc", "ttf",
    "wasm", "wav", "webm", "webp", "whl", "woff", "woff2", "xls", "xlsx", "xz", "zip", "zst",
];

/// Whether a file of this name is not text.
pub(super) fn is_binary(path: &PathParts<'_>) -> bool {
    holds(BINARY_ENDINGS, path.ending())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searched_lists_are_in_order() {
        assert!(BINARY_ENDINGS.is_sorted());
    }
}
