//! Gives everything in a schema the schema's new name, as PostgreSQL would. Pure.

use std::borrow::Cow;

use serde_json::Value;

use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{Catalog, Object};
use crate::sql::quote::held::identifier;

/// Gives the schema its new name, which is not taken.
pub(in crate::catalog) fn rename_schema(catalog: &mut Catalog, old: &str, new: &str) {
    let schema =
        Schema { old, new, from: format!("{}.", identifier(old)), to: format!("{}.", identifier(new)) };
    for (id, mut entry) in std::mem::take(&mut catalog.objects) {
        entry.on = entry.on.map(|on| schema.id(on));
        schema.object(&id, &mut entry.object);
        catalog.objects.insert(schema.id(id), entry);
    }
    for (id, needs) in std::mem::take(&mut catalog.needs) {
        let mut needs: Vec<Id> = needs.into_iter().map(|need| schema.id(need)).collect();
        needs.sort_unstable();
        catalog.needs.insert(schema.id(id), needs);
    }
    let casts = std::mem::take(&mut catalog.casts).into_iter();
    let renamed = |text: String| schema.text(&text).into_owned();
    catalog.casts = casts.map(|((from, to), context)| ((renamed(from), renamed(to)), context)).collect();
}

/// A schema's names, and what qualifies a name by them.
struct Schema<'a> {
    old: &'a str,
    new: &'a str,
    from: String,
    to: String,
}

impl Schema<'_> {
    fn id(&self, id: Id) -> Id {
        let named = |text: &str| if text == self.old { self.new.to_owned() } else { text.to_owned() };
        let texts = |text: &str| self.text(text).into_owned();
        let untouched =
            id.schema() != self.old && !id.part().contains(&self.from) && !id.name().contains(&self.from);
        match id.kind() {
            Kind::Schema => Id::new(Kind::Schema, "", named(id.name())),
            Kind::PublicationSchema => id.with(id.kind(), named(id.part())),
            _ if untouched => id,
            // The names of these are types; the parts of those are types or tables.
            Kind::Cast | Kind::Transform => {
                Id::new(id.kind(), "", texts(id.name())).with(id.kind(), texts(id.part()))
            }
            Kind::Function
            | Kind::Procedure
            | Kind::Aggregate
            | Kind::Operator
            | Kind::Inheritance
            | Kind::PublicationTable
            | Kind::InitialPrivileges => {
                Id::new(id.kind(), named(id.schema()), id.name()).with(id.kind(), texts(id.part()))
            }
            kind => Id::new(kind, named(id.schema()), id.name()).with(kind, id.part()),
        }
    }

    fn object(&self, id: &Id, object: &mut Object) {
        // It is in no schema, and its connection may be known by a fingerprint alone.
        if matches!(object, Object::Subscription(_)) {
            return;
        }
        let Ok(text) = serde_json::to_string(object) else { return };
        // In JSON the quotes of a name are escaped.
        let escaped = self.from.replace('"', "\\\"");
        if !(text.contains(&escaped) || text.contains(&format!("\"{}\"", self.old.replace('"', "\\\"")))) {
            return;
        }
        let Ok(mut value) = serde_json::from_str(&text) else { return };
        self.value("", &mut value);
        if let Ok(renamed) = Object::decode(id.kind(), &value.to_string()) {
            *object = renamed;
        }
    }

    fn value(&self, key: &str, value: &mut Value) {
        match (key, value) {
            // A routine's body and the labels of an enum are their author's.
            ("text" | "labels", _) => {}
            ("schema", Value::String(name)) if name == self.old => self.new.clone_into(name),
            ("parent" | "table", Value::Array(relation)) => {
                if let Some(Value::String(name)) = relation.first_mut().filter(|name| *name == self.old) {
                    self.new.clone_into(name);
                }
            }
            ("definition", Value::String(text)) => {
                let at = text.find("\nAS $").unwrap_or(text.len());
                let body = text.split_off(at);
                *text = self.text(text).into_owned() + &body;
            }
            (_, Value::String(text)) => *text = self.text(text).into_owned(),
            (_, Value::Array(values)) => values.iter_mut().for_each(|value| self.value("", value)),
            (_, Value::Object(fields)) => fields.iter_mut().for_each(|(key, value)| self.value(key, value)),
            _ => {}
        }
    }

    /// Returns the text with the new schema before every name, and in constants that stand for objects.
    fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !text.contains(&self.from) {
            return Cow::Borrowed(text);
        }
        let mut text = words_before(text, &self.from, &self.to);
        let (from, to) = (format!("'{}", self.from), format!("'{}", self.to));
        let mut at = 0;
        while let Some(found) = text[at..].find(&from).map(|found| at + found) {
            let end = text[found + 1..].find('\'').map_or(text.len(), |end| found + 1 + end);
            at = found + from.len();
            if text[end..].starts_with("'::reg") {
                text.replace_range(found..at, &to);
                at = found + to.len();
            }
        }
        Cow::Owned(text)
    }
}

/// Replaces `from`, which ends in a dot, where it begins a name outside string literals.
fn words_before(text: &str, from: &str, to: &str) -> String {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '"' | '.');
    let rename = |piece: &str| {
        let mut out = String::with_capacity(piece.len());
        let mut end = 0;
        for (at, _) in piece.match_indices(from) {
            out.push_str(&piece[end..at]);
            out.push_str(if piece[..at].ends_with(part) { from } else { to });
            end = at + from.len();
        }
        out + &piece[end..]
    };
    let pieces = text.split('\'').enumerate();
    let pieces: Vec<String> =
        pieces.map(|(at, piece)| if at % 2 == 1 { piece.to_owned() } else { rename(piece) }).collect();
    pieces.join("'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_the_schema_are_renamed_and_nothing_else() {
        let schema = Schema { old: "a", new: "B", from: "a.".to_owned(), to: "\"B\".".to_owned() };
        for (text, renamed) in [
            ("SELECT t.a FROM a.t", "SELECT t.a FROM \"B\".t"),
            ("CHECK ((x <> 'a.t'::text))", "CHECK ((x <> 'a.t'::text))"),
            ("nextval('a.s'::regclass)", "nextval('\"B\".s'::regclass)"),
            ("aa.t, b.a.c", "aa.t, b.a.c"),
            ("a.e[], a.e", "\"B\".e[], \"B\".e"),
        ] {
            assert_eq!(schema.text(text), renamed);
        }
    }
}
