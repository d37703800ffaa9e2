//! Tables that fit the terminal.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};

use super::Style;

/// A column: its head, and whether its cells may be broken into several lines.
pub(super) enum Column {
    /// Stays on one line.
    Fixed(&'static str),
    /// Is broken where the table would be wider than the terminal.
    Flowing(&'static str),
}

/// Returns the rows under their heads, as wide as `style` allows, each line ended and indented by one space.
pub(super) fn table(style: Style, columns: &[Column], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if let Some(width) = style.width {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width.max(60));
    }
    table.set_header(columns.iter().map(|column| match column {
        Column::Fixed(head) | Column::Flowing(head) => *head,
    }));
    for row in rows {
        table.add_row(row);
    }
    for (column, kind) in table.column_iter_mut().zip(columns) {
        if let Column::Fixed(_) = kind {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}
