//! Applies a project's migrations before an application begins its work.
//!
//! `cargo run --example start_up -- FOLDER URL`

use std::path::Path;

/// Applies what is pending and returns a line for each migration that ran.
pub(crate) async fn migrate(folder: &Path, url: &str) -> Result<Vec<String>, crmdb::error::Error> {
    let migrations = crmdb::Migrations::open(folder)?;
    let done = migrations.up(url).await?;
    Ok(done.migrations.iter().map(|one| format!("applied {} in {} ms", one.label, one.duration_ms)).collect())
}

#[expect(clippy::print_stdout, reason = "an example talks to whoever runs it")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, url] = arguments.as_slice() else { anyhow::bail!("usage: start_up FOLDER URL") };
    for line in migrate(Path::new(folder), url).await? {
        println!("{line}");
    }
    Ok(())
}
