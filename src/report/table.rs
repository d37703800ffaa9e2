//! Tables that fit the terminal.

use comfy_table::{ContentArrangement, Table, presets};

use super::Style;

/// Returns the rows under their heads, as wide as `style` allows, each line ended and indented by one space.
pub(super) fn table(style: Style, heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(style.width.max(40));
    table.set_header(heads.to_vec());
    for row in rows {
        table.add_row(row);
    }
    table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}
