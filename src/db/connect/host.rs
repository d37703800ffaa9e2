//! The servers to try, in order: each a socket folder or a network host, with its port.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use super::error::OptionsError;
use super::settings::Settings;

pub(super) const DEFAULT_PORT: u16 = 5432;

/// Folders that libpq is compiled to look for a server's socket in when no host is named: Debian's and Red Hat's
/// packages the first, PostgreSQL's own default the second.
const SOCKET_FOLDERS: [&str; 2] = ["/var/run/postgresql", "/tmp"];

/// Where one server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// The folder of a Unix socket; a leading `@` names Linux's abstract namespace.
    Socket(String),
    /// A name to look up, unless there is an address; the name is also what the certificate must be for.
    Network { name: Option<String>, address: Option<IpAddr> },
}

/// One server to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Host {
    pub(super) place: Place,
    pub(super) port: u16,
}

impl Host {
    /// Returns the socket's path, with a zero byte first in the abstract namespace.
    pub(super) fn socket_path(folder: &str, port: u16) -> PathBuf {
        let path = format!("{folder}/.s.PGSQL.{port}");
        match path.strip_prefix('@') {
            Some(name) => PathBuf::from(format!("\0{name}")),
            None => PathBuf::from(path),
        }
    }

    /// Returns the names under which the password file may know this host, best first.
    pub(super) fn passfile_names(&self) -> Vec<String> {
        match &self.place {
            Place::Socket(folder) if SOCKET_FOLDERS.contains(&folder.as_str()) => {
                vec!["localhost".to_owned(), folder.clone()]
            }
            Place::Socket(folder) => vec![folder.clone()],
            Place::Network { name: Some(name), .. } => vec![name.clone()],
            Place::Network { name: None, address } => address.iter().map(IpAddr::to_string).collect(),
        }
    }
}

/// Shown as `db.example:5432`, `[::1]:5432` or the socket's path.
impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.port;
        match &self.place {
            Place::Socket(folder) => write!(f, "{folder}/.s.PGSQL.{port}"),
            Place::Network { name: Some(name), .. } if name.contains(':') => write!(f, "[{name}]:{port}"),
            Place::Network { name: Some(name), .. } => write!(f, "{name}:{port}"),
            Place::Network { name: None, address: Some(IpAddr::V6(address)) } => {
                write!(f, "[{address}]:{port}")
            }
            Place::Network { name: None, address: Some(IpAddr::V4(address)) } => {
                write!(f, "{address}:{port}")
            }
            Place::Network { name: None, address: None } => write!(f, ":{port}"),
        }
    }
}

/// Reads `host`, `hostaddr` and `port` into at least one server.
pub(super) fn read(settings: &Settings) -> Result<Vec<Host>, OptionsError> {
    let names = list(settings, "host");
    let addresses = list(settings, "hostaddr");
    let ports = list(settings, "port");
    let count = names.len().max(addresses.len()).max(1);
    if !names.is_empty() && !addresses.is_empty() && names.len() != addresses.len() {
        return Err(OptionsError::CountMismatch {
            left: ("host", names.len()),
            right: ("hostaddr", addresses.len()),
        });
    }
    if ports.len() > 1 && ports.len() != count {
        let hosts = if names.is_empty() { "hostaddr" } else { "host" };
        return Err(OptionsError::CountMismatch { left: ("port", ports.len()), right: (hosts, count) });
    }
    (0..count)
        .map(|index| {
            let port = match ports.get(index).or(ports.first()) {
                None | Some(&"") => DEFAULT_PORT,
                Some(text) => port(settings, text)?,
            };
            let address = match addresses.get(index) {
                None | Some(&"") => None,
                Some(text) => Some(address(settings, text)?),
            };
            let name = names.get(index).filter(|name| !name.is_empty());
            Ok(Host { place: place(name.copied(), address, port), port })
        })
        .collect()
}

fn list<'a>(settings: &'a Settings, name: &str) -> Vec<&'a str> {
    settings.text(name).map(|text| text.split(',').collect()).unwrap_or_default()
}

fn port(settings: &Settings, text: &str) -> Result<u16, OptionsError> {
    match text.trim_ascii().parse() {
        Ok(0) | Err(_) => Err(settings.invalid(
            "port",
            "a number from 1 to 65535 for each host (in a URL, special characters of a password must be percent-encoded)",
        )),
        Ok(port) => Ok(port),
    }
}

fn address(settings: &Settings, text: &str) -> Result<IpAddr, OptionsError> {
    text.parse().map_err(|_| settings.invalid("hostaddr", "an IPv4 or IPv6 address for each host"))
}

fn place(name: Option<&str>, address: Option<IpAddr>, port: u16) -> Place {
    match (name, address) {
        (Some(name), None) if name.starts_with(['/', '@']) => Place::Socket(name.to_owned()),
        (None, None) => default_place(port),
        (name, address) => Place::Network { name: name.map(str::to_owned), address },
    }
}

/// Returns the folder where a server with this port has its socket, else the first folder there is, else localhost.
fn default_place(port: u16) -> Place {
    let folders = || SOCKET_FOLDERS.into_iter();
    folders()
        .find(|folder| Host::socket_path(folder, port).exists())
        .or_else(|| folders().find(|folder| Path::new(folder).is_dir()))
        .map_or(Place::Network { name: Some("localhost".to_owned()), address: None }, |folder| {
            Place::Socket(folder.to_owned())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::connect::key_value;

    fn shown(text: &str) -> Result<String, OptionsError> {
        let hosts = read(&key_value::parse(text).expect("well-formed"))?;
        Ok(hosts.iter().map(Host::to_string).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn hosts_take_their_ports_and_addresses_by_position() {
        for (text, expected) in [
            ("host=a", "a:5432"),
            ("host=a port=''", "a:5432"),
            ("host=a,b port=1", "a:1 b:1"),
            ("host=a,b port=1,2", "a:1 b:2"),
            ("host=a,b port=,2", "a:5432 b:2"),
            ("host=::1 port=7", "[::1]:7"),
            ("hostaddr=::1,127.0.0.1", "[::1]:5432 127.0.0.1:5432"),
            ("host=a,b hostaddr=127.0.0.1,", "a:5432 b:5432"),
            ("host=/run/pg port=7", "/run/pg/.s.PGSQL.7"),
            ("host=@crm", "@crm/.s.PGSQL.5432"),
        ] {
            assert_eq!(shown(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn counts_that_do_not_match_and_bad_numbers_are_refused() {
        for text in [
            "host=a,b port=1,2,3",
            "port=1,2",
            "host=a,b hostaddr=127.0.0.1",
            "host=a port=0",
            "host=a port=65536",
            "host=a port=x",
            "hostaddr=db.example",
        ] {
            assert!(shown(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_password_file_knows_the_default_socket_folders_as_localhost() {
        for (text, expected) in [
            ("host=/var/run/postgresql", vec!["localhost", "/var/run/postgresql"]),
            ("host=/srv/pg", vec!["/srv/pg"]),
            ("host=db.example hostaddr=10.0.0.1", vec!["db.example"]),
            ("hostaddr=10.0.0.1", vec!["10.0.0.1"]),
        ] {
            let hosts = read(&key_value::parse(text).expect("well-formed")).expect("valid");
            assert_eq!(hosts[0].passfile_names(), expected, "{text}");
        }
    }
}
