//! A grant as a person writes it: `clock`, `random=7`, `file:notes=n.txt`, `args`.

use std::path::PathBuf;

use super::clock::Clock;
use super::file::GrantedFile;
use super::random::Random;
use super::words::GrantedWords;
use crate::session::host::Host;
use crate::session::hosts::Hosts;
use crate::vm::name::check_name;

/// How grants are written, for messages.
const FORMS: &str = "clock, random=SEED, file:NAME=PATH and args";

/// Something that a program may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grant {
    /// The time, and waiting.
    Clock,
    /// Random numbers that follow from this seed.
    Random(u64),
    /// The text in a file.
    File {
        /// The name by which the program knows it.
        name: String,
        /// Where it is.
        path: PathBuf,
    },
    /// The words given to the program.
    Args,
}

impl Grant {
    /// Reads a grant.
    ///
    /// # Errors
    /// How it should be written.
    pub fn read(text: &str) -> Result<Grant, String> {
        let (kind, value) = match text.split_once('=') {
            Some((kind, value)) => (kind, Some(value)),
            None => (text, None),
        };
        match (kind, value) {
            ("clock", None) => Ok(Grant::Clock),
            ("args", None) => Ok(Grant::Args),
            ("random", Some(seed)) => seed.parse().map(Grant::Random).map_err(|_| {
                format!(
                    "the seed of random must be a number from 0 to {}, as in random=7",
                    u64::MAX
                )
            }),
            ("random", None) => Err("random needs a seed, as in random=7".to_owned()),
            ("clock" | "args", Some(_)) => Err(format!("`{kind}` takes no value")),
            (kind, value) => match (kind.strip_prefix("file:"), value) {
                (Some(name), Some(path)) => file(name, path),
                (Some(_), None) => Err("file:NAME needs a path, as in file:notes=n.txt".to_owned()),
                (None, _) => Err(format!("`{kind}` cannot be granted; what can be is {FORMS}")),
            },
        }
    }

    /// The host that it is.
    ///
    /// # Errors
    /// If its file cannot be read.
    fn host(self, words: &[String]) -> Result<Box<dyn Host>, String> {
        Ok(match self {
            Grant::Clock => Box::new(Clock::default()),
            Grant::Random(seed) => Box::new(Random::new(seed)),
            Grant::File { name, path } => Box::new(GrantedFile::new(&name, path)?),
            Grant::Args => Box::new(GrantedWords::new(words.to_vec())),
        })
    }
}

fn file(name: &str, path: &str) -> Result<Grant, String> {
    check_name(name)
        .map_err(|fault| format!("`{name}` cannot be the name of a file: it {fault}"))?;
    if path.is_empty() {
        return Err(format!("file:{name} needs a path, as in file:{name}=n.txt"));
    }
    Ok(Grant::File { name: name.to_owned(), path: path.into() })
}

/// What is granted, as one host. `words` are those given to the program.
///
/// # Errors
/// If something is granted twice, a file cannot be read, or there are words that are not granted.
pub fn hosts(grants: Vec<Grant>, words: &[String]) -> Result<Hosts, String> {
    if !words.is_empty() && !grants.contains(&Grant::Args) {
        return Err("words after -- are given to the program only with --grant args".to_owned());
    }
    let mut hosts = Hosts::default();
    for grant in grants {
        hosts.add(grant.host(words)?).map_err(|name| format!("`{name}` is granted twice"))?;
    }
    Ok(hosts)
}

/// How a missing function could be granted, if it is one of those that can be.
pub fn hint(name: &str) -> Option<String> {
    let (kind, rest) = name.split_once('.')?;
    let is_of = |names: &[&str]| names.contains(&name).then_some(());
    Some(match kind {
        "clock" => is_of(&super::clock::NAMES).map(|()| "--grant clock".to_owned())?,
        "random" => is_of(&super::random::NAMES).map(|()| "--grant random=7".to_owned())?,
        "args" => is_of(&super::words::NAMES).map(|()| "--grant args -- WORDS".to_owned())?,
        "file" if !rest.is_empty() => format!("--grant file:{rest}=PATH"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_are_read() {
        let file = Grant::File { name: "notes".to_owned(), path: "a=b.txt".into() };
        for (text, grant) in [
            ("clock", Grant::Clock),
            ("args", Grant::Args),
            ("random=7", Grant::Random(7)),
            ("file:notes=a=b.txt", file),
        ] {
            assert_eq!(Grant::read(text), Ok(grant), "{text}");
        }
        for (text, words) in [
            ("", "cannot be granted"),
            ("network", "what can be is clock"),
            ("random", "needs a seed"),
            ("random=x", "must be a number"),
            ("random=-1", "must be a number"),
            ("clock=1", "takes no value"),
            ("file:notes", "needs a path"),
            ("file:notes=", "needs a path"),
            ("file:=n.txt", "cannot be the name of a file"),
            ("file:a b=n.txt", "cannot be the name of a file"),
        ] {
            let error = Grant::read(text).unwrap_err();
            assert!(error.contains(words), "{text}: {error}");
        }
    }

    #[test]
    fn what_is_granted_is_clear() {
        let words = ["a".to_owned()];
        assert!(hosts(vec![Grant::Clock], &words).is_err());
        assert!(hosts(vec![Grant::Args], &words).is_ok());
        let twice = hosts(vec![Grant::Clock, Grant::Clock], &[]).err();
        assert_eq!(twice.as_deref(), Some("`clock.now` is granted twice"));
    }

    #[test]
    fn every_offer_has_its_hint() {
        let grants = ["clock", "random=1", "args"].map(|text| Grant::read(text).unwrap());
        let hosts = hosts(grants.to_vec(), &[]).unwrap();
        for offer in hosts.offers() {
            let hint = hint(&offer.name).unwrap();
            assert!(hint.starts_with("--grant "), "{hint}");
        }
        assert_eq!(hint("file.notes").as_deref(), Some("--grant file:notes=PATH"));
        assert_eq!([hint("clock.tick"), hint("fib"), hint("file.")], [None, None, None]);
    }
}
