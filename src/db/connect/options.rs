//! Where and how to connect, resolved from connection string, service, environment and defaults.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::choice::{self, AuthMethod, ChannelBinding, HostOrder, SessionAttrs};
use super::environment::Environment;
use super::error::{OptionsError, Warning};
use super::host::{self, Host, Place};
use super::keyword::{KEYWORDS, is_secret};
use super::passfile::{Passfile, Wanted};
use super::secret::Secret;
use super::settings::{Settings, Source};
use super::socket::Keepalive;
use super::tls_options::TlsOptions;
use super::{key_value, service, url};

/// Everything needed to connect. Neither `Debug` nor `Display` shows a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    settings: Settings,
    passfile: Passfile,
    database: String,
    user: String,
    pub(super) hosts: Vec<Host>,
    pub(super) host_order: HostOrder,
    pub(super) session_attrs: SessionAttrs,
    pub(super) connect_timeout: Option<Duration>,
    pub(super) keepalive: Keepalive,
    pub(super) tls: TlsOptions,
    pub(super) channel_binding: ChannelBinding,
    pub(super) allowed_auth: Option<Vec<AuthMethod>>,
    pub(super) require_peer: Option<String>,
    pub(super) server_options: Option<String>,
}

/// Options, and what was put aside while they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// Where and how to connect.
    pub options: Options,
    /// To be shown to the user.
    pub warnings: Vec<Warning>,
}

impl Options {
    /// Resolves by libpq's precedence: connection string (URL or key=value), then the service it or `PGSERVICE`
    /// names, then `PG*` variables, then defaults; the password file last, when no password is given.
    ///
    /// Reads service and password files; opens no connection.
    pub fn resolve(conninfo: Option<&str>, environment: &Environment) -> Result<Resolved, OptionsError> {
        if let Some(name) = environment.unreadable.first() {
            return Err(OptionsError::UnreadableVariable(name.clone()));
        }
        let text = conninfo.unwrap_or_default();
        let mut settings = match url::after_scheme(text) {
            Some(rest) => url::parse(rest)?,
            None => key_value::parse(text)?,
        };
        service::fill(&mut settings, environment)?;
        fill_from_variables(&mut settings, environment)?;
        fill_defaults(&mut settings, environment)?;
        let (passfile, warning) = read_passfile(&settings, environment);
        let options = Self::from_settings(settings, passfile, environment)?;
        Ok(Resolved { options, warnings: warning.into_iter().collect() })
    }

    fn from_settings(
        mut settings: Settings,
        passfile: Passfile,
        environment: &Environment,
    ) -> Result<Self, OptionsError> {
        refuse_other_encodings(&settings)?;
        refuse_newer_protocols(&settings)?;
        let hosts = host::read(&settings)?;
        pin_default_host(&mut settings, &hosts)?;
        let attrs = "`any`, `read-write`, `read-only`, `primary`, `standby` or `prefer-standby`";
        let orders = [("disable", HostOrder::AsListed), ("random", HostOrder::Random)];
        let bindings = [
            ("disable", ChannelBinding::Disable),
            ("prefer", ChannelBinding::Prefer),
            ("require", ChannelBinding::Require),
        ];
        Ok(Self {
            database: settings.text("dbname").unwrap_or_default().to_owned(),
            user: settings.text("user").unwrap_or_default().to_owned(),
            host_order: choice::word(&settings, "load_balance_hosts", &orders, "`disable` or `random`")?
                .unwrap_or(HostOrder::AsListed),
            session_attrs: choice::word(&settings, "target_session_attrs", choice::SESSION_ATTRS, attrs)?
                .unwrap_or(SessionAttrs::Any),
            connect_timeout: choice::connect_timeout(&settings)?,
            keepalive: Keepalive::read(&settings)?,
            tls: TlsOptions::read(&settings, environment)?,
            channel_binding: choice::word(
                &settings,
                "channel_binding",
                &bindings,
                "`disable`, `prefer` or `require`",
            )?
            .unwrap_or(ChannelBinding::Prefer),
            allowed_auth: choice::auth_methods(&settings)?,
            require_peer: settings.text("requirepeer").map(str::to_owned),
            server_options: server_options(&settings, environment),
            hosts,
            settings,
            passfile,
        })
    }

    /// Returns the database to connect to.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// Returns the role to connect as.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Returns the hosts for display: `db.example:5432`, or the path of a socket; several are joined by `, `.
    pub fn host_summary(&self) -> String {
        self.hosts.iter().map(Host::to_string).collect::<Vec<_>>().join(", ")
    }

    /// Returns the same target with another database, and with the password that the password file has for it.
    #[must_use]
    pub fn with_database(&self, name: &str) -> Self {
        let mut other = self.clone();
        // It fails only for a name with a zero byte, which the login refuses.
        other.settings.set("dbname", name, Source::ConnectionString).ok();
        name.clone_into(&mut other.database);
        other
    }

    /// Returns the target as a URL that psql and pg_dump take, without any password: safe for a command line.
    ///
    /// Passwords given in the connection string or by a variable travel in [`Self::to_libpq_env`]; those of the
    /// password file are found by the child itself.
    pub fn to_url_without_password(&self) -> String {
        url::print(self.settings.iter().filter(|(name, _)| !is_secret(name) && !is_service(name)))
    }

    /// Returns the target as the variables that libpq reads, `PGPASSWORD` among them: for a child's environment, never
    /// for display. Settings that have no variable (`keepalives` and such) are only in the URL.
    ///
    /// The child must inherit none of [`Environment::variable_names`] beside these.
    pub fn to_libpq_env(&self) -> Vec<(&'static str, String)> {
        KEYWORDS
            .iter()
            .filter(|keyword| !is_service(keyword.name))
            .filter_map(|keyword| Some((keyword.variable?, self.settings.given(keyword.name)?.to_owned())))
            .collect()
    }

    /// Returns the password for one of the hosts.
    pub(super) fn password_for(&self, host: &Host) -> Option<Secret> {
        if let Some(password) = self.settings.text("password") {
            return Some(Secret::new(password));
        }
        host.passfile_names()
            .iter()
            .find_map(|name| {
                let (database, user) = (&self.database, &self.user);
                self.passfile.find(Wanted { host: name, port: host.port, database, user })
            })
            .filter(|password| !password.expose().is_empty())
    }
}

/// Shown as `crm on db.example:5432 as app`.
impl fmt::Display for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {} as {}", self.database, self.host_summary(), self.user)
    }
}

fn is_service(name: &str) -> bool {
    matches!(name, "service" | "servicefile")
}

fn fill_from_variables(settings: &mut Settings, environment: &Environment) -> Result<(), OptionsError> {
    for keyword in KEYWORDS.iter().filter(|keyword| !is_service(keyword.name)) {
        if let Some(variable) = keyword.variable
            && let Some(value) = environment.variable(variable)
        {
            settings.fill(keyword.name, value, Source::Variable(variable))?;
        }
    }
    if environment.variable("PGREQUIRESSL").is_some_and(|value| value.starts_with('1')) {
        settings.fill("sslmode", "require", Source::Variable("PGREQUIRESSL"))?;
    }
    Ok(())
}

fn fill_defaults(settings: &mut Settings, environment: &Environment) -> Result<(), OptionsError> {
    if settings.text("user").is_none() {
        let user = environment.os_user.as_deref().ok_or(OptionsError::NoUser)?;
        settings.set("user", user, Source::Variable("USER"))?;
    }
    if settings.text("dbname").is_none() {
        let user = settings.text("user").unwrap_or_default().to_owned();
        settings.set("dbname", &user, Source::Variable("PGUSER"))?;
    }
    Ok(())
}

/// Writes the default host and port down, so that a child started with these settings goes to the same server
/// whatever its own libpq was compiled with.
fn pin_default_host(settings: &mut Settings, hosts: &[Host]) -> Result<(), OptionsError> {
    if settings.text("host").is_none() && settings.text("hostaddr").is_none() {
        let host = match hosts.first().map(|host| &host.place) {
            Some(Place::Socket(folder)) => folder.clone(),
            _ => "localhost".to_owned(),
        };
        settings.set("host", &host, Source::Variable("PGHOST"))?;
    }
    if settings.text("port").is_none() {
        settings.set("port", &host::DEFAULT_PORT.to_string(), Source::Variable("PGPORT"))?;
    }
    Ok(())
}

fn read_passfile(settings: &Settings, environment: &Environment) -> (Passfile, Option<Warning>) {
    if settings.text("password").is_some() {
        return (Passfile::default(), None);
    }
    let path = match settings.text("passfile") {
        Some(path) => Some(PathBuf::from(path)),
        None => environment.home.as_ref().map(|home| home.join(".pgpass")),
    };
    path.map(|path| Passfile::read(&path)).unwrap_or_default()
}

/// SQL files are UTF-8, and so is what crmdb sends.
fn refuse_other_encodings(settings: &Settings) -> Result<(), OptionsError> {
    let Some(given) = settings.text("client_encoding") else { return Ok(()) };
    let letters: String = given.chars().filter(char::is_ascii_alphanumeric).collect();
    match letters.to_ascii_lowercase().as_str() {
        "auto" | "utf8" | "unicode" => Ok(()),
        _ => Err(settings.invalid("client_encoding", "`UTF8` or `auto`: crmdb reads and sends UTF-8 only")),
    }
}

/// The driver speaks protocol 3.0, so a higher least version cannot be met; any highest version can.
fn refuse_newer_protocols(settings: &Settings) -> Result<(), OptionsError> {
    for name in ["min_protocol_version", "max_protocol_version"] {
        match settings.text(name) {
            None | Some("3.0") => {}
            Some("3.2" | "latest") if name == "max_protocol_version" => {}
            Some(_) => return Err(settings.invalid(name, "`3.0`, the protocol version that crmdb speaks")),
        }
    }
    Ok(())
}

/// Joins `options` with the settings that libpq sends for `PGTZ`, `PGDATESTYLE` and `PGGEQO`. Those come last: the
/// server lets the last of a repeated setting win, and of these the variable wins (`process_startup_options`).
fn server_options(settings: &Settings, environment: &Environment) -> Option<String> {
    let variables = [("TimeZone", "PGTZ"), ("DateStyle", "PGDATESTYLE"), ("geqo", "PGGEQO")];
    let mut parts: Vec<String> = settings.text("options").map(str::to_owned).into_iter().collect();
    parts.extend(variables.iter().filter_map(|(setting, name)| {
        let value = environment.variable(name).filter(|value| !value.eq_ignore_ascii_case("default"))?;
        let escaped = value.replace('\\', "\\\\").replace(' ', "\\ ");
        Some(format!("-c {setting}={escaped}"))
    }));
    (!parts.is_empty()).then(|| parts.join(" "))
}

#[cfg(test)]
mod tests;
