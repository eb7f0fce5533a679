//! The accessible names of what is drawn. egui makes them for AccessKit, which has no adapter for the web, and eframe
//! drops them there; so a page cannot give them to a screen reader yet. They can be read through this, as the tests do.

use std::sync::{Arc, Mutex};

use egui::accesskit::{NodeId, Toggled, TreeUpdate};
use egui::{Context, FullOutput, Plugin};
use serde::Serialize;

/// What a node says.
#[derive(Serialize)]
struct Row {
    role: String,
    name: String,
    value: String,
    focused: bool,
    disabled: bool,
    selected: bool,
    /// Left, top, width and height, in pixels of the page.
    bounds: [f64; 4],
}

/// The nodes of the last frame, in the order in which they were drawn.
#[derive(Clone, Default)]
pub struct Names {
    last: Arc<Mutex<(Option<TreeUpdate>, f64)>>,
}

impl Plugin for Names {
    fn debug_name(&self) -> &'static str {
        "names"
    }

    fn output_hook(&mut self, ctx: &Context, output: &mut FullOutput) {
        if let Some(update) = output.platform_output.accesskit_update.take() {
            *self.last.lock().expect("nothing here panics") =
                (Some(update), f64::from(ctx.zoom_factor()));
        }
    }
}

impl Names {
    /// The nodes with a name or a value, as JSON.
    pub fn rows(&self) -> String {
        let last = self.last.lock().expect("nothing here panics");
        let (Some(update), zoom) = &*last else { return "[]".to_owned() };
        let named = |(id, node): &(NodeId, egui::accesskit::Node)| {
            let name = node.label().unwrap_or_default().to_owned();
            let value = node.value().map(str::to_owned);
            let value = value.or_else(|| node.numeric_value().map(|value| value.to_string()));
            let bounds = node.bounds().unwrap_or_default();
            let row = Row {
                role: format!("{:?}", node.role()),
                name,
                value: value.unwrap_or_default(),
                focused: *id == update.focus,
                disabled: node.is_disabled(),
                selected: node.is_selected() == Some(true) || node.toggled() == Some(Toggled::True),
                bounds: [
                    bounds.x0 * zoom,
                    bounds.y0 * zoom,
                    (bounds.x1 - bounds.x0) * zoom,
                    (bounds.y1 - bounds.y0) * zoom,
                ],
            };
            (!row.name.is_empty() || !row.value.is_empty()).then_some(row)
        };
        let rows: Vec<Row> = update.nodes.iter().filter_map(named).collect();
        serde_json::to_string(&rows).expect("texts and numbers can be written")
    }
}
