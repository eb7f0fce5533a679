//! All functions as text, by address, and the data after them.
//!
//! A program may have a hundred thousand functions, and it is edited line by line. So an edit looks at the
//! functions with changed bodies and at their callers only, and a step, which changes no code, at none. Everything is
//! looked at again only when something changes that any text may depend on: a name.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::data::DataLines;
use super::part::FunctionPart;
use super::text::Spot;
use crate::program::cell_comments::CellComments;
use crate::program::effect::StackEffects;
use crate::program::hidden::hidden;
use crate::program::image::Image;
use crate::view::memory::At;
use crate::vm::code_version::CodeVersion;
use crate::vm::index::{Body, BodyId};
use crate::vm::machine::Machine;
use crate::vm::memory::{BodyKind, Memory};
use crate::vm::space::Address;

/// So many changed bodies are looked at one by one; of more, the whole page is made again.
const FEW: usize = 200;

/// All functions as text, by address, and the data after them.
#[derive(Clone, Debug, Default)]
pub struct SourcePage {
    functions: Vec<Rc<FunctionPart>>,
    /// The first address of the part that shows each body.
    shown_in: HashMap<Body, Address>,
    data: DataLines,
    basis: Basis,
    version: u64,
}

/// What the texts follow from.
#[derive(Clone, Debug, Default)]
struct Basis {
    code: CodeVersion,
    comments: CellComments,
    hidden: Vec<&'static str>,
}

impl SourcePage {
    /// Makes the texts that are new or no longer right.
    pub fn refresh(&mut self, image: &Image, effects: &StackEffects) {
        let memory = image.machine.memory();
        let hidden = hidden(&image.machine);
        let code = memory.code_version();
        let mut changed = self.basis.code.changed(&code);
        changed.extend(commented(&self.basis.comments, &image.comments));
        changed.extend(self.restated(effects));
        let hides_the_same = hidden == self.basis.hidden;
        match hides_the_same && changed.len() <= FEW && self.same_names(memory, &changed) {
            true => self.refresh_some(image, effects, &changed),
            false => self.refresh_all(image, effects, hides_the_same),
        }
        self.basis = Basis { code, comments: image.comments.clone(), hidden };
        self.version = next_version();
        self.refresh_data(image, effects);
    }

    /// Looks at what may change while a program runs: which data there is, and where.
    pub fn refresh_data(&mut self, image: &Image, effects: &StackEffects) {
        let memory = image.machine.memory();
        let is_wrong =
            |part: &&Rc<FunctionPart>| part.names_addresses() && !part.addresses_are_right(memory);
        let wrong: Vec<Body> =
            self.functions.iter().filter(is_wrong).map(|part| part.body).collect();
        let data = DataLines::new(&image.machine);
        if wrong.is_empty() && data == self.data {
            return;
        }
        self.refresh_some(image, effects, &wrong);
        self.data = data;
        self.version = next_version();
    }

    /// The functions that call one whose stack effect has changed.
    fn restated(&self, effects: &StackEffects) -> impl Iterator<Item = Body> {
        let differs = |part: &&Rc<FunctionPart>| !part.effects_are_right(effects);
        self.functions.iter().filter(differs).map(|part| part.body)
    }

    /// Whether these bodies are called what they were called, as far as they were there.
    fn same_names(&self, memory: &Memory, bodies: &[Body]) -> bool {
        let kind = |body: &Body| memory.code(*body).map(|code| code.kind);
        let was = |body: &Body| self.basis.code.code(*body).map(|code| code.kind);
        bodies
            .iter()
            .all(|body| was(body).is_none_or(|was| kind(body).is_none_or(|now| was == now)))
    }

    fn refresh_all(&mut self, image: &Image, effects: &StackEffects, keeps: bool) {
        let memory = image.machine.memory();
        let old = std::mem::take(&mut self.functions);
        let mut old: HashMap<Body, Rc<FunctionPart>> =
            old.into_iter().filter(|_| keeps).map(|part| (part.body, part)).collect();
        self.shown_in.clear();
        let bodies = memory.code_bodies().map(|(body, _)| body);
        for body in bodies.filter(|&body| stands_alone(memory, body)) {
            let known = old.remove(&body).filter(|part| part.is_right(image, effects));
            let part = known.unwrap_or_else(|| Rc::new(FunctionPart::new(image, body, effects)));
            self.insert(self.functions.len(), part);
        }
        self.functions.sort_unstable_by_key(|part| part.start);
    }

    /// Makes the texts again that show these bodies.
    fn refresh_some(&mut self, image: &Image, effects: &StackEffects, bodies: &[Body]) {
        let memory = image.machine.memory();
        let owners: BTreeSet<Body> = bodies.iter().map(|&body| memory.owner(body)).collect();
        let all = |&owner: &Body| std::iter::once(owner).chain(memory.blocks_of(owner));
        let now: BTreeSet<Body> = owners.iter().flat_map(all).collect();
        let mut old = HashMap::new();
        for body in now.iter().chain(bodies) {
            if let Some(part) = self.remove(*body) {
                old.insert(part.body, part);
            }
        }
        let again: BTreeSet<Body> = now.iter().chain(old.keys()).copied().collect();
        for body in again.into_iter().filter(|&body| stands_alone(memory, body)) {
            let known = old.remove(&body).filter(|part| part.is_right(image, effects));
            let part = known.unwrap_or_else(|| Rc::new(FunctionPart::new(image, body, effects)));
            let at = self.functions.partition_point(|other| other.start < part.start);
            self.insert(at, part);
        }
    }

    fn insert(&mut self, at: usize, part: Rc<FunctionPart>) {
        self.shown_in.insert(part.body, part.start);
        let blocks = part.text.iter().flat_map(|text| &text.bodies);
        self.shown_in.extend(blocks.map(|&body| (body, part.start)));
        self.functions.insert(at, part);
    }

    /// Removes the part that shows a body, if one does.
    fn remove(&mut self, body: Body) -> Option<Rc<FunctionPart>> {
        let index = self.index_of(body)?;
        let part = self.functions.remove(index);
        for body in part.text.iter().flat_map(|text| &text.bodies).chain([&part.body]) {
            self.shown_in.remove(body);
        }
        Some(part)
    }

    /// The functions.
    pub fn functions(&self) -> &[Rc<FunctionPart>] {
        &self.functions
    }

    /// The data, which is the last part, if there is any.
    pub fn data(&self) -> &DataLines {
        &self.data
    }

    /// A number that no other state of any page has.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// How many lines each part has: the functions, and the data if there is any.
    pub fn part_lines(&self) -> impl Iterator<Item = usize> {
        let data = Some(self.data.lines()).filter(|&lines| lines > 0);
        self.functions.iter().map(|part| part.lines()).chain(data)
    }

    fn index_of(&self, body: Body) -> Option<usize> {
        let start = *self.shown_in.get(&body)?;
        let found = self.functions.binary_search_by_key(&start, |part| part.start);
        Some(found.expect("the part that shows a body is on the page"))
    }

    /// Where a cell of code is: the number of the function, and the place in its text, if it is shown as text.
    pub fn find(&self, memory: &Memory, at: At) -> Option<(usize, Option<Spot>)> {
        let place = at.place()?;
        let owner = || self.index_of(memory.owner(place.body));
        let index = self.index_of(place.body).or_else(owner)?;
        let text = self.functions[index].text.as_ref().ok();
        Some((index, text.and_then(|text| text.spot(place))))
    }

    /// Where any cell is: the number of the part, and the place in its text, if it is shown as text.
    pub fn find_any(&self, machine: &Machine, at: At) -> Option<(usize, Option<Spot>)> {
        match at.body {
            BodyId::Code(_) => self.find(machine.memory(), at),
            BodyId::Data(id) => {
                let spot = self.data.spot(id, at.offset)?;
                Some((self.functions.len(), Some(spot)))
            }
        }
    }
}

fn next_version() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Whether a body is shown by itself: a function, and a block that no cell refers to.
fn stands_alone(memory: &Memory, body: Body) -> bool {
    match memory.code(body).map(|code| code.kind) {
        Some(BodyKind::Function(_) | BodyKind::Former(_)) => true,
        Some(BodyKind::Block(_)) => memory.reference(body).is_none(),
        None => false,
    }
}

/// The bodies whose comments differ.
fn commented(old: &CellComments, new: &CellComments) -> Vec<Body> {
    if old == new {
        return Vec::new();
    }
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    let mut found = Vec::new();
    loop {
        let (first, other) = (old.peek().copied(), new.peek().copied());
        let place = match (first, other) {
            (Some(first), Some(other)) => first.0.min(other.0),
            (Some((place, _)), None) | (None, Some((place, _))) => place,
            (None, None) => return found,
        };
        let here = |comment: Option<_>| comment.filter(|&(at, _)| at == place);
        let (first, other) = (here(first), here(other));
        if first != other && found.last() != Some(&place.body) {
            found.push(place.body);
        }
        first.map(|_| old.next());
        other.map(|_| new.next());
    }
}
