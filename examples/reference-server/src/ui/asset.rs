//! Static files of the pages and the policy that lets nothing else in.

/// The style sheet, served as `text/css` from [`super::route::STYLE`].
pub const STYLE: &str = include_str!("../../assets/style.css");

/// The script, served as `text/javascript` from [`super::route::SCRIPT`]: theme switch, live progress, local times.
pub const SCRIPT: &str = include_str!("../../assets/app.js");

/// The icon, served as `image/svg+xml` from [`super::route::ICON`].
pub const ICON: &str = include_str!("../../assets/icon.svg");

/// The `Content-Security-Policy` under which every page works.
///
/// # Security
/// No inline style, no inline script, no other origin, no frame around the page.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Names the content of the assets, so that their addresses change when they do and they can be cached for ever.
#[must_use]
pub fn version() -> String {
    let bytes = STYLE.bytes().chain(SCRIPT.bytes()).chain(ICON.bytes());
    // FNV-1a: this is a cache key, not a defence.
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assets_ask_nobody_else() {
        for asset in [STYLE, SCRIPT] {
            for outside in ["http://", "https://", "@import", "url(\"//", "eval("] {
                assert!(!asset.contains(outside), "{outside}");
            }
        }
        assert_eq!(version().len(), 16);
    }
}
