//! What can go wrong before a connection is there, as data. No variant holds text that may contain a password.

use std::fmt;
use std::path::PathBuf;

use super::settings::Source;

/// A connection string, variable or file that does not say where and how to connect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    /// A key=value string that is not well-formed; `at` counts characters from 1.
    #[error("the connection string is malformed at character {at}: {problem}")]
    Syntax {
        /// What is wrong, and what to write instead.
        problem: &'static str,
        /// Where it starts.
        at: usize,
    },
    /// A connection URL that is not well-formed.
    #[error("the connection URL is malformed: {problem}")]
    Url {
        /// What is wrong, and what to write instead.
        problem: &'static str,
    },
    /// A keyword that libpq does not know.
    #[error("unknown connection keyword `{keyword}` in {origin}{}", suggestion(*.nearest))]
    UnknownKeyword {
        /// The keyword as typed.
        keyword: String,
        /// The known keyword most like it.
        nearest: Option<&'static str>,
        /// Where it was given.
        origin: Source,
    },
    /// A keyword that libpq knows with a value it would not take either.
    #[error("`{keyword}` in {origin} is not valid{}, it must be {expected}", value_text(.shown.as_deref()))]
    Invalid {
        /// The keyword.
        keyword: &'static str,
        /// What it takes.
        expected: &'static str,
        /// The value, unless it might be part of a password.
        shown: Option<String>,
        /// Where it was given.
        origin: Source,
    },
    /// A keyword or value that libpq would take and crmdb cannot keep.
    #[error("`{keyword}` in {origin} cannot be honoured: {reason}")]
    Refused {
        /// The keyword.
        keyword: &'static str,
        /// Why.
        reason: &'static str,
        /// Where it was given.
        origin: Source,
    },
    /// Lists that must match one to one and do not.
    #[error("{} `{}` values do not match {} `{}` values", .left.1, .left.0, .right.1, .right.0)]
    CountMismatch {
        /// A keyword and how many values it has.
        left: (&'static str, usize),
        /// The other keyword and how many values that has.
        right: (&'static str, usize),
    },
    /// An `sslmode` too weak for another setting.
    #[error("`sslmode` `{mode}` is too weak for {setting}, which needs {needed}")]
    WeakSslMode {
        /// The `sslmode` in force.
        mode: &'static str,
        /// The other setting.
        setting: &'static str,
        /// What it needs, and why.
        needed: &'static str,
    },
    /// Limits that leave no TLS version to speak.
    #[error(
        "`ssl_min_protocol_version` and `ssl_max_protocol_version` leave no TLS version: crmdb speaks `TLSv1.2` and `TLSv1.3`"
    )]
    NoTlsVersion,
    /// A `require_auth` without any method that crmdb has.
    #[error(
        "`require_auth` allows no authentication that crmdb has: it has `password`, `md5`, `scram-sha-256` and `none`"
    )]
    NoAuthMethod,
    /// A `PG*` variable whose value is not UTF-8.
    #[error("the value of `{0}` is not UTF-8")]
    UnreadableVariable(String),
    /// No service file has the service.
    #[error("connection service `{name}` is in none of {}", listed(.looked_in))]
    UnknownService {
        /// The service asked for.
        name: String,
        /// The files that were looked at, or would have been if they were there.
        looked_in: Vec<PathBuf>,
    },
    /// A service file that cannot be read or understood.
    #[error("service file `{}`{}: {problem}", .path.display(), line_number(*.line))]
    ServiceFile {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: Option<usize>,
        /// What is wrong with it.
        problem: String,
    },
    /// Nothing names a user, and the operating system has no name for this one.
    #[error("no user to connect as: the connection names none and this process's user has no name")]
    NoUser,
}

/// What was put aside while the settings were read; for the user to see, not a reason to stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// The password file can be read by others, so it was ignored, as libpq does.
    PassfileOpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The password file is a folder or device, so it was ignored.
    PassfileNotAFile {
        /// The path.
        path: PathBuf,
    },
    /// The password file is there but cannot be read.
    PassfileUnreadable {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        problem: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PassfileOpenToOthers { path, mode } => {
                let path = path.display();
                write!(
                    f,
                    "password file `{path}` was ignored: its permissions are {mode:04o} and let others in, use `chmod 0600 {path}`"
                )
            }
            Self::PassfileNotAFile { path } => {
                write!(f, "password file `{}` was ignored: it is not a plain file", path.display())
            }
            Self::PassfileUnreadable { path, problem } => {
                write!(f, "password file `{}` was ignored: {problem}", path.display())
            }
        }
    }
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

fn value_text(value: Option<&str>) -> String {
    value.map(|value| format!(": `{value}`")).unwrap_or_default()
}

fn listed(paths: &[PathBuf]) -> String {
    if paths.is_empty() {
        return "the service files: none is known".to_owned();
    }
    paths.iter().map(|path| format!("`{}`", path.display())).collect::<Vec<_>>().join(", ")
}

fn line_number(line: Option<usize>) -> String {
    line.map(|line| format!(" line {line}")).unwrap_or_default()
}
