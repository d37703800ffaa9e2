//! Connection service files: `pg_service.conf` sections as settings.
#![expect(clippy::disallowed_methods, reason = "service files are read here")]

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::environment::Environment;
use super::error::OptionsError;
use super::settings::{Settings, Source};

/// Where distributors compile libpq's system-wide folder to be; crmdb cannot ask the local libpq.
const SYSTEM_FOLDERS: [&str; 4] = [
    "/etc/postgresql-common",
    "/etc/sysconfig/pgsql",
    "/usr/local/etc/postgresql",
    "/opt/homebrew/etc/postgresql",
];

/// Fills `settings` with those of the service that they or `PGSERVICE` name, if any.
///
/// A file named by `servicefile` or `PGSERVICEFILE` must exist; the home folder's and the system's need not. The
/// user's file is looked at first, and the system's only if the service is not in it.
pub(super) fn fill(settings: &mut Settings, environment: &Environment) -> Result<(), OptionsError> {
    let Some(name) =
        settings.given("service").or_else(|| environment.variable("PGSERVICE")).map(str::to_owned)
    else {
        return Ok(());
    };
    let mut looked_in = Vec::new();
    for Candidate { path, must_exist } in candidates(settings, environment) {
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error)
                if !must_exist && matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                looked_in.push(path);
                continue;
            }
            Err(error) => {
                return Err(OptionsError::ServiceFile { path, line: None, problem: error.to_string() });
            }
        };
        if section(&text, &name, settings, &path)? {
            return Ok(());
        }
        looked_in.push(path);
    }
    Err(OptionsError::UnknownService { name, looked_in })
}

struct Candidate {
    path: PathBuf,
    must_exist: bool,
}

fn candidates(settings: &Settings, environment: &Environment) -> Vec<Candidate> {
    let named = settings.text("servicefile").or_else(|| environment.variable("PGSERVICEFILE"));
    let users = match named {
        Some(path) => Some(Candidate { path: path.into(), must_exist: true }),
        None => environment
            .home
            .as_ref()
            .map(|home| Candidate { path: home.join(".pg_service.conf"), must_exist: false }),
    };
    let folders = match environment.variable("PGSYSCONFDIR") {
        Some(folder) => vec![folder],
        None => SYSTEM_FOLDERS.to_vec(),
    };
    let systems = folders
        .into_iter()
        .map(|folder| Candidate { path: Path::new(folder).join("pg_service.conf"), must_exist: false });
    users.into_iter().chain(systems).collect()
}

/// Fills `settings` from the first section called `name`; returns whether there is one.
fn section(text: &str, name: &str, settings: &mut Settings, path: &Path) -> Result<bool, OptionsError> {
    let mut found = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(header) = line.strip_prefix('[') {
            if found {
                break;
            }
            found = header.strip_prefix(name).is_some_and(|rest| rest.starts_with(']'));
        } else if found {
            let problem = |problem: String| OptionsError::ServiceFile {
                path: path.to_owned(),
                line: Some(index + 1),
                problem,
            };
            if line.starts_with("ldap") {
                return Err(problem("crmdb looks up no services in LDAP".to_owned()));
            }
            let Some((keyword, value)) = line.split_once('=') else {
                return Err(problem("expected `keyword=value`".to_owned()));
            };
            if matches!(keyword, "service" | "servicefile") {
                return Err(problem(format!("`{keyword}` cannot be set inside a service")));
            }
            settings
                .fill(keyword, value, Source::Service(name.to_owned()))
                .map_err(|error| problem(error.to_string()))?;
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# comment\nhost=outside any section\n[crm]\nhost=db.example\n  port=5433  \n\
                        host=second\npassword=a=b c\n[crm2]\nhost=other\n[crm]\nuser=never\n";

    fn read(name: &str) -> Result<Option<Settings>, OptionsError> {
        let mut settings = Settings::default();
        Ok(section(FILE, name, &mut settings, Path::new("f"))?.then_some(settings))
    }

    #[test]
    fn the_first_section_of_the_name_counts_and_so_does_the_first_of_a_repeated_keyword() {
        let settings = read("crm").expect("well-formed").expect("there");
        let found: Vec<_> = settings.iter().collect();
        assert_eq!(found, [("host", "db.example"), ("password", "a=b c"), ("port", "5433")]);
    }

    #[test]
    fn a_section_whose_name_only_starts_alike_is_another() {
        assert_eq!(read("cr").expect("well-formed"), None);
        assert_eq!(read("crm2").expect("well-formed").expect("there").text("host"), Some("other"));
    }

    #[test]
    fn a_bad_line_is_named_by_its_number() {
        for (text, line) in [
            ("[a]\nhost", 2),
            ("[a]\n\nservice=b", 3),
            ("[a]\nnonsense=1", 2),
            ("[a]\nhost =x", 2),
            ("[a]\nldap://x/y?z=1", 2),
        ] {
            match section(text, "a", &mut Settings::default(), Path::new("f")) {
                Err(OptionsError::ServiceFile { line: Some(found), .. }) => {
                    assert_eq!(found, line, "{text:?}")
                }
                other => panic!("{text:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_bad_line_of_another_section_is_nobodys_business() {
        assert_eq!(
            section("[a]\nnonsense\n[b]\nhost=h", "b", &mut Settings::default(), Path::new("f")),
            Ok(true)
        );
    }

    #[test]
    fn a_service_that_is_nowhere_names_the_files_that_were_looked_at() {
        let folder = tempfile::tempdir().expect("folder");
        let environment = Environment {
            variables: [
                ("PGSERVICE".to_owned(), "crm".to_owned()),
                ("PGSYSCONFDIR".to_owned(), folder.path().join("sys").display().to_string()),
            ]
            .into(),
            home: Some(folder.path().to_owned()),
            ..Environment::default()
        };
        let error = fill(&mut Settings::default(), &environment).expect_err("no such service");
        assert_eq!(
            error,
            OptionsError::UnknownService {
                name: "crm".to_owned(),
                looked_in: vec![
                    folder.path().join(".pg_service.conf"),
                    folder.path().join("sys").join("pg_service.conf")
                ],
            }
        );
    }
}
