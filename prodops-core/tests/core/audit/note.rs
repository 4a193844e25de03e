//! Signed notes and checkpoints: published ones open, everything else is refused.

use prodops_core::audit::{
    Checkpoint, CheckpointError, KeyName, NoteError, NoteSigner, NoteVerifier, TreeHash,
};
use prodops_core::secret::Secret;
use proptest::prelude::*;

use super::world::{origin, signer};

/// The example of the signed-note package of the Go project, with its public key.
const PUBLISHED_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const PUBLISHED_TEXT: &str = "If you think cryptography is the answer to your problem,\n\
                              then you don't know what your problem is.\n";
const PUBLISHED_SIGNATURE: &str = "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

fn checkpoint(size: u64) -> Checkpoint {
    Checkpoint { origin: origin(), size, root: TreeHash::of_leaf(b"root") }
}

#[test]
fn a_published_note_opens_with_its_published_key() {
    let verifier: NoteVerifier = PUBLISHED_KEY.parse().unwrap();
    assert_eq!(verifier.to_string(), PUBLISHED_KEY);
    let note = format!("{PUBLISHED_TEXT}\n{PUBLISHED_SIGNATURE}");
    assert_eq!(verifier.open(note.as_bytes()).unwrap(), PUBLISHED_TEXT);
    let changed = note.replace("answer", "enswer");
    assert_eq!(verifier.open(changed.as_bytes()), Err(NoteError::WrongSignature));
}

#[test]
fn a_checkpoint_opens_for_whoever_has_the_public_key() {
    let signer = signer(1);
    let note = checkpoint(20_852_163).sign(&signer).unwrap();
    let verifier: NoteVerifier = signer.verifier().to_string().parse().unwrap();
    assert_eq!(Checkpoint::open(note.as_bytes(), &verifier).unwrap(), checkpoint(20_852_163));
    let lines: Vec<&str> = note.lines().collect();
    assert_eq!((lines[0], lines[1], lines[3]), ("log.example/audit", "20852163", ""));
    // Others may add lines and signatures of their own.
    let more = signer.sign(&format!("{}\nanything\n", lines[..3].join("\n"))).unwrap();
    let witnessed = format!("{more}\u{2014} witness.example AAAAAAAA\n");
    assert_eq!(Checkpoint::open(witnessed.as_bytes(), &verifier).unwrap(), checkpoint(20_852_163));
}

#[test]
fn what_the_log_did_not_sign_is_refused() {
    let own = signer(1);
    let note = checkpoint(7).sign(&own).unwrap();
    let open = |note: &str| Checkpoint::open(note.as_bytes(), &own.verifier());
    let refused = |note: &str| open(note).unwrap_err();
    assert_eq!(Checkpoint::open(note.as_bytes(), &signer(2).verifier()), Err(NoteError::NotSigned.into()));
    assert_eq!(refused(&note.replace("\n7\n", "\n8\n")), NoteError::WrongSignature.into());
    assert_eq!(refused(PUBLISHED_TEXT), NoteError::Malformed.into());
    let (_, below) = note.rsplit_once("\n\n").unwrap();
    assert_eq!(refused(&format!("{note}{below}")), NoteError::Malformed.into(), "signed twice by one key");
    for (from, to) in [
        ("log.example", "log\texample"),
        ("\u{2014}", "-"),
        ("=\n", "\n"),
        ("\n\n", "\n"),
        ("audit A", "audit  A"),
    ] {
        let bad = if note.contains(from) { note.replace(from, to) } else { note.replace(' ', "  ") };
        assert!(
            matches!(refused(&bad), CheckpointError::Note(NoteError::Malformed | NoteError::NotSigned)),
            "{bad}"
        );
    }
    assert_eq!(refused(&note[..note.len() - 1]), NoteError::Malformed.into());
    assert_eq!(refused(&note.repeat(1_000)), NoteError::Malformed.into());
}

#[test]
fn what_the_log_signed_and_is_no_checkpoint_is_refused() {
    let own = signer(1);
    let root = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let good = format!("log.example/audit\n7\n{root}\n");
    for (text, error) in [
        ("log.example/audit\n7\n".to_owned(), CheckpointError::Malformed),
        (good.replace("\n7\n", "\n07\n"), CheckpointError::Malformed),
        (good.replace("\n7\n", "\n+7\n"), CheckpointError::Malformed),
        (good.replace("\n7\n", "\n18446744073709551616\n"), CheckpointError::Malformed),
        (good.replace("A=", ""), CheckpointError::Malformed),
        (good.replace("A=", "B="), CheckpointError::Malformed),
        (format!("{good}\nx\n"), CheckpointError::Malformed),
        (good.replace("log.", "other."), CheckpointError::Origin),
    ] {
        let note = own.sign(&text).unwrap();
        assert_eq!(Checkpoint::open(note.as_bytes(), &own.verifier()), Err(error), "{text}");
    }
    let foreign = NoteSigner::new(KeyName::new("other.example").unwrap(), &Secret::new([3; 32]));
    assert_eq!(checkpoint(7).sign(&foreign), Err(CheckpointError::Origin));
    assert_eq!(own.sign("no newline"), Err(NoteError::Malformed));
    assert!(!format!("{own:?}").contains("key"));
}

#[test]
fn keys_and_names_have_one_form() {
    let key = signer(1).verifier().to_string();
    let (name, rest) = key.split_once('+').unwrap();
    let (id, base64) = rest.split_once('+').unwrap();
    for bad in [
        String::new(),
        name.to_owned(),
        format!("{name}+{id}"),
        format!("x+{id}+{base64}"),
        format!("{name}+{}+{base64}", "0".repeat(8)),
        format!("{name}+{id}+{base64}A"),
        format!("{name}+{}+{base64}", id.to_uppercase() + " "),
        format!("{name}+{id}+AA=="),
    ] {
        assert!(bad.parse::<NoteVerifier>().is_err(), "{bad}");
    }
    for bad in ["", "a b", "a+b", "a\u{2003}b", "a\nb", &"a".repeat(201)] {
        assert_eq!(KeyName::new(bad), Err(NoteError::Name), "{bad}");
    }
}

proptest! {
    #[test]
    fn no_changed_byte_passes_and_nothing_panics(at in 0usize..1_000, bit in 0u8..8, noise in proptest::collection::vec(any::<u8>(), 0..300)) {
        let own = signer(1);
        let verifier = own.verifier();
        let mut note = checkpoint(12_345).sign(&own).unwrap().into_bytes();
        let place = at % note.len();
        note[place] ^= 1 << bit;
        prop_assert!(Checkpoint::open(&note, &verifier).is_err(), "{}", String::from_utf8_lossy(&note));
        prop_assert!(verifier.open(&noise).is_err());
    }
}
