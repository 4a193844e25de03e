//! The command as it is run: records come back, the known answer is met, and every failure looks the same.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at what it did not expect")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

use prodops_core::entropy::SystemEntropy;
use prodops_core::vault::{KeyId, VaultKey};

/// The place of the known answer in the specification of the format.
const PLACE: [&str; 14] = [
    "--purpose",
    "1",
    "--environment",
    "production",
    "--workspace",
    "00112233-4455-6677-8899-aabbccddeeff",
    "--kind",
    "connection",
    "--record",
    "0f0e0d0c-0b0a-0908-0706-050403020100",
    "--field",
    "access_token",
    "--generation",
    "1",
];

fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut process = Command::new(env!("CARGO_BIN_EXE_vault-only"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A process that refuses its arguments does not read.
    let _ = process.stdin.take().unwrap().write_all(input);
    process.wait_with_output().unwrap()
}

fn assert_refused(arguments: &[&str], input: &[u8]) {
    let output = run(arguments, input);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    assert_eq!(output.stderr, b"vault-only: refused\n", "{arguments:?}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
}

fn accepted(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let output = run(arguments, input);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    output.stdout
}

/// A new key: its bytes and its id as text.
fn key() -> [String; 2] {
    let key = VaultKey::generate(&SystemEntropy).unwrap();
    [key.expose(|bytes| hex(bytes)), key.id().to_string()]
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `command`, the key, and the place with some values replaced.
fn line<'a>(command: &'a str, [key, id]: &'a [String; 2], changes: &[(&str, &'a str)]) -> Vec<&'a str> {
    let mut line = vec![command, "--key", key, "--key-id", id];
    line.extend(PLACE);
    for (option, value) in changes {
        let at = line.iter().position(|word| word == option).unwrap();
        line[at + 1] = value;
    }
    line
}

#[test]
fn what_was_sealed_is_opened() {
    let key = key();
    for secret in [b"".as_slice(), b"a secret", b"\xff\0\n", &[7; 60_000]] {
        let record = accepted(&line("seal", &key, &[]), secret);
        assert!(record.starts_with(b"50445601") && record.ends_with(b"\n"));
        assert_eq!(accepted(&line("open", &key, &[]), &record), secret);
    }
}

#[test]
fn the_known_answer_of_the_specification_is_met() {
    let counting = |first: u8, count: u8| hex(&(first..first + count).collect::<Vec<u8>>());
    let key = [counting(0, 32), counting(0x40, 16)];
    let salt = counting(0x80, 24);
    let mut seal = line("seal", &key, &[]);
    seal.extend(["--salt", &salt, "--insecure-fixed-salt"]);
    let specification = include_str!("../../../../prodops-core/src/vault/FORMAT.md");
    let (_, chapter) = specification.split_once("## Known answer").unwrap();
    let known: String = chapter.split("```").nth(1).unwrap().lines().skip(1).collect();
    assert_eq!(accepted(&seal, b"correct horse battery staple"), format!("{known}\n").into_bytes());
    assert_eq!(accepted(&line("open", &key, &[]), known.as_bytes()), b"correct horse battery staple");
}

#[test]
fn every_failure_looks_the_same() {
    let (key, other) = (key(), key());
    let record = accepted(&line("seal", &key, &[]), b"a secret");
    let nobody = KeyId::from_bytes([0; 16]).to_string();
    for change in [
        ("--key", other[0].as_str()),
        ("--key-id", &nobody),
        ("--purpose", "2"),
        ("--environment", "test"),
        ("--workspace", "00000000-0000-0000-0000-000000000000"),
        ("--kind", "repository"),
        ("--record", "00000000-0000-0000-0000-000000000000"),
        ("--field", "refresh_token"),
        ("--generation", "2"),
        // Values that are none.
        ("--key", "00"),
        ("--key-id", "zz"),
        ("--purpose", "4"),
        ("--purpose", "11"),
        ("--environment", "moon"),
        ("--workspace", "one"),
        ("--record", "one"),
        ("--generation", "-1"),
    ] {
        assert_refused(&line("open", &key, &[change]), &record);
    }
    let mut changed = record.clone();
    changed[200] ^= 1;
    for input in [b"".as_slice(), b"a secret", &record[..100], &record[2..], &changed, b"\xff\xff"] {
        assert_refused(&line("open", &key, &[]), input);
    }
}

#[test]
fn what_cannot_be_sealed_is_refused_in_the_same_way() {
    let key = key();
    assert_refused(&line("seal", &key, &[]), &[7; 65_341]);
    assert_refused(&line("seal", &key, &[]), &[7; 300_000]);
    assert_refused(&line("seal", &key, &[("--purpose", "4")]), b"a secret");
    assert_refused(&["seal"], b"a secret");
    assert_refused(&["steal"], b"a secret");
    assert_refused(&[], b"");
}

#[test]
fn a_fixed_salt_needs_its_name() {
    let (key, salt) = (key(), "00".repeat(24));
    for more in
        [vec!["--salt", &salt], vec!["--insecure-fixed-salt"], vec!["--salt", "00", "--insecure-fixed-salt"]]
    {
        assert_refused(&[line("seal", &key, &[]), more].concat(), b"a secret");
    }
    let with_salt = ["--salt", &salt, "--insecure-fixed-salt"];
    assert_refused(&[line("open", &key, &[]), with_salt.to_vec()].concat(), b"");
}

#[test]
fn help_is_no_failure() {
    let help = accepted(&["--help"], b"");
    assert!(String::from_utf8(help).unwrap().contains("PDV1"));
}
