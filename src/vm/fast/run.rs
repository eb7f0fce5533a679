//! The fast loop: executes decoded operations until one cannot be executed.
//!
//! Every operation first checks all that could keep it from completing (fuel, room, kinds of values,
//! bounds, overflow, what it calls) and only then changes anything. If a check fails, the loop ends
//! before the operation, and the stepper executes the next instruction. Only the stepper faults and
//! handles rare cases, so the fast loop has no code for faults and cannot change when they happen.
//!
//! Each operation is a function that ends by calling the next (direct threading), so each can use all
//! registers, and the processor predicts the successor of each one separately. An optimised build turns
//! these calls into jumps. Nothing relies on this, because a chain of calls is at most [`CHAIN`] long.
//!
//! While the loop runs, `home` is the frame of the function that owns the body at the counter. Calls
//! and blocks of the same function preserve this; where it is not certain, the stepper takes over.

use super::decode::{Inline, SCRATCH, Target, Turn};
use super::op::{AND, OR, Op, Source, XOR, operations};
use super::output::Printer;
use crate::vm::cell::Cell;
use crate::vm::effort::Effort;
use crate::vm::frame::{CallStack, FRAME, Home, NONE};
use crate::vm::globals::Globals;
use crate::vm::index::{Body, EntryIndex, FrameNumber};
use crate::vm::input::Input;
use crate::vm::limit::LimitKind;
use crate::vm::machine::Machine;
use crate::vm::memory::Place;
use crate::vm::rows::{FlatBody, Sharing};
use crate::vm::stack::ROOM;
use crate::vm::text::Texts;

/// How many words a slot number can address.
pub(super) const WINDOW: usize = 256;

/// The source with this number. Methods are generic over the number.
pub(super) const fn source(number: u8) -> Source {
    const SS: u8 = Source::Ss as u8;
    const SI: u8 = Source::Si as u8;
    const SL: u8 = Source::Sl as u8;
    const LI: u8 = Source::Li as u8;
    const LL: u8 = Source::Ll as u8;
    const TI: u8 = Source::Ti as u8;
    const DI: u8 = Source::Di as u8;
    match number {
        SS => Source::Ss,
        SI => Source::Si,
        SL => Source::Sl,
        LI => Source::Li,
        LL => Source::Ll,
        TI => Source::Ti,
        DI => Source::Di,
        _ => panic!("no source has this number"),
    }
}

pub(super) const TAG: u64 = 7;

/// The most instructions that run before the chain of calls is unwound. If the calls do not become jumps,
/// this bounds the Rust stack to a few hundred kilobytes. Frames are larger in a debug build.
const CHAIN: u64 = if cfg!(debug_assertions) { 128 } else { 2048 };

/// What the operations work on, and the registers that only calls and returns need.
pub(super) struct Context<'m> {
    pub(super) ops: &'m [Op],
    pub(super) targets: &'m [Target],
    pub(super) inline: &'m [Inline],
    pub(super) data: &'m mut [FlatBody],
    /// The data, while forks share it; `data` is empty then.
    pub(super) shared: Option<Sharing<'m>>,
    /// The parameters and the room for more of them, up to the limit, without those that are hidden.
    pub(super) p: &'m mut [Cell],
    /// How many parameters are hidden below these.
    pub(super) hidden: usize,
    pub(super) w: &'m mut [Cell],
    /// The height of the call stack, its top entry, and how many more entries there may be.
    pub(super) wp: usize,
    pub(super) top: u32,
    pub(super) calls_left: u32,
    /// The number of the next frame.
    pub(super) next: u64,
    /// This loop pushed the entries from this word on, so the code they return to is decoded, and their
    /// home frames are right. No entry below it was left.
    pub(super) trusted: u32,
    /// The loop does not return from this entry or those below it. It is below the trusted ones.
    pub(super) floor: Option<u32>,
    pub(super) globals: &'m mut Globals,
    pub(super) texts: &'m mut Texts,
    /// How many bytes of texts may still be made.
    pub(super) text_left: u64,
    pub(super) input: &'m mut Input,
    pub(super) effort: &'m mut Effort,
    pub(super) printer: Printer<'m>,
    /// The registers when a chain has ended, and whether the loop must end.
    pub(super) end: Registers,
    pub(super) stopped: bool,
}

/// What changes with almost every operation.
#[derive(Clone, Copy)]
pub(super) struct Registers {
    /// The next operation.
    pub(super) pc: usize,
    /// The height of the parameter stack, without the hidden ones.
    pub(super) sp: usize,
    /// The first local of the home frame.
    pub(super) locals: usize,
    /// The fuel that is left.
    pub(super) left: u64,
}

/// The state during one operation.
pub(super) struct Cpu<'c, 'm> {
    pub(super) context: &'c mut Context<'m>,
    pub(super) pc: usize,
    pub(super) sp: usize,
    pub(super) locals: usize,
    pub(super) left: u64,
}

pub(super) type Handler = for<'c, 'm> fn(&'c mut Context<'m>, &Op, usize, usize, usize, u64);

/// What the loop leaves to the stepper beyond what it cannot do.
#[derive(Clone, Copy)]
pub(in crate::vm) struct Bounds {
    /// Returns from this entry, or one below it.
    pub(in crate::vm) floor: Option<EntryIndex>,
    /// Calls that would give the call stack more entries.
    pub(in crate::vm) highest: u32,
    /// What takes or looks at one of this many parameters at the bottom.
    pub(in crate::vm) hidden: usize,
}

impl Bounds {
    /// Nothing more.
    pub(in crate::vm) const NONE: Bounds = Bounds { floor: None, highest: u32::MAX, hidden: 0 };
}

/// Runs up to `fuel` instructions and returns how many retired: fewer if the next one is left to the
/// stepper. These include returns from the entry at `bounds.floor` or one below it, calls that would give
/// the call stack more than `bounds.highest` entries, and what takes one of the lowest `bounds.hidden`
/// parameters: they are hidden, so it would find too few.
pub(in crate::vm) fn run(machine: &mut Machine, fuel: u64, bounds: Bounds) -> u64 {
    let mut left = fuel;
    while let Stay::Resolve(pc) = stay(machine, &mut left, bounds) {
        let Machine { memory, globals, decoded, .. } = &mut *machine;
        if !decoded.resolve(memory, globals, pc) {
            break;
        }
    }
    fuel - left
}

/// Why a stay in the loop has ended.
enum Stay {
    /// The fuel is used up, or it did not begin.
    Over,
    /// At this operation, which perhaps jumps to a block that is not decoded.
    Resolve(usize),
}

fn stay(machine: &mut Machine, fuel: &mut u64, Bounds { floor, highest, hidden }: Bounds) -> Stay {
    // No instruction opens more than one frame, so the loop need not count how many can be numbered.
    let mut left = (*fuel).min(machine.frames.left());
    let given = left;
    let (printable, free_text) = (machine.printable(), machine.free_text());
    let Machine { memory, tasks, limits, decoded, frames, globals, .. } = machine;
    let Machine { output, bounds, growth, effort, input, .. } = machine;
    let elsewhere = tasks.elsewhere;
    let task = tasks.current_mut();
    let Place { body, offset } = task.counter;
    let used = memory.existing_code(body).used().len();
    if offset.index() >= used {
        return Stay::Over;
    }
    let base = decoded.base(memory, globals, body);
    let (words, (top, home, depth)) = task.calls.parts();
    let owner = decoded.targets[body.index()].owner;
    if home == NONE || frame_body(words, home) != owner {
        return Stay::Over;
    }
    let (sp, wp) = (task.parameters.len(), words.len());
    // What other tasks hold does not change in the loop.
    let most = limits.get(LimitKind::Parameters).saturating_sub(elsewhere.parameters);
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let deepest = limits.get(LimitKind::Calls).saturating_sub(elsewhere.calls);
    let deepest = deepest.min(u64::from(highest)) as u32;
    // After a limit was lowered, there may be more than it allows.
    let (true, Some(calls_left)) = (sp <= most, deepest.checked_sub(depth)) else {
        return Stay::Over;
    };
    let Some(sp) = sp.checked_sub(hidden) else { return Stay::Over };
    let p = task.parameters.with_room(ROOM);
    let highest = p.len().min(most);
    memory.all_data_mut().settle();
    let (data, shared, texts) = memory.parts();
    let mut context = Context {
        ops: &decoded.ops,
        targets: &decoded.targets,
        inline: &decoded.inline,
        data,
        shared,
        p: &mut p[hidden..highest],
        hidden,
        w: words.with_room(FRAME + WINDOW + ROOM),
        wp,
        top,
        calls_left,
        next: frames.newest.0 + 1,
        trusted: wp as u32,
        floor: floor.map(|floor| floor.0),
        globals,
        texts,
        text_left: free_text,
        input,
        effort,
        printer: Printer { output, room: printable },
        end: Registers {
            pc: (base + offset.0) as usize,
            sp,
            locals: home as usize + FRAME,
            left: 0,
        },
        stopped: false,
    };
    while left > 0 && !context.stopped {
        let slice = left.min(CHAIN);
        let Registers { pc, sp, locals, .. } = context.end;
        Cpu { context: &mut context, pc, sp, locals, left: slice }.dispatch();
        left -= slice - context.end.left;
        // The rest of a slice may be too little for the next operation, although the fuel is enough.
        context.stopped |= context.end.left == slice;
    }
    let Context { wp, top, calls_left, next, trusted, end, stopped, printer, text_left, .. } =
        context;
    *fuel -= given - left;
    growth.text += free_text - text_left;
    frames.newest = FrameNumber(next - 1);
    if let Some(bounds) = bounds {
        bounds.output -= printable - printer.room;
        bounds.text -= free_text - text_left;
    }
    task.parameters.set_height(hidden + end.sp);
    task.calls.restore(wp, trusted, (top, (end.locals - FRAME) as u32, deepest - calls_left));
    let (place, inline) = decoded.place(end.pc);
    task.counter = place;
    if let Some(inline) = inline {
        push_around(&mut task.calls, &decoded.inline, inline, wp);
    }
    if stopped { Stay::Resolve(end.pc) } else { Stay::Over }
}

/// Pushes the entry of an inline block, and before it those around it. `wp` is where the first will be.
fn push_around(calls: &mut CallStack, inline: &[Inline], number: u32, wp: usize) {
    let Inline { outer, block, turn, behind, level, .. } = inline[number as usize];
    if let Some(outer) = outer {
        push_around(calls, inline, outer, wp);
    }
    let Home::Live(home) = calls.home() else { unreachable!("the fast loop has a home frame") };
    let kept = if matches!(turn, Turn::Times(_)) {
        Some(calls.words.above(wp + SCRATCH + level as usize))
    } else {
        turn.other().map(|block| Cell::block_value(Body(block), calls.number(home)))
    };
    let to = Place::new((behind >> 32) as u32, behind as u32);
    calls.push_block(Body(block), to, turn.again(), Home::Live(home));
    if let Some(kept) = kept {
        calls.keep(kept);
    }
}

fn frame_body(words: &[Cell], index: u32) -> u32 {
    (words[index as usize + 2].to_bits() >> 32) as u32
}

/// The result of a method that carries out an operation.
pub(super) trait Outcome {
    /// Continues with the next operation, or ends the chain.
    fn go_on(self, cpu: Cpu<'_, '_>, op: &Op);
}

/// Whether the operation was carried out. If not, nothing has changed, and the stepper takes over.
impl Outcome for bool {
    #[inline(always)]
    fn go_on(self, cpu: Cpu<'_, '_>, op: &Op) {
        if self {
            cpu.dispatch();
        } else {
            let Cpu { context, pc, sp, locals, left } = cpu;
            stop(context, op, pc, sp, locals, left);
        }
    }
}

/// For operations with a common case and a rare one. The rare case has a handler of its own, so that the
/// common case need not save registers for it.
pub(super) enum Flow {
    /// The operation was carried out.
    Done,
    /// Nothing has changed; this handler carries out the operation.
    Long(Handler),
}

impl Outcome for Flow {
    #[inline(always)]
    fn go_on(self, cpu: Cpu<'_, '_>, op: &Op) {
        match self {
            Flow::Done => cpu.dispatch(),
            Flow::Long(handler) => {
                let Cpu { context, pc, sp, locals, left } = cpu;
                handler(context, op, pc, sp, locals, left);
            }
        }
    }
}

macro_rules! handlers {
    (
        { $($single:ident $method:ident $(::<$($flag:literal),*>)?;)* }
        { $($source:ident: $($code:ident)*;)* }
    ) => {
        /// The handler of each code, in the order of the codes.
        const HANDLERS: &[Handler] = &[
            $(handler!(Cpu::$method $(::<$($flag),*>)?),)*
            $(
                handler!(Cpu::add_push::<{ Source::$source as u8 }>),
                handler!(Cpu::add_assign::<{ Source::$source as u8 }>),
                handler!(Cpu::add_call::<{ Source::$source as u8 }>),
                handler!(Cpu::likely_add_return::<{ Source::$source as u8 }>),
                handler!(Cpu::likely_push::<{ Source::$source as u8 }, false>),
                handler!(Cpu::likely_then::<{ Source::$source as u8 }, false>),
                handler!(Cpu::likely_either::<{ Source::$source as u8 }, false>),
                handler!(Cpu::likely_end::<{ Source::$source as u8 }, false>),
                handler!(Cpu::likely_return::<{ Source::$source as u8 }, false>),
                handler!(Cpu::likely_push::<{ Source::$source as u8 }, true>),
                handler!(Cpu::likely_then::<{ Source::$source as u8 }, true>),
                handler!(Cpu::likely_either::<{ Source::$source as u8 }, true>),
                handler!(Cpu::likely_end::<{ Source::$source as u8 }, true>),
                handler!(Cpu::likely_return::<{ Source::$source as u8 }, true>),
                handler!(Cpu::multiply::<{ Source::$source as u8 }>),
                handler!(Cpu::bits::<{ Source::$source as u8 }, AND>),
                handler!(Cpu::bits::<{ Source::$source as u8 }, OR>),
                handler!(Cpu::bits::<{ Source::$source as u8 }, XOR>),
                handler!(Cpu::shift_right::<{ Source::$source as u8 }>),
                handler!(Cpu::alu::<{ Source::$source as u8 }>),
            )*
        ];
    };
}

macro_rules! handler {
    ($method:expr) => {{
        fn handler<'m>(
            context: &mut Context<'m>,
            op: &Op,
            pc: usize,
            sp: usize,
            locals: usize,
            left: u64,
        ) {
            let mut cpu = Cpu { context, pc, sp, locals, left };
            let outcome = $method(&mut cpu, op);
            outcome.go_on(cpu, op);
        }
        handler
    }};
}
operations!(handlers);

/// One handler for every byte, so that looking one up needs no bounds check.
static TABLE: [Handler; 256] = {
    let mut table = [HANDLERS[0]; 256];
    let mut code = 0;
    while code < HANDLERS.len() {
        table[code] = HANDLERS[code];
        code += 1;
    }
    table
};

impl Cpu<'_, '_> {
    /// Executes the operation at the counter, taking its fuel, or ends the chain.
    #[inline(always)]
    fn dispatch(self) {
        let Cpu { context, pc, sp, locals, left } = self;
        let ops = context.ops;
        if let Some(op) = ops.get(pc)
            && let Some(left) = left.checked_sub(u64::from(op.len))
        {
            return TABLE[op.code as usize](context, op, pc, sp, locals, left);
        }
        end(context, pc, sp, locals, left);
    }
}

/// Ends the chain before an operation that needs more fuel. A function of its own, like [`stop`], so
/// that it takes no registers from the operations.
#[cold]
#[inline(never)]
fn end(context: &mut Context<'_>, pc: usize, sp: usize, locals: usize, left: u64) {
    context.end = Registers { pc, sp, locals, left };
}

/// Ends the chain before an operation that is left to the stepper.
#[cold]
#[inline(never)]
pub(super) fn stop(
    context: &mut Context<'_>,
    op: &Op,
    pc: usize,
    sp: usize,
    locals: usize,
    left: u64,
) {
    context.stopped = true;
    context.end = Registers { pc, sp, locals, left: left + u64::from(op.len) };
}
