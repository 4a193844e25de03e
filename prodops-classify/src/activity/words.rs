//! What the first word of a subject tells.
//!
//! Measured on 107,892 commits of the labelled set (rows `base`, canonical labels) that are neither reverts nor decided
//! by their paths, with the declared prefix taken off: of the commits whose subject starts with the word, the share of
//! the most frequent kind, and the kind that follows it. Words that start fewer than 100 of them are not listed. A
//! subject that never had a prefix may differ from one that lost it, so these shares are on the low side for plain verbs
//! such as "fix".

use prodops_core::fact::Activity::{
    self, Bugfix, BuildCi, Chore, Docs, Feature, Performance, Refactor, Revert, Test,
};

use super::measured::Measured;

/// In byte order.
const WORDS: &[(&str, Activity, f64, Activity)] = &[
    ("add", Feature, 0.5893, Bugfix),
    ("added", Feature, 0.5282, Bugfix),
    ("adding", Feature, 0.6535, Bugfix),
    ("adds", Feature, 0.6400, Bugfix),
    ("adjust", Bugfix, 0.3034, Chore),
    ("align", Bugfix, 0.4699, Chore),
    ("allow", Feature, 0.5227, Bugfix),
    ("always", Bugfix, 0.6962, Feature),
    ("annotate", Feature, 0.8211, Docs),
    ("apply", Bugfix, 0.3370, Feature),
    ("avoid", Bugfix, 0.6700, Performance),
    ("better", Bugfix, 0.3935, Feature),
    ("build", Bugfix, 0.4409, BuildCi),
    ("bump", Chore, 0.7069, BuildCi),
    ("bumps", Chore, 0.9905, BuildCi),
    ("cache", Feature, 0.3333, Bugfix),
    ("change", Bugfix, 0.4078, Feature),
    ("check", Bugfix, 0.6713, Feature),
    ("clarify", Docs, 0.5662, Bugfix),
    ("clean", Refactor, 0.3499, Chore),
    ("cleanup", Chore, 0.4089, Refactor),
    ("clear", Bugfix, 0.8077, Feature),
    ("convert", Refactor, 0.3108, Bugfix),
    ("correct", Bugfix, 0.7039, Chore),
    ("corrected", Bugfix, 0.9309, Docs),
    ("correctly", Bugfix, 0.9286, Feature),
    ("crash", Bugfix, 0.9795, Feature),
    ("create", Feature, 0.4079, Bugfix),
    ("cut", Chore, 0.9747, Bugfix),
    ("default", Bugfix, 0.5472, Feature),
    ("delete", Bugfix, 0.4040, Chore),
    ("deprecate", Chore, 0.3419, Refactor),
    ("disable", Bugfix, 0.4742, Chore),
    ("display", Feature, 0.4641, Bugfix),
    ("do", Bugfix, 0.6667, Feature),
    ("document", Docs, 0.7500, Chore),
    ("don't", Bugfix, 0.7695, Chore),
    ("drop", Bugfix, 0.2787, Refactor),
    ("enable", Feature, 0.3362, Chore),
    ("enhance", Feature, 0.4912, Bugfix),
    ("ensure", Bugfix, 0.7978, Chore),
    ("error", Bugfix, 0.7876, Feature),
    ("exclude", Bugfix, 0.5328, Chore),
    ("export", Bugfix, 0.4174, Feature),
    ("expose", Feature, 0.7155, Bugfix),
    ("extract", Refactor, 0.7137, Feature),
    ("filter", Bugfix, 0.5447, Feature),
    ("fix", Bugfix, 0.5255, Chore),
    ("fixed", Bugfix, 0.6652, Chore),
    ("fixes", Bugfix, 0.5407, Chore),
    ("format", Chore, 0.5556, Bugfix),
    ("generate", Bugfix, 0.3915, Feature),
    ("get", Bugfix, 0.4188, Feature),
    ("handle", Bugfix, 0.7922, Feature),
    ("hide", Bugfix, 0.6022, Feature),
    ("ignore", Bugfix, 0.5103, Chore),
    ("implement", Feature, 0.8005, Bugfix),
    ("improve", Bugfix, 0.2907, Feature),
    ("improved", Feature, 0.3130, Bugfix),
    ("include", Bugfix, 0.4427, Feature),
    ("incorrect", Bugfix, 0.9624, Docs),
    ("increase", Bugfix, 0.3864, Chore),
    ("introduce", Feature, 0.6056, Refactor),
    ("keep", Bugfix, 0.7010, Feature),
    ("load", Bugfix, 0.5932, Feature),
    ("log", Bugfix, 0.4706, Chore),
    ("make", Bugfix, 0.4161, Feature),
    ("mark", Bugfix, 0.3623, Feature),
    ("merge", Bugfix, 0.3057, Refactor),
    ("migrate", Refactor, 0.3639, Feature),
    ("minor", Bugfix, 0.3688, Chore),
    ("missing", Bugfix, 0.8705, Chore),
    ("more", Bugfix, 0.3687, Feature),
    ("move", Refactor, 0.4537, Chore),
    ("new", Feature, 0.6543, Bugfix),
    ("no", Bugfix, 0.5968, Chore),
    ("only", Bugfix, 0.6998, Feature),
    ("optimize", Performance, 0.3096, Feature),
    ("parse", Bugfix, 0.5163, Feature),
    ("pass", Bugfix, 0.5578, Feature),
    ("pin", Bugfix, 0.3248, Chore),
    ("prepare", Chore, 0.6557, Feature),
    ("preserve", Bugfix, 0.8020, Feature),
    ("prevent", Bugfix, 0.8652, Feature),
    ("properly", Bugfix, 0.9075, Chore),
    ("provide", Feature, 0.4643, Bugfix),
    ("publish", Chore, 0.7846, BuildCi),
    ("reduce", Bugfix, 0.2393, Performance),
    ("refactor", Refactor, 0.3685, Chore),
    ("release", Chore, 0.8969, Feature),
    ("remove", Chore, 0.3317, Bugfix),
    ("removed", Bugfix, 0.3958, Refactor),
    ("rename", Refactor, 0.4152, Chore),
    ("replace", Refactor, 0.2756, Bugfix),
    ("resolve", Bugfix, 0.7344, Feature),
    ("respect", Bugfix, 0.7815, Feature),
    ("restore", Bugfix, 0.7234, Feature),
    ("return", Bugfix, 0.6418, Feature),
    // The labels follow the declared word and cannot tell, so this is the share of subjects that start with it whose body
    // names the commit that is reverted: 36 of 329.
    ("revert", Revert, 0.1094, Bugfix),
    ("run", BuildCi, 0.2288, Bugfix),
    ("send", Bugfix, 0.4917, Feature),
    ("set", Bugfix, 0.5712, Feature),
    ("should", Bugfix, 0.9000, BuildCi),
    ("show", Feature, 0.4834, Bugfix),
    ("simplify", Refactor, 0.5222, Chore),
    ("skip", Bugfix, 0.5607, Performance),
    ("split", Refactor, 0.5035, Feature),
    ("stats", Feature, 0.4264, Docs),
    ("stop", Bugfix, 0.6601, Feature),
    ("support", Feature, 0.7612, Bugfix),
    ("switch", Chore, 0.2487, Feature),
    ("test", Test, 0.3846, Bugfix),
    ("the", Bugfix, 0.6107, Feature),
    ("typo", Bugfix, 0.7609, Chore),
    ("update", Chore, 0.4436, Bugfix),
    ("updated", Chore, 0.3476, Bugfix),
    ("updating", Bugfix, 0.3947, Chore),
    ("upgrade", Chore, 0.6639, Feature),
    ("use", Bugfix, 0.3694, Refactor),
    ("validate", Bugfix, 0.5843, Feature),
    ("version", Chore, 0.8343, Bugfix),
    ("wrong", Bugfix, 0.9712, Chore),
];

/// Of the subjects that start with none of these words.
const OTHER: Measured = Measured { label: Bugfix, probability: 0.4889, second: Some(Feature) };

/// The most frequent kind of commits whose subject starts like this one.
pub(super) fn by_first_word(subject: &[u8]) -> Measured {
    let mut buffer = [0u8; LONGEST];
    let Some(word) = first_word(subject, &mut buffer) else { return OTHER };
    let found = WORDS.binary_search_by(|(probe, ..)| probe.as_bytes().cmp(word)).ok();
    found.and_then(|at| WORDS.get(at)).map_or(OTHER, |(_, label, probability, second)| Measured {
        label: *label,
        probability: *probability,
        second: Some(*second),
    })
}

/// Longer words are in no table.
const LONGEST: usize = 24;

/// The first word in lower case: an ASCII letter and the letters, digits and `'_-` that follow it.
fn first_word<'b>(subject: &[u8], buffer: &'b mut [u8; LONGEST]) -> Option<&'b [u8]> {
    let start = subject.iter().position(u8::is_ascii_alphabetic)?;
    let letters =
        subject.iter().skip(start).take_while(|byte| byte.is_ascii_alphanumeric() || b"'_-".contains(byte));
    let mut length = 0;
    for letter in letters {
        *buffer.get_mut(length)? = letter.to_ascii_lowercase();
        length += 1;
    }
    buffer.get(..length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_in_order_and_fit_the_buffer() {
        assert!(WORDS.is_sorted_by_key(|(word, ..)| *word));
        for (word, label, probability, second) in WORDS {
            assert_eq!(by_first_word(word.as_bytes()).label, *label, "{word}");
            assert!((0.0..=1.0).contains(probability) && label != second, "{word}");
        }
    }

    #[test]
    fn the_first_word_decides() {
        let label = |subject: &str| by_first_word(subject.as_bytes()).label;
        assert_eq!(label("Fix crash on start"), Bugfix);
        assert_eq!(label("`add` a flag"), Feature);
        assert_eq!(label("Bump serde from 1 to 2"), Chore);
        assert_eq!(label("extract the parser"), Refactor);
        assert_eq!(label("Don't block"), Bugfix);
        assert_eq!(label("optimize the loop"), Performance);
        assert_eq!(by_first_word("\u{4fee}".as_bytes()), OTHER);
        assert_eq!(by_first_word(&[b'a'; 500]), OTHER);
    }
}
