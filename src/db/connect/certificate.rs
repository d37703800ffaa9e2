//! What OpenSSL accepts in a server's certificate and webpki does not: X.509 version 1, a common name instead of an
//! alternative name, and a certificate that is itself in the root file.
//!
//! All three come from following PostgreSQL's own documentation for making certificates, so libpq's users have them.

use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::{CertificateError, Error};
use x509_cert::Certificate;
use x509_cert::der::asn1::{BitString, PrintableStringRef, TeletexStringRef, Utf8StringRef};
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::{Decode as _, Encode as _};
use x509_cert::ext::pkix::BasicConstraints;
use x509_cert::spki::AlgorithmIdentifierOwned;

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const SUBJECT_ALT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");

/// Reads a certificate of any version.
pub(super) fn read(der: &CertificateDer<'_>) -> Result<Certificate, Error> {
    Certificate::from_der(der).map_err(|_| CertificateError::BadEncoding.into())
}

/// Returns the certificate's public key.
pub(super) fn public_key(certificate: &Certificate) -> Result<SubjectPublicKeyInfoDer<'static>, Error> {
    let der = certificate.tbs_certificate.subject_public_key_info.to_der();
    der.map(SubjectPublicKeyInfoDer::from).map_err(|_| CertificateError::BadEncoding.into())
}

/// Returns whether the certificate says that it is a certificate authority's.
pub(super) fn is_authority(certificate: &Certificate) -> bool {
    let constraints = certificate.tbs_certificate.get::<BasicConstraints>();
    matches!(constraints, Ok(Some((_, constraints))) if constraints.ca)
}

/// Returns the error for a server that shows an authority's certificate which is not itself trusted. webpki takes no
/// such certificate for a server's; one that signed itself is simply unknown.
pub(super) fn why_authority_is_refused(certificate: &Certificate) -> Error {
    if certificate.tbs_certificate.issuer == certificate.tbs_certificate.subject {
        return CertificateError::UnknownIssuer.into();
    }
    Error::General(
        "the server's certificate is marked as an authority's (`CA:TRUE`), not a server's".to_owned(),
    )
}

/// Fails unless `now` is within the time that the certificate is for.
pub(super) fn check_validity(certificate: &Certificate, now: UnixTime) -> Result<(), Error> {
    let validity = &certificate.tbs_certificate.validity;
    if now.as_secs() < validity.not_before.to_unix_duration().as_secs() {
        return Err(CertificateError::NotValidYet.into());
    }
    if now.as_secs() > validity.not_after.to_unix_duration().as_secs() {
        return Err(CertificateError::Expired.into());
    }
    Ok(())
}

/// Fails unless one of `roots` has signed the certificate itself, without intermediates.
pub(super) fn check_signed_by_root(
    certificate: &Certificate,
    roots: &[Certificate],
    algorithms: WebPkiSupportedAlgorithms,
) -> Result<(), Error> {
    let issuers =
        roots.iter().filter(|root| root.tbs_certificate.subject == certificate.tbs_certificate.issuer);
    let signed =
        certificate.tbs_certificate.to_der().map_err(|_| Error::from(CertificateError::BadEncoding))?;
    let signature = bits(&certificate.signature);
    for root in issuers {
        let key = &root.tbs_certificate.subject_public_key_info;
        let fits = |algorithm: &&&dyn rustls::pki_types::SignatureVerificationAlgorithm| {
            is(&certificate.signature_algorithm, &algorithm.signature_alg_id())
                && is(&key.algorithm, &algorithm.public_key_alg_id())
        };
        let verifies = |algorithm: &&dyn rustls::pki_types::SignatureVerificationAlgorithm| {
            algorithm.verify_signature(bits(&key.subject_public_key), &signed, signature).is_ok()
        };
        if algorithms.all.iter().filter(fits).any(verifies) {
            return Ok(());
        }
    }
    Err(CertificateError::UnknownIssuer.into())
}

/// Checks a TLS 1.2 handshake signature with a bare key; rustls has this for TLS 1.3 only.
pub(super) fn check_handshake_signature(
    certificate: &Certificate,
    message: &[u8],
    signature: &rustls::DigitallySignedStruct,
    algorithms: WebPkiSupportedAlgorithms,
) -> Result<(), Error> {
    let key = &certificate.tbs_certificate.subject_public_key_info;
    let candidates = algorithms.mapping.iter().filter(|(scheme, _)| *scheme == signature.scheme);
    let verified = candidates.flat_map(|(_, algorithms)| algorithms.iter()).any(|algorithm| {
        is(&key.algorithm, &algorithm.public_key_alg_id())
            && algorithm
                .verify_signature(bits(&key.subject_public_key), message, signature.signature())
                .is_ok()
    });
    if verified { Ok(()) } else { Err(CertificateError::BadSignature.into()) }
}

/// Fails unless the subject's common name is the host; only for a certificate without alternative names, as in libpq.
pub(super) fn check_common_name(certificate: &Certificate, host: &ServerName<'_>) -> Result<(), Error> {
    let tbs = &certificate.tbs_certificate;
    let has_alternatives =
        tbs.extensions.iter().flatten().any(|extension| extension.extn_id == SUBJECT_ALT_NAME);
    let name = tbs.subject.0.iter().rev().find_map(|set| {
        set.0
            .iter()
            .find(|attribute| attribute.oid == COMMON_NAME)
            .and_then(|attribute| text(&attribute.value))
    });
    match name {
        Some(name) if !has_alternatives && name_fits(&name, &host.to_str()) => Ok(()),
        _ => Err(CertificateError::NotValidForName.into()),
    }
}

fn text(value: &x509_cert::der::Any) -> Option<String> {
    let utf8 = value.decode_as::<Utf8StringRef<'_>>().map(|text| text.as_str().to_owned());
    utf8.or_else(|_| value.decode_as::<PrintableStringRef<'_>>().map(|text| text.as_str().to_owned()))
        .or_else(|_| value.decode_as::<TeletexStringRef<'_>>().map(|text| text.as_str().to_owned()))
        .ok()
}

/// Returns whether a name in a certificate covers the host. A `*` stands for one whole first label, and no more.
fn name_fits(name: &str, host: &str) -> bool {
    if name.eq_ignore_ascii_case(host) {
        return true;
    }
    match (name.strip_prefix("*."), host.split_once('.')) {
        (Some(domain), Some((label, rest))) => {
            !label.is_empty() && domain.contains('.') && domain.eq_ignore_ascii_case(rest)
        }
        _ => false,
    }
}

/// Returns the bits of a signature or key; one that is no whole number of bytes fits nothing.
fn bits(text: &BitString) -> &[u8] {
    text.as_bytes().unwrap_or_default()
}

/// Compares an algorithm with rustls's form of it, which is the DER without the two bytes of the outer header.
fn is(found: &AlgorithmIdentifierOwned, known: &rustls::pki_types::AlgorithmIdentifier) -> bool {
    found.to_der().is_ok_and(|der| der.get(2..) == Some(known.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_common_name_covers_its_host_and_a_star_one_label() {
        for (name, host, fits) in [
            ("db.example", "db.example", true),
            ("DB.example", "db.EXAMPLE", true),
            ("db.example", "db.example.org", false),
            ("*.db.example", "a.db.example", true),
            ("*.db.example", "a.b.db.example", false),
            ("*.db.example", "db.example", false),
            ("*.db.example", ".db.example", false),
            ("*.example", "db.example", false),
            ("a*.db.example", "ab.db.example", false),
            ("*", "db", false),
            ("", "db", false),
        ] {
            assert_eq!(name_fits(name, host), fits, "{name} {host}");
        }
    }
}
