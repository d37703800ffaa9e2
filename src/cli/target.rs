//! Which database a command is about: flag, environment, `schema.toml`, libpq's variables, or the private server.

/// Where the name of the target comes from, in falling precedence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetSource {
    /// A connection string.
    Text(String),
    /// libpq's `PG*` variables.
    Variables,
    /// The project's private server.
    Private,
}

/// What may name a target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidates {
    /// `--database-url`
    pub flag: Option<String>,
    /// `CRMDB_DATABASE_URL`
    pub crmdb_variable: Option<String>,
    /// `DATABASE_URL`
    pub variable: Option<String>,
    /// `[database] url` in `schema.toml`
    pub manifest: Option<String>,
    /// Whether any `PG*` variable selects a server, a database or a role.
    pub libpq: bool,
}

impl Candidates {
    /// Returns the first that is there. An empty variable counts as unset, an empty flag does not.
    pub fn choose(self) -> TargetSource {
        let set = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let text = self
            .flag
            .or_else(|| set(self.crmdb_variable))
            .or_else(|| set(self.variable))
            .or_else(|| set(self.manifest));
        match text {
            Some(text) => TargetSource::Text(text),
            None if self.libpq => TargetSource::Variables,
            None => TargetSource::Private,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_wins() {
        let some = |text: &str| Some(text.to_owned());
        let mut all = Candidates {
            flag: some("flag"),
            crmdb_variable: some("crmdb"),
            variable: some("variable"),
            manifest: some("manifest"),
            libpq: true,
        };
        assert_eq!(all.clone().choose(), TargetSource::Text("flag".to_owned()));
        all.flag = None;
        assert_eq!(all.clone().choose(), TargetSource::Text("crmdb".to_owned()));
        all.crmdb_variable = some(" ");
        assert_eq!(all.clone().choose(), TargetSource::Text("variable".to_owned()));
        all.variable = None;
        assert_eq!(all.clone().choose(), TargetSource::Text("manifest".to_owned()));
        all.manifest = None;
        assert_eq!(all.clone().choose(), TargetSource::Variables);
        all.libpq = false;
        assert_eq!(all.choose(), TargetSource::Private);
    }
}
