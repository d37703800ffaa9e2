//! Which server certificates are acceptable, for each `sslmode` that encrypts.

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use x509_cert::Certificate;

use super::certificate;

/// What is demanded of a certificate.
#[derive(Debug)]
pub(super) enum Trust {
    /// Nothing: encryption only.
    Anyone,
    /// A signature of one of the roots.
    Roots(Roots),
    /// That, and the name of the host.
    RootsAndName(Roots),
}

/// Certificates to trust, in the form webpki wants and as they are.
#[derive(Debug)]
pub(super) struct Roots {
    store: RootCertStore,
    ders: Vec<CertificateDer<'static>>,
    certificates: Vec<Certificate>,
}

impl Roots {
    /// Takes certificates; returns `None` when none of them can be read.
    pub(super) fn new(ders: Vec<CertificateDer<'static>>) -> Option<Self> {
        let mut store = RootCertStore::empty();
        let (readable, _) = store.add_parsable_certificates(ders.iter().cloned());
        let certificates = ders.iter().filter_map(|der| certificate::read(der).ok()).collect();
        (readable > 0).then_some(Self { store, ders, certificates })
    }
}

/// Verifies as libpq with OpenSSL does; handshake signatures are checked for every kind of trust, because channel
/// binding rests on them.
#[derive(Debug)]
pub(super) struct Verifier {
    pub(super) trust: Trust,
    pub(super) algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let shown = Shown { end_entity, intermediates, now };
        match &self.trust {
            Trust::Anyone => {}
            Trust::Roots(roots) => roots.check(&shown, self.algorithms)?,
            Trust::RootsAndName(roots) => {
                roots.check(&shown, self.algorithms)?;
                check_name(end_entity, server_name)?;
            }
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        der: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if ParsedCertificate::try_from(der).is_ok() {
            return verify_tls12_signature(message, der, signature, &self.algorithms);
        }
        let certificate = certificate::read(der)?;
        certificate::check_handshake_signature(&certificate, message, signature, self.algorithms)?;
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        der: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if ParsedCertificate::try_from(der).is_ok() {
            return verify_tls13_signature(message, der, signature, &self.algorithms);
        }
        let key = certificate::public_key(&certificate::read(der)?)?;
        rustls::crypto::verify_tls13_signature_with_raw_key(message, &key, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// What the server shows, and when.
struct Shown<'a> {
    end_entity: &'a CertificateDer<'a>,
    intermediates: &'a [CertificateDer<'a>],
    now: UnixTime,
}

impl Roots {
    fn check(&self, shown: &Shown<'_>, algorithms: WebPkiSupportedAlgorithms) -> Result<(), Error> {
        let Shown { end_entity, intermediates, now } = *shown;
        if self.ders.iter().any(|root| root == end_entity) {
            return certificate::check_validity(&certificate::read(end_entity)?, now);
        }
        let verified = ParsedCertificate::try_from(end_entity).and_then(|parsed| {
            let (roots, all) = (&self.store, algorithms.all);
            verify_server_cert_signed_by_trust_anchor(&parsed, roots, intermediates, now, all)
        });
        let Err(error) = verified else { return Ok(()) };
        let certificate = certificate::read(end_entity)?;
        if certificate::is_authority(&certificate) {
            return Err(certificate::why_authority_is_refused(&certificate));
        }
        if certificate.tbs_certificate.version != x509_cert::Version::V1 {
            return Err(error);
        }
        certificate::check_validity(&certificate, now)?;
        certificate::check_signed_by_root(&certificate, &self.certificates, algorithms)
    }
}

fn check_name(end_entity: &CertificateDer<'_>, host: &ServerName<'_>) -> Result<(), Error> {
    let by_alternative_name =
        ParsedCertificate::try_from(end_entity).and_then(|parsed| verify_server_name(&parsed, host)).is_ok();
    if by_alternative_name {
        return Ok(());
    }
    certificate::check_common_name(&certificate::read(end_entity)?, host)
        .map_err(|_| CertificateError::NotValidForName.into())
}
