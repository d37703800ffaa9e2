//! The only file that prints: the report to standard output, progress, questions and errors to standard error.

use std::time::Duration;

use console::Term;
use dialoguer::{Confirm, Input};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::style::Colour;
use super::{Report, Style, document, error, github, junit, progress, run, sarif};
use crate::error::{Error, Exit};
use crate::model::progress::Progress;
use crate::model::seed::SeedProgress;
use crate::model::seed::progress::Unit;

/// How reports are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Text for people.
    Human,
    /// One JSON document.
    Json,
    /// Findings as JUnit's XML.
    Junit,
    /// Findings as a SARIF log.
    Sarif,
    /// Findings as annotations of GitHub Actions.
    Github,
    /// The statements alone.
    Sql,
}

/// How much is told beside the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Volume {
    /// Progress and warnings.
    Normal,
    /// Errors alone.
    Quiet,
}

/// Standard output and standard error.
#[derive(Debug)]
pub struct Terminal {
    language: Language,
    volume: Volume,
    out: Style,
    err: Style,
    bar: Option<ProgressBar>,
    /// The bar of a data change in batches, in place of the other one.
    meter: Option<ProgressBar>,
}

impl Terminal {
    /// Looks at where the two streams go. `NO_COLOR` and `CLICOLOR` are heeded.
    pub fn new(language: Language, volume: Volume) -> Self {
        let style = |term: &Term, colours: bool| Style {
            colour: if colours { Colour::On } else { Colour::Off },
            width: term.is_term().then(|| term.size().1.clamp(60, 200)),
        };
        let (out, err) = (Term::stdout(), Term::stderr());
        Self {
            language,
            volume,
            out: style(&out, out.is_term() && console::colors_enabled()),
            err: style(&err, err.is_term() && console::colors_enabled_stderr()),
            bar: None,
            meter: None,
        }
    }

    /// Prints the report and returns the exit code that it asks for. A reader that went away is no error.
    pub fn report(&mut self, report: &dyn Report) -> Exit {
        self.clear();
        let text = match self.language {
            Language::Human => report.human(self.out),
            Language::Json => format!("{:#}\n", document(report)),
            Language::Junit => junit::document(&report.listing().unwrap_or_default()),
            Language::Sarif => format!("{:#}\n", sarif::document(&report.listing().unwrap_or_default())),
            Language::Github => github::document(&report.listing().unwrap_or_default()),
            Language::Sql => match report.sql() {
                Some(sql) => sql,
                None => {
                    return self.error(&Error::usage(format!("`{}` has no SQL to print", report.command())));
                }
            },
        };
        print(std::io::stdout(), &text);
        report.exit()
    }

    /// Prints an error to standard error and, where programs read, as the one document to standard output.
    pub fn error(&mut self, failure: &Error) -> Exit {
        self.clear();
        print(std::io::stderr(), &error::human(failure, self.err));
        self.error_document(failure);
        failure.exit()
    }

    /// Prints what clap says of a line that is no command, or the help that was asked for. Programs that read find the
    /// error as the one document on standard output.
    pub fn unparsed(&mut self, unparsed: &clap::Error) -> Exit {
        // A reader that went away is no error.
        let _ = unparsed.print();
        if !unparsed.use_stderr() {
            return Exit::Done;
        }
        let text = unparsed.to_string();
        let message = text.split("\n\n").next().unwrap_or_default().trim().trim_start_matches("error: ");
        let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
        let failure = Error::Usage { message, hint: Some("see `crmdb --help`".to_owned()) };
        self.error_document(&failure);
        failure.exit()
    }

    fn error_document(&self, failure: &Error) {
        let document = match self.language {
            Language::Human | Language::Sql => String::new(),
            Language::Json => format!("{:#}\n", error::json(failure)),
            Language::Junit => junit::error(failure),
            Language::Sarif => format!("{:#}\n", sarif::error(failure)),
            Language::Github => github::error(failure),
        };
        print(std::io::stdout(), &document);
    }

    /// Prints a line beside the report.
    pub fn note(&mut self, text: &str) {
        if self.volume == Volume::Normal {
            let line = format!("{text}\n");
            match self.meter.as_ref().or(self.bar.as_ref()) {
                Some(bar) => bar.suspend(|| print(std::io::stderr(), &line)),
                None => print(std::io::stderr(), &line),
            }
        }
    }

    /// Shows what a run does: a bar where standard error is a terminal, lines for what a person should know everywhere.
    pub fn progress(&mut self, event: &Progress<'_>) {
        if self.volume == Volume::Quiet {
            return;
        }
        if let Some(line) = progress::line(event, self.err) {
            self.note(&line);
        }
        match event {
            Progress::Started { step, index, of } => {
                let bar = self.bar.get_or_insert_with(|| new_bar(*of));
                bar.set_position(*index as u64 - 1);
                bar.set_message(format!("{} {}", run::doing(step.direction), step.label()));
            }
            Progress::Batch { step, done, of } => {
                // What an earlier run did says nothing of how long this one takes.
                let meter = self.meter.get_or_insert_with(|| new_batches(*of).with_position(*done));
                if let Some(bar) = self.bar.take() {
                    bar.finish_and_clear();
                }
                meter.set_message(step.label());
                // The server's count is an estimate.
                meter.set_length(meter.length().unwrap_or_default().max(*done));
                meter.set_position(*done);
            }
            Progress::Finished { .. } => {
                if let Some(meter) = self.meter.take() {
                    meter.finish_and_clear();
                }
                if let Some(bar) = &self.bar {
                    bar.inc(1);
                }
            }
            Progress::Seed(SeedProgress::Started { label }) => {
                if let Some(bar) = &self.bar {
                    bar.set_message((*label).to_owned());
                }
            }
            Progress::Seed(SeedProgress::Advanced { done, of, unit }) => {
                let bar = self.bar.get_or_insert_with(|| new_meter(*of, *unit));
                bar.set_position(*done);
            }
            _ => {}
        }
    }

    /// Asks a question that is answered with yes or no; `None` where there is nobody to ask.
    pub fn confirm(&mut self, question: &str) -> Option<bool> {
        self.clear();
        if !self.is_attended() {
            return None;
        }
        Confirm::new().with_prompt(question).default(false).interact_on(&Term::stderr()).ok()
    }

    /// Tells whether there is somebody to ask.
    pub fn is_attended(&self) -> bool {
        Term::stdout().is_term() && console::user_attended_stderr() && console::user_attended()
    }

    /// Asks for a line of text; `None` where there is nobody to ask.
    pub fn ask(&mut self, question: &str) -> Option<String> {
        self.clear();
        if !self.is_attended() {
            return None;
        }
        Input::<String>::new().with_prompt(question).allow_empty(true).interact_text_on(&Term::stderr()).ok()
    }

    /// Returns how text for people looks on standard error.
    pub fn style(&self) -> Style {
        self.err
    }

    fn clear(&mut self) {
        for bar in [self.bar.take(), self.meter.take()].into_iter().flatten() {
            bar.finish_and_clear();
        }
    }
}

/// A bar over the rows of a table, with the time that is left.
fn new_batches(rows: Option<u64>) -> ProgressBar {
    let template = match rows {
        Some(_) => "{bar:24} {human_pos}/{human_len} rows {wide_msg} {eta} left",
        None => "{human_pos} rows {wide_msg} {elapsed}",
    };
    let bar = ProgressBar::with_draw_target(rows, ProgressDrawTarget::stderr());
    bar.with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// A bar that indicatif hides by itself where standard error is not a terminal.
fn new_bar(steps: usize) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(steps as u64), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:24} {pos}/{len} {wide_msg} {elapsed}");
    // A statement that takes its time is not a run that hangs.
    bar.enable_steady_tick(Duration::from_secs(1));
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// A bar over bytes or rows, with its speed.
fn new_meter(of: u64, unit: Unit) -> ProgressBar {
    let template = match unit {
        Unit::Bytes => "{bar:24} {bytes}/{total_bytes} {bytes_per_sec} {wide_msg} {elapsed}",
        Unit::Rows => "{bar:24} {human_pos}/{human_len} rows {wide_msg} {elapsed}",
    };
    let bar = ProgressBar::with_draw_target(Some(of), ProgressDrawTarget::stderr());
    bar.with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Writes all of `text`; a closed pipe means that the reader has seen enough.
fn print(mut to: impl std::io::Write, text: &str) {
    let _ = to.write_all(text.as_bytes()).and_then(|()| to.flush());
}
