//! Generated programs under mutations: what changes meaning never looks like format, what does not is found.

use prodops_core::entropy::Entropy;
use prodops_core::source::{Change, ChangeKind, Content, Transient};
use prodops_core::testing::SeededEntropy;

use crate::kinds::kinds;

struct Program {
    entropy: SeededEntropy,
}

impl Program {
    fn below(&self, limit: usize) -> usize {
        let mut bytes = [0; 8];
        self.entropy.fill(&mut bytes).unwrap();
        (u64::from_le_bytes(bytes) % limit as u64) as usize
    }

    /// The tokens of a program of statements.
    fn tokens(&self, statements: usize) -> Vec<String> {
        let mut tokens = Vec::new();
        for _ in 0..statements {
            let name = |n: usize| format!("name{n}");
            let (a, b) = (name(self.below(20)), name(self.below(20)));
            let operator = ["+", "-", "*", "&&", "<<", "=="][self.below(6)];
            let value = ["1", "0x2f", "3.5", "\"a b\"", "'c'"][self.below(5)];
            let line: Vec<&str> = match self.below(3) {
                0 => vec!["let", &a, "=", &b, operator, value, ";"],
                1 => vec![&a, "(", &b, ",", value, ")", ";"],
                _ => vec!["if", &a, "==", value, "{", &b, "+=", value, ";", "}"],
            };
            tokens.extend(line.into_iter().map(str::to_owned));
        }
        tokens
    }

    /// The tokens with white space of some sort between them.
    fn text(&self, tokens: &[String]) -> String {
        let blanks = [" ", "\n", "  ", "\t", "\n    "];
        tokens.iter().map(|token| format!("{token}{}", blanks[self.below(blanks.len())])).collect()
    }
}

fn lines(path: &str, old: &str, new: &str) -> prodops_classify::LineKinds {
    let content = |text: &str| Content::Bytes(Transient::new(text.as_bytes().to_vec()));
    let change = Change {
        path: path.as_bytes().to_vec(),
        kind: ChangeKind::Modified,
        modes: None,
        old: content(old),
        new: content(new),
    };
    kinds(&[change])[0]
}

#[test]
fn another_format_is_only_format() {
    for seed in 0..60 {
        let program = Program { entropy: SeededEntropy::new(seed) };
        let tokens = program.tokens(30);
        let (old, new) = (tokens.join(" ") + "\n", program.text(&tokens) + "\n");
        let found = lines("a.rs", &old, &new);
        assert_eq!(found.updated + found.added + found.replaced + found.comment_only, 0, "{seed}");
    }
}

#[test]
fn no_changed_token_is_only_format() {
    for seed in 0..400 {
        let program = Program { entropy: SeededEntropy::new(1_000 + seed) };
        let mut tokens = program.tokens(12);
        let old: String = tokens.iter().map(|token| format!("{token}\n")).collect();
        let at = program.below(tokens.len());
        match program.below(4) {
            0 => tokens[at].push('x'),
            1 => tokens.insert(at, "other".to_owned()),
            2 => drop(tokens.remove(at)),
            _ => {
                let other = (at + 1) % tokens.len();
                if tokens[at] == tokens[other] {
                    continue;
                }
                tokens.swap(at, other);
            }
        }
        let new: String = tokens.iter().map(|token| format!("{token}\n")).collect();
        for path in ["a.rs", "a.c", "a.js", "a.java", "a.py", "a.sh", "a.rb", "a.sql", "a.yaml", "a.unknown"]
        {
            let found = lines(path, &old, &new);
            assert_eq!((found.format_only, found.comment_only), (0, 0), "{path} {seed}: {old} {new}");
        }
    }
}
