//! The words that are given to a program when it is started.

use std::task::{Context, Poll};

use super::Polled;
use crate::session::host::{Asked, Host, Offer};
use crate::vm::instruction::Instruction;

const COUNT: &str = "args.count";
const GET: &str = "args.get";
/// Its functions.
pub(super) const NAMES: [&str; 2] = [COUNT, GET];

/// A host that tells the words.
pub(super) struct GrantedWords {
    offers: [Offer; 2],
    words: Vec<String>,
}

impl GrantedWords {
    /// These words.
    pub(super) fn new(words: Vec<String>) -> GrantedWords {
        GrantedWords { offers: [Offer::new(COUNT, 0, 1), Offer::new(GET, 1, 1)], words }
    }

    fn get(&self, asked: &Asked) -> Result<Instruction, String> {
        let index = asked.integer(0)?;
        let word = usize::try_from(index).ok().and_then(|index| self.words.get(index));
        let word = word.ok_or_else(|| match self.words.len() {
            0 => format!("there is no word {index}: no words were given"),
            count => format!("there is no word {index}; the last is word {}", count - 1),
        })?;
        Ok(Instruction::Text(word.as_str().into()))
    }
}

impl Host for GrantedWords {
    fn offers(&self) -> &[Offer] {
        &self.offers
    }

    fn poll(&mut self, asked: &Asked, _: &mut Context<'_>) -> Polled {
        let count = i64::try_from(self.words.len()).expect("a list is shorter than 2^63");
        Poll::Ready(match asked.name == GET {
            true => self.get(asked).map(|word| vec![word]),
            false => Ok(vec![Instruction::Integer(count)]),
        })
    }

    fn forget(&mut self, _: &Asked) {}
}

#[cfg(test)]
mod tests {
    use super::super::ask;
    use super::*;

    #[test]
    fn words_are_counted_from_0() {
        let mut host = GrantedWords::new(vec!["a b".to_owned(), "-x".to_owned()]);
        let get = |host: &mut GrantedWords, n| ask(host, GET, vec![Instruction::Integer(n)]);
        assert_eq!(ask(&mut host, COUNT, Vec::new()), Ok("Integer(2)".to_owned()));
        assert_eq!(get(&mut host, 0), Ok("Text(\"a b\")".to_owned()));
        assert_eq!(get(&mut host, 1), Ok("Text(\"-x\")".to_owned()));
        assert!(get(&mut host, 2).unwrap_err().contains("the last is word 1"));
        assert!(get(&mut host, -1).is_err());
        let mut none = GrantedWords::new(Vec::new());
        assert!(get(&mut none, 0).unwrap_err().contains("no words were given"));
    }
}
