//! A column's way to another type: how its values are converted, and what that may cost. Pure.

use super::plan::Plan;
use super::statement::{Hazard, Statement};
use crate::catalog::id::{Id, Kind};
use crate::catalog::model::{Catalog, Column};
use crate::sql::quote::held::identifier;

/// Returns what gives the column its new type; `alter` is the statement up to the column's name.
pub(super) fn statement(plan: &Plan<'_>, id: &Id, (from, to): (&Column, &Column), alter: &str) -> Statement {
    let name = identifier(id.part());
    let mut sql = format!("{alter} TYPE {}", to.type_name);
    if let Some(collation) = &to.collation {
        sql.push_str(&format!(" COLLATE {collation}"));
    }
    let moved = |need: &Id| need.kind() != Kind::Collation && plan.away_step(need).is_some();
    let away = plan.from().needs.get(id).into_iter().flatten().any(moved);
    let using = if away && !array_depth_differs(from, to) {
        Some(format!("{name}::text::{}", to.type_name))
    } else {
        conversion(plan.from(), from, to).map(|path| format!("{name}{path}::{}", to.type_name))
    };
    if let Some(using) = using {
        sql.push_str(&format!(" USING {using}"));
    }
    let fails = away || !takes_all(plan.from(), from, to);
    Statement::new(id, sql).with(hazards(from, to, fails))
}

/// Returns what another type costs a table; `fails` tells whether a value may not fit.
pub(super) fn hazards(from: &Column, to: &Column, fails: bool) -> &'static [Hazard] {
    match (grows(from, to), fails) {
        (true, _) => &[Hazard::AccessExclusiveLock],
        (false, false) => &[Hazard::AccessExclusiveLock, Hazard::TableRewrite],
        (false, true) => &[Hazard::AccessExclusiveLock, Hazard::TableRewrite, Hazard::DataDependent],
    }
}

/// Returns whether no value fails on its way to the new type: whole numbers go implicitly into what is wider, and
/// everything has a text.
pub(super) fn takes_all(catalog: &Catalog, from: &Column, to: &Column) -> bool {
    let elements = from.base.strip_suffix("[]").zip(to.base.strip_suffix("[]"));
    let (source, target) = elements.unwrap_or((&from.base, &to.base));
    let cast = catalog.casts.get(&(source.to_owned(), target.to_owned())).map(String::as_str);
    let whole = ["smallint", "integer", "bigint"].contains(&source);
    !to.type_name.contains('(') && (whole && cast == Some("i") || target == "text")
}

fn array_depth_differs(from: &Column, to: &Column) -> bool {
    from.base.ends_with("[]") != to.base.ends_with("[]")
}

const TEXTS: [&str; 4] = ["text", "character varying", "character", "name"];

/// Returns what must stand between the column and the cast to its new type in `USING`; none when PostgreSQL converts
/// by itself.
pub(super) fn conversion(catalog: &Catalog, from: &Column, to: &Column) -> Option<&'static str> {
    let (source, target) = (from.base.trim_end_matches("[]"), to.base.trim_end_matches("[]"));
    let textual = |name: &str| TEXTS.contains(&name);
    if array_depth_differs(from, to) {
        return Some("::text");
    }
    if source == target || (textual(target) && !from.base.ends_with("[]")) {
        return None;
    }
    match catalog.casts.get(&(source.to_owned(), target.to_owned())).map(String::as_str) {
        Some("e") => Some(""),
        Some(_) => None,
        None if textual(source) => Some(""),
        None => Some("::text"),
    }
}

/// Returns whether the new type takes every old value as it is stored: a text of no smaller length, or what the support
/// functions of the types say (`numeric_support`, `TemporalSimplify` and their like in src/backend/utils/adt).
fn grows(from: &Column, to: &Column) -> bool {
    let modifiers = |column: &Column| -> Option<Vec<i64>> {
        let (_, rest) = column.type_name.split_once('(')?;
        let (list, _) = rest.split_once(')')?;
        list.split(',').map(|one| one.trim().parse().ok()).collect()
    };
    let text = |column: &Column| matches!(column.base.as_str(), "text" | "character varying");
    let base = to.base.as_str();
    let elastic = base == "bit varying" || base.starts_with("time");
    let narrow = match (modifiers(from), modifiers(to)) {
        _ if base == "interval" => to.type_name != base,
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(old), Some(new)) => new[0] < old[0] || new[1..] != old[1..],
    };
    let alike = from.base == to.base && (elastic || matches!(base, "numeric" | "interval"));
    from.collation == to.collation && (text(from) && text(to) || alike) && !narrow
}
