//! Who a host is, by certificates made for this run.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use prodops_connectors::http::egress::{
    Destination, Egress, EgressClient, EgressError, LocalEndpoint, Request, Roots, RootsError, TlsFault,
};
use prodops_core::clock::Clock;
use prodops_core::testing::FixedClock;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::server::{ok, serve};
use super::{Answers, PURPOSE};

static MADE: AtomicUsize = AtomicUsize::new(0);

/// A certificate authority that exists for one test.
pub(super) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // A name of its own: of two authorities with one name, the wrong one would only show by its signature.
        let turn = MADE.fetch_add(1, Ordering::SeqCst);
        params.distinguished_name.push(DnType::CommonName, format!("authority {turn}"));
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(super) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A server certificate for one name, good in the years 2025 to 2029.
    fn server(&self, name: &str) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        (params.not_before, params.not_after) = (date_time_ymd(2025, 1, 1), date_time_ymd(2030, 1, 1));
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap()
    }
}

async fn listen(config: ServerConfig) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(stream) = acceptor.accept(stream).await {
                serve(stream, Arc::new(|_: &str| ok("secure")), Arc::new(Mutex::new(Vec::new()))).await;
            }
        }
    });
    port
}

fn client(roots: &Authority, port: u16, clock: Arc<dyn Clock>) -> EgressClient {
    let local = Destination::local(LocalEndpoint::https("localhost", port).unwrap(), PURPOSE);
    let roots = Roots::pem(roots.pem().as_bytes()).unwrap();
    let egress = Egress::builder(roots, clock).allow(local).resolver(Answers::new(&["127.0.0.1"])).build();
    egress.client(PURPOSE).unwrap()
}

async fn fault(client: &EgressClient, port: u16) -> Option<TlsFault> {
    match client.send(Request::get(format!("https://localhost:{port}/"))).await {
        Ok(response) => {
            assert!(response.body().expose(|body| body == b"secure"));
            None
        }
        Err(EgressError::Tls { fault, host }) => {
            assert_eq!(host, "localhost");
            Some(fault)
        }
        Err(other) => panic!("{other}"),
    }
}

fn noon(year: &str) -> Arc<FixedClock> {
    Arc::new(FixedClock::at(&format!("{year}-06-01T12:00:00Z")))
}

#[tokio::test]
async fn a_certificate_of_a_trusted_authority_for_this_name_and_time_is_good() {
    let authority = Authority::new();
    let port = listen(authority.server("localhost")).await;
    assert_eq!(fault(&client(&authority, port, noon("2026")), port).await, None);
}

#[tokio::test]
async fn the_injected_clock_decides_about_validity() {
    let authority = Authority::new();
    let port = listen(authority.server("localhost")).await;
    for year in ["2024", "2030"] {
        assert_eq!(
            fault(&client(&authority, port, noon(year)), port).await,
            Some(TlsFault::Expired),
            "{year}"
        );
    }
}

#[tokio::test]
async fn another_name_or_another_authority_is_refused() {
    let authority = Authority::new();
    let port = listen(authority.server("other.example.test")).await;
    assert_eq!(fault(&client(&authority, port, noon("2026")), port).await, Some(TlsFault::WrongName));
    let port = listen(Authority::new().server("localhost")).await;
    assert_eq!(fault(&client(&authority, port, noon("2026")), port).await, Some(TlsFault::UnknownIssuer));
}

#[tokio::test]
async fn a_server_without_tls_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        std::future::pending::<()>().await;
    });
    let client = client(&Authority::new(), port, noon("2026"));
    assert_eq!(fault(&client, port).await, Some(TlsFault::Protocol));
}

#[test]
fn roots_say_what_they_are() {
    let authority = Authority::new();
    let two = format!("{}{}", authority.pem(), Authority::new().pem());
    assert_eq!(format!("{:?}", Roots::pem(two.as_bytes()).unwrap()), "Roots(2 authorities)");
    for bad in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        assert_eq!(Roots::pem(bad.as_bytes()).map(|roots| roots.count()), Err(RootsError::Pem), "{bad}");
    }
}
