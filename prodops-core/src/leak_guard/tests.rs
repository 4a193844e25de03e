//! Whatever is registered is found in every form, wherever the stream is cut; whatever is not passes unchanged.

use std::io::Write;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::form::forms;
use super::*;
use crate::entropy::Entropy;
use crate::secret::Secret;
use crate::session::OpaqueToken;
use crate::testing::SeededEntropy;

const MARK: &[u8] = b"[redacted]";

fn guard(on_leak: OnLeak) -> LeakGuard {
    LeakGuard::new(&SeededEntropy::new(1), on_leak).unwrap()
}

fn secret(bytes: &[u8]) -> Secret<Vec<u8>> {
    Secret::new(bytes.to_vec())
}

/// Sends a text in pieces that end at these places; those marked are flushed.
fn in_pieces(redactor: &mut Redactor, text: &[u8], cuts: &[(usize, bool)]) -> Vec<u8> {
    let mut clean = Vec::new();
    let mut cuts: Vec<(usize, bool)> =
        cuts.iter().map(|(at, flush)| (at % (text.len() + 1), *flush)).collect();
    cuts.sort_unstable();
    let mut start = 0;
    for (at, flush) in cuts {
        redactor.pass(&text[start..at], &mut clean);
        if flush {
            redactor.flush(&mut clean);
        }
        start = at;
    }
    redactor.pass(&text[start..], &mut clean);
    redactor.flush(&mut clean);
    clean
}

/// The longest part of the form that is left, the marks aside.
fn longest_of(form: &[u8], clean: &[u8]) -> usize {
    let mark = clean.windows(MARK.len()).position(|part| part == MARK).unwrap_or(clean.len());
    let sides = [&clean[..mark], clean.get(mark + MARK.len()..).unwrap_or_default()];
    let holds = |length: &usize| {
        let mut parts = form.windows(*length);
        parts.any(|part| sides.iter().any(|side| side.windows(*length).any(|at| at == part)))
    };
    (1..=form.len()).take_while(holds).last().unwrap_or(0)
}

/// Bytes that do not repeat themselves, also after the failing case was made small.
fn random(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    SeededEntropy::new(seed).fill(&mut bytes).unwrap();
    bytes
}

fn a_secret() -> impl Strategy<Value = Vec<u8>> {
    let kinds = ["", "0123456789abcdef", "abcdefghijklmnop0123456789\"\\/+\n é%~\'"];
    (any::<u64>(), 16..70usize, prop::sample::select(kinds.to_vec())).prop_map(|(seed, length, kind)| {
        let alphabet: Vec<char> = kind.chars().collect();
        let bytes = random(seed, length);
        let text = bytes.iter().filter_map(|byte| alphabet.get(usize::from(*byte) % alphabet.len().max(1)));
        if kind.is_empty() { bytes } else { text.collect::<String>().into_bytes() }
    })
}

/// Any text without a backslash: one before a quotation mark would make a raw form an escaped one.
fn a_text() -> impl Strategy<Value = Vec<u8>> {
    let byte = any::<u8>().prop_map(|byte| if byte == b'\\' { b'/' } else { byte });
    proptest::collection::vec(prop_oneof![byte, Just(b' '), Just(b'\n')], 0..60)
}

fn some_cuts() -> impl Strategy<Value = Vec<(usize, bool)>> {
    proptest::collection::vec((any::<usize>(), any::<bool>()), 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_planted_secret_is_found_in_every_form_at_every_cut(
        bytes in a_secret(), before in a_text(), after in a_text(), cuts in some_cuts(),
    ) {
        let guard = guard(OnLeak::Count);
        let _registration = guard.register(&secret(&bytes)).unwrap();
        for (form, written) in forms(&bytes) {
            let text = [before.as_slice(), &written, &after].concat();
            let sink = guard.sink(form.as_str());
            let hits = sink.hits();
            let clean = in_pieces(&mut sink.redactor(), &text, &cuts);
            // A form whose end is that of another one and a little more is found again when a flush lies in that little.
            prop_assert!((1..=2).contains(&(sink.hits() - hits)), "{}", form);
            prop_assert!(longest_of(&written, &clean) < 16, "{form}: {:?}", String::from_utf8_lossy(&clean));
            let end: &[u8] = &[MARK, after.as_slice()].concat();
            prop_assert!(clean.starts_with(&before) && clean.ends_with(end), "{}", form);
            prop_assert!(clean.len() <= before.len() + MARK.len() + 15 + end.len());
        }
    }

    #[test]
    fn without_a_flush_nothing_of_it_gets_through(
        bytes in a_secret(), before in a_text(), after in a_text(), cuts in some_cuts(),
    ) {
        // Cut within its last escape, the escaped form of such a secret is the raw one with a backslash on either side.
        prop_assume!(!bytes.starts_with(b"\"") && !bytes.starts_with(b"\\"));
        let guard = guard(OnLeak::Count);
        let _registration = guard.register(&secret(&bytes)).unwrap();
        let cuts: Vec<(usize, bool)> = cuts.iter().map(|(at, _)| (*at, false)).collect();
        for (form, written) in forms(&bytes) {
            let text = [before.as_slice(), &written, &after].concat();
            let clean = in_pieces(&mut guard.sink("x").redactor(), &text, &cuts);
            prop_assert_eq!(&clean, &[before.as_slice(), MARK, &after].concat());
            let mut whole = text.clone();
            prop_assert!(guard.sink("x").redact(&mut whole));
            prop_assert_eq!(whole, clean);
            let hit = &guard.scan(&text)[0];
            prop_assert_eq!((hit.form, hit.range.clone()), (form, before.len()..before.len() + written.len()));
        }
    }

    #[test]
    fn other_text_is_never_altered(
        secrets in proptest::collection::vec(a_secret(), 1..20), text in proptest::collection::vec(any::<u8>(), 0..600),
        cuts in some_cuts(),
    ) {
        let guard = guard(OnLeak::Panic);
        let registered: Vec<_> = secrets.iter().map(|bytes| guard.register(&secret(bytes)).unwrap()).collect();
        prop_assert_eq!(in_pieces(&mut guard.sink("x").redactor(), &text, &cuts), text.clone());
        // What is registered no more is other text, too.
        drop(registered);
        let text = secrets.concat();
        prop_assert_eq!(in_pieces(&mut guard.sink("x").redactor(), &text, &cuts), text);
        prop_assert_eq!((guard.live(), guard.hits().get("x").copied()), (0, Some(0)));
    }

    #[test]
    fn the_name_before_a_password_does_not_hide_it(name in "[a-z:]{0,9}", bytes in a_secret()) {
        use ::base64::Engine as _;
        let guard = guard(OnLeak::Count);
        let _registration = guard.register(&secret(&bytes)).unwrap();
        let pair = [name.as_bytes(), b":", &bytes].concat();
        let mut header = format!("Basic {}", ::base64::engine::general_purpose::STANDARD.encode(pair)).into_bytes();
        prop_assert!(guard.sink("x").redact(&mut header));
        let text = String::from_utf8(header).unwrap();
        prop_assert!(text.starts_with("Basic ") && text.contains("[redacted]"));
        prop_assert!(text.len() < "Basic [redacted]==".len() + 2 + (name.len() + 1) * 4 / 3 + 2, "{text}");
    }
}

#[test]
fn half_a_secret_takes_its_neighbours_with_it() {
    let guard = guard(OnLeak::Count);
    let _registration = guard.register(&secret(b"the first sixteen and then the rest of it")).unwrap();
    for (text, clean) in [
        ("x the first sixteen and th", "x [redacted]"),
        ("the first sixteen AND THEN THE REST OF IT; more", "[redacted]; more"),
        ("x; THE FIRST SIXTEEN AND then the rest of it; more", "x; [redacted]; more"),
        ("then the rest of it; more", "[redacted]; more"),
        ("sixteen and then the rest of", "sixteen and then the rest of"),
    ] {
        let mut redacted = text.as_bytes().to_vec();
        guard.sink("x").redact(&mut redacted);
        assert_eq!(String::from_utf8(redacted).unwrap(), clean);
    }
}

#[test]
fn secrets_that_begin_alike_take_no_more_than_their_own() {
    let guard = guard(OnLeak::Count);
    let (short, long) =
        (secret(b"one beginning, two ends: 1"), secret(b"one beginning, two ends: the second"));
    let _registrations = [guard.register(&short).unwrap(), guard.register(&long).unwrap()];
    let text =
        b"(one beginning, two ends: 1)(one beginning, two ends: the second)(one beginning, two ends: 3)";
    let mut redacted = text.to_vec();
    guard.sink("x").redact(&mut redacted);
    assert_eq!(String::from_utf8(redacted).unwrap(), "([redacted])([redacted])([redacted]");
}

#[test]
fn a_short_secret_is_refused() {
    let error = guard(OnLeak::Count).register(&secret(b"fifteen bytes !")).unwrap_err();
    assert_eq!(error, RegisterError::TooShort { length: 15 });
}

#[test]
fn a_secret_is_forgotten_with_its_last_registration() {
    let guard = guard(OnLeak::Count);
    let one = guard.register(&secret(b"sixteen bytes it is")).unwrap();
    let two = guard.register(&secret(b"sixteen bytes it is")).unwrap();
    let other = guard.register(&secret(b"sixteen bytes it is not")).unwrap();
    assert_eq!(guard.live(), 2);
    drop(one);
    assert_eq!(guard.scan(b"sixteen bytes it is").len(), 1);
    drop(two);
    // The other secret begins alike.
    assert_eq!((guard.live(), guard.scan(b"sixteen bytes it is").len()), (1, 1));
    drop(other);
    assert!(guard.scan(b"sixteen bytes it is not").is_empty());
}

#[test]
fn thousands_come_and_go() {
    let guard = guard(OnLeak::Count);
    let entropy = SeededEntropy::new(2);
    let tokens: Vec<_> = (0..3000).map(|_| OpaqueToken::generate(&entropy).unwrap()).collect();
    let mut registered: Vec<_> = tokens.iter().map(|token| guard.register(token).unwrap()).collect();
    assert!(tokens.iter().all(|token| guard.scan(token.reveal().as_bytes()).len() == 1));
    registered.drain(..2900);
    let found = tokens.iter().filter(|token| !guard.scan(token.reveal().as_bytes()).is_empty()).count();
    assert_eq!((found, guard.live()), (100, 100));
}

#[test]
fn a_token_is_watched_as_bytes_and_as_text() {
    let guard = guard(OnLeak::Count);
    let token = OpaqueToken::generate(&SeededEntropy::new(3)).unwrap();
    let _registration = guard.register(&token).unwrap();
    let text = token.reveal();
    let bytes = token.expose(|bytes| bytes.to_vec());
    for spelling in [bytes.as_slice(), text.as_bytes()] {
        assert!(forms(spelling).iter().all(|(_, written)| !guard.scan(written).is_empty()));
    }
}

#[test]
fn a_value_is_revealed_once_at_one_sink() {
    let guard = guard(OnLeak::Count);
    let token = OpaqueToken::generate(&SeededEntropy::new(4)).unwrap();
    let _registration = guard.register(&token).unwrap();
    let line = format!("open {0} now, not {0} later", token.reveal()).into_bytes();
    let expected = format!("open {} now, not [redacted] later", token.reveal()).into_bytes();
    for cuts in
        [vec![], vec![(9, true), (40, false), (70, true)], (0..line.len()).map(|at| (at, false)).collect()]
    {
        let mut redactor = guard.sink("stdout").redactor();
        let reveal = guard.reveal_once(&token);
        redactor.allow(reveal.clone());
        assert_eq!(in_pieces(&mut redactor, &line, &cuts), expected);
        let mut other = guard.sink("stdout").redactor();
        other.allow(reveal);
        assert_eq!(in_pieces(&mut other, &line, &[]), b"open [redacted] now, not [redacted] later");
    }
    assert_eq!(guard.hits(), [("stdout", 9)].into());
}

#[test]
fn a_leak_is_told_after_it_was_redacted_and_the_listener_may_write() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let (list, heard) = (Arc::clone(&told), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&heard);
    let guard = guard(OnLeak::Tell(Box::new(move |leak| {
        counted.fetch_add(1, Ordering::Relaxed);
        list.lock().unwrap().push(*leak);
    })));
    let _registration = guard.register(&secret(b"0123456789abcdef")).unwrap();
    guard.sink("log").redact(&mut b"0123456789abcdef and 30313233343536373839616263646566".to_vec());
    let leaks = told.lock().unwrap().clone();
    let expected = [Form::Raw, Form::Hex].map(|form| Leak { sink: "log", form });
    assert_eq!((leaks.as_slice(), heard.load(Ordering::Relaxed)), (&expected[..], 2));
}

#[test]
fn in_tests_a_leak_panics_without_the_secret() {
    let guard = guard(OnLeak::Panic);
    let _registration = guard.register(&secret(b"0123456789abcdef")).unwrap();
    let sink = guard.sink("log");
    let leaking = AssertUnwindSafe(|| sink.redact(&mut b"x 0123456789abcdef".to_vec()));
    let panic = std::panic::catch_unwind(leaking).unwrap_err();
    assert_eq!(panic.downcast_ref::<String>().unwrap(), "a secret reached `log`, written as raw");
}

/// Takes three bytes at a time and fails every fourth time.
#[derive(Default)]
struct Reluctant {
    taken: Vec<u8>,
    calls: usize,
}

impl Write for &mut Reluctant {
    fn write(&mut self, piece: &[u8]) -> std::io::Result<usize> {
        self.calls += 1;
        if self.calls.is_multiple_of(4) {
            return Err(std::io::ErrorKind::Other.into());
        }
        let count = piece.len().min(3);
        self.taken.extend_from_slice(&piece[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_writer_that_fails_gets_everything_once_and_redacted() {
    let guard = guard(OnLeak::Count);
    let _registration = guard.register(&secret(b"0123456789abcdef")).unwrap();
    let mut inner = Reluctant::default();
    let mut writer = guard.sink("log").writer(&mut inner);
    for piece in [&b"one 01234567"[..], b"89abcdef two ", b"three"] {
        while writer.write(piece).is_err() {}
    }
    while writer.flush().is_err() {}
    drop(writer);
    assert_eq!(inner.taken, b"one [redacted] two three");
}

#[test]
fn nothing_prints_what_is_watched() {
    let guard = guard(OnLeak::Count);
    let registration = guard.register(&secret(b"0123456789abcdef")).unwrap();
    let reveal = guard.reveal_once(&secret(b"0123456789abcdef"));
    let sink = guard.sink("log");
    let text = format!(
        "{guard:?} {registration:?} {reveal:?} {sink:?} {:?} {:?}",
        sink.redactor(),
        sink.writer(vec![])
    );
    assert!(text.len() < 400 && !text.contains("0123"), "{text}");
}
