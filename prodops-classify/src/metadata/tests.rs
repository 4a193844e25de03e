//! Whatever is planted where code, secrets and people stand does not get through, and prose does.

use prodops_core::source::Transient;
use proptest::collection::vec;
use proptest::prelude::*;

use super::{CommitMetadata, FileCounts};

fn told(message: &str) -> CommitMetadata {
    CommitMetadata::of(&Transient::new(message.as_bytes().to_vec()), [])
}

fn everything(told: &CommitMetadata) -> String {
    let paths: Vec<&str> = told.files().iter().map(super::ChangedFile::path).collect();
    format!("{}\n{}\n{}", told.subject(), told.body(), paths.join("\n"))
}

/// Letters only, so that nothing but the place where it stands gives it away.
fn canary() -> impl Strategy<Value = String> {
    "qz[a-z]{10}"
}

fn prose() -> impl Strategy<Value = String> {
    let words = vec("[A-Z]?[a-y]{1,7}", 1..8).prop_map(|words| words.join(" "));
    // "at" and one word is a frame of a stack trace, in doubt.
    words.prop_filter("a frame of a stack trace", |text| !text.starts_with("at "))
}

/// Code with the canary in it, in one of the ways in which people put code into messages.
fn planted() -> impl Strategy<Value = (String, String)> {
    let shape = prop_oneof![
        Just("```\n{}\n```"),
        Just("```rust\nlet a = 1;\n\n  {}\n````"),
        Just("~~~~\n```\n{}\n~~~\n{}\n~~~~"),
        Just("```\nnever closed\n\n{}"),
        Just("```{}```"),
        Just("    {}"),
        Just("\t{}"),
        Just("  \t {}"),
        Just("see `{}` there"),
        Just("see ``a`{}`` there"),
        Just("see `a\n{} b` there"),
        Just("see `{}"),
        Just(
            "diff --git a/x b/x\nindex 0123abc..def4567 100644\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n {}\n-{}\n\n+{}"
        ),
        Just("- {}\n+ other"),
        Just("@@ -1 +1 @@ {}\n {}"),
        Just("+{}"),
        Just("-{}()"),
        Just("Traceback (most recent call last):\n  File \"a.py\", line 3, in {}\n    {}()"),
        Just("at {}.run(Main.java:3)"),
        Just("thread 'main' panicked at {}\n   0: {}::run"),
        Just("#1 0x00 in {} ()"),
        Just("goroutine 1 [running]:\n\t{}.go:3"),
        Just("-----BEGIN PRIVATE KEY-----\n{}\n{}\n-----END PRIVATE KEY-----"),
        Just("fn {}() {"),
        Just("let {} = 1;"),
        Just("if (a[0] == {}) || b.c(1)"),
        Just("</{}>"),
        Just("Signed-off-by: {} <x@example.org>"),
        Just("Co-authored-by: {}"),
        Just("mail {}@example.org now"),
        Just("mail <x.{}@example.org>, now"),
        Just("thanks to @{}"),
        Just("see https://example.org/{}?token=1"),
        Just("password={}"),
        Just("DB_PASSWORD: {}"),
        Just("Authorization: Bearer {}"),
        Just("\"client_secret\":\"{}\""),
        Just("pass\u{200b}word={}\nmail {}\u{ad}@example.org"),
    ];
    (shape, canary()).prop_map(|(shape, canary)| (shape.replace("{}", &canary), canary))
}

/// Characters drawn evenly, as whoever makes keys draws them.
fn drawn(alphabet: &'static str, length: usize) -> impl Strategy<Value = String> {
    let one = |byte: u8| char::from(alphabet.as_bytes()[usize::from(byte) % alphabet.len()]);
    vec(any::<u8>(), length).prop_map(move |bytes| bytes.into_iter().map(one).collect()).no_shrink()
}

const HEX: &str = "0123456789abcdef";
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Tokens of known shapes, and text as random as keys are.
fn secrets() -> impl Strategy<Value = String> {
    let known = prop_oneof![
        Just(("ghp_", 36)),
        Just(("github_pat_", 60)),
        Just(("glpat-", 20)),
        Just(("AKIA", 16)),
        Just(("xoxb-", 24)),
        Just(("sk-", 48)),
        Just(("eyJ", 60)),
    ];
    prop_oneof![
        (known, drawn(LETTERS, 60))
            .prop_map(|((prefix, length), rest)| format!("{prefix}{}", &rest[..length])),
        drawn(HEX, 40),
        drawn(HEX, 64),
        drawn(BASE64, 44),
        drawn(URL_SAFE, 64),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_planted_gets_through(
        before in prose(), between in prose(), after in prose(), (code, canary) in planted(), crlf: bool, first: bool,
    ) {
        let message = if first { format!("{code}\n{between}") } else { format!("{before}\n\n{between}\n\n{code}\n\n{after}") };
        let message = if crlf { message.replace('\n', "\r\n") } else { message };
        let told = told(&message);
        prop_assert!(!everything(&told).contains(&canary), "{message:?} became {told:?}");
    }

    #[test]
    fn no_secret_gets_through(before in prose(), secret in secrets(), after in prose(), glue in "[ =:,(\"']") {
        let told = told(&format!("{before}\n\n{after}{glue}{secret} {before}"));
        prop_assert!(!everything(&told).contains(&secret), "{told:?}");
        prop_assert!(told.redacted().secrets > 0);
    }

    #[test]
    fn no_path_carries_a_secret_or_an_address(secret in secrets(), name in canary()) {
        let path = format!("dist/{name}@example.org/{}.js", secret.replace('/', "a"));
        let file = FileCounts { path: path.as_bytes(), added: 1, deleted: 0 };
        let told = CommitMetadata::of(&Transient::new(Vec::new()), [file]);
        prop_assert_eq!(told.files()[0].path(), "dist/[address]/[secret]");
    }

    #[test]
    fn prose_stays_as_it_is(subject in prose(), body in vec(prose(), 0..5)) {
        let body = body.join("\n");
        let told = told(&format!("{subject}\n\n{body}\n"));
        prop_assert_eq!((told.subject(), told.body()), (subject.as_str(), body.as_str()));
        prop_assert_eq!(told.redacted(), super::Redacted::default());
    }

    #[test]
    fn any_bytes_are_a_message(bytes: Vec<u8>) {
        let told = CommitMetadata::of(&Transient::new(bytes), []);
        prop_assert!(!everything(&told).contains(|c: char| c.is_control() && c != '\n' && c != '\t'));
    }
}

#[test]
fn subjects_as_people_write_them_are_told_whole() {
    for subject in [
        "feat(parser): read tables (#1234)",
        "fix: don't retry after close, see #12",
        "[core] [net] bump serde 1.0.1 -> 1.0.2",
        "chore(deps): bump @types/node from 18.0.0 to 20.1.3",
        "Merge pull request #12 from somebody/some-branch-name",
        "Revert \"add the \"fast\" path\"",
        "test_connection_pool_timeout_retry: make it pass on ARM64",
        "perf!: 2x faster JSON for >1 MB",
        "build: use rustc 1.90 & clang 18",
        "auth: forget the old session",
    ] {
        assert_eq!(told(subject).subject(), subject);
    }
}

#[test]
fn what_is_left_out_is_named_and_counted() {
    let message = "fix: wait for `close`\n\nSeen in:\n\n```\na\nb\n```\nand\n+ c\n+ d\n\nBy a@example.org, token ghp_0123456789abcdefABCDEF0123456789abcd\nReviewed-by: Somebody\n";
    let told = told(message);
    assert_eq!(told.subject(), "fix: wait for [code]");
    assert_eq!(told.body(), "Seen in:\n\n[code]\nand\n[diff]\nBy [address] token [secret]");
    let counts = told.redacted();
    assert_eq!((counts.code, counts.diffs, counts.secrets, counts.addresses, counts.people), (2, 1, 1, 1, 1));
}

#[test]
fn sizes_are_bounded() {
    let long = format!("{}\n\n{}", "word ".repeat(1_000), "more words\n".repeat(100_000));
    let told = told(&long);
    assert!(told.subject().len() <= CommitMetadata::MAX_SUBJECT && told.subject().ends_with("word"));
    assert!(
        told.body().len() <= CommitMetadata::MAX_BODY && told.body().len() > CommitMetadata::MAX_BODY - 20
    );
    let path = format!("{}/end.rs", "ü".repeat(500));
    let files = (0..100_000).map(|added| FileCounts { path: path.as_bytes(), added, deleted: 0 });
    let many = CommitMetadata::of(&Transient::new(vec![b'x'; 1 << 20]), files);
    assert_eq!((many.subject(), many.files().len(), many.files_left_out()), ("", 100, 99_900));
    assert!(
        many.files()[0].path().len() <= CommitMetadata::MAX_PATH
            && many.files()[0].path().ends_with("/end.rs")
    );
}
