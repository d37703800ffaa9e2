//! Gives types another name, and tables and sequences another schema, as PostgreSQL would. Pure.

use super::Batch;
use super::texts::{unsettle_or, words};
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::Object;

impl Batch<'_> {
    /// Gives what is in the table's schema because the table is there the table's new schema.
    pub(super) fn companions(&mut self, table: &Id, schema: &str) {
        let parts: Vec<Id> = self.users(table).into_iter().filter(|id| self.is_on(id, table)).collect();
        for part in parts {
            let moved = Id::new(part.kind(), schema, part.name());
            match part.kind() {
                Kind::Index => self.index(&part, &moved),
                Kind::Ownership => {
                    self.sequence(&part.with(Kind::Sequence, ""), &moved.with(Kind::Sequence, ""))
                }
                // Its index is in the schema of the table.
                Kind::Constraint => self.pass_parent(&part, (schema, part.part())),
                Kind::IdentitySequence => drop(self.moves.insert(part, moved)),
                Kind::Column => self.edit(&part, |object| {
                    if let Object::Column(column) = object
                        && let Some(sequence) = &mut column.sequence
                    {
                        schema.clone_into(&mut sequence.schema);
                    }
                }),
                _ => {}
            }
        }
    }

    fn is_on(&self, part: &Id, table: &Id) -> bool {
        self.catalog.objects.get(part).is_some_and(|entry| entry.on.as_ref() == Some(table))
    }

    /// Gives a type its new name or schema.
    pub(super) fn type_name(&mut self, old: &Id, new: &Id) {
        let (from, to) = (old.qualified(), new.qualified());
        for user in self.users(old) {
            self.edit(&user, |object| {
                types(object).into_iter().for_each(|name| *name = words(name, &from, &to));
                unsettle_or(object, |text| words(text, &from, &to));
            });
        }
        self.signatures(old, (&from, &to));
        self.moves.insert(old.clone(), new.clone());
        for kind in [Kind::Attribute, Kind::DomainConstraint] {
            let parts =
                self.users(old).into_iter().filter(|part| part.kind() == kind && self.is_on(part, old));
            let moves: Vec<_> = parts.map(|part| (part.clone(), new.with(kind, part.part()))).collect();
            self.moves.extend(moves);
        }
    }
}

impl Batch<'_> {
    /// What is told apart by types, like a function by its arguments', has another identity when a type is renamed.
    pub(super) fn signatures(&mut self, old: &Id, (from, to): (&str, &str)) {
        for user in self.users(old) {
            let typed = matches!(
                user.kind(),
                Kind::Function
                    | Kind::Procedure
                    | Kind::Aggregate
                    | Kind::Operator
                    | Kind::Cast
                    | Kind::Transform
            );
            if !typed {
                continue;
            }
            let by_name = matches!(user.kind(), Kind::Cast | Kind::Transform);
            let before = self.moves.get(&user).unwrap_or(&user);
            let name = if by_name { words(before.name(), from, to) } else { before.name().to_owned() };
            let after = Id::new(user.kind(), before.schema(), name);
            let after = after.with(user.kind(), words(before.part(), from, to));
            self.moves.insert(user.clone(), after);
            self.edit(&user, |object| {
                if let Object::Function(function) = object {
                    // What the text of the body says stays as it is.
                    let at = function.definition.find("\nAS $").unwrap_or(function.definition.len());
                    let body = function.definition.split_off(at);
                    function.definition = words(&function.definition, from, to) + &body;
                    function.arguments = words(&function.arguments, from, to);
                    function.result = function.result.take().map(|result| words(&result, from, to));
                }
            });
        }
    }
}

/// Returns the names of types in a definition.
pub(super) fn types(object: &mut Object) -> Vec<&mut String> {
    match object {
        Object::Column(column) => vec![&mut column.type_name, &mut column.base],
        Object::Domain(domain) => vec![&mut domain.type_name],
        Object::Table(table) => table.of_type.iter_mut().collect(),
        _ => Vec::new(),
    }
}
