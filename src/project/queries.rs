//! The author's validation queries: `verify/<module>/*.sql`, or `verify/*.sql` where the project is one module.

use std::collections::BTreeMap;
use std::path::Path;

use super::error::{Problem, ProjectError};
use super::files::{entries, name_of, text};
use crate::model::Script;
use crate::model::step::ONLY_MODULE;
use crate::sql::{significant, statements};

/// The queries of each module, in the order of their files' names.
pub(super) type Queries = BTreeMap<String, Vec<Script>>;

/// Reads `verify/` below `root`. `modules` are the names of the project's modules.
pub(super) fn read(
    root: &Path,
    modules: &[&str],
    problems: &mut Vec<Problem>,
) -> Result<Queries, ProjectError> {
    let (folders, files) = entries(root, "verify")?;
    let mut queries = Queries::new();
    let mut add = |module: &str, path: String| match text(&root.join(&path), &path) {
        Ok(text) => take(module, (path, &text), &mut queries, modules),
        Err(problem) => Err(problem),
    };
    let directly = files.iter().map(|file| (ONLY_MODULE.to_owned(), format!("verify/{}", name_of(file))));
    let mut all: Vec<_> = directly.collect();
    for folder in &folders {
        let module = name_of(folder);
        let (_, files) = entries(root, &format!("verify/{module}"))?;
        all.extend(files.iter().map(|file| (module.clone(), format!("verify/{module}/{}", name_of(file)))));
    }
    for (module, path) in all {
        problems.extend(add(&module, path).err());
    }
    Ok(queries)
}

/// Takes the queries among the files of a program.
pub(super) fn of_texts(files: &[(&str, &str)], modules: &[&str], problems: &mut Vec<Problem>) -> Queries {
    let mut queries = Queries::new();
    for (path, text) in files {
        let module = match path.split('/').collect::<Vec<_>>().as_slice() {
            ["verify", _] => ONLY_MODULE,
            ["verify", module, _] => module,
            _ => continue,
        };
        problems.extend(take(module, ((*path).to_owned(), text), &mut queries, modules).err());
    }
    queries
}

fn take(
    module: &str,
    (path, text): (String, &str),
    queries: &mut Queries,
    modules: &[&str],
) -> Result<(), Problem> {
    if !modules.contains(&module) {
        return Err(Problem::QueryOfNone { path });
    }
    if !path.ends_with(".sql") {
        return Err(Problem::NoQuery { path, reason: "is no `.sql` file" });
    }
    let script = Script::new(path, text);
    if let Some(reason) = problem(&script.text) {
        return Err(Problem::NoQuery { path: script.path, reason });
    }
    queries.entry(module.to_owned()).or_default().push(script);
    Ok(())
}

/// A second statement could end the read-only transaction that the first one runs in.
fn problem(text: &str) -> Option<&'static str> {
    let mut found = statements(text);
    match (found.next(), found.next()) {
        (Some(Ok(only)), None) => {
            let reads = significant(only.text).next().is_some_and(|first| {
                first.text == "("
                    || ["select", "with", "values", "table"].iter().any(|word| first.is_word(word))
            });
            (!reads).then_some("is no query: it begins with `select`, `with`, `values` or `table`")
        }
        (None, _) => Some("holds no statement"),
        (Some(Ok(_)), Some(_)) => Some("holds more than one statement: write a file for each"),
        (Some(Err(_)), _) => Some("can't be read as SQL: a quote or a comment does not end"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_one_statement_that_reads() {
        for (text, fits) in [
            ("-- every lead has an owner\nSELECT id FROM leads", true),
            ("WITH a AS (SELECT 1) TABLE a;", true),
            ("(select 1)", true),
            ("VALUES (1)", true),
            ("-- nothing", false),
            ("SELECT 1; COMMIT", false),
            ("COMMIT", false),
            ("DELETE FROM leads", false),
            ("SELECT 'open", false),
        ] {
            assert_eq!(problem(text).is_none(), fits, "{text}");
        }
    }

    #[test]
    fn a_query_belongs_to_a_module_of_the_project() {
        let files = [
            ("verify/sales/a.sql", "SELECT 1"),
            ("verify/hr/b.sql", "SELECT 1"),
            ("verify/c.sql", "SELECT 1"),
        ];
        let mut problems = Vec::new();
        let queries = of_texts(&files, &["sales"], &mut problems);
        assert_eq!(queries["sales"].len(), 1);
        let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            problems,
            [
                "`verify/hr/b.sql` is the query of a module that the project does not have",
                "`verify/c.sql` is the query of a module that the project does not have"
            ]
        );
    }
}
