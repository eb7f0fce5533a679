//! What a window shows, as the rows of its accessible nodes.

use serde_json::Value;

/// An accessible node.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What it is: a button, a text field, ...
    pub role: String,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub value: String,
    /// Whether it has the keyboard.
    pub focused: bool,
    /// Whether it cannot be used now.
    pub disabled: bool,
    /// Whether it is chosen.
    pub selected: bool,
    /// Left, top, width and height, in pixels of the canvas.
    pub bounds: [f64; 4],
}

impl Row {
    /// A row as `handle.rows()` gives it.
    pub fn of(row: &Value) -> Row {
        let text = |field: &str| row[field].as_str().unwrap_or_default().to_string();
        let is = |field: &str| row[field].as_bool().unwrap_or_default();
        let bound = |index: usize| row["bounds"][index].as_f64().unwrap_or_default();
        Row {
            role: text("role"),
            name: text("name"),
            value: text("value"),
            focused: is("focused"),
            disabled: is("disabled"),
            selected: is("selected"),
            bounds: [bound(0), bound(1), bound(2), bound(3)],
        }
    }

    /// Whether it has this role, or any if that is empty, and its name or value contains a text.
    pub fn fits(&self, role: &str, text: &str) -> bool {
        let has_role = role.is_empty() || self.role == role;
        has_role && (self.name.contains(text) || self.value.contains(text))
    }

    /// Where a person would click it.
    pub fn middle(&self) -> (f64, f64) {
        let [x, y, width, height] = self.bounds;
        (x + width / 2.0, y + height / 2.0)
    }
}

/// The rows as a failure shows them.
pub fn listed(rows: &[Row]) -> String {
    let line = |row: &Row| {
        let value = if row.value.is_empty() { "" } else { " = " };
        format!("  {} {:?}{value}{}", row.role, row.name, row.value)
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
