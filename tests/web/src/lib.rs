//! Drives the pages in headless Chromium as a person would: keys, mouse, files, several tabs, and the
//! browser killed in the middle.
//!
//! The browser speaks its own protocol, which is JSON, over two pipes. So nothing is needed but a reader of
//! JSON: no library that drives browsers, no sockets. The window draws on a canvas, and what it shows can be
//! read as rows of its accessible nodes: `handle.rows()` of `midflight.js`.

pub mod browser;
pub mod connection;
pub mod files;
pub mod keyboard;
pub mod row;
pub mod screenshot;
pub mod site;
pub mod tab;
#[path = "../../support/wait.rs"]
pub mod wait;

pub use browser::{Browser, Profile};
pub use row::Row;
pub use site::Site;
pub use tab::Tab;
