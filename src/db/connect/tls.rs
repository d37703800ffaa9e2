//! TLS as the settings want it: certificate files become a rustls configuration, and a host its name in the handshake.
#![expect(clippy::disallowed_methods, reason = "certificate and key files are read here")]

use std::io::ErrorKind;
use std::net::IpAddr;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, SupportedProtocolVersion};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::certificate;
use super::choice::{Negotiation, SslMode, TlsVersion};
use super::connect_error::{ConnectError, Failure, TlsFileKind};
use super::tls_options::{self, CertificateFile, ServerNameIndication, TlsOptions};
use super::verifier::{Roots, Trust, Verifier};

/// A TLS configuration ready for any number of connections.
#[derive(Clone)]
pub(super) struct Tls {
    pub(super) maker: MakeRustlsConnect,
    pub(super) mode: SslMode,
    pub(super) negotiation: Negotiation,
}

impl Tls {
    /// Reads the files that the options name.
    ///
    /// Stricter than libpq in one thing: a named root or client certificate file that is missing is an error in
    /// every mode, where libpq goes on without verifying the server or without the certificate.
    pub(super) fn load(options: &TlsOptions) -> Result<Self, ConnectError> {
        let provider = Arc::new(default_provider());
        let verifier =
            Verifier { trust: trust(options)?, algorithms: provider.signature_verification_algorithms };
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(&versions(options))
            .expect("the options leave at least one TLS version, and ring has suites for both")
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let mut config = match client_certificate(options, &provider)? {
            Some(certified) => builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(certified))),
            None => builder.with_no_client_auth(),
        };
        config.enable_sni = options.server_name == ServerNameIndication::Send;
        if options.negotiation == Negotiation::Direct {
            // Without it a server that speaks TLS at once hangs up (`ProcessSSLStartup` in PostgreSQL's postmaster).
            config.alpn_protocols = vec![b"postgresql".to_vec()];
        }
        Ok(Self {
            maker: MakeRustlsConnect::new(config),
            mode: options.mode,
            negotiation: options.negotiation,
        })
    }

    /// Returns what to call the server in the handshake: the host's name where it is one, else its address.
    pub(super) fn server_name(&self, name: Option<&str>, address: IpAddr) -> Result<String, Failure> {
        let usable = name.filter(|name| ServerName::try_from(*name).is_ok());
        match usable {
            Some(name) => Ok(name.to_owned()),
            None if self.mode < SslMode::VerifyFull => Ok(address.to_string()),
            None => Err(Failure::Tls("`sslmode` `verify-full` needs a host name to verify".to_owned())),
        }
    }
}

fn versions(options: &TlsOptions) -> Vec<&'static SupportedProtocolVersion> {
    [(TlsVersion::V1_2, &rustls::version::TLS12), (TlsVersion::V1_3, &rustls::version::TLS13)]
        .into_iter()
        .filter(|(version, _)| (options.lowest..=options.highest).contains(version))
        .map(|(_, supported)| supported)
        .collect()
}

fn trust(options: &TlsOptions) -> Result<Trust, ConnectError> {
    let roots = match &options.roots {
        tls_options::Roots::System => Some(system_roots()?),
        tls_options::Roots::File(file) => roots_from(file)?,
    };
    match (options.mode, roots) {
        (SslMode::VerifyFull, Some(roots)) => Ok(Trust::RootsAndName(roots)),
        (_, Some(roots)) => Ok(Trust::Roots(roots)),
        (SslMode::VerifyCa | SslMode::VerifyFull, None) => {
            Err(ConnectError::NoRootCertificate { mode: options.mode.word() })
        }
        (_, None) => Ok(Trust::Anyone),
    }
}

fn system_roots() -> Result<Roots, ConnectError> {
    let found = rustls_native_certs::load_native_certs();
    Roots::new(found.certs).ok_or(ConnectError::NoSystemRoots)
}

fn roots_from(file: &CertificateFile) -> Result<Option<Roots>, ConnectError> {
    let Some((path, pem)) = content(file, TlsFileKind::RootCertificate)? else { return Ok(None) };
    let certificates = certificates(TlsFileKind::RootCertificate, path, &pem)?;
    match Roots::new(certificates) {
        Some(roots) => Ok(Some(roots)),
        None => Err(unusable(TlsFileKind::RootCertificate, path, "it holds no certificate that can be read")),
    }
}

fn client_certificate(
    options: &TlsOptions,
    provider: &CryptoProvider,
) -> Result<Option<CertifiedKey>, ConnectError> {
    let Some((certificate_path, pem)) = content(&options.certificate, TlsFileKind::ClientCertificate)? else {
        return Ok(None);
    };
    let chain = certificates(TlsFileKind::ClientCertificate, certificate_path, &pem)?;
    let Some((path, pem)) = content(&options.key, TlsFileKind::PrivateKey)? else {
        return Err(unusable(
            TlsFileKind::ClientCertificate,
            certificate_path,
            "there is no private key for it, name the file with `sslkey`",
        ));
    };
    refuse_open_key(path)?;
    if pem.windows(9).any(|window| window == b"ENCRYPTED") {
        let problem = "it is encrypted, which crmdb cannot undo; decrypt it with `openssl pkey`";
        return Err(unusable(TlsFileKind::PrivateKey, path, problem));
    }
    let key = PrivateKeyDer::from_pem_slice(&pem)
        .map_err(|_| unusable(TlsFileKind::PrivateKey, path, "it holds no private key in PEM form"))?;
    let key = provider
        .key_provider
        .load_private_key(key)
        .map_err(|_| unusable(TlsFileKind::PrivateKey, path, "its kind of key is not supported"))?;
    // rustls compares the two as well, but cannot read a certificate of version 1.
    let certified_key =
        certificate::read(&chain[0]).and_then(|certificate| certificate::public_key(&certificate));
    match (certified_key, key.public_key()) {
        (Ok(certified), Some(own)) if certified != own => Err(unusable(
            TlsFileKind::PrivateKey,
            path,
            &format!("it does not belong to the certificate `{}`", certificate_path.display()),
        )),
        (Ok(_), _) => Ok(Some(CertifiedKey::new(chain, key))),
        (Err(_), _) => {
            Err(unusable(TlsFileKind::ClientCertificate, certificate_path, "its certificate cannot be read"))
        }
    }
}

/// libpq's rule: a root-owned key may be readable by a group, any other by its owner alone.
fn refuse_open_key(path: &Path) -> Result<(), ConnectError> {
    let metadata = std::fs::metadata(path)
        .map_err(|error| unusable(TlsFileKind::PrivateKey, path, &error.to_string()))?;
    let forbidden = if metadata.uid() == 0 { 0o037 } else { 0o077 };
    if metadata.is_file() && metadata.mode() & forbidden == 0 {
        return Ok(());
    }
    Err(unusable(TlsFileKind::PrivateKey, path, "its permissions let others in, use `chmod 0600`"))
}

/// Returns the file's path and content, `None` when it is at its usual place only and not there.
fn content(file: &CertificateFile, kind: TlsFileKind) -> Result<Option<(&Path, Vec<u8>)>, ConnectError> {
    let (path, missing_is_fine) = match file {
        CertificateFile::Nowhere => return Ok(None),
        CertificateFile::Usual(path) => (path, true),
        CertificateFile::Named(path) => (path, false),
    };
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some((path, bytes))),
        Err(error)
            if missing_is_fine && matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
        {
            Ok(None)
        }
        Err(error) => Err(unusable(kind, path, &error.to_string().to_lowercase())),
    }
}

fn certificates(
    kind: TlsFileKind,
    path: &Path,
    pem: &[u8],
) -> Result<Vec<CertificateDer<'static>>, ConnectError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match found {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(unusable(kind, path, "it holds no certificate in PEM form")),
    }
}

fn unusable(kind: TlsFileKind, path: &Path, problem: &str) -> ConnectError {
    ConnectError::TlsFile { kind, path: path.to_owned(), problem: problem.to_owned() }
}
