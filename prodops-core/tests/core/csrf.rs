//! Every combination of method, origin, Fetch Metadata, credential and token, against rules that are written down here a
//! second time, as a table of what passes.

use prodops_core::id::SessionId;
use prodops_core::session::SessionKey;
use prodops_core::session::csrf::{
    Credential, CsrfRefusal, CsrfToken, HeaderText, Origin, RequestFacts, check,
};

const OWN: &str = "https://prodops.example.org";

const METHODS: [&str; 11] =
    ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "get", "post", "PURGE"];

const ORIGINS: [(&str, HeaderText<'static>); 10] = [
    ("absent", HeaderText::Absent),
    ("own", HeaderText::One(OWN)),
    ("null", HeaderText::One("null")),
    ("plain http", HeaderText::One("http://prodops.example.org")),
    ("sibling", HeaderText::One("https://evil.example.org")),
    ("longer", HeaderText::One("https://prodops.example.org.evil.example")),
    ("other port", HeaderText::One("https://prodops.example.org:8443")),
    ("upper case", HeaderText::One("HTTPS://PRODOPS.EXAMPLE.ORG")),
    ("empty", HeaderText::One("")),
    ("twice", HeaderText::Unusable),
];

const SITES: [(&str, HeaderText<'static>); 8] = [
    ("absent", HeaderText::Absent),
    ("same-origin", HeaderText::One("same-origin")),
    ("same-site", HeaderText::One("same-site")),
    ("cross-site", HeaderText::One("cross-site")),
    ("none", HeaderText::One("none")),
    ("upper case", HeaderText::One("Same-Origin")),
    ("list", HeaderText::One("same-origin, cross-site")),
    ("twice", HeaderText::Unusable),
];

/// Origin and Fetch Metadata of requests that this origin's own pages make: all of them.
const OWN_PAGES: [(&str, &str); 4] =
    [("own", "absent"), ("own", "same-origin"), ("null", "same-origin"), ("absent", "same-origin")];

fn csrf(seed: u8) -> CsrfToken {
    SessionKey::from_bytes([seed; 32]).csrf_token(SessionId::from_bytes([seed; 16]))
}

/// The answer by the table.
fn expected(
    method: &str,
    origin: &str,
    site: &str,
    credential: &str,
    token: &str,
) -> Result<(), CsrfRefusal> {
    let reads = ["GET", "HEAD", "OPTIONS"].contains(&method);
    match credential {
        "both" => Err(CsrfRefusal::TwoCallers),
        "bearer" => Ok(()),
        _ if reads => Ok(()),
        _ if !OWN_PAGES.contains(&(origin, site)) => Err(CsrfRefusal::CrossSite),
        "session" if token != "own" => Err(CsrfRefusal::Token),
        _ => Ok(()),
    }
}

#[test]
fn every_cell_of_the_matrix_comes_out_as_the_table_says() {
    let own: Origin = OWN.parse().unwrap();
    let (mine, text, foreign) = (csrf(1), csrf(1).reveal(), csrf(2).reveal());
    let (cut, upper) = (text[..63].to_owned(), text.to_uppercase());
    let tokens = [
        ("absent", HeaderText::Absent),
        ("own", HeaderText::One(text.as_str())),
        ("another session's", HeaderText::One(foreign.as_str())),
        ("empty", HeaderText::One("")),
        ("cut", HeaderText::One(cut.as_str())),
        ("upper case", HeaderText::One(upper.as_str())),
        ("twice", HeaderText::Unusable),
    ];
    let credentials = [
        ("none", Credential::None),
        ("session", Credential::Session(&mine)),
        ("bearer", Credential::Bearer),
        ("both", Credential::Both),
    ];
    let (mut cells, mut passed) = (0, 0);
    for method in METHODS {
        for (origin_name, origin) in ORIGINS {
            for (site_name, fetch_site) in SITES {
                for (credential_name, credential) in credentials {
                    for (token_name, token) in tokens {
                        let facts =
                            RequestFacts { method, fetch_site, origin, own: Some(&own), credential, token };
                        let answer = check(&facts);
                        assert_eq!(
                            answer,
                            expected(method, origin_name, site_name, credential_name, token_name),
                            "{method}, origin {origin_name}, site {site_name}, {credential_name}, token {token_name}"
                        );
                        cells += 1;
                        passed += usize::from(answer.is_ok());
                    }
                }
            }
        }
    }
    assert_eq!(cells, 11 * 10 * 8 * 4 * 7);
    // Reads of nobody and of sessions; all bearers; and of the 8 writing methods the four own-page cells: any token for
    // nobody, the right one for a session.
    assert_eq!(passed, 3 * 80 * 7 * 2 + 11 * 80 * 7 + 8 * 4 * 7 + 8 * 4);
}

#[test]
fn a_request_that_did_not_come_to_this_deployment_writes_nothing() {
    let mine = csrf(1);
    let text = mine.reveal();
    let facts = |method, own| RequestFacts {
        method,
        fetch_site: HeaderText::One("same-origin"),
        origin: HeaderText::One(OWN),
        own,
        credential: Credential::Session(&mine),
        token: HeaderText::One(&text),
    };
    assert_eq!(check(&facts("POST", None)), Err(CsrfRefusal::CrossSite));
    assert_eq!(check(&facts("GET", None)), Ok(()));
    let own: Origin = OWN.parse().unwrap();
    assert_eq!(check(&facts("POST", Some(&own))), Ok(()));
}

#[test]
fn refusals_say_what_to_do_and_hold_no_token() {
    for refusal in [CsrfRefusal::TwoCallers, CsrfRefusal::CrossSite, CsrfRefusal::Token] {
        assert!(!refusal.to_string().is_empty());
    }
    let text = csrf(1).reveal();
    assert!(!format!("{:?}", csrf(1)).contains(&text[..8]));
}
