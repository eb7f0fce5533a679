//! The files of the page, for JavaScript: it puts what the browser has kept on the shelf before a window opens.

use std::path::Path;

use js_sys::{Function, Uint8Array};
use midflight::store::shelf::{self, Change};
use wasm_bindgen::prelude::*;

/// Puts a file on the shelf.
#[wasm_bindgen(js_name = putFile)]
pub fn put_file(path: &str, bytes: &[u8]) {
    shelf::put(Path::new(path), bytes.to_vec());
}

/// Puts a file on the shelf that the user gives, so that it can be opened.
#[wasm_bindgen(js_name = giveFile)]
pub fn give_file(path: &str, bytes: &[u8]) {
    shelf::give(Path::new(path), bytes.to_vec());
}

/// Lets this page write to a recording of unsaved work.
#[wasm_bindgen(js_name = claimFile)]
pub fn claim_file(path: &str) {
    shelf::claim(Path::new(path));
}

/// Says why the browser does not keep anything, or that it does again.
#[wasm_bindgen(js_name = refuseFiles)]
pub fn refuse_files(why: Option<String>) {
    shelf::refuse(why.as_deref());
}

/// Tells JavaScript what has to be kept.
pub(crate) fn keep(with: &Function) {
    for change in shelf::changes() {
        let (kind, path, bytes) = match change {
            Change::Append(path, bytes) => ("append", path, bytes),
            Change::Write(path, bytes) => ("write", path, bytes),
            Change::Save(path, bytes) => ("save", path, bytes),
            Change::Remove(path) => ("remove", path, Vec::new()),
        };
        let path = path.to_string_lossy();
        let bytes = Uint8Array::from(bytes.as_slice());
        // What fails there is told by `refuse_files`.
        let _ = with.call3(&JsValue::NULL, &kind.into(), &path.as_ref().into(), &bytes);
    }
}
