//! What the settings say about TLS; the files they name are read when a connection is made.

use std::path::PathBuf;

use super::choice::{self, Negotiation, SslMode, TlsVersion};
use super::environment::Environment;
use super::error::OptionsError;
use super::settings::Settings;

/// A file that was named, or one at its usual place that need not be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CertificateFile {
    Named(PathBuf),
    Usual(PathBuf),
    Nowhere,
}

/// Whom to trust with a server's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Roots {
    /// Those the operating system trusts.
    System,
    File(CertificateFile),
}

/// Whether the server is told which host name is meant, before encryption starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServerNameIndication {
    Send,
    Omit,
}

/// The settings for TLS, checked against one another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TlsOptions {
    pub(super) mode: SslMode,
    pub(super) negotiation: Negotiation,
    pub(super) roots: Roots,
    pub(super) certificate: CertificateFile,
    pub(super) key: CertificateFile,
    pub(super) server_name: ServerNameIndication,
    pub(super) lowest: TlsVersion,
    pub(super) highest: TlsVersion,
}

impl TlsOptions {
    /// Reads the `ssl…` keywords; the usual places are libpq's, under `~/.postgresql/`.
    pub(super) fn read(settings: &Settings, environment: &Environment) -> Result<Self, OptionsError> {
        let file = |name: &str, usual: &str| match (settings.text(name), &environment.home) {
            (Some(path), _) => CertificateFile::Named(path.into()),
            (None, Some(home)) => CertificateFile::Usual(home.join(".postgresql").join(usual)),
            (None, None) => CertificateFile::Nowhere,
        };
        let roots = match settings.text("sslrootcert") {
            Some("system") => Roots::System,
            _ => Roots::File(file("sslrootcert", "root.crt")),
        };
        let negotiations = [("postgres", Negotiation::Asked), ("direct", Negotiation::Direct)];
        let certificate = match settings.text("sslcertmode") {
            Some("disable") => CertificateFile::Nowhere,
            _ => file("sslcert", "postgresql.crt"),
        };
        let options = Self {
            mode: mode(settings, &roots)?,
            negotiation: choice::word(settings, "sslnegotiation", &negotiations, "`postgres` or `direct`")?
                .unwrap_or(Negotiation::Asked),
            roots,
            certificate,
            key: file("sslkey", "postgresql.key"),
            server_name: server_name(settings)?,
            lowest: choice::tls_version(settings, "ssl_min_protocol_version")?.unwrap_or(TlsVersion::V1_2),
            highest: choice::tls_version(settings, "ssl_max_protocol_version")?.unwrap_or(TlsVersion::V1_3),
        };
        options.check()?;
        Ok(options)
    }

    fn check(&self) -> Result<(), OptionsError> {
        let weak =
            |setting, needed| Err(OptionsError::WeakSslMode { mode: self.mode.word(), setting, needed });
        if self.roots == Roots::System && self.mode < SslMode::VerifyFull {
            let needed = "`verify-full`: anyone can have a certificate from a public authority";
            return weak("`sslrootcert` `system`", needed);
        }
        if self.negotiation == Negotiation::Direct && self.mode < SslMode::Require {
            return weak("`sslnegotiation` `direct`", "`require` or stronger");
        }
        if self.lowest > self.highest || self.highest < TlsVersion::V1_2 {
            return Err(OptionsError::NoTlsVersion);
        }
        Ok(())
    }
}

fn mode(settings: &Settings, roots: &Roots) -> Result<SslMode, OptionsError> {
    let words = "`disable`, `allow`, `prefer`, `require`, `verify-ca` or `verify-full`";
    let default = if *roots == Roots::System { SslMode::VerifyFull } else { SslMode::Prefer };
    Ok(choice::word(settings, "sslmode", choice::SSL_MODES, words)?.unwrap_or(default))
}

fn server_name(settings: &Settings) -> Result<ServerNameIndication, OptionsError> {
    match settings.text("sslsni") {
        None | Some("1") => Ok(ServerNameIndication::Send),
        Some("0") => Ok(ServerNameIndication::Omit),
        Some(_) => Err(settings.invalid("sslsni", "`0` or `1`")),
    }
}
