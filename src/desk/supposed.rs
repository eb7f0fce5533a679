//! What is known of functions that do not exist yet, from how their calls were typed: `area(w, h)` says that there
//! are two arguments, and what they could be called. The cells do not say it, and need not: it only decides how an
//! unfinished program is shown, and what is proposed when the function is created.

use std::collections::HashMap;

use crate::program::effect::StackEffects;
use crate::program::source::TypedCall;

/// The names of arguments that are no locals.
const ARGUMENTS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// How missing functions were called, by their names.
#[derive(Clone, Debug, Default)]
pub(super) struct Supposed(HashMap<Box<str>, TypedCall>);

impl Supposed {
    /// Notes how a function was called; the last call counts.
    pub fn note(&mut self, call: &TypedCall) {
        self.0.insert(call.name.clone(), call.clone());
    }

    /// Adds what is supposed of functions of which nothing is known.
    pub fn add_to(&self, effects: &mut StackEffects) {
        for call in self.0.values() {
            effects.suppose(&call.name, call.arguments.len());
        }
    }

    /// A line that names the arguments of a function: `a, b = _`. None if it was not called, or takes nothing.
    pub fn header(&self, name: &str) -> Option<String> {
        let names = parameters(self.0.get(name)?);
        (!names.is_empty()).then(|| format!("{} = _", names.join(", ")))
    }
}

/// Names for the arguments of a call: those of the locals that they are made of, where that is possible.
fn parameters(call: &TypedCall) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(call.arguments.len());
    for argument in &call.arguments {
        let own = argument.as_deref().map(str::to_owned);
        let letters = ARGUMENTS.iter().map(|&letter| letter.to_owned());
        let letters = letters.chain((1..).map(|n| format!("a{n}")));
        let is_free = |name: &String| !names.contains(name);
        let name = own.into_iter().chain(letters).find(is_free);
        names.push(name.expect("there is always another number"));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_named_after_their_locals() {
        let names = |arguments: &[Option<&str>]| {
            let arguments = arguments.iter().map(|name| name.map(Box::from)).collect();
            parameters(&TypedCall { name: "f".into(), arguments })
        };
        assert_eq!(names(&[]), Vec::<String>::new());
        assert_eq!(names(&[None]), ["a"]);
        assert_eq!(names(&[Some("list"), None, Some("list")]), ["list", "a", "b"]);
        assert_eq!(names(&[Some("b"), None, None]), ["b", "a", "c"]);
        assert_eq!(names(&[None; 8])[5..], ["f", "a1", "a2"]);
    }
}
