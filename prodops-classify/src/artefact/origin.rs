//! Files that nobody wrote in this repository, adapted from the rules of GitHub's linguist (MIT licence; see the README).
//!
//! Left out of linguist's lists: what other tables here know better (tests and fixtures, CI, settings, files of git) and what names
//! source code as often as not (`cache/`, `env/`, `packages/`, `docs/theme/`, `effects.js`, `import.css`, type definitions).

use super::lists::{ends_with_any, holds, starts_with_any};
use super::path::PathParts;

const VENDORED_FOLDERS: &[&str] = &[
    ".google_apis",
    ".obsidian",
    "3rd-party",
    "3rd_party",
    "3rdparty",
    "_esy",
    "ace-builds",
    "admin_media",
    "bootstrap-datepicker",
    "bower_components",
    "buddybuildsdk.framework",
    "carthage",
    "crashlytics.framework",
    "extern",
    "external",
    "externals",
    "extjs",
    "fabric.framework",
    "flow-typed",
    "godeps",
    "mathjax",
    "node_modules",
    "pods",
    "puphpet",
    "realm.framework",
    "select2",
    "sparkle",
    "third-party",
    "third_party",
    "thirdparty",
    "vendor",
    "vendored",
    "vendors",
    "xvba_modules",
];

/// Parts of paths, each with the slash before it.
const VENDORED_PARTS: &[&str] = &[
    "/.mvn/wrapper/",
    "/.yarn/plugins/",
    "/.yarn/releases/",
    "/.yarn/sdks/",
    "/.yarn/unplugged/",
    "/.yarn/versions/",
    "/codemirror/addon",
    "/codemirror/keymap",
    "/codemirror/lib",
    "/codemirror/mode",
    "/codemirror/theme",
    "/gradle/wrapper/",
    "/tiny_mce/langs",
    "/tiny_mce/plugins",
    "/tiny_mce/themes",
    "/tiny_mce/utils",
];

const VENDORED_NAMES: &[&str] = &[
    ".indent.pro",
    "aclocal.m4",
    "animate.css",
    "bootbox.js",
    "ckeditor.js",
    "config.guess",
    "config.sub",
    "configure",
    "cpplint.py",
    "dojo.js",
    "dotnet-install.ps1",
    "dotnet-install.sh",
    "erlang.mk",
    "font-awesome.css",
    "fontawesome.css",
    "foundation.css",
    "fuelux.js",
    "gradlew",
    "gradlew.bat",
    "html5shiv.js",
    "libtool.m4",
    "ltmain.sh",
    "ltoptions.m4",
    "ltsugar.m4",
    "ltversion.m4",
    "lt~obsolete.m4",
    "mochikit.js",
    "modernizr.js",
    "mvnw",
    "mvnw.cmd",
    "normalize.css",
    "octicons.css",
    "pdf.worker.js",
    "run.n",
    "shcore.js",
    "shlegacy.js",
    "sprockets-octicons.scss",
    "waf",
];

/// Libraries that used to be copied into repositories: how the name starts.
const VENDORED_SCRIPTS: &[&str] = &[
    "angular-",
    "angular.",
    "bootstrap-",
    "bootstrap.",
    "cordova-",
    "cordova.",
    "custom.bootstrap",
    "d3.",
    "font-awesome.",
    "fontawesome.",
    "fontello",
    "foundation.",
    "jquery-",
    "jquery.",
    "knockout-",
    "leaflet.",
    "materialize.",
    "microsoftajax",
    "microsoftmvcajax",
    "microsoftmvcvalidation",
    "modernizr-",
    "modernizr.custom.",
    "mootools",
    "normalize.",
    "prototype.",
    "react-dom.",
    "react.",
    "shbrush",
    "skeleton.",
    "slick.",
    "tiny_mce",
    "yahoo-",
    "yui-",
    "yui.",
    "yuiloader",
];

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

const GENERATED_FOLDERS: &[&str] = &[".idea", "__generated__", "dist", "htmlcov"];

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
    "_tlb.pas",
];

/// Somebody else's code.
pub(super) fn is_vendored(path: &PathParts<'_>) -> bool {
    path.folders().any(|folder| holds(VENDORED_FOLDERS, folder))
        || [&b"deps/"[..], b"dependencies/", b"debian/"].iter().any(|top| path.lower.starts_with(top))
        || path.lower == b"rebar"
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
    let starts = |start: &str| path.name.starts_with(start.as_bytes());
    holds(LOCK_NAMES, path.name)
        // Julia's manifest; in lower case the name belongs to other tools.
        || path.original_name == b"Manifest.toml"
        || (path.ending() == b"toml" && (starts("juliamanifest") || starts("manifest-v")))
        || (path.ending() == b"lock" && (starts("mise.") || path.name.ends_with(b"esy.lock")))
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
        || path.name.starts_with(b".pnp.")
        || is_sqlx_query(path)
}

/// What SQLx keeps of a query, to compile without a database: `.sqlx/query-<hash>.json`.
fn is_sqlx_query(path: &PathParts<'_>) -> bool {
    let hash = path.stem().strip_prefix(b"query-").filter(|_| path.ending() == b"json");
    path.folder.ends_with(b".sqlx")
        && hash.is_some_and(|hash| hash.len() == 64 && hash.iter().all(u8::is_ascii_hexdigit))
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
