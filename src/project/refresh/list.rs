//! One list of a contract in the text of `schema.toml`: entries come and go, comments stay.

use toml_edit::{Array, Item as TomlItem, TableLike, Value};

/// The longest line of a list.
const WIDTH: usize = 110;

/// Keeps the entries of a list that are still true and adds others behind them.
pub(super) fn amend(table: &mut dyn TableLike, key: &str, kept: &[bool], added: Vec<String>) {
    let lines = table.get(key).and_then(TomlItem::as_array).map(lines);
    if lines.is_some() && added.is_empty() && kept.iter().all(|kept| *kept) {
        return;
    }
    let (mut lines, last) = lines.unwrap_or_default();
    let mut kept = kept.iter();
    for line in &mut lines {
        if !kept.next().copied().unwrap_or_default() {
            *line = Line { above: std::mem::take(&mut line.above), ..Line::default() };
        }
    }
    lines.extend(added.into_iter().map(Line::of));
    put(table, key, (lines, last));
}

/// An entry of a list with the comments that belong to it.
#[derive(Default)]
struct Line {
    above: Vec<String>,
    /// `None` where the entry is taken away and its comment above may be about more than it.
    value: Option<Value>,
    behind: Option<String>,
}

impl Line {
    fn of(text: String) -> Self {
        Self { value: Some(text.into()), ..Self::default() }
    }
}

/// The entries of a list and the comments behind the last one.
type Lines = (Vec<Line>, Vec<String>);

/// Takes a list apart. What stands before an entry begins on the line of the one before it.
fn lines(array: &Array) -> Lines {
    let split = |raw: &str| {
        let comment = |line: &str| Some(line.trim().to_owned()).filter(|line| line.starts_with('#'));
        let (first, rest) = raw.split_once('\n').unwrap_or((raw, ""));
        (comment(first), rest.lines().filter_map(comment).collect::<Vec<_>>())
    };
    let mut lines: Vec<Line> = Vec::with_capacity(array.len());
    for value in array {
        let (behind, above) = split(value.decor().prefix().and_then(|raw| raw.as_str()).unwrap_or_default());
        if let Some(before) = lines.last_mut() {
            before.behind = behind;
        }
        let mut value = value.clone();
        value.decor_mut().clear();
        lines.push(Line { above, value: Some(value), behind: None });
    }
    let (behind, last) = split(array.trailing().as_str().unwrap_or_default());
    if let Some(before) = lines.last_mut() {
        before.behind = behind;
    }
    (lines, last)
}

/// Writes a list: on one line where it fits and has no comments, else an entry a line.
fn put(table: &mut dyn TableLike, key: &str, (lines, last): Lines) {
    let comments =
        !last.is_empty() || lines.iter().any(|line| line.behind.is_some() || !line.above.is_empty());
    let written = lines.iter().filter_map(|line| line.value.as_ref());
    let length: usize = written.map(|value| value.to_string().len() + 2).sum();
    let long = comments || key.len() + " = []".len() + length > WIDTH;
    let mut array = Array::new();
    let mut before = String::new();
    for Line { above, value, behind } in lines {
        before.extend(above.iter().map(|comment| format!("\n    {comment}")));
        let Some(mut value) = value else { continue };
        let prefix = match (long, array.is_empty()) {
            (true, _) => format!("{before}\n    "),
            (false, true) => String::new(),
            (false, false) => " ".to_owned(),
        };
        value.decor_mut().set_prefix(prefix);
        array.push_formatted(value);
        before = behind.map(|comment| format!(" {comment}")).unwrap_or_default();
    }
    if long {
        before.extend(last.iter().map(|comment| format!("\n    {comment}")));
        array.set_trailing(format!("{before}\n"));
        array.set_trailing_comma(true);
    }
    match table.get_mut(key) {
        // The comment behind a list stays where it is.
        Some(TomlItem::Value(old)) => {
            let decor = old.decor().clone();
            *old = Value::Array(array);
            *old.decor_mut() = decor;
        }
        _ => drop(table.insert(key, toml_edit::value(array))),
    }
}

/// Writes values in an order that matters. Those that were there keep their comments.
pub(super) fn set(table: &mut dyn TableLike, key: &str, values: &[String]) {
    let (mut old, last) = table.get(key).and_then(TomlItem::as_array).map(lines).unwrap_or_default();
    let line = |value: &String| {
        let is_it = |line: &Line| line.value.as_ref().and_then(Value::as_str) == Some(value);
        old.iter().position(is_it).map_or_else(|| Line::of(value.clone()), |at| old.swap_remove(at))
    };
    let lines = values.iter().map(line).collect();
    put(table, key, (lines, last));
}
