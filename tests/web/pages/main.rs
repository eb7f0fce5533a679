//! The pages in a real browser. Each test has a browser and a profile of its own, reads what a person
//! could read, and waits for conditions, never for a time.

mod article;
mod consoles;
mod files;
mod harness;
mod keeping;
mod links;
mod lookout;
mod missing;
mod tabs;
mod visit;
mod writing;
