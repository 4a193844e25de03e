//! The TLS configuration: our roots, our clock, TLS 1.2 and 1.3.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use prodops_core::clock::Clock;
use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::UnixTime;
use rustls::time_provider::TimeProvider;

use super::error::EgressError;
use super::roots::Roots;

/// Lets certificates be valid by the injected clock.
#[derive(Debug)]
struct ClockTime(Arc<dyn Clock>);

impl TimeProvider for ClockTime {
    fn current_time(&self) -> Option<UnixTime> {
        let millis = u64::try_from(self.0.now().as_millis()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_millis(millis)))
    }
}

pub(super) fn config(roots: &Roots, clock: Arc<dyn Clock>) -> Result<ClientConfig, EgressError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let versions = ClientConfig::builder_with_details(provider, Arc::new(ClockTime(clock)))
        .with_safe_default_protocol_versions()
        .map_err(|_| EgressError::Setup)?;
    Ok(versions.with_root_certificates(roots.store()).with_no_client_auth())
}
