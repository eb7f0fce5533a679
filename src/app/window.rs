//! The system window around [`App`]: eframe, the file of preferences, and the entry point for the command
//! line.
//!
//! eframe can store preferences itself, but it opens whatever has the name of its file and trusts what
//! is in it. [`Preferences`] does not, so eframe is built without that.

use std::path::PathBuf;
use std::sync::Arc;
use std::task::{Wake, Waker};

use eframe::{CreationContext, NativeOptions};
use egui::IconData;

use super::App;
use super::dialogs::SystemDialogs;
use super::theme;
use crate::desk::preferences::Preferences;
use crate::session::hosts::Hosts;

const NAME: &str = "midflight";
/// `assets/icon.svg` as a picture. A desktop that finds the installed icon by the name of the window draws that instead.
const ICON: &[u8] = include_bytes!("../../assets/icon.png");
/// Seconds between two looks whether the preferences have changed.
const KEEPING: f64 = 30.0;

/// Opens the window, with a file if one is given, on a host that answers programs. Returns when it is closed.
///
/// # Errors
/// Why the window cannot be opened, in a sentence: no display, or no OpenGL.
pub fn start(file: Option<PathBuf>, host: Hosts) -> Result<(), String> {
    let path = preferences_file();
    let preferences = path.as_deref().map(Preferences::load).unwrap_or_default();
    let viewport = egui::ViewportBuilder::default()
        .with_title("Midflight")
        .with_app_id(NAME)
        .with_icon(icon())
        // Of the window, only the size is kept. The system chooses the place, so that it is on a screen that is there;
        // a size from a larger screen is cut to this one.
        .with_inner_size([preferences.window.0, preferences.window.1])
        .with_clamp_size_to_monitor_size(true)
        .with_min_inner_size([640.0, 420.0]);
    let options =
        NativeOptions { viewport, renderer: eframe::Renderer::Glow, ..NativeOptions::default() };
    let create = move |context: &CreationContext<'_>| -> Result<
        Box<dyn eframe::App>,
        Box<dyn std::error::Error + Send + Sync>,
    > { Ok(Box::new(Window::new(context, file, host, preferences, path))) };
    eframe::run_native(NAME, options, Box::new(create))
        .map_err(|error| format!("the window cannot be opened: {error}"))
}

fn icon() -> IconData {
    eframe::icon_data::from_png_bytes(ICON).expect("the icon is a picture")
}

/// Draws the next frame when it is woken.
struct Repaint(egui::Context);

impl Repaint {
    fn waker(ctx: &egui::Context) -> Waker {
        Arc::new(Repaint(ctx.clone())).into()
    }
}

impl Wake for Repaint {
    fn wake(self: Arc<Repaint>) {
        self.0.request_repaint();
    }
}

struct Window {
    app: App,
    /// The file of preferences, and what it holds.
    path: Option<PathBuf>,
    kept: Preferences,
    /// The time of the next look at them, in seconds.
    next: f64,
}

impl Window {
    fn new(
        context: &CreationContext<'_>,
        file: Option<PathBuf>,
        host: Hosts,
        preferences: Preferences,
        path: Option<PathBuf>,
    ) -> Window {
        let ctx = &context.egui_ctx;
        theme::install(ctx);
        let kept = preferences.clone();
        if let Some(dark) = preferences.dark {
            ctx.set_theme(if dark { egui::Theme::Dark } else { egui::Theme::Light });
        }
        ctx.set_zoom_factor(preferences.zoom);
        let mut app = App::new(Box::new(SystemDialogs::new(ctx.clone())), preferences);
        app.desk_mut().set_host(host, Repaint::waker(ctx));
        if let Some(file) = file {
            app.desk_mut().open(file);
        }
        match state_folder() {
            Some(folder) => app.desk_mut().keep_in(&folder),
            None => app.desk_mut().keep_nowhere(
                "the system names no folder for the state of programs; set HOME and start again",
            ),
        }
        Window { app, path, kept, next: KEEPING }
    }

    /// Keeps the preferences if they have changed. If that fails, the next start has the earlier ones.
    fn keep_preferences(&mut self) {
        let now = self.app.desk().preferences();
        if let Some(path) = self.path.as_deref().filter(|_| *now != self.kept) {
            let _ = now.keep(path);
            self.kept = now.clone();
        }
    }
}

/// The file of preferences; none if there is no such place.
fn preferences_file() -> Option<PathBuf> {
    let folders = directories::ProjectDirs::from("", "", NAME)?;
    Some(folders.data_dir().join("app.ron"))
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
        let (now, size) =
            ctx.input(|input| (input.time, input.viewport().inner_rect.map(|rect| rect.size())));
        if let Some(size) = size {
            // A window is made before the zoom factor is set.
            let size = size * ctx.zoom_factor();
            self.app.desk_mut().note_window(size.x, size.y);
        }
        if now >= self.next {
            self.keep_preferences();
            self.next = now + KEEPING;
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.app.ui(ui);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.keep_preferences();
        if self.app.desk().quits() {
            self.app.desk_mut().close_recording();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_icon_can_be_read() {
        let icon = icon();
        assert_eq!((icon.width, icon.height), (128, 128));
        // Its corners are round.
        assert_eq!(icon.rgba[3], 0);
    }
}
