//! A URL taken apart, once: what is checked is what is connected to.

use http::Uri;
use http::uri::{PathAndQuery, Scheme};

use super::destination::{is_dns_name, literal};
use super::fault::UrlFault;

const LONGEST: usize = 8 * 1024;

/// Where a request goes.
#[derive(Clone)]
pub(super) struct Target {
    uri: Uri,
    host: String,
    port: u16,
    secure: bool,
}

impl Target {
    /// Takes an absolute URL apart and writes it in its plain form.
    ///
    /// INVARIANT: there is one reading of the text. Whatever another parser might read differently (user
    /// information, escapes, white space, backslashes, characters beyond ASCII, odd ports) is refused, not interpreted.
    pub(super) fn parse(text: &str) -> Result<Self, UrlFault> {
        if text.len() > LONGEST
            || !text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'#'))
        {
            return Err(UrlFault::Characters);
        }
        let uri: Uri = text.parse().map_err(|_| UrlFault::Syntax)?;
        let secure = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            _ => return Err(UrlFault::Scheme),
        };
        let authority = uri.authority().ok_or(UrlFault::Syntax)?.as_str().to_ascii_lowercase();
        if authority.contains('@') {
            return Err(UrlFault::UserInfo);
        }
        let (host, port) = split(&authority, if secure { 443 } else { 80 })?;
        let scheme = if secure { "https" } else { "http" };
        let plain = format!("{scheme}://{host}:{port}{}", path(&uri));
        Ok(Self { uri: plain.parse().map_err(|_| UrlFault::Syntax)?, host: host.to_owned(), port, secure })
    }

    /// The absolute URL that a `Location` means here. An absolute path stays on this origin; everything else must be
    /// absolute by itself, or [`Target::parse`] refuses it.
    pub(super) fn absolute(&self, location: &str) -> String {
        if !location.starts_with('/') || location.starts_with("//") {
            return location.to_owned();
        }
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}:{}{location}", self.host, self.port)
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    pub(super) const fn is_secure(&self) -> bool {
        self.secure
    }

    /// Scheme, host in lower case, port, path and query; never user information.
    pub(super) const fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Whether both lead to the same scheme, host and port.
    pub(super) fn same_origin(&self, other: &Self) -> bool {
        (self.secure, &self.host, self.port) == (other.secure, &other.host, other.port)
    }
}

/// Path and query, with the slash that may be missing.
fn path(uri: &Uri) -> String {
    let path = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    if path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
}

/// Host and port of an authority that is written in its plain form.
fn split(authority: &str, default: u16) -> Result<(&str, u16), UrlFault> {
    let end =
        if authority.starts_with('[') { authority.find(']').map(|at| at + 1) } else { authority.find(':') };
    let (host, rest) = authority.split_at_checked(end.unwrap_or(authority.len())).ok_or(UrlFault::Host)?;
    if !is_dns_name(host) && literal(host).is_none() {
        return Err(UrlFault::Host);
    }
    let Some(digits) = rest.strip_prefix(':') else {
        return if rest.is_empty() { Ok((host, default)) } else { Err(UrlFault::Host) };
    };
    match digits.parse::<u16>() {
        Ok(port) if port > 0 && port.to_string() == digits => Ok((host, port)),
        _ => Err(UrlFault::Port),
    }
}
