//! The session cookie, from the header line to the token.

use std::sync::Arc;

use prodops_core::keyring::{DataKeys, KeyOwner, Roots};
use prodops_core::session::cookie::{self, Found};
use prodops_core::session::{OpaqueToken, TokenHash};

use super::{Target, fuzz};
use crate::keyring::place::{Shared, World};
use crate::vault::draw::Draw;

struct Cookies {
    keys: Arc<DataKeys>,
    tokens: Vec<TokenHash>,
    seeds: Vec<Vec<u8>>,
}

impl Cookies {
    fn new() -> Self {
        let draw = Draw::new(1);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let keys = runtime.block_on(async {
            let ring = World::new().ring(Roots::new(Shared::new(draw.array()))).await;
            ring.keys(KeyOwner::Deployment).await.unwrap()
        });
        let tokens = [0; 3].map(|_| OpaqueToken::generate(draw.entropy()).unwrap());
        let values = tokens.each_ref().map(|token| cookie::seal(&keys, token).unwrap());
        let [one, two, three] = &values;
        let seeds = [
            format!("{}={one}", cookie::NAME),
            format!("theme=dark; {}={two}; x=1", cookie::NAME),
            format!("{}={three}; {}={three}", cookie::NAME, cookie::NAME),
            format!("{}={one}; {}={two}", cookie::NAME, cookie::NAME),
            format!("{}=; {}", cookie::NAME, cookie::NAME),
        ];
        let tokens = tokens.iter().map(OpaqueToken::hash).collect();
        Self { keys, tokens, seeds: seeds.map(String::into_bytes).to_vec() }
    }
}

impl Target for Cookies {
    const NAME: &'static str = "session cookie";

    fn seeds(&self) -> Vec<Vec<u8>> {
        self.seeds.clone()
    }

    fn borders(&self) -> &'static [usize] {
        // Name, `=`, and of the value: magic, purpose, key id, salt, commitment, in characters of base64.
        &[0, 14, 15, 19, 22, 26, 47, 79, 122]
    }

    fn run(&self, input: &[u8]) -> &'static str {
        let Ok(line) = std::str::from_utf8(input) else { return "no text" };
        match cookie::find([line]) {
            Found::None => "no cookie",
            Found::Conflicting => "conflicting",
            Found::One(value) => match (cookie::decode(value), cookie::open(&self.keys, value)) {
                (Err(_), opened) => {
                    assert!(opened.is_none());
                    "no record's text"
                }
                (Ok(bytes), None) => {
                    assert_eq!(cookie::encode(&bytes), value, "one text per record");
                    "not opened"
                }
                (Ok(_), Some(token)) => {
                    assert!(self.tokens.contains(&token.hash()), "a token that was never given out");
                    "opens"
                }
            },
        }
    }
}

#[test]
fn cookies_withstand_noise() {
    let outcomes = fuzz(&Cookies::new(), 1, 20_000);
    assert_eq!(outcomes.len(), 6, "every outcome comes up: {outcomes:?}");
}

#[test]
#[ignore = "ten million executions: cargo xtask soak"]
fn soak_cookies_withstand_noise() {
    fuzz(&Cookies::new(), 2, 10_000_000);
}
