//! Every spelling of a forbidden place that we know of is refused before a connection is begun.

use std::sync::Arc;

use prodops_connectors::http::egress::{
    AddressKind, Destination, EgressError, LocalEndpoint, RecordedAttempts, Request, UrlFault,
};

use super::server::{Server, ok};
use super::{Answers, PURPOSE, allowed, builder};

/// How a spelling is expected to be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Undeclared,
    Scheme,
    Url(UrlFault),
}

/// Spellings; `PORT` stands for the port of a server that listens on this machine.
#[rustfmt::skip]
const SPELLINGS: &[(&str, By)] = &[
    // Loopback, in every notation that some resolver understands.
    ("http://127.0.0.1:PORT/", By::Url(UrlFault::Address)),
    ("https://127.0.0.1:PORT/", By::Url(UrlFault::Address)),
    ("https://127.0.0.1/", By::Url(UrlFault::Address)),
    ("https://127.1:PORT/", By::Url(UrlFault::Address)),
    ("https://127.0.1:PORT/", By::Url(UrlFault::Address)),
    ("https://0:PORT/", By::Url(UrlFault::Address)),
    ("https://0.0.0.0:PORT/", By::Url(UrlFault::Address)),
    ("https://2130706433:PORT/", By::Url(UrlFault::Address)),
    ("https://4294967297:PORT/", By::Url(UrlFault::Address)),
    ("https://017700000001:PORT/", By::Url(UrlFault::Address)),
    ("https://0177.0.0.1:PORT/", By::Url(UrlFault::Address)),
    ("https://0177.0.0.01:PORT/", By::Url(UrlFault::Address)),
    ("https://0x7f000001:PORT/", By::Url(UrlFault::Address)),
    ("https://0x7f.0x0.0x0.0x1:PORT/", By::Url(UrlFault::Address)),
    ("https://0X7F.1:PORT/", By::Url(UrlFault::Address)),
    ("https://0x7f.1:PORT/", By::Url(UrlFault::Address)),
    ("https://127.0.0.0x1:PORT/", By::Url(UrlFault::Address)),
    ("https://0000127.0.0.1:PORT/", By::Url(UrlFault::Address)),
    ("https://127.000.000.001:PORT/", By::Url(UrlFault::Address)),
    ("https://127.0.0.1.:PORT/", By::Url(UrlFault::Host)),
    ("https://[::1]:PORT/", By::Url(UrlFault::Address)),
    ("https://[::]:PORT/", By::Url(UrlFault::Address)),
    ("https://[0:0:0:0:0:0:0:1]:PORT/", By::Url(UrlFault::Host)),
    ("https://[::ffff:127.0.0.1]:PORT/", By::Url(UrlFault::Address)),
    ("https://[::ffff:7f00:1]:PORT/", By::Url(UrlFault::Host)),
    ("https://[::127.0.0.1]:PORT/", By::Url(UrlFault::Host)),
    ("https://[64:ff9b::7f00:1]:PORT/", By::Url(UrlFault::Address)),
    ("https://[fe80::1%25eth0]:PORT/", By::Url(UrlFault::Host)),
    ("https://[::1%lo]:PORT/", By::Url(UrlFault::Host)),
    ("https://[127.0.0.1]:PORT/", By::Url(UrlFault::Host)),
    ("https://[::1:PORT/", By::Url(UrlFault::Syntax)),
    ("https://localhost:PORT/", By::Undeclared),
    ("http://localhost:PORT/", By::Undeclared),
    ("https://LOCALHOST:PORT/", By::Undeclared),
    ("https://localhost.:PORT/", By::Url(UrlFault::Host)),
    ("https://localhost.localdomain:PORT/", By::Undeclared),
    ("https://app.localhost:PORT/", By::Undeclared),
    ("https://127.0.0.1.nip.example:PORT/", By::Undeclared),
    // Private networks and metadata services.
    ("https://10.0.0.1/", By::Url(UrlFault::Address)),
    ("https://192.168.0.1/", By::Url(UrlFault::Address)),
    ("https://172.16.0.1/", By::Url(UrlFault::Address)),
    ("http://169.254.169.254/latest/meta-data/", By::Url(UrlFault::Address)),
    ("https://2852039166/latest/meta-data/", By::Url(UrlFault::Address)),
    ("https://0xa9fea9fe/", By::Url(UrlFault::Address)),
    ("https://0251.0376.0251.0376/", By::Url(UrlFault::Address)),
    ("https://[::ffff:169.254.169.254]/", By::Url(UrlFault::Address)),
    ("https://[fd00:ec2::254]/", By::Url(UrlFault::Address)),
    ("http://metadata.google.internal/", By::Undeclared),
    ("https://instance-data/", By::Undeclared),
    // User information that looks like a host, or hides one.
    ("https://api.example.test@127.0.0.1:PORT/", By::Url(UrlFault::UserInfo)),
    ("https://api.example.test:443@127.0.0.1:PORT/", By::Url(UrlFault::UserInfo)),
    ("https://user:password@api.example.test/", By::Url(UrlFault::UserInfo)),
    ("https://@api.example.test/", By::Url(UrlFault::UserInfo)),
    ("https://api.example.test%40127.0.0.1:PORT/", By::Url(UrlFault::Syntax)),
    ("https://127.0.0.1:PORT#@api.example.test/", By::Url(UrlFault::Characters)),
    ("https://127.0.0.1:PORT\\@api.example.test/", By::Url(UrlFault::Characters)),
    ("https://api.example.test\\.attacker.test/", By::Url(UrlFault::Characters)),
    // Almost the declared host.
    ("https://api.example.test./", By::Url(UrlFault::Host)),
    ("https://api.example.test.attacker.test/", By::Undeclared),
    ("https://xapi.example.test/", By::Undeclared),
    ("https://a.api.example.test/", By::Undeclared),
    ("https://example.test/", By::Undeclared),
    ("https://api.example.tes/", By::Undeclared),
    ("https://api_example.test/", By::Url(UrlFault::Host)),
    ("https://*.example.test/", By::Url(UrlFault::Host)),
    ("https://api.example.test,attacker.test/", By::Url(UrlFault::Host)),
    ("https://api%2eexample.test/", By::Url(UrlFault::Syntax)),
    ("https://%61pi.example.test/", By::Url(UrlFault::Syntax)),
    ("https://-api.example.test/", By::Url(UrlFault::Host)),
    ("https:///api.example.test/", By::Url(UrlFault::Syntax)),
    ("https://", By::Url(UrlFault::Syntax)),
    // Characters that one parser maps to another host: full-width, ideographic stop, soft hyphen, circled digits.
    ("https://api.example。test/", By::Url(UrlFault::Characters)),
    ("https://api\u{ff0e}example.test/", By::Url(UrlFault::Characters)),
    ("https://ａpi.example.test/", By::Url(UrlFault::Characters)),
    ("https://api.example\u{ad}.test/", By::Url(UrlFault::Characters)),
    ("https://①②⑦.0.0.1:PORT/", By::Url(UrlFault::Characters)),
    ("https://аpi.example.test/", By::Url(UrlFault::Characters)),
    ("https://xn--pi-7kc.example.test/", By::Undeclared),
    // White space and control characters.
    (" https://api.example.test/", By::Url(UrlFault::Characters)),
    ("https://api.example.test /", By::Url(UrlFault::Characters)),
    ("https://api.exam\tple.test/", By::Url(UrlFault::Characters)),
    ("https://api.example.test/\r\nhost: attacker.test", By::Url(UrlFault::Characters)),
    ("https://api.example.test\0.attacker.test/", By::Url(UrlFault::Characters)),
    // Ports.
    ("https://api.example.test:80/", By::Undeclared),
    ("https://api.example.test:8443/", By::Undeclared),
    ("https://api.example.test:PORT/", By::Undeclared),
    ("https://api.example.test:0443/", By::Url(UrlFault::Port)),
    ("https://api.example.test:0/", By::Url(UrlFault::Port)),
    ("https://api.example.test:/", By::Url(UrlFault::Port)),
    ("https://api.example.test:65979/", By::Url(UrlFault::Port)),
    ("https://api.example.test:+443/", By::Url(UrlFault::Port)),
    ("https://api.example.test:443:PORT/", By::Url(UrlFault::Syntax)),
    // Schemes.
    ("http://api.example.test/", By::Undeclared),
    ("http://api.example.test:443/", By::Scheme),
    ("ftp://api.example.test/", By::Url(UrlFault::Scheme)),
    ("file:///etc/passwd", By::Url(UrlFault::Syntax)),
    ("gopher://127.0.0.1:PORT/_x", By::Url(UrlFault::Scheme)),
    ("ws://api.example.test/", By::Url(UrlFault::Scheme)),
    ("unix:/run/some.sock", By::Url(UrlFault::Syntax)),
    ("//api.example.test/", By::Url(UrlFault::Scheme)),
    ("api.example.test", By::Url(UrlFault::Scheme)),
    ("/latest/meta-data", By::Url(UrlFault::Scheme)),
    ("", By::Url(UrlFault::Syntax)),
];

#[tokio::test]
async fn every_spelling_is_refused_before_anything_leaves() {
    assert!(SPELLINGS.len() >= 60, "{}", SPELLINGS.len());
    let server = Server::always(ok("inside")).await;
    let attempts = Arc::new(RecordedAttempts::default());
    // The worst resolver: it leads every name to this machine. Another purpose may even talk to the very port.
    let local = LocalEndpoint::http("localhost", server.port).unwrap();
    let egress = builder()
        .allow(Destination::https("api.example.test", PURPOSE).unwrap())
        .allow(Destination::local(local, "another"))
        .resolver(Answers::new(&["127.0.0.1"]))
        .recorder(attempts.clone())
        .build();
    let client = egress.client(PURPOSE).unwrap();
    let mut wrong = Vec::new();
    for (spelling, expected) in SPELLINGS {
        let url = spelling.replace("PORT", &server.port.to_string());
        let error = client.send(Request::get(&url)).await.expect_err(&url);
        let by = match error {
            EgressError::Undeclared { .. } => By::Undeclared,
            EgressError::Scheme { .. } => By::Scheme,
            EgressError::Url { fault } => By::Url(fault),
            other => panic!("{url}: {other}"),
        };
        if by != *expected {
            wrong.push(format!("{spelling}: {by:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!((allowed(&attempts), server.seen().len()), (0, 0));
    assert_eq!(attempts.all().len(), SPELLINGS.len(), "each refusal is recorded once");

    // The server is there, and the grant of the other purpose works: the refusals above are not an accident.
    let other = egress.client("another").unwrap();
    assert_eq!(other.send(Request::get(server.url("/"))).await.unwrap().status(), 200);
    assert_eq!((allowed(&attempts), server.seen().len()), (1, 1));
}

#[tokio::test]
async fn a_declared_name_that_leads_elsewhere_is_refused() {
    let rows = [
        (AddressKind::Loopback, "127.0.0.1|127.9.9.9|::1"),
        (AddressKind::Unspecified, "0.0.0.0|0.1.2.3|::"),
        (AddressKind::Private, "10.1.2.3|172.20.0.1|192.168.1.1|fc00::1|fd12:3456::1"),
        (AddressKind::LinkLocal, "169.254.1.1|fe80::1"),
        (
            AddressKind::Metadata,
            "169.254.169.254|169.254.170.2|100.100.100.200|192.0.0.192|168.63.129.16|fd00:ec2::254",
        ),
        (AddressKind::Shared, "100.64.0.1"),
        (AddressKind::Multicast, "224.0.0.251|ff02::fb"),
        (
            AddressKind::Embedded,
            "::ffff:127.0.0.1|::ffff:10.0.0.1|::127.0.0.1|64:ff9b::7f00:1|2002:7f00:1::|2001::1",
        ),
        (AddressKind::Reserved, "255.255.255.255|240.0.0.1|192.0.2.1|198.18.0.1|2001:db8::1|100::1"),
        // A good address before or after a bad one does not help.
        (AddressKind::Private, "8.8.8.8 10.0.0.1|2606:4700::1111 192.168.0.1"),
        (AddressKind::Loopback, "127.0.0.1 8.8.8.8"),
    ];
    for (expected, answers) in rows {
        for answer in answers.split('|') {
            let attempts = Arc::new(RecordedAttempts::default());
            let egress = builder()
                .allow(Destination::https("api.example.test", PURPOSE).unwrap())
                .resolver(Answers::new(&[answer]))
                .recorder(attempts.clone())
                .build();
            let client = egress.client(PURPOSE).unwrap();
            let error = client.send(Request::get("https://api.example.test/")).await.expect_err(answer);
            assert!(
                matches!(error, EgressError::Address { kind, .. } if kind == expected),
                "{answer}: {error}"
            );
            assert_eq!((allowed(&attempts), attempts.all().len()), (0, 1), "{answer}");
        }
    }
}
