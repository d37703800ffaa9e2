//! Resolves any text as a connection string, with the rest of it as a password file and a service file:
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run connection`.
#![no_main]

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;

use crmdb::db::connect::{Environment, Options};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|given: (&str, &str)| {
    let (conninfo, file) = given;
    let path = std::env::temp_dir().join(format!("crmdb-fuzz-{}", std::process::id()));
    std::fs::write(&path, file).expect("the folder for temporary files can be written to");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).expect("the file is ours");
    let path = path.display().to_string();
    let named = ["PGPASSFILE", "PGSERVICEFILE"].map(|name| (name.to_owned(), path.clone()));
    let environment = Environment { variables: BTreeMap::from(named), ..Environment::default() };
    let Ok(resolved) = Options::resolve(Some(conninfo), &environment) else { return };
    let options = resolved.options;
    let url = options.to_url_without_password();
    let again = Options::resolve(Some(&url), &Environment::default());
    let again = again.expect("the URL that crmdb writes can be read").options;
    assert_eq!((again.database(), again.user()), (options.database(), options.user()), "{url}");
    let _ = (options.host_summary(), options.to_libpq_env(), options.with_database("other"));
});
