//! A certificate authority that is made at each start, lives in memory and is trusted by nobody who isn't told to.

use std::sync::Arc;

use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::diagnostic::{Category, Diagnostic};

/// The authority's certificate, and what a server shows of its own.
pub struct Authority {
    /// In PEM, for clients that are to trust it.
    pub certificate: String,
    pub(super) config: Arc<ServerConfig>,
}

impl Authority {
    /// Makes an authority and one certificate for `hosts`, valid from the day before `now` for a year.
    ///
    /// # Errors
    /// The system gives no random numbers, which would be a fault of the machine.
    pub fn new(hosts: &[&str], now: Timestamp) -> Result<Self, Diagnostic> {
        Self::make(hosts, now).map_err(|error| {
            Diagnostic::new(
                "CertificateFailed",
                Category::Runtime,
                format!("no certificate can be made: {error}"),
            )
        })
    }

    fn make(hosts: &[&str], now: Timestamp) -> Result<Self, Box<dyn std::error::Error>> {
        let date = jiff::tz::Offset::UTC.to_datetime(now).date();
        let month = u8::try_from(date.month())?;
        let year = i32::from(date.year());
        // The first of the month is never in the future, and there is a 28th in each.
        let (from, until) = (
            date_time_ymd(year, month, 1),
            date_time_ymd(year + 1, month, 28),
        );

        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params
            .distinguished_name
            .push(DnType::CommonName, "tenantsh rehearsal, of this run only");
        (params.not_before, params.not_after) = (from, until);
        let key = KeyPair::generate()?;
        let authority = params.self_signed(&key)?;
        let issuer = Issuer::new(params, key);

        let names = hosts.iter().map(|host| (*host).to_owned());
        let mut params = CertificateParams::new(names.collect::<Vec<_>>())?;
        params
            .distinguished_name
            .push(DnType::CommonName, "tenantsh rehearsal");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        (params.not_before, params.not_after) = (from, until);
        let key = KeyPair::generate()?;
        let own = params.signed_by(&key, &issuer)?;

        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![own.der().clone(), authority.der().clone()], key)?;
        Ok(Self {
            certificate: authority.pem(),
            config: Arc::new(config),
        })
    }
}
