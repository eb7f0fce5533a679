//! What a page says about a window that it opens.

use js_sys::{Function, Promise, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// An object of JavaScript with some of these members.
    pub type Options;

    /// The file to open, by its name on the shelf.
    #[wasm_bindgen(method, getter)]
    pub fn name(this: &Options) -> Option<String>;

    /// Of a recording: how many gestures are done when it opens.
    #[wasm_bindgen(method, getter)]
    pub fn at(this: &Options) -> Option<f64>;

    /// Of a recording: whether it opens at its end, unless very much was executed there.
    #[wasm_bindgen(method, getter, js_name = atEnd)]
    pub fn at_end(this: &Options) -> bool;

    /// The colours: "dark" or "light".
    #[wasm_bindgen(method, getter)]
    pub fn theme(this: &Options) -> Option<String>;

    /// How many points wide it is at least: in less room, everything is drawn smaller.
    #[wasm_bindgen(method, getter)]
    pub fn width(this: &Options) -> Option<f64>;

    /// Whether the work is kept in the browser.
    #[wasm_bindgen(method, getter)]
    pub fn keeps(this: &Options) -> bool;

    /// Why it cannot be kept, although it should.
    #[wasm_bindgen(method, getter, js_name = keptNowhere)]
    pub fn kept_nowhere(this: &Options) -> Option<String>;

    /// Called with what has to be kept: a kind of change, a path, and bytes.
    #[wasm_bindgen(method, getter)]
    pub fn keep(this: &Options) -> Function;

    /// Called to choose a file: a promise of a [`Picked`], or of nothing.
    #[wasm_bindgen(method)]
    pub fn pick(this: &Options) -> Promise;

    /// Called with a file of the browser that was dropped: a promise of its bytes.
    #[wasm_bindgen(method)]
    pub fn read(this: &Options, file: &JsValue) -> Promise;

    /// Called with a recording, to put a link to it on the clipboard: a promise of what to say.
    #[wasm_bindgen(method)]
    pub fn link(this: &Options, recording: &str) -> Promise;

    /// Called when the name of the work changes.
    #[wasm_bindgen(method)]
    pub fn entitle(this: &Options, title: &str);

    /// A file that was chosen.
    pub type Picked;

    /// Its name.
    #[wasm_bindgen(method, getter)]
    pub fn name(this: &Picked) -> String;

    /// What it holds.
    #[wasm_bindgen(method, getter)]
    pub fn bytes(this: &Picked) -> Uint8Array;
}
