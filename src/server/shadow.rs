//! Why a throw-away database can't be had, or can't hold what is asked of it; and what would have to be installed.

use super::error::ServerError;

/// Why a shadow would not do.
#[derive(Debug, thiserror::Error)]
pub enum ShadowError {
    /// Extensions are not installed beside the shadow's server.
    #[error("the shadow's PostgreSQL {major} lacks {}", extensions(.missing))]
    Extensions {
        /// The names.
        missing: Vec<String>,
        /// The server's major version.
        major: u32,
    },
    /// A statement reaches beyond its database.
    #[error(
        "{path}:{line}: a statement that makes or drops {what} can't be tried on a shadow: it reaches beyond it"
    )]
    Beyond {
        /// The script's path.
        path: String,
        /// The line, from 1.
        line: usize,
        /// `a subscription` and the like.
        what: &'static str,
    },
    /// The database that may be emptied holds something that crmdb did not put there.
    #[error("the database `{database}` of `--shadow-url` is not empty, and no shadow of crmdb's")]
    NotEmpty {
        /// Its name.
        database: String,
    },
    /// The database that may be emptied is the target.
    #[error("the database `{database}` of `--shadow-url` is the target itself")]
    IsTarget {
        /// Its name.
        database: String,
    },
    /// The only database of the shadow server is in use by another run.
    #[error("the database `{database}` of `--shadow-url` is in use by another run of crmdb")]
    Busy {
        /// Its name.
        database: String,
    },
    /// The server of the shadows has another major version than the one that is needed.
    #[error("the target is PostgreSQL {wanted}, and the server of `--shadow-url` PostgreSQL {found}")]
    Major {
        /// The target's.
        wanted: u32,
        /// The server's.
        found: u32,
    },
    /// A statement may reach beyond the throw-away schema that it would be tried in.
    #[error("{path}:{line}: the statement can't be tried in a schema of the target: {reason}")]
    Escapes {
        /// The file's path.
        path: String,
        /// The line, from 1.
        line: usize,
        /// `it names the schema `billing`` and the like.
        reason: String,
    },
    /// The target is none in which anything may be tried.
    #[error("nothing can be tried in a schema of the target: {why}")]
    Guarded {
        /// Why not.
        why: String,
    },
    /// The command needs a database of its own.
    #[error("only `crmdb diff` does with `--shadow schema`, and without trying its statements")]
    Schemas,
    /// A role or tablespace that the schema names can't be made on the shadow's server.
    #[error("{what} is named by the schema and can't be made on the shadow's server: {reason}")]
    Unmade {
        /// `the role `app`` and the like.
        what: String,
        /// The server's words.
        reason: String,
    },
}

impl ShadowError {
    /// Returns what the user can do about it, a line each.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Extensions { missing, major } => missing.iter().map(|name| install(name, *major)).collect(),
            Self::Beyond { .. } => {
                vec![
                    "keep such statements out of migrations: they belong to the server, not to the schema"
                        .to_owned(),
                ]
            }
            Self::NotEmpty { .. } => {
                vec!["name an empty database, or a server on which the role may create databases".to_owned()]
            }
            Self::IsTarget { .. } => {
                vec!["name another database: a shadow is emptied each time it is used".to_owned()]
            }
            Self::Busy { .. } => {
                vec!["run one at a time, or name a role that may create databases".to_owned()]
            }
            Self::Major { .. } => vec!["name a server of the target's version".to_owned()],
            Self::Escapes { .. } | Self::Guarded { .. } | Self::Schemas => vec![
                "leave `--shadow schema` out where PostgreSQL is installed, or name a server with `--shadow-url`"
                    .to_owned(),
            ],
            Self::Unmade { .. } => vec!["make it there, or name a role that may".to_owned()],
        }
    }
}

fn extensions(names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    format!("the extension{} {}", if names.len() == 1 { "" } else { "s" }, names.join(", "))
}

/// The extensions of PostgreSQL's own `contrib` folder, as of version 18.
const CONTRIB: &[&str] = &[
    "adminpack",
    "amcheck",
    "autoinc",
    "bloom",
    "bool_plperl",
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "dblink",
    "dict_int",
    "dict_xsyn",
    "earthdistance",
    "file_fdw",
    "fuzzystrmatch",
    "hstore",
    "insert_username",
    "intagg",
    "intarray",
    "isn",
    "lo",
    "ltree",
    "moddatetime",
    "old_snapshot",
    "pageinspect",
    "pg_buffercache",
    "pg_freespacemap",
    "pg_logicalinspect",
    "pg_prewarm",
    "pg_stat_statements",
    "pg_surgery",
    "pg_trgm",
    "pg_visibility",
    "pg_walinspect",
    "pgcrypto",
    "pgrowlocks",
    "pgstattuple",
    "postgres_fdw",
    "refint",
    "seg",
    "sslinfo",
    "tablefunc",
    "tcn",
    "tsm_system_rows",
    "tsm_system_time",
    "unaccent",
    "uuid-ossp",
    "xml2",
];

/// Debian's packages are named `postgresql-<major>-<end>`; extensions whose package has another end than their own name
/// with `-` for `_` (Debian 12 and apt.postgresql.org).
const PACKAGES: &[(&str, &str)] = &[
    ("address_standardizer", "postgis-3"),
    ("pg_cron", "cron"),
    ("pg_partman", "partman"),
    ("pg_repack", "repack"),
    ("pgaudit", "pgaudit"),
    ("postgis", "postgis-3"),
    ("postgis_raster", "postgis-3"),
    ("postgis_sfcgal", "postgis-3"),
    ("postgis_tiger_geocoder", "postgis-3"),
    ("postgis_topology", "postgis-3"),
    ("vector", "pgvector"),
];

fn install(extension: &str, major: u32) -> String {
    if CONTRIB.contains(&extension) {
        return format!(
            "`{extension}` is one of PostgreSQL's own: `apt-get install postgresql-{major}`, elsewhere the package \
             `postgresql-contrib`"
        );
    }
    if let Some(language) = extension.strip_suffix('u').filter(|name| name.starts_with("pl")) {
        return format!("`{extension}`: `apt-get install postgresql-{language}-{major}`");
    }
    if let Some((_, end)) = PACKAGES.iter().find(|(name, _)| *name == extension) {
        return format!("`{extension}`: `apt-get install postgresql-{major}-{end}`");
    }
    let package = format!("postgresql-{major}-{}", extension.replace('_', "-"));
    format!("`{extension}`: on Debian it would be in the package `{package}`")
}

/// Returns the major version that was asked for and what installs it, where others are installed and it is not.
pub fn other_major(error: &ServerError) -> Option<(u32, &str)> {
    match error {
        ServerError::NotInstalled { wanted: Some(wanted), installed, install } if !installed.is_empty() => {
            Some((*wanted, install))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_of_an_extension_is_named() {
        for (extension, package) in [
            ("vector", "postgresql-15-pgvector"),
            ("postgis_raster", "postgresql-15-postgis-3"),
            ("hll", "postgresql-15-hll"),
            ("pg_wait_sampling", "postgresql-15-pg-wait-sampling"),
            ("citext", "postgresql-15`"),
            ("plpython3u", "postgresql-plpython3-15"),
        ] {
            assert!(install(extension, 15).contains(package), "{}", install(extension, 15));
        }
    }

    #[test]
    fn all_that_is_missing_is_named() {
        let error = ShadowError::Extensions { missing: vec!["a".to_owned(), "b".to_owned()], major: 15 };
        assert_eq!(error.to_string(), "the shadow's PostgreSQL 15 lacks the extensions `a`, `b`");
        assert_eq!(error.hints().len(), 2);
    }
}
