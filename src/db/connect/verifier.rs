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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rustls::crypto::ring::default_provider;
    use rustls::pki_types::pem::PemObject as _;

    use super::*;

    const AUTHORITY: &str = "\
-----BEGIN CERTIFICATE-----
MIIBhzCCAS2gAwIBAgIUUrMNZHMVEwBA59CV9F53bL5W1mowCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOdGVzdC1hdXRob3JpdHkwHhcNMjYxMTIxMDE0MjQyWhcNMzYx
MTE4MDE0MjQyWjAZMRcwFQYDVQQDDA50ZXN0LWF1dGhvcml0eTBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABItWjQOLatraGgQgN77F7eYfetqP1vRefw1omNdPjkvp
OUwNsvnx10iOlC11DtFKYi7KUciWfK10dzKnKNrkpaCjUzBRMB0GA1UdDgQWBBRY
kq8JaCB3RZeb8zHQ0YwkQgnrcjAfBgNVHSMEGDAWgBRYkq8JaCB3RZeb8zHQ0Ywk
QgnrcjAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIA1osGxfEvJX
jHTdUfnuxjmq3R/NjPGYFT1sa0hkAa92AiEA1GcmD78UoB9JfoNu+AEGhJI4m9lZ
oBLxeV0DF1N+sto=
-----END CERTIFICATE-----
";

    /// Version 1, common name `db.example`, signed by `AUTHORITY`.
    const VERSION_ONE: &str = "\
-----BEGIN CERTIFICATE-----
MIIBKDCBzwIUO2co1KGduuEz6QfD2scLQr3U8TkwCgYIKoZIzj0EAwIwGTEXMBUG
A1UEAwwOdGVzdC1hdXRob3JpdHkwHhcNMjYxMTIxMDE0MjQyWhcNMjcxMTIxMDE0
MjQyWjAVMRMwEQYDVQQDDApkYi5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEuTh87gw7Fnbw+PWrGkQc0L2b53cKBXQuZprVPlsgvoR1H8btUqlFnTOb
LkUrljIKrr4ESWBHNvSM2uaW6hrzjjAKBggqhkjOPQQDAgNIADBFAiBbU32nQvk2
oh7/Yp14u4nuEhoLqX7ybfF/g1hPVMAZXwIhAMFGuaCKwsttKvGYnE+B0NL7/7QX
b466SDMLVLWlKveM
-----END CERTIFICATE-----
";

    const FROM: u64 = 1795225362;
    const UNTIL: u64 = 1826761362;

    fn certificate(pem: &str) -> CertificateDer<'static> {
        CertificateDer::from_pem_slice(pem.as_bytes()).expect("a certificate")
    }

    /// Verifies `shown` for `db.example` at the given second, trusting `root`.
    fn verify(root: &CertificateDer<'static>, shown: &CertificateDer<'static>, at: u64) -> Result<(), Error> {
        let roots = Roots::new(vec![root.clone()]).expect("readable");
        let algorithms = default_provider().signature_verification_algorithms;
        let verifier = Verifier { trust: Trust::RootsAndName(roots), algorithms };
        let host = ServerName::try_from("db.example").expect("a name");
        let now = UnixTime::since_unix_epoch(Duration::from_secs(at));
        verifier.verify_server_cert(shown, &[], &host, &[], now).map(|_| ())
    }

    #[test]
    fn a_version_one_certificate_is_good_for_its_time_only() {
        let (root, shown) = (certificate(AUTHORITY), certificate(VERSION_ONE));
        // Trusting the certificate itself does not make it good for longer.
        for root in [&root, &shown] {
            assert_eq!(verify(root, &shown, FROM - 1), Err(CertificateError::NotValidYet.into()));
            assert_eq!(verify(root, &shown, FROM), Ok(()));
            assert_eq!(verify(root, &shown, UNTIL), Ok(()));
            assert_eq!(verify(root, &shown, UNTIL + 1), Err(CertificateError::Expired.into()));
        }
    }

    #[test]
    fn no_byte_of_a_version_one_certificate_can_be_changed() {
        let (root, shown) = (certificate(AUTHORITY), certificate(VERSION_ONE));
        for index in 0..shown.len() {
            let mut bytes = shown.to_vec();
            bytes[index] ^= 1;
            let changed = CertificateDer::from(bytes);
            assert!(verify(&root, &changed, FROM).is_err(), "byte {index}");
        }
    }
}
