//! Files that nobody wrote in this repository, adapted from the rules of GitHub's linguist (MIT licence; see the README).
//!
//! Left out of linguist's lists: what other tables here know better (tests, CI, settings) and what names source code as
//! often as not (`cache/`, `env/`, `effects.js`, type definitions).

use super::lists::{ends_with_any, holds, starts_with_any};
use super::path::PathParts;

const VENDORED_FOLDERS: &[&str] = &[
    "3rd-party",
    "3rd_party",
    "3rdparty",
    "bower_components",
    "carthage",
    "crashlytics.framework",
    "extern",
    "external",
    "externals",
    "flow-typed",
    "godeps",
    "node_modules",
    "pods",
    "third-party",
    "third_party",
    "thirdparty",
    "vendor",
    "vendored",
    "vendors",
];

/// Parts of paths, each with the slash before it.
const VENDORED_PARTS: &[&str] = &[
    "/.mvn/wrapper/",
    "/.yarn/plugins/",
    "/.yarn/releases/",
    "/.yarn/sdks/",
    "/.yarn/unplugged/",
    "/gradle/wrapper/",
];

const VENDORED_NAMES: &[&str] = &[
    "config.guess",
    "config.sub",
    "cpplint.py",
    "erlang.mk",
    "gradlew",
    "gradlew.bat",
    "libtool.m4",
    "ltmain.sh",
    "modernizr.js",
    "mvnw",
    "mvnw.cmd",
    "normalize.css",
];

/// Libraries that used to be copied into repositories: how the name starts.
const VENDORED_SCRIPTS: &[&str] = &["bootstrap.", "bootstrap-", "font-awesome.", "jquery-", "jquery."];

const LOCK_NAMES: &[&str] = &[
    ".terraform.lock.hcl",
    "buf.lock",
    "cartfile.resolved",
    "chart.lock",
    "conan.lock",
    "deno.lock",
    "glide.lock",
    "go.work.sum",
    "gopkg.lock",
    "mise.lock",
    "mix.lock",
    "npm-shrinkwrap.json",
    "package.resolved",
    "packages.lock.json",
    "pipfile.lock",
    "pixi.lock",
    "podfile.lock",
    "rebar.lock",
    "symfony.lock",
];

const MINIFIED_ENDS: &[&str] = &[".min.js", ".min.mjs", ".min.cjs", ".min.css", "-min.js", "-min.css"];

const GENERATED_FOLDERS: &[&str] = &[".idea", "__generated__", "dist"];

const GENERATED_NAMES: &[&str] =
    &[".pnp.cjs", ".pnp.js", ".pnp.loader.mjs", ".secrets.baseline", "cargo.toml.orig"];

const GENERATED_ENDS: &[&str] = &[
    ".css.map",
    ".designer.cs",
    ".designer.vb",
    ".feature.cs",
    ".freezed.dart",
    ".g.cs",
    ".g.dart",
    ".js.map",
    ".mocks.dart",
    ".nib",
    ".pb.cc",
    ".pb.dart",
    ".pb.go",
    ".pb.gw.go",
    ".pb.h",
    ".xcuserstate",
    ".xcworkspacedata",
    ".zep.c",
    ".zep.h",
    ".zep.php",
    "_pb.d.ts",
    "_pb.js",
    "_pb2.py",
    "_pb2.pyi",
    "_pb2_grpc.py",
];

/// Somebody else's code.
pub(super) fn is_vendored(path: &PathParts<'_>) -> bool {
    path.folders().any(|folder| holds(VENDORED_FOLDERS, folder))
        || path.lower.starts_with(b"deps/")
        || VENDORED_PARTS.iter().any(|part| contains_part(path.lower, part.as_bytes()))
        || holds(VENDORED_NAMES, path.name)
        || (matches!(path.ending(), b"js" | b"css" | b"less" | b"scss")
            && starts_with_any(path.name, VENDORED_SCRIPTS))
}

/// Whether the path holds a part that starts with a slash, which the start of the path stands for, too.
fn contains_part(path: &[u8], part: &[u8]) -> bool {
    part.get(1..).is_some_and(|start| path.starts_with(start)) || bstr::ByteSlice::contains_str(path, part)
}

/// Resolved versions, besides the names that the activity rules know.
pub(super) fn is_lock(path: &PathParts<'_>) -> bool {
    // Julia's manifest; in lower case the name belongs to other tools.
    holds(LOCK_NAMES, path.name) || path.original_name == b"Manifest.toml"
}

/// Squeezed for delivery.
pub(super) fn is_minified(path: &PathParts<'_>) -> bool {
    ends_with_any(path.name, MINIFIED_ENDS)
}

/// Written by a program.
pub(super) fn is_generated(path: &PathParts<'_>) -> bool {
    path.folders().any(|folder| holds(GENERATED_FOLDERS, folder))
        || holds(GENERATED_NAMES, path.name)
        || ends_with_any(path.name, GENERATED_ENDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searched_lists_are_in_order() {
        for list in [VENDORED_FOLDERS, VENDORED_NAMES, LOCK_NAMES, GENERATED_FOLDERS, GENERATED_NAMES] {
            assert!(list.is_sorted(), "{list:?}");
        }
    }
}
