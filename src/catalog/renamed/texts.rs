//! The SQL texts of a definition, and names in them. Pure.

use super::UNSETTLED;
use crate::catalog::model::Object;

/// Changes every text of the definition; where PostgreSQL might print another text after a rename, marks it as differing.
pub(super) fn unsettle_or(object: &mut Object, change: impl Fn(&str) -> String) {
    match object {
        Object::View(view) => view.definition.push_str(UNSETTLED),
        Object::Function(function) if function.text.is_none() => function.definition.push_str(UNSETTLED),
        Object::Function(_) => {}
        Object::Trigger(rule)
            if rule.definition.starts_with("CREATE RULE") && !rule.definition.ends_with(" NOTHING") =>
        {
            rule.definition.push_str(UNSETTLED)
        }
        Object::Policy(policy) => {
            for text in [&mut policy.using, &mut policy.check].into_iter().flatten() {
                *text = if text.contains("SELECT") { format!("{text}{UNSETTLED}") } else { change(text) };
            }
        }
        other => {
            for text in texts(other) {
                *text = change(text);
            }
        }
    }
}

/// Returns the SQL texts of a definition.
pub(super) fn texts(object: &mut Object) -> Vec<&mut String> {
    match object {
        Object::Domain(domain) => domain.default.iter_mut().collect(),
        Object::DomainConstraint(check) => vec![&mut check.definition],
        Object::Column(column) => column.expression.iter_mut().collect(),
        Object::Default(default) => vec![&mut default.expression],
        Object::View(view) => vec![&mut view.definition],
        Object::Index(index) => vec![&mut index.definition],
        Object::Constraint(constraint) => vec![&mut constraint.definition],
        Object::Trigger(trigger) => vec![&mut trigger.definition],
        Object::Policy(policy) => [&mut policy.using, &mut policy.check].into_iter().flatten().collect(),
        Object::Plain(plain) => {
            let mut texts = vec![&mut plain.core];
            texts.extend(&mut plain.create);
            texts.extend(&mut plain.drop);
            for setting in plain.settings.values_mut() {
                texts.push(&mut setting.set);
                texts.extend(&mut setting.unset);
            }
            texts
        }
        _ => Vec::new(),
    }
}

/// Returns the text with each word `from` as `to`, outside string literals.
pub(super) fn words(text: &str, from: &str, to: &str) -> String {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '"');
    let mut out = String::with_capacity(text.len());
    for (at, piece) in text.split('\'').enumerate() {
        if at > 0 {
            out.push('\'');
        }
        if at % 2 == 1 {
            out.push_str(piece);
            continue;
        }
        let mut rest = piece;
        while let Some(found) = rest.find(from) {
            let start = piece.len() - rest.len() + found;
            let end = start + from.len();
            let before = piece[..start].chars().next_back().is_some_and(part);
            let after = piece[end..].chars().next().is_some_and(part);
            out.push_str(&rest[..found]);
            out.push_str(if before || after { from } else { to });
            rest = &piece[end..];
        }
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_are_renamed_outside_literals_only() {
        for (text, renamed) in [
            ("CHECK ((a <> 'a'::text))", "CHECK ((b <> 'a'::text))"),
            ("CHECK ((aa > a))", "CHECK ((aa > b))"),
            ("(a || 'it''s a') || a", "(b || 'it''s a') || b"),
        ] {
            assert_eq!(words(text, "a", "b"), renamed);
        }
    }
}
