//! What may go wrong when a program text that can be read is run: words that are missing, locals that are never
//! assigned; the words whose meaning depends on the order number, local, function, instruction; and a stack whose
//! height depends on the way taken, or that has too few values.
//!
//! A word is reported once, at its first place, with how often it is used. All words are counted, but only
//! the first [`KEPT`] of each kind are worded, because finding a near name looks at all names.

use std::collections::{HashMap, HashSet};

use super::diagnostic::{
    Diagnostic, Diagnostics, Span, counted, grouped, place, quoted, render_as,
};
use super::effect::oddities::{StackOddity, stack_oddities};
use super::forth::{near_number, reads_as_number};
use super::hint::{Names, only_near};
use super::listing::Program;
use super::notation::Notation;
use super::source;
use super::source::doubts::doubts;
use super::span::Read;
use crate::vm::instruction::{Fragment, Instruction, Primitive};
use crate::vm::spelling::BREAKPOINT;
use crate::vm::vocabulary::Vocabulary;

/// How many findings of each kind are shown.
pub const KEPT: usize = 100;
/// How many names are looked at in all to find near ones: a program may have very many names and holes.
const COMPARED: usize = 1_000_000;
/// How many further places of a word are shown.
const PLACES: usize = 3;

/// What was found in a text.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    shown: Vec<Finding>,
    missing: usize,
    notices: usize,
}

/// A word, and what is to be said about it.
#[derive(Clone, Debug)]
struct Finding {
    is_missing: bool,
    diagnostic: Diagnostic,
    places: Places,
}

/// Where a word is used.
#[derive(Clone, Debug)]
struct Places {
    first: Span,
    /// The first few of the others.
    others: Vec<Span>,
    count: usize,
}

/// Checks a program text.
///
/// # Errors
/// Its mistakes, if it cannot be read.
pub fn check(text: &str, notation: Notation) -> Result<Findings, Diagnostics> {
    check_text(text, notation, true)
}

/// Checks the code of an image, as a text: its stack may have values.
///
/// # Errors
/// The mistakes of the text, if it cannot be read.
pub fn check_of_image(text: &str) -> Result<Findings, Diagnostics> {
    check_text(text, Notation::Forth, false)
}

fn check_text(text: &str, notation: Notation, starts_empty: bool) -> Result<Findings, Diagnostics> {
    let read = notation.read_program(text)?;
    let program = Checked::new(text, notation, &read.cells);
    let mut findings = program.findings(&read);
    findings.add_stack(&read, starts_empty);
    if notation == Notation::Source {
        findings.add_doubts(doubts(&read, text));
    }
    Ok(findings)
}

impl Findings {
    /// How many words are missing.
    pub fn missing(&self) -> usize {
        self.missing
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// Adds what is odd about the stack, in the order of the text.
    fn add_stack(&mut self, read: &Read<Program>, starts_empty: bool) {
        let (odd, count) = stack_oddities(&read.cells, starts_empty, KEPT);
        if count == 0 {
            return;
        }
        let at = |one: &StackOddity| (one.definition, one.body, one.index);
        let mut places: HashMap<_, Option<Span>> = odd.iter().map(|one| (at(one), None)).collect();
        for cell in &read.spans {
            if let Some(place) = places.get_mut(&(cell.definition, cell.body, cell.index)) {
                *place = Some(cell.span);
            }
        }
        let found = odd.into_iter().filter_map(|one| {
            // What is odd is at an instruction, and each is written.
            let span = places[&at(&one)]?;
            let places = Places { first: span, others: Vec::new(), count: 1 };
            let diagnostic =
                Diagnostic { message: one.message, span, help: Some(one.help.to_owned()) };
            Some(Finding { is_missing: false, diagnostic, places })
        });
        let left = KEPT.saturating_sub(self.notices);
        self.notices += count;
        self.shown.extend(found.take(left));
        self.shown.sort_by_key(|finding| finding.places.first.start);
    }

    /// Adds what was probably meant otherwise, in the order of the text.
    fn add_doubts(&mut self, doubts: Vec<Diagnostic>) {
        let left = KEPT.saturating_sub(self.notices);
        self.notices += doubts.len();
        self.shown.extend(doubts.into_iter().take(left).map(|diagnostic| {
            let places = Places { first: diagnostic.span, others: Vec::new(), count: 1 };
            Finding { is_missing: false, diagnostic, places }
        }));
        self.shown.sort_by_key(|finding| finding.places.first.start);
    }

    /// The report for a terminal; `file` is only shown.
    pub fn render(&self, file: &str, source: &str) -> String {
        let parts = self.shown.iter().map(|finding| finding.render(file, source));
        let mut text = parts.collect::<Vec<_>>().join("\n");
        for (count, what) in [(self.missing, "missing"), (self.notices, "with a notice")] {
            if count > KEPT {
                text += &format!("\nand {} more {what}\n", grouped(count - KEPT));
            }
        }
        text
    }
}

impl Finding {
    fn render(&self, file: &str, source: &str) -> String {
        let label = if self.is_missing { "missing" } else { "notice" };
        let mut text = render_as(label, &self.diagnostic, file, source);
        let Places { others, count, .. } = &self.places;
        if *count > 1 {
            let shown = others.iter().map(|span| place(source, span.start));
            let shown: Vec<String> =
                shown.map(|(line, column)| format!("{line}:{column}")).collect();
            let more = match count - 1 - others.len() {
                0 => String::new(),
                more => format!(" and {}", counted(more, "more place")),
            };
            let (line, _) = place(source, self.places.first.start);
            let margin = line.to_string().len();
            text += &format!("{:margin$} = also at {}{more}\n", "", shown.join(", "));
        }
        text
    }
}

/// What a word without a prefix can be, in the order in which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Meaning {
    Number,
    Local,
    Function,
    Instruction,
}

/// What is to be said about a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Problem {
    /// It means nothing.
    Hole,
    /// It is called or pushed as a function that does not exist.
    NoFunction,
    /// It is picked as a local that its function never assigns.
    Unassigned,
    /// It is got as a global that nothing sets.
    Unset,
    /// It has several meanings.
    Shadows,
}

/// The function whose code a word is in; none for main.
type Definition = Option<usize>;

/// A program and its names.
struct Checked<'t> {
    text: &'t str,
    notation: Notation,
    program: &'t Program,
    functions: HashSet<&'t str>,
    /// The functions in order.
    sorted: Vec<&'t str>,
    /// The globals that the program sets.
    globals: HashSet<&'t str>,
    main_locals: HashSet<&'t str>,
    locals: Vec<HashSet<&'t str>>,
    /// For each name of a local, a function that has it.
    owners: HashMap<&'t str, &'t str>,
}

impl<'t> Checked<'t> {
    fn new(text: &'t str, notation: Notation, program: &'t Program) -> Checked<'t> {
        let definitions = &program.definitions;
        let codes = || definitions.iter().map(|one| &one.code).chain([&program.main]);
        // Even main can be called.
        let mut sorted: Vec<&str> = definitions.iter().map(|one| &*one.name).collect();
        sorted.push("main");
        sorted.sort_unstable();
        let main_locals = assigned(&program.main);
        let locals: Vec<HashSet<&str>> =
            definitions.iter().map(|definition| assigned(&definition.code)).collect();
        let of_main = main_locals.iter().map(|&local| (local, "main"));
        let of_others = definitions.iter().zip(&locals).flat_map(|(definition, locals)| {
            locals.iter().map(|&local| (local, &*definition.name))
        });
        let mut owners = HashMap::new();
        for (local, function) in of_main.chain(of_others) {
            let first = owners.entry(local).or_insert(function);
            *first = function.min(*first);
        }
        Checked {
            text,
            notation,
            program,
            functions: sorted.iter().copied().collect(),
            sorted,
            globals: codes().flat_map(set).collect(),
            main_locals,
            locals,
            owners,
        }
    }

    fn locals(&self, definition: Definition) -> &HashSet<&'t str> {
        definition.map_or(&self.main_locals, |number| &self.locals[number])
    }

    fn code(&self, definition: Definition) -> &'t Fragment {
        let definitions = &self.program.definitions;
        definition.map_or(&self.program.main, |number| &definitions[number].code)
    }

    fn findings(&self, read: &Read<Program>) -> Findings {
        let mut found: Vec<(Problem, &str, Definition, Places)> = Vec::new();
        let mut known = HashMap::new();
        for cell in &read.spans {
            let instruction = &self.code(cell.definition).bodies[cell.body][cell.index];
            let word = &self.text[cell.span.start..cell.span.end];
            let Some((problem, name)) = self.problem(instruction, word, cell.definition) else {
                continue;
            };
            // A name is the same in every function, unless it is a local of one.
            let home = match problem {
                Problem::Hole | Problem::NoFunction | Problem::Unset => None,
                Problem::Shadows if !self.locals(cell.definition).contains(name) => None,
                Problem::Unassigned | Problem::Shadows => Some(cell.definition),
            };
            let number = *known.entry((problem, name, home)).or_insert_with(|| {
                let places = Places { first: cell.span, others: Vec::new(), count: 0 };
                found.push((problem, name, cell.definition, places));
                found.len() - 1
            });
            let places = &mut found[number].3;
            places.count += 1;
            if (2..PLACES + 2).contains(&places.count) {
                places.others.push(cell.span);
            }
        }
        let mut findings = Findings::default();
        let mut left = COMPARED;
        for (problem, name, definition, places) in found {
            let is_missing = problem != Problem::Shadows;
            let count = if is_missing { &mut findings.missing } else { &mut findings.notices };
            *count += 1;
            if *count <= KEPT {
                let names = self.names_within(name, definition, &mut left);
                let diagnostic = self.worded(problem, name, definition, names, places.first);
                findings.shown.push(Finding { is_missing, diagnostic, places });
            }
        }
        findings
    }

    /// What is to be said about a word and its cell, and the name in it.
    fn problem(
        &self,
        instruction: &Instruction,
        word: &'t str,
        definition: Definition,
    ) -> Option<(Problem, &'t str)> {
        if self.notation == Notation::Source {
            return self.problem_in_source(instruction, word, definition);
        }
        let is_plain = |name: &str| name == word;
        let named = |name: &str| &word[word.len() - name.len()..];
        match instruction {
            Instruction::Call(name) if !is_plain(name) => {
                (!self.functions.contains(&**name)).then(|| (Problem::NoFunction, named(name)))
            }
            Instruction::PushFunction(name) => {
                (!self.functions.contains(&**name)).then(|| (Problem::NoFunction, named(name)))
            }
            Instruction::Pick(name) if !is_plain(name) => {
                let is_assigned = self.locals(definition).contains(&**name);
                (!is_assigned).then(|| (Problem::Unassigned, named(name)))
            }
            Instruction::GetGlobal(name) => {
                (!self.globals.contains(&**name)).then(|| (Problem::Unset, named(name)))
            }
            Instruction::Primitive(primitive) if !is_plain(primitive.name()) => None,
            Instruction::Breakpoint if !is_plain(BREAKPOINT) => None,
            Instruction::Call(_)
            | Instruction::Pick(_)
            | Instruction::Primitive(_)
            | Instruction::Breakpoint
            | Instruction::Integer(_) => match self.meanings(word, definition).as_slice() {
                [] => Some((Problem::Hole, word)),
                [_] => None,
                [_, _, ..] => Some((Problem::Shadows, word)),
            },
            Instruction::Text(_)
            | Instruction::Block(_)
            | Instruction::Assign(_)
            | Instruction::SetGlobal(_)
            | Instruction::Label(_)
            | Instruction::Address(_)
            | Instruction::BlockValue(..)
            | Instruction::Task(_)
            | Instruction::Hole(_)
            | Instruction::FunctionHole(_) => None,
        }
    }

    /// What is to be said about a word of source, where each word has one meaning, and the name in it.
    fn problem_in_source(
        &self,
        instruction: &Instruction,
        word: &'t str,
        definition: Definition,
    ) -> Option<(Problem, &'t str)> {
        use Instruction as I;
        let (name, is_known, problem) = match instruction {
            I::Call(name) | I::PushFunction(name) => {
                (name, self.functions.contains(&**name), Problem::NoFunction)
            }
            I::Pick(name) => (name, self.locals(definition).contains(&**name), Problem::Unassigned),
            I::GetGlobal(name) => (name, self.globals.contains(&**name), Problem::Unset),
            I::Integer(_)
            | I::Text(_)
            | I::Block(_)
            | I::Address(_)
            | I::BlockValue(..)
            | I::Task(_)
            | I::Assign(_)
            | I::SetGlobal(_)
            | I::Label(_)
            | I::Primitive(_)
            | I::Hole(_)
            | I::FunctionHole(_)
            | I::Breakpoint => return None,
        };
        let start = word.find(&**name).expect("the word of a name contains it");
        (!is_known).then(|| (problem, &word[start..start + name.len()]))
    }

    /// What a word can be, first what it is.
    fn meanings(&self, word: &str, definition: Definition) -> Vec<Meaning> {
        let is_instruction = Primitive::find(word).is_some() || word == BREAKPOINT;
        let meanings = [
            (Meaning::Number, reads_as_number(word)),
            (Meaning::Local, self.locals(definition).contains(word)),
            (Meaning::Function, self.functions.contains(word)),
            (Meaning::Instruction, is_instruction),
        ];
        meanings.into_iter().filter(|&(_, is)| is).map(|(meaning, _)| meaning).collect()
    }

    fn worded(
        &self,
        problem: Problem,
        name: &str,
        definition: Definition,
        names: Names<'_>,
        span: Span,
    ) -> Diagnostic {
        let shown = quoted(name);
        let (message, help) = match problem {
            Problem::Hole => {
                let what = if near_number(name).is_some() { "a number" } else { "defined" };
                (format!("{shown} is not {what}"), names.hint(name))
            }
            Problem::NoFunction => {
                (format!("there is no function {shown}"), names.near_function(name))
            }
            Problem::Unassigned => {
                let owner = match definition {
                    Some(number) => quoted(&self.program.definitions[number].name),
                    None => "main".to_string(),
                };
                let advice = match self.notation {
                    Notation::Source => source::advice(name),
                    Notation::Forth => None,
                };
                let help = advice.or_else(|| names.near_local(name));
                (format!("the local {shown} is never assigned in {owner}"), help)
            }
            Problem::Unset => {
                let mut globals: Vec<&str> = self.globals.iter().copied().collect();
                globals.sort_unstable();
                (format!("the global {shown} is never set"), only_near(name, &globals))
            }
            Problem::Shadows => return self.shadowing(name, definition, span),
        };
        Diagnostic { message, span, help }
    }

    /// The names that are known in a function; none once too many have been looked at.
    fn names_within(&self, name: &str, definition: Definition, left: &mut usize) -> Names<'t> {
        let mut locals: Vec<&str> = self.locals(definition).iter().copied().collect();
        let count = locals.len() + self.sorted.len();
        if count > *left {
            return Names::default();
        }
        *left -= count;
        locals.sort_unstable();
        let is_global = self.globals.contains(name);
        let elsewhere = self.owners.get(name).copied();
        Names { locals, functions: self.sorted.clone(), is_global, elsewhere }
    }

    fn shadowing(&self, name: &str, definition: Definition, span: Span) -> Diagnostic {
        let meanings = self.meanings(name, definition);
        let (is, others) = meanings.split_first().expect("it has several meanings");
        let article = |meaning: &Meaning| match meaning {
            Meaning::Number => "a number",
            Meaning::Local => "a local",
            Meaning::Function => "a function",
            Meaning::Instruction => "an instruction",
        };
        let others_named: Vec<&str> = others.iter().map(article).collect();
        let message = format!(
            "{} is {} here, and also {}",
            quoted(name),
            article(is),
            others_named.join(" and ")
        );
        let long = others.iter().map(|other| match other {
            Meaning::Number => unreachable!("a number comes first"),
            Meaning::Local => format!("`pick: {name}` is the local"),
            Meaning::Function => format!("`call: {name}` is the function"),
            Meaning::Instruction => format!("`prim: {name}` is the instruction"),
        });
        let mut help = long.collect::<Vec<_>>().join(", ");
        if let Some(before) = in_version_one(name, &meanings).filter(|before| before != is) {
            help += &format!("; version 1 took it for {}", article(&before));
        }
        Diagnostic { message, span, help: Some(help) }
    }
}

/// What version 1 took a word for: a number of plain digits, an instruction, a local, a function.
fn in_version_one(name: &str, meanings: &[Meaning]) -> Option<Meaning> {
    let is_instruction = Primitive::find_in(name, Vocabulary::One).is_some() || name == BREAKPOINT;
    let is_name = |meaning: &&Meaning| matches!(meaning, Meaning::Local | Meaning::Function);
    match is_instruction {
        true => Some(Meaning::Instruction),
        // A name is no number of plain digits.
        false => meanings.iter().find(is_name).copied(),
    }
}

/// The globals that a function sets.
fn set(code: &Fragment) -> impl Iterator<Item = &str> {
    code.bodies.iter().flatten().filter_map(|instruction| {
        if let Instruction::SetGlobal(name) = instruction { Some(&**name) } else { None }
    })
}

/// The locals that a function assigns.
fn assigned(code: &Fragment) -> HashSet<&str> {
    code.bodies.iter().flatten().filter_map(Instruction::assigned).collect()
}
