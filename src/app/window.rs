//! The system window around [`App`]: eframe, its storage, and the entry point for the command line.

use std::path::PathBuf;

use eframe::{CreationContext, NativeOptions, Storage};

use super::App;
use super::dialogs::SystemDialogs;
use super::theme;
use crate::desk::preferences::Preferences;

const NAME: &str = "midflight";
const STORED: &str = "preferences";

/// Opens the window, with a file if one is given. Returns when it is closed.
///
/// # Errors
/// Why the window cannot be opened, in a sentence: no display, or no OpenGL.
pub fn start(file: Option<PathBuf>) -> Result<(), String> {
    let viewport = egui::ViewportBuilder::default()
        .with_title("Midflight")
        .with_app_id(NAME)
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size([640.0, 420.0]);
    let options =
        NativeOptions { viewport, renderer: eframe::Renderer::Glow, ..NativeOptions::default() };
    let create = move |context: &CreationContext<'_>| -> Result<
        Box<dyn eframe::App>,
        Box<dyn std::error::Error + Send + Sync>,
    > { Ok(Box::new(Window::new(context, file))) };
    eframe::run_native(NAME, options, Box::new(create))
        .map_err(|error| format!("the window cannot be opened: {error}"))
}

struct Window {
    app: App,
}

impl Window {
    fn new(context: &CreationContext<'_>, file: Option<PathBuf>) -> Window {
        let ctx = &context.egui_ctx;
        theme::install(ctx);
        let stored =
            context.storage.and_then(|storage| eframe::get_value::<Preferences>(storage, STORED));
        let preferences = stored.unwrap_or_default();
        if let Some(dark) = preferences.dark {
            ctx.set_theme(if dark { egui::Theme::Dark } else { egui::Theme::Light });
        }
        ctx.set_zoom_factor(preferences.zoom.clamp(0.5, 3.0));
        let mut app = App::new(Box::new(SystemDialogs::new(ctx.clone())), preferences);
        if let Some(file) = file {
            app.desk_mut().open(file);
        }
        match state_folder() {
            Some(folder) => app.desk_mut().keep_in(&folder),
            None => app.desk_mut().keep_nowhere(
                "the system names no folder for the state of programs; set HOME and start again",
            ),
        }
        Window { app }
    }
}

/// The folder for unsaved work; none if the system names no such place.
fn state_folder() -> Option<PathBuf> {
    let folders = directories::ProjectDirs::from("", "", NAME)?;
    Some(folders.state_dir().unwrap_or_else(|| folders.data_local_dir()).to_path_buf())
}

impl eframe::App for Window {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        if ctx.input(|input| input.viewport().close_requested()) && !self.app.desk_mut().may_close()
        {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
        }
        self.app.logic(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.app.ui(ui);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        if self.app.desk().quits() {
            self.app.desk_mut().close_recording();
        }
    }

    fn save(&mut self, storage: &mut dyn Storage) {
        eframe::set_value(storage, STORED, self.app.desk().preferences());
    }
}
