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

    /// Whether the file comes from a link: a recording then opens where the link was made, unless very much was
    /// executed there.
    #[wasm_bindgen(method, getter, js_name = isLink)]
    pub fn is_link(this: &Options) -> bool;

    /// Where a link was made.
    #[wasm_bindgen(method, getter)]
    pub fn position(this: &Options) -> Option<String>;

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

    /// Called with a recording and a position in it, to put a link on the clipboard: a promise of what to say.
    #[wasm_bindgen(method)]
    pub fn link(this: &Options, recording: &str, position: &str) -> Promise;

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
