//! The files below `seeds/`: SQL is read whole, CSV line by line for its checksum and header.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::error::{Problem, ProjectError};
use super::files::{entries, name_of, text};
use crate::model::checksum::LineChecksum;
use crate::model::seed::{Content, Csv, SeedFile};
use crate::model::step::ONLY_MODULE;
use crate::model::{Project, Script};

/// The seeds of one profile.
#[derive(Clone, Debug, Default)]
pub struct Seeds {
    /// The files of all modules, in no order.
    pub files: Vec<SeedFile>,
    /// The names of all profiles that some module has.
    pub profiles: BTreeSet<String>,
}

/// Reads the files of `profile` in `seeds/<module>/<profile>/`, or in `seeds/<profile>/` where the project is one module.
pub fn read_seeds(root: &Path, project: &Project, profile: &str) -> Result<Seeds, ProjectError> {
    let mut seeds = Seeds::default();
    let mut problems = Vec::new();
    if let [only] = project.modules.as_slice()
        && only.name == ONLY_MODULE
    {
        read_module(root, ("seeds", ONLY_MODULE, profile), &mut seeds, &mut problems)?;
    } else {
        let (folders, files) = entries(root, "seeds")?;
        problems
            .extend(files.iter().map(|file| Problem::SeedPlace { path: format!("seeds/{}", name_of(file)) }));
        for folder in folders {
            let module = name_of(&folder);
            let path = format!("seeds/{module}");
            if project.module(&module).is_none() {
                problems.push(Problem::SeedModule { path, module });
                continue;
            }
            read_module(root, (&path, &module, profile), &mut seeds, &mut problems)?;
        }
    }
    if problems.is_empty() { Ok(seeds) } else { Err(ProjectError { problems }) }
}

/// Opens a seed's file, to be streamed.
pub fn open_seed(root: &Path, seed: &SeedFile) -> io::Result<Box<dyn Read>> {
    Ok(Box::new(File::open(root.join(&seed.path))?))
}

fn read_module(
    root: &Path,
    (folder, module, profile): (&str, &str, &str),
    seeds: &mut Seeds,
    problems: &mut Vec<Problem>,
) -> Result<(), ProjectError> {
    let (profiles, files) = entries(root, folder)?;
    problems
        .extend(files.iter().map(|file| Problem::SeedPlace { path: format!("{folder}/{}", name_of(file)) }));
    seeds.profiles.extend(profiles.iter().map(|folder| name_of(folder)));
    if !profiles.iter().any(|folder| name_of(folder) == profile) {
        return Ok(());
    }
    let folder = format!("{folder}/{profile}");
    let (nested, files) = entries(root, &folder)?;
    problems.extend(
        nested.iter().map(|entry| Problem::SeedPlace { path: format!("{folder}/{}", name_of(entry)) }),
    );
    for file in files {
        match read_file(root, &folder, (module, name_of(&file))) {
            Ok(seed) => seeds.files.push(seed),
            Err(problem) => problems.push(problem),
        }
    }
    Ok(())
}

fn read_file(root: &Path, folder: &str, (module, name): (&str, String)) -> Result<SeedFile, Problem> {
    let path = format!("{folder}/{name}");
    let misnamed = || Problem::SeedName { path: path.clone() };
    let (digits, rest) = name.split_once('_').ok_or_else(misnamed)?;
    let number = Some(digits).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let number = number.and_then(|digits| digits.parse().ok()).ok_or_else(misnamed)?;
    let (checksum, content) = match rest.rsplit_once('.') {
        Some((stem, "sql")) if !stem.is_empty() => {
            let script = Script::new(path.clone(), &text(&root.join(&path), &path)?);
            (script.checksum, Content::Sql(script))
        }
        Some((table, "csv")) if !table.is_empty() => {
            let read = read_csv(root, &path)?;
            (read.0, Content::Csv(Csv { table: table.to_owned(), columns: read.1, bytes: read.2 }))
        }
        _ => return Err(misnamed()),
    };
    Ok(SeedFile { module: module.to_owned(), name, number, path, checksum, content })
}

/// Returns the checksum, the header's names and the size of a CSV file.
fn read_csv(root: &Path, path: &str) -> Result<(crate::model::Checksum, Vec<String>, u64), Problem> {
    let unreadable = |error: io::Error| Problem::unreadable(path, &error);
    let mut reader = BufReader::with_capacity(1 << 16, File::open(root.join(path)).map_err(unreadable)?);
    let (mut checksum, mut header, mut names) = (LineChecksum::default(), Vec::new(), None);
    let (mut bytes, mut number, mut line) = (0, 0, Vec::new());
    while reader.read_until(b'\n', &mut line).map_err(unreadable)? > 0 {
        number += 1;
        bytes += line.len() as u64;
        checksum.line(&line);
        if names.is_none() {
            header.extend_from_slice(&line);
            names = header_names(&header);
        }
        // PostgreSQL before 18 takes this line, quoted or not, for the end of the rows, and drops the rest.
        if line.strip_suffix(b"\n").unwrap_or(&line).trim_ascii_end() == br"\." {
            return Err(Problem::SeedEndMarker { path: path.to_owned(), line: number });
        }
        line.clear();
    }
    let names = names.ok_or_else(|| Problem::SeedHeader { path: path.to_owned() })?;
    Ok((checksum.finish(), names, bytes))
}

/// Returns the names in the first record of a CSV file; `None` while a quote is open or where a name is empty or no UTF-8.
fn header_names(record: &[u8]) -> Option<Vec<String>> {
    let text = std::str::from_utf8(record).ok()?;
    let text = text.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n']);
    let (mut names, mut name, mut quoted) = (Vec::new(), String::new(), false);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.next_if_eq(&'"').is_some() => name.push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => names.push(std::mem::take(&mut name)),
            other => name.push(other),
        }
    }
    names.push(name);
    (!quoted && names.iter().all(|name| !name.is_empty())).then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_gives_the_exact_names_of_columns() {
        let names = |text: &str| header_names(text.as_bytes());
        assert_eq!(names("id,lineUserId\r\n").unwrap(), ["id", "lineUserId"]);
        assert_eq!(names("\u{feff}id,\"a \"\"b\"\", c\"").unwrap(), ["id", "a \"b\", c"]);
        assert_eq!(names("\"two\nlines\"\n").unwrap(), ["two\nlines"]);
        for none in ["\"open\n", "", "a,,b", "a,"] {
            assert_eq!(names(none), None, "{none:?}");
        }
    }

    fn project_with(files: &[(&str, &str)]) -> (tempfile::TempDir, Project) {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let project = super::super::open(folder.path()).unwrap().project;
        (folder, project)
    }

    #[test]
    fn files_are_found_by_module_and_profile() {
        let (folder, project) = project_with(&[
            ("migrations/a/V1__x.sql", "select 1;"),
            ("migrations/b/V1__x.sql", "select 1;"),
            ("seeds/a/dev/01_t.csv", "id,Name\r\n1,x\r\n"),
            ("seeds/a/demo/01_t.csv", "id\n"),
            ("seeds/b/dev/2_more.sql", "select 1;\r\n"),
            ("seeds/README.md", "words"),
        ]);
        let seeds = read_seeds(folder.path(), &project, "dev").unwrap();
        assert_eq!(seeds.profiles.iter().collect::<Vec<_>>(), ["demo", "dev"]);
        let csv = &seeds.files[0];
        assert_eq!((csv.module.as_str(), csv.path.as_str(), csv.number), ("a", "seeds/a/dev/01_t.csv", 1));
        let columns = vec!["id".to_owned(), "Name".to_owned()];
        assert_eq!(csv.content, Content::Csv(Csv { table: "t".to_owned(), columns, bytes: 14 }));
        assert_eq!(csv.checksum, crate::model::Checksum::of("id,Name\n1,x\n"));
        assert_eq!(seeds.files[1].number, 2);
    }

    #[test]
    fn a_project_of_one_module_has_profiles_alone() {
        let (folder, project) =
            project_with(&[("migrations/V1__x.sql", "select 1;"), ("seeds/dev/01_t.sql", "select 1;")]);
        let seeds = read_seeds(folder.path(), &project, "dev").unwrap();
        assert_eq!(seeds.files[0].module, ONLY_MODULE);
    }

    #[test]
    fn every_file_that_is_no_seed_is_named() {
        let (folder, project) = project_with(&[
            ("migrations/a/V1__x.sql", "select 1;"),
            ("seeds/loose.sql", ""),
            ("seeds/a/loose.csv", ""),
            ("seeds/a/dev/deep/01_t.sql", ""),
            ("seeds/a/dev/t.sql", ""),
            ("seeds/a/dev/01_.csv", "id\n"),
            ("seeds/a/dev/x1_t.sql", ""),
            ("seeds/a/dev/02_t.txt", ""),
            ("seeds/a/dev/03_t.csv", ""),
            ("seeds/a/dev/04_t.csv", "id\n1\n\\.\n2\n"),
            ("seeds/nowhere/dev/01_t.sql", ""),
        ]);
        let error = read_seeds(folder.path(), &project, "dev").unwrap_err();
        let texts: Vec<_> = error.problems.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(texts.join("\n"), @r"
        `seeds/loose.sql` is not in a profile's folder: seeds are `seeds/<module>/<profile>/NN_name.sql` or `.csv`, without `<module>` where the project is one
        `seeds/a/loose.csv` is not in a profile's folder: seeds are `seeds/<module>/<profile>/NN_name.sql` or `.csv`, without `<module>` where the project is one
        `seeds/a/dev/deep` is not in a profile's folder: seeds are `seeds/<module>/<profile>/NN_name.sql` or `.csv`, without `<module>` where the project is one
        `seeds/a/dev/01_.csv` is not named `NN_name.sql` or `NN_table.csv` (digits, an underscore, a name)
        `seeds/a/dev/02_t.txt` is not named `NN_name.sql` or `NN_table.csv` (digits, an underscore, a name)
        seeds/a/dev/03_t.csv:1: the first line must be the table's column names, in UTF-8, each quote closed
        seeds/a/dev/04_t.csv:3: a line `\.` ends the rows for PostgreSQL, so what follows would be lost
        `seeds/a/dev/t.sql` is not named `NN_name.sql` or `NN_table.csv` (digits, an underscore, a name)
        `seeds/a/dev/x1_t.sql` is not named `NN_name.sql` or `NN_table.csv` (digits, an underscore, a name)
        `seeds/nowhere` holds seeds of module `nowhere`, which is not a module of this project
        ");
    }
}
