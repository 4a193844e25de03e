//! Records and streams against the Python package `cryptography`, in both directions.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use prodops_core::vault::{
    MAX_SECRET_LEN, Purpose, SealedRecord, SealedStream, SealingWriter, VaultKey, open, seal,
};
use serde_json::{Value, json};

use super::draw::{Draw, OF_RECORDS, Place};

#[test]
fn a_thousand_messages_agree_with_an_independent_implementation() {
    agree(1, 1_000);
}

#[test]
#[ignore = "ten times as many, with other seeds: cargo xtask soak"]
fn soak_ten_thousand_messages_agree_with_an_independent_implementation() {
    agree(2, 10_000);
}

/// Seals `count` messages on either side and opens them on the other; each is also changed and refused by both.
fn agree(seed: u64, count: usize) {
    let (draw, mut oracle) = (Draw::new(seed), Oracle::start());
    let mut streams = 0;
    for number in 0..count {
        let case = Case::draw(&draw);
        streams += usize::from(case.purpose == Purpose::Backup);
        let ours = case.seal(&draw);
        assert_eq!(
            oracle.open(&case, &ours).as_ref(),
            Some(&case.secret),
            "theirs opens ours, message {number}"
        );
        let theirs = oracle.seal(&case);
        assert_eq!(case.open(&theirs).as_ref(), Some(&case.secret), "ours opens theirs, message {number}");
        assert_eq!(ours.len(), theirs.len());
        let mut changed = if draw.one_in(2) { ours } else { theirs };
        let at = draw.below(changed.len());
        changed[at] ^= 1 << draw.below(8);
        assert_eq!(oracle.open(&case, &changed), None, "theirs, byte {at} of message {number} changed");
        assert_eq!(case.open(&changed), None, "ours, byte {at} of message {number} changed");
    }
    assert!(streams * 40 > count && streams < count / 2, "{streams} of {count} are streams");
    println!("{count} messages each way, {streams} of them streams, 0 mismatches");
}

/// A secret, its key and its place.
struct Case {
    key: VaultKey,
    purpose: Purpose,
    place: Place,
    secret: Vec<u8>,
}

impl Case {
    fn draw(draw: &Draw) -> Self {
        let stream = draw.one_in(10);
        let purpose = if stream { Purpose::Backup } else { draw.of(&OF_RECORDS) };
        let secret = draw.secret(if stream { 100_000 } else { MAX_SECRET_LEN });
        Self { key: draw.key(), purpose, place: draw.place(), secret }
    }

    fn seal(&self, draw: &Draw) -> Vec<u8> {
        let (key, place) = (&self.key, self.place.context());
        if self.purpose != Purpose::Backup {
            let record = seal(key, self.purpose, &place, &self.secret, draw.entropy());
            return record.unwrap().as_bytes().to_vec();
        }
        let mut writer = SealingWriter::begin(Vec::new(), key, &place, draw.entropy()).unwrap();
        writer.write_all(&self.secret).unwrap();
        writer.finish().unwrap()
    }

    fn open(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let (key, place) = (&self.key, self.place.context());
        if self.purpose != Purpose::Backup {
            let record = SealedRecord::parse(bytes).ok()?;
            return open(key, self.purpose, &place, &record).ok().map(|secret| secret.expose(Clone::clone));
        }
        let mut text = Vec::new();
        SealedStream::begin(bytes).ok()?.open(key, &place).ok()?.read_to_end(&mut text).ok()?;
        Some(text)
    }

    fn request(&self, what: &str) -> Value {
        let Place { environment, workspace, kind, record, field, generation } = &self.place;
        json!({
            "do": what,
            "key": self.key.expose(|key| hex(key)),
            "key_id": self.key.id().to_string(),
            "purpose": self.purpose.number(),
            "place": {
                "environment": environment.as_str(),
                "workspace": workspace.map_or_else(|| hex(&[0; 16]), |id| hex(id.as_bytes())),
                "kind": kind,
                "record": hex(record),
                "field": field,
                "generation": generation,
            },
        })
    }
}

/// The other implementation, in a process of its own.
struct Oracle {
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Oracle {
    fn start() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/core/vault/oracle.py");
        let installed = provisioned();
        let own = installed.join("bin/python");
        let mut command = Command::new(if own.exists() { own.as_path() } else { Path::new("python3") });
        command.env("PYTHONPATH", &installed).env("PYTHONDONTWRITEBYTECODE", "1").arg(script);
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("python3 does not start ({error}): {INSTALL}"));
        let requests = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        Self { process, requests, answers }
    }

    fn ask(&mut self, request: &Value) -> Option<Vec<u8>> {
        let mut line = String::new();
        // The process may have ended already, then its last line says why.
        let _ = writeln!(self.requests, "{request}");
        self.answers.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("no answer: {INSTALL}"));
        assert!(answer.get("missing").is_none(), "{}: {INSTALL}", answer["missing"]);
        answer["bytes"].as_str().map(unhex)
    }

    fn seal(&mut self, case: &Case) -> Vec<u8> {
        let mut request = case.request("seal");
        request["secret"] = hex(&case.secret).into();
        self.ask(&request).unwrap()
    }

    fn open(&mut self, case: &Case, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut request = case.request("open");
        request["record"] = hex(bytes).into();
        self.ask(&request)
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const INSTALL: &str = "install the independent implementation with `cargo xtask provision`";

/// Where `cargo xtask provision` puts Python packages.
fn provisioned() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("provision/python")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}
