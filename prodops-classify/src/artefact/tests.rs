//! One example of each rule, and what wins where several fit.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::*;

fn artefact(path: &str, content: CountState) -> Artefact {
    sort(&LowerCase::default().parts(path.as_bytes()), content, None, Overrides::default()).artefact
}

#[test]
fn each_artefact_has_its_paths() {
    for (path, expected) in [
        ("web/node_modules/a/index.js", Artefact::Vendored),
        ("third_party/zlib/zlib.c", Artefact::Vendored),
        (".yarn/releases/yarn-4.js", Artefact::Vendored),
        ("static/jquery-3.1.0.js", Artefact::Vendored),
        ("Cargo.lock", Artefact::Lock),
        ("ios/Podfile.lock", Artefact::Lock),
        ("Manifest.toml", Artefact::Lock),
        ("static/app.min.js", Artefact::Minified),
        ("api/v1.pb.go", Artefact::Generated),
        ("dist/index.js", Artefact::Generated),
        ("tests/golden.rs", Artefact::Test),
        ("src/parser_test.go", Artefact::Test),
        ("src/ParserTest.java", Artefact::Test),
        ("docs/guide.md", Artefact::Docs),
        ("LICENSE-MIT", Artefact::Docs),
        ("CHANGELOG.md", Artefact::Docs),
        ("COPYING", Artefact::Docs),
        (".github/workflows/ci.yml", Artefact::BuildCi),
        ("Cargo.toml", Artefact::BuildCi),
        (".eslintrc.json", Artefact::BuildCi),
        ("deploy/values.yaml", Artefact::Config),
        (".gitignore", Artefact::Config),
        ("tailwind.config.js", Artefact::Config),
        ("config/locale.json", Artefact::Config),
        ("i18n/de.json", Artefact::Data),
        ("icon.svg", Artefact::Data),
        ("src/lib.rs", Artefact::Code),
        ("src/page.html", Artefact::Code),
        ("schema.sql", Artefact::Code),
        ("api.proto", Artefact::Code),
        ("strange", Artefact::Other),
    ] {
        assert_eq!(artefact(path, CountState::Counted), expected, "{path}");
    }
}

#[test]
fn the_first_artefact_that_fits_wins() {
    assert_eq!(artefact("vendor/a/Cargo.lock", CountState::Counted), Artefact::Vendored);
    assert_eq!(artefact("dist/app.min.js", CountState::Counted), Artefact::Minified);
    assert_eq!(artefact("tests/api.pb.go", CountState::Counted), Artefact::Generated);
    assert_eq!(artefact("tests/README.md", CountState::Counted), Artefact::Test);
}

#[test]
fn content_decides_what_is_binary() {
    assert_eq!(artefact("vendor/a.txt", CountState::Binary), Artefact::Binary);
    assert_eq!(artefact("logo.png", CountState::Counted), Artefact::Data);
    assert_eq!(artefact("logo.png", CountState::TooLarge), Artefact::Binary);
    assert_eq!(artefact("src/lib.rs", CountState::Unreadable), Artefact::Code);
    let film = sort(&LowerCase::default().parts(b"film.ts"), CountState::Binary, None, Overrides::default());
    assert_eq!(film.language, None);
}

#[test]
fn a_submodule_is_somebody_elses_code() {
    assert_eq!(artefact("modules/engine", CountState::Submodule), Artefact::Vendored);
}

proptest! {
    #[test]
    fn any_bytes_are_a_path(path in prop::collection::vec(any::<u8>(), 0..60)) {
        let sorted = sort(&LowerCase::default().parts(&path), CountState::Counted, None, Overrides::default());
        prop_assert_ne!(sorted.artefact, Artefact::Binary);
    }

    #[test]
    fn any_path_in_a_vendored_folder_is_vendored(path in "[a-zA-Z./_-]{0,30}") {
        prop_assert_eq!(artefact(&format!("node_modules/{path}"), CountState::Counted), Artefact::Vendored);
    }
}

#[test]
fn what_the_repository_says_comes_first() {
    let sorted = |path: &str, said: Overrides| {
        let sort = sort(&LowerCase::default().parts(path.as_bytes()), CountState::Counted, None, said);
        (sort.artefact, sort.language.map(language_name))
    };
    let none = Overrides::default();
    let yes = Some(true);
    let no = Some(false);
    let lisp = language::named(b"Common Lisp");
    for (path, said, expected) in [
        ("a.rs", Overrides { generated: yes, ..none }, (Artefact::Generated, Some("Rust"))),
        ("a.pb.go", Overrides { generated: no, ..none }, (Artefact::Code, Some("Go"))),
        ("a.rs", Overrides { vendored: yes, generated: yes, ..none }, (Artefact::Vendored, Some("Rust"))),
        ("vendor/a.rs", Overrides { vendored: no, ..none }, (Artefact::Code, Some("Rust"))),
        ("a.rs", Overrides { documentation: yes, ..none }, (Artefact::Docs, Some("Rust"))),
        ("docs/a.rs", Overrides { documentation: no, ..none }, (Artefact::Code, Some("Rust"))),
        ("a.inc", Overrides { language: lisp, ..none }, (Artefact::Code, Some("Common Lisp"))),
    ] {
        assert_eq!(sorted(path, said), expected, "{path} {said:?}");
    }
}

#[test]
fn content_says_what_a_program_wrote() {
    let sorted = |path: &str, text: &str, said: Overrides| {
        sort(&LowerCase::default().parts(path.as_bytes()), CountState::Counted, Some(text.as_bytes()), said)
            .artefact
    };
    let (none, no) = (Overrides::default(), Overrides { generated: Some(false), ..Overrides::default() });
    let long = "x".repeat(400);
    for (path, text, said, expected) in [
        ("a.go", "// Code generated by x. DO NOT EDIT.\n", none, Artefact::Generated),
        ("a.go", "// Code generated by x. DO NOT EDIT.\n", no, Artefact::Code),
        ("a.js", long.as_str(), none, Artefact::Minified),
        ("a.js", long.as_str(), no, Artefact::Code),
        ("a_test.go", "// Code generated by x. DO NOT EDIT.\n", none, Artefact::Generated),
        ("a.pb.go", "package a\n", none, Artefact::Generated),
    ] {
        assert_eq!(sorted(path, text, said), expected, "{path}");
    }
}

/// What linguist's tests say of paths: whether each is generated or vendored.
fn said_by_linguist(folder: &Path) -> Vec<(String, &'static str, bool)> {
    let read = |name: &str| fs::read_to_string(folder.join("test").join(name)).unwrap();
    let quoted = |line: &str| {
        let quote = line.find(['"', '\''])?;
        let rest = line.get(quote + 1..)?;
        Some(rest.get(..rest.find(&line[quote..=quote])?)?.to_owned())
    };
    let mut said = Vec::new();
    for line in
        read("test_generated.rb").lines().map(str::trim).filter(|line| line.contains("_loading_data(\""))
    {
        said.extend(quoted(line).map(|path| (path, "generated", !line.ends_with(", true)"))));
    }
    for line in read("test_file_blob.rb").lines().map(str::trim).filter(|line| line.contains("_blob(")) {
        let yes = !line.contains("assert !") && !line.contains("refute");
        for question in ["generated", "vendored"] {
            if line.contains(&format!("{question}?")) {
                said.extend(quoted(line).map(|path| (path, question, yes)));
            }
        }
    }
    said
}

/// `PRODOPS_TEST_LINGUIST=<linguist> cargo test -p prodops-classify --lib -- --ignored --nocapture linguists_tests`
#[test]
#[ignore = "reads the tests of linguist, in the checkout that PRODOPS_TEST_LINGUIST names"]
fn linguists_tests_of_origin_agree() {
    let Some(folder) = option_env!("PRODOPS_TEST_LINGUIST") else { panic!("set PRODOPS_TEST_LINGUIST") };
    let folder = Path::new(folder);
    // How often it is asked, how often the answer is the same, and how often another class of files that are told apart here fits.
    let mut figures = BTreeMap::<&str, [usize; 3]>::new();
    for (path, question, expected) in said_by_linguist(folder) {
        let text =
            ["samples", "test/fixtures"].iter().find_map(|part| fs::read(folder.join(part).join(&path)).ok());
        let state = if path.ends_with(".nib") { CountState::Binary } else { CountState::Counted };
        let sorted =
            sort(&LowerCase::default().parts(path.as_bytes()), state, text.as_deref(), Overrides::default());
        let [asked, same, elsewhere] = figures.entry(question).or_default();
        *asked += 1;
        // Files that nobody wrote here are told apart further than linguist does.
        if sorted.artefact.is_handwritten() != expected {
            *same += 1;
            continue;
        }
        let known = [Artefact::Test, Artefact::BuildCi, Artefact::Config, Artefact::Docs, Artefact::Data];
        *elsewhere += usize::from(expected && known.contains(&sorted.artefact));
        println!("{question}, {expected}: {path} is {}", sorted.artefact.as_str());
    }
    println!("{figures:?}");
    let share = |question: &str| figures.get(question).map_or(0, |[asked, same, _]| same * 100 / asked);
    assert!(share("generated") >= 95 && share("vendored") >= 75, "{figures:?}");
}
