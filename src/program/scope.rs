//! What a word means at a place: which names are locals and functions there, where bodies begin, and by which
//! vocabulary words are read.
//!
//! A notation reads and prints in a scope: `i` is the local `i` in a function that assigns it, and a
//! call of `i` elsewhere. The notation itself finds the names that a text assigns; a scope adds what is
//! known around the text.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashSet};

use crate::vm::cell::Content;
use crate::vm::index::{Body, BodyId};
use crate::vm::machine::Machine;
use crate::vm::memory::Memory;
use crate::vm::space::Address;
use crate::vm::vocabulary::Vocabulary;

/// The locals and the bodies that are known at a place.
#[derive(Debug)]
pub struct Scope<'a> {
    locals: Locals<'a>,
    bodies: Bodies<'a>,
    /// The function that the text defines.
    defines: Option<&'a str>,
    vocabulary: Vocabulary,
}

#[derive(Debug)]
enum Locals<'a> {
    Listed(&'a HashSet<Box<str>>),
    /// The locals of a function; collected when a name is asked for that could be one.
    Function(&'a Memory, Body, OnceCell<HashSet<&'a str>>),
    None,
}

#[derive(Clone, Copy, Debug)]
enum Bodies<'a> {
    Memory(&'a Memory),
    /// The bodies that a file lists, with their sizes, and its functions.
    Listed(&'a BTreeMap<Address, (BodyId, u64)>, &'a HashSet<Box<str>>),
    None,
}

impl<'a> Scope<'a> {
    fn new(locals: Locals<'a>, bodies: Bodies<'a>) -> Scope<'a> {
        Scope { locals, bodies, defines: None, vocabulary: Vocabulary::NEWEST }
    }

    /// The scope of a program text: no names but its own, and no addresses.
    pub fn empty() -> Scope<'a> {
        Scope::new(Locals::None, Bodies::None)
    }

    /// The same, for a text of this vocabulary.
    pub fn read_by(self, vocabulary: Vocabulary) -> Scope<'a> {
        Scope { vocabulary, ..self }
    }

    /// The same, for the text of a function with this name.
    pub fn defining(self, name: Option<&'a str>) -> Scope<'a> {
        Scope { defines: name, ..self }
    }

    /// The scope of a code body: the locals of the function it belongs to.
    pub fn of(machine: &'a Machine, body: Body) -> Scope<'a> {
        let memory = machine.memory();
        let function = memory.owner(body);
        let locals = Locals::Function(memory, function, OnceCell::new());
        Scope::new(locals, Bodies::Memory(memory))
    }

    /// The scope outside all functions, without locals: for values, and for the text of a new function.
    pub fn outside(machine: &'a Machine) -> Scope<'a> {
        Scope::new(Locals::None, Bodies::Memory(machine.memory()))
    }

    /// The scope of a function of a machine, with these locals.
    pub(super) fn with_locals(machine: &'a Machine, locals: &'a HashSet<Box<str>>) -> Scope<'a> {
        Scope::new(Locals::Listed(locals), Bodies::Memory(machine.memory()))
    }

    /// The scope of a function in a file, with these locals and the bodies and functions that the file
    /// lists.
    pub(super) fn in_file(
        locals: Option<&'a HashSet<Box<str>>>,
        bodies: &'a BTreeMap<Address, (BodyId, u64)>,
        functions: &'a HashSet<Box<str>>,
    ) -> Scope<'a> {
        Scope::new(locals.map_or(Locals::None, Locals::Listed), Bodies::Listed(bodies, functions))
    }

    /// The vocabulary by which texts are read.
    pub fn vocabulary(&self) -> Vocabulary {
        self.vocabulary
    }

    /// Whether there is a function with this name.
    pub fn is_function(&self, name: &str) -> bool {
        self.defines == Some(name)
            || match self.bodies {
                Bodies::Memory(memory) => memory.function(name).is_some(),
                Bodies::Listed(_, functions) => functions.contains(name),
                Bodies::None => false,
            }
    }

    /// Whether a name is a local here.
    pub fn is_local(&self, name: &str) -> bool {
        match &self.locals {
            Locals::None => false,
            Locals::Listed(names) => names.contains(name),
            Locals::Function(memory, function, names) => {
                has_slot(memory, *function, name)
                    && names.get_or_init(|| assigned(memory, *function)).contains(name)
            }
        }
    }

    /// The body that begins at an address.
    pub fn body_at(&self, address: Address) -> Option<BodyId> {
        match self.bodies {
            Bodies::Memory(memory) => {
                memory.find(address).and_then(|(body, offset)| (offset == 0).then_some(body))
            }
            Bodies::Listed(bodies, _) => bodies.get(&address).map(|&(body, _)| body),
            Bodies::None => None,
        }
    }

    /// Where a body begins.
    ///
    /// # Panics
    /// In a scope without bodies: only cells of a machine hold addresses.
    pub fn start(&self, body: BodyId) -> Address {
        match self.bodies {
            Bodies::Memory(memory) => memory.start(body),
            Bodies::Listed(..) | Bodies::None => {
                panic!("a cell with an address is printed in the scope of its machine")
            }
        }
    }
}

/// Whether a function has a slot for this name, as it has for every name that it assigns.
fn has_slot(memory: &Memory, function: Body, name: &str) -> bool {
    // A command may name a body that does not exist; it is refused when it is carried out.
    let code = memory.code(function);
    code.is_some_and(|code| code.locals().iter().any(|&local| memory.name(local) == name))
}

/// The names that a function assigns, in its own body or in a block. The search ends when every slot has its
/// name.
fn assigned(memory: &Memory, function: Body) -> HashSet<&str> {
    let slots = memory.code(function).expect("it has a slot for a local").locals().len();
    let mut names = HashSet::new();
    let bodies = [function].into_iter().chain(memory.blocks_of(function));
    for cell in bodies.filter_map(|body| memory.code(body)).flat_map(|code| code.used()) {
        if let Content::Assign(name) = cell.content() {
            names.insert(memory.name(name));
            if names.len() == slots {
                break;
            }
        }
    }
    names
}
