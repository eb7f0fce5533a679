//! Until images have a file form: recordings begin empty or with a program.

use super::image::Image;

impl Image {
    /// The image as a file.
    pub fn to_file_text(&self) -> String {
        String::new()
    }

    /// Reads an image file.
    ///
    /// # Errors
    /// Always, for now.
    pub fn from_file_text(_: &str) -> Result<Image, String> {
        Err("images cannot be read yet".to_string())
    }
}
