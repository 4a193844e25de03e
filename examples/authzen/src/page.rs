//! Pages of search results, and the tokens that lead from one to the next.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use prodops_core::entropy::{Entropy, EntropyError};
use serde_json::Value;
use sha2::Sha256;

use crate::http::Refused;
use crate::model::Page;

/// Results on a page when the request does not say.
pub(crate) const DEFAULT: u32 = 100;
/// Results on a page at most.
pub(crate) const MOST: u32 = 1000;
const MAC: usize = 16;

/// The key of the tokens; a restart makes the old ones invalid.
#[derive(Clone)]
pub struct PageKey(Hmac<Sha256>);

/// Which results to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    first: u32,
    limit: u32,
}

impl PageKey {
    /// Makes one.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut key = [0; 32];
        entropy.fill(&mut key)?;
        Hmac::new_from_slice(&key).map(Self).map_err(|_| EntropyError)
    }

    /// What a request asks to see. A token must come with the search that it was made for, and with the same limit or none.
    pub(crate) fn window(&self, page: &Page, search: &[u8]) -> Result<Window, Refused> {
        let limit = page.limit.map(|limit| limit.min(MOST));
        let Some(token) = page.token.as_deref().filter(|token| !token.is_empty()) else {
            return Ok(Window { first: 0, limit: limit.unwrap_or(DEFAULT) });
        };
        let changed =
            || Refused::bad_request("`page.token` belongs to another search: begin again without it");
        let window = self.open(token, search).ok_or_else(changed)?;
        if limit.is_some_and(|limit| limit != window.limit) {
            return Err(changed());
        }
        Ok(window)
    }

    /// The token of a window into a search.
    fn seal(&self, window: Window, search: &[u8]) -> String {
        let mut token = Vec::with_capacity(8 + MAC);
        token.extend(window.first.to_be_bytes());
        token.extend(window.limit.to_be_bytes());
        let mac = self.mac(&token, search).finalize().into_bytes();
        token.extend(mac.iter().take(MAC));
        URL_SAFE_NO_PAD.encode(token)
    }

    fn open(&self, token: &str, search: &[u8]) -> Option<Window> {
        let token = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (window, mac) = token.split_at_checked(8)?;
        let own = self.mac(window, search);
        (mac.len() == MAC).then(|| own.verify_truncated_left(mac).ok()).flatten()?;
        let (first, limit) = window.split_first_chunk::<4>()?;
        let limit = limit.first_chunk::<4>()?;
        Some(Window { first: u32::from_be_bytes(*first), limit: u32::from_be_bytes(*limit) })
    }

    fn mac(&self, window: &[u8], search: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(window);
        mac.update(search);
        mac
    }

    /// The results of a window, and the page object that goes with them.
    pub(crate) fn cut(&self, results: Vec<Value>, window: Window, search: &[u8]) -> (Vec<Value>, Value) {
        let total = results.len();
        let (first, limit) = (window.first as usize, window.limit as usize);
        let shown: Vec<Value> = results.into_iter().skip(first).take(limit).collect();
        let next = first.saturating_add(shown.len());
        let more = u32::try_from(next).ok().filter(|_| next < total);
        let token = more.map(|first| self.seal(Window { first, ..window }, search)).unwrap_or_default();
        let page = serde_json::json!({ "next_token": token, "count": shown.len(), "total": total });
        (shown, page)
    }
}

impl std::fmt::Debug for PageKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PageKey([redacted])")
    }
}
