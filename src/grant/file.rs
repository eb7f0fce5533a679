//! A file that a program may read. It is read again at each call, so the program sees it as it is then; what it
//! was is in the journal.

use std::path::PathBuf;
use std::task::{Context, Poll};

use super::Polled;
use crate::session::host::{Asked, Host, Offer};
use crate::store;
use crate::vm::instruction::Instruction;
use crate::vm::text::TEXT_BYTES;

/// A host that reads one file.
pub(super) struct GrantedFile {
    offers: [Offer; 1],
    path: PathBuf,
}

impl GrantedFile {
    /// The file at a path, which the program calls `file.NAME`.
    ///
    /// # Errors
    /// If it cannot be read now.
    pub(super) fn new(name: &str, path: PathBuf) -> Result<GrantedFile, String> {
        let file = GrantedFile { offers: [Offer::new(format!("file.{name}"), 0, 1)], path };
        file.read()?;
        Ok(file)
    }

    fn read(&self) -> Result<String, String> {
        store::read(&self.path, TEXT_BYTES as u64).map_err(|error| error.to_string())
    }
}

impl Host for GrantedFile {
    fn offers(&self) -> &[Offer] {
        &self.offers
    }

    fn poll(&mut self, _: &Asked, _: &mut Context<'_>) -> Polled {
        Poll::Ready(self.read().map(|text| vec![Instruction::Text(text.into())]))
    }

    fn forget(&mut self, _: &Asked) {}
}

#[cfg(test)]
mod tests {
    use super::super::ask;
    use super::*;

    #[test]
    fn a_file_is_read_as_it_is_now() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("n.txt");
        let missing = GrantedFile::new("notes", path.clone()).err().unwrap();
        assert!(missing.contains("n.txt"), "{missing}");
        assert!(GrantedFile::new("notes", folder.path().into()).is_err());
        std::fs::write(&path, "one").unwrap();
        let mut file = GrantedFile::new("notes", path.clone()).unwrap();
        let read = |file: &mut GrantedFile| ask(file, "file.notes", Vec::new());
        assert_eq!(read(&mut file), Ok("Text(\"one\")".to_owned()));
        std::fs::write(&path, "two\r\n").unwrap();
        assert_eq!(read(&mut file), Ok("Text(\"two\\r\\n\")".to_owned()));
        std::fs::write(&path, vec![b'x'; TEXT_BYTES + 1]).unwrap();
        assert!(read(&mut file).unwrap_err().contains("n.txt"));
        std::fs::write(&path, [0xff]).unwrap();
        assert!(read(&mut file).is_err());
        std::fs::remove_file(&path).unwrap();
        assert!(read(&mut file).is_err());
    }
}
