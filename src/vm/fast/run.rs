//! The fast loop: decoded operations, carried out until one cannot be.
//!
//! Every operation first checks all that could keep it from completing (fuel, room, kinds of values,
//! bounds, overflow, what it calls) and only then changes anything. If a check fails the loop ends in
//! front of the operation, and the stepper takes the next instruction: it alone faults, and it alone
//! handles what is rare. So the fast loop holds no fault code, and exactness follows by construction.
//!
//! Each operation is a function of its own that ends by calling the next (direct threading): so each
//! has the registers to itself, and each predicts its own successor. In an optimised build these calls
//! are jumps; nothing relies on it, because a chain of them is at most [`CHAIN`] long.
//!
//! While the loop runs, `home` is the frame of the function that owns the body at the counter. Calls
//! and blocks of the same function keep it so; wherever that is not certain, the stepper goes on.

use super::decode::{NOWHERE, Target};
use super::op::{LOCAL, Op, SUBTRACT, Source, holds, operations};
use crate::vm::cell::{BodyId, Cell};
use crate::vm::frame::{HEADER, NONE};
use crate::vm::instruction::Primitive;
use crate::vm::limit::LimitKind;
use crate::vm::machine::Machine;
use crate::vm::memory::{DataBody, Place};

/// Room above the parameter stack for one entry of the loop.
const ROOM: usize = 512;
/// Room above the call stack.
const CALL_ROOM: usize = 1024;
/// As many words as a slot can count.
const WINDOW: usize = 256;

/// The source with this number: what the generic methods are generic over.
const fn source(number: u8) -> Source {
    const SS: u8 = Source::Ss as u8;
    const SI: u8 = Source::Si as u8;
    const SL: u8 = Source::Sl as u8;
    const LI: u8 = Source::Li as u8;
    const LL: u8 = Source::Ll as u8;
    const TI: u8 = Source::Ti as u8;
    match number {
        SS => Source::Ss,
        SI => Source::Si,
        SL => Source::Sl,
        LI => Source::Li,
        LL => Source::Ll,
        TI => Source::Ti,
        _ => Source::Di,
    }
}

const TAG: u64 = 7;

/// The bits of a header word.
const fn pair(high: u32, low: u32) -> u64 {
    (high as u64) << 32 | low as u64
}

/// The flags word of an entry: bit 0 for a frame, above it whether it runs again (0 once, 1 always, 2
/// while true).
const FRAME_ONCE: u32 = 1;
const BLOCK_ONCE: u32 = 0;
const ALWAYS: u32 = 1 << 1;
const WHILE_TRUE: u32 = 2 << 1;

/// The most instructions that run before the chain of calls is unwound. Where they are not made into
/// jumps, this bounds the Rust stack: a few hundred kilobytes.
const CHAIN: u64 = 2048;

/// What the operations work on, and the registers that only calls and returns need.
struct Context<'m> {
    ops: &'m [Op],
    targets: &'m [Target],
    data: &'m mut [DataBody],
    p: &'m mut [Cell],
    w: &'m mut [Cell],
    /// The height of the call stack, its top entry, and the number of entries.
    wp: usize,
    top: u32,
    depth: u32,
    /// Entries from this word on were pushed by this loop: what they return to is decoded, and their
    /// home frames are right.
    trusted: u32,
    /// The most values and the most entries there may be.
    highest: usize,
    deepest: u32,
    /// The registers, when a chain has ended, and whether it can go on.
    end: Registers,
    stopped: bool,
}

/// What changes with almost every operation.
#[derive(Clone, Copy)]
struct Registers {
    /// The next operation.
    pc: usize,
    /// The height of the parameter stack.
    sp: usize,
    /// The home frame.
    home: u32,
    /// The fuel that is left.
    left: u64,
}

/// The state during one operation.
struct Cpu<'c, 'm> {
    context: &'c mut Context<'m>,
    pc: usize,
    sp: usize,
    home: u32,
    left: u64,
}

type Handler = for<'c, 'm> fn(&'c mut Context<'m>, &'m Op, usize, usize, u32, u64);

/// Runs up to `fuel` instructions, and fewer if one of them is for the stepper; how many retired.
pub(in crate::vm) fn run(machine: &mut Machine, fuel: u64) -> u64 {
    let Machine { memory, tasks, current, limits, decoded, .. } = machine;
    let task = &mut tasks[*current];
    let Place { body, offset } = task.counter;
    let used = memory.code(body).map_or(0, |code| code.used().len());
    if offset as usize >= used {
        return 0;
    }
    let Some(base) = decoded.base(memory, body) else { return 0 };
    let (words, (top, home, depth)) = task.calls.parts();
    let owner = decoded.targets[body as usize].owner;
    if home == NONE || frame_body(words, home) != owner {
        return 0;
    }
    let (sp, wp) = (task.parameters.len(), words.len());
    task.parameters.resize(sp + ROOM, Cell::ZERO);
    words.resize(wp + CALL_ROOM, Cell::ZERO);
    let mut context = Context {
        ops: &decoded.ops,
        targets: &decoded.targets,
        data: memory.all_data_slice(),
        p: &mut task.parameters,
        w: words,
        wp,
        top,
        depth,
        trusted: wp as u32,
        highest: limits.get(LimitKind::Parameters).min((sp + ROOM) as u64) as usize,
        deepest: limits.get(LimitKind::Calls).min(u64::from(u32::MAX)) as u32,
        end: Registers { pc: (base + offset) as usize, sp, home, left: 0 },
        stopped: false,
    };
    let mut left = fuel;
    while left > 0 && !context.stopped {
        let slice = left.min(CHAIN);
        let Registers { pc, sp, home, .. } = context.end;
        Cpu { context: &mut context, pc, sp, home, left: slice }.dispatch();
        left -= slice - context.end.left;
        // What is left of a slice may be too little for the next operation, and that of the fuel not.
        context.stopped |= context.end.left == slice;
    }
    let Context { wp, top, depth, end, .. } = context;
    task.parameters.truncate(end.sp);
    task.calls.restore(wp, (top, end.home, depth));
    let (body, offset) = decoded.place(end.pc);
    task.counter = Place { body, offset };
    fuel - left
}

fn frame_body(words: &[Cell], index: u32) -> u32 {
    (words[index as usize + 2].to_bits() >> 32) as u32
}

macro_rules! handlers {
    (
        { $($single:ident $method:ident $(::<$($flag:literal),*>)?;)* }
        { $($source:ident: $add:ident $add_assign:ident $add_call:ident $add_return:ident
            $cmp:ident $cmp_if:ident $cmp_leave:ident $cmp_end:ident $cmp_return:ident
            $alu:ident;)* }
    ) => {
        /// What carries out each code, in the order of the codes.
        const HANDLERS: &[Handler] = &[
            $(handler!(Cpu::$method $(::<$($flag),*>)?),)*
            $(
                handler!(Cpu::add_push::<{ Source::$source as u8 }>),
                handler!(Cpu::add_assign::<{ Source::$source as u8 }>),
                handler!(Cpu::add_call::<{ Source::$source as u8 }>),
                handler!(Cpu::add_return::<{ Source::$source as u8 }>),
                handler!(Cpu::compare_push::<{ Source::$source as u8 }>),
                handler!(Cpu::compare_if::<{ Source::$source as u8 }>),
                handler!(Cpu::compare_leave::<{ Source::$source as u8 }>),
                handler!(Cpu::compare_end::<{ Source::$source as u8 }>),
                handler!(Cpu::compare_return::<{ Source::$source as u8 }>),
                handler!(Cpu::alu::<{ Source::$source as u8 }>),
            )*
        ];
    };
}

macro_rules! handler {
    ($method:expr) => {{
        fn handler<'m>(
            context: &mut Context<'m>,
            op: &'m Op,
            pc: usize,
            sp: usize,
            home: u32,
            left: u64,
        ) {
            let mut cpu = Cpu { context, pc, sp, home, left };
            if $method(&mut cpu, op) {
                cpu.dispatch();
            } else {
                cpu.stop(op);
            }
        }
        handler
    }};
}
operations!(handlers);

/// As many handlers as a byte can count: no check when one is looked up.
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
    /// Goes on with the operation at the counter, whose fuel is taken here.
    #[inline(always)]
    fn dispatch(self) {
        let Cpu { context, pc, sp, home, left } = self;
        let ops = context.ops;
        if let Some(op) = ops.get(pc)
            && let Some(left) = left.checked_sub(u64::from(op.len))
        {
            return TABLE[op.code as usize](context, op, pc, sp, home, left);
        }
        context.end = Registers { pc, sp, home, left };
    }

    /// Ends the chain in front of an operation that is for the stepper.
    #[inline(always)]
    fn stop(self, op: &Op) {
        let Cpu { context, pc, sp, home, left } = self;
        context.stopped = true;
        context.end = Registers { pc, sp, home, left: left + u64::from(op.len) };
    }
}

impl Cpu<'_, '_> {
    // --- operands -------------------------------------------------------------------------------

    /// The words from the first local of the home frame on, as many as a slot can count: one check for
    /// all locals of an operation. There is always so much room.
    #[inline(always)]
    fn locals(&self) -> Option<&[Cell; WINDOW]> {
        self.context.w.get(self.home as usize + HEADER..)?.first_chunk()
    }

    #[inline(always)]
    fn local(&self, slot: u8) -> Option<Cell> {
        Some(self.locals()?[slot as usize])
    }

    #[inline(always)]
    fn set_local(&mut self, slot: u8, value: Cell) {
        let locals = self.context.w.get_mut(self.home as usize + HEADER..);
        if let Some(locals) = locals.and_then(|words| words.first_chunk_mut::<WINDOW>()) {
            locals[slot as usize] = value;
        }
    }

    /// The value `n` below the top; 0 is the top.
    #[inline(always)]
    fn top(&self, n: usize) -> Option<Cell> {
        self.context.p.get(self.sp.wrapping_sub(n + 1)).copied()
    }

    #[inline(always)]
    fn put(&mut self, at: usize, value: Cell) {
        if let Some(cell) = self.context.p.get_mut(at) {
            *cell = value;
        }
    }

    /// Both operands of a fused operation, if they are integers and there is room, as the bits of
    /// their cells.
    #[inline(always)]
    fn operands<const S: u8>(&self, op: &Op) -> Option<(i64, i64)> {
        let from = source(S);
        if self.sp + from.grows() > self.context.highest {
            return None;
        }
        let literal = Cell::from_bits(op.literal);
        let (a, b) = match from {
            Source::Ss => (self.top(1)?, self.top(0)?),
            Source::Si | Source::Ti | Source::Di => (self.top(0)?, literal),
            Source::Sl => (self.top(0)?, self.local(op.y)?),
            Source::Li => (self.local(op.x)?, literal),
            Source::Ll => (self.local(op.x)?, self.local(op.y)?),
        };
        let (a, b) = (a.to_bits(), b.to_bits());
        ((a | b) & TAG == 0).then_some((a as i64, b as i64))
    }

    /// Takes the operands away, after all checks.
    #[inline(always)]
    fn take<const S: u8>(&mut self, op: &Op) {
        let from = source(S);
        if from == Source::Ti
            && let Some(value) = self.top(0)
        {
            self.set_local(op.x, value);
        }
        self.sp -= from.pops();
    }

    #[inline(always)]
    fn sum<const S: u8>(&self, op: &Op) -> Option<Cell> {
        let (a, b) = self.operands::<S>(op)?;
        // Shifted by the tag, an overflow of 61 bits is one of 64.
        // A literal that is subtracted was negated when it was decoded.
        let literal = matches!(source(S), Source::Si | Source::Li | Source::Ti | Source::Di);
        let sum = if literal || op.kind == 0 { a.checked_add(b) } else { a.checked_sub(b) };
        sum.map(|sum| Cell::from_bits(sum as u64))
    }

    #[inline(always)]
    fn comparison<const S: u8>(&self, op: &Op) -> Option<bool> {
        let (a, b) = self.operands::<S>(op)?;
        Some(holds(op.kind, a, b))
    }

    #[inline(always)]
    fn next(&mut self, op: &Op) -> bool {
        self.pc += op.len as usize;
        true
    }

    // --- destinations ---------------------------------------------------------------------------

    #[inline(always)]
    fn push<const S: u8>(&mut self, op: &Op, value: Cell) -> bool {
        self.take::<S>(op);
        self.put(self.sp, value);
        self.sp += 1;
        self.next(op)
    }

    #[inline(always)]
    fn add_push<const S: u8>(&mut self, op: &Op) -> bool {
        let Some(value) = self.sum::<S>(op) else { return false };
        self.push::<S>(op, value)
    }

    #[inline(always)]
    fn add_assign<const S: u8>(&mut self, op: &Op) -> bool {
        let Some(value) = self.sum::<S>(op) else { return false };
        self.take::<S>(op);
        self.set_local(op.z, value);
        self.next(op)
    }

    #[inline(always)]
    fn add_call<const S: u8>(&mut self, op: &Op) -> bool {
        let Some(value) = self.sum::<S>(op) else { return false };
        let Some(target) = self.callable(op) else { return false };
        self.take::<S>(op);
        self.put(self.sp, value);
        self.sp += 1;
        self.call(op, target)
    }

    #[inline(always)]
    fn add_return<const S: u8>(&mut self, op: &Op) -> bool {
        let Some(value) = self.sum::<S>(op) else { return false };
        let Some(to) = self.returnable() else { return false };
        self.take::<S>(op);
        self.put(self.sp, value);
        self.sp += 1;
        self.leave(to)
    }

    #[inline(always)]
    fn compare_push<const S: u8>(&mut self, op: &Op) -> bool {
        let Some(flag) = self.comparison::<S>(op) else { return false };
        self.push::<S>(op, Cell::flag(flag))
    }

    #[inline(always)]
    fn compare_if<const S: u8>(&mut self, op: &Op) -> bool {
        let Some(flag) = self.comparison::<S>(op) else { return false };
        if !flag {
            self.take::<S>(op);
            return self.next(op);
        }
        let Some(base) = self.enterable(op.target) else { return false };
        self.take::<S>(op);
        self.enter(op, op.target, base, BLOCK_ONCE)
    }

    /// As `compare_if`, where all the block does is to leave the function with a value.
    #[inline(always)]
    fn compare_leave<const S: u8>(&mut self, op: &Op) -> bool {
        let Some(flag) = self.comparison::<S>(op) else { return false };
        if !flag {
            self.take::<S>(op);
            return self.next(op);
        }
        // The value and the `return` retire as well.
        let own = source(S) == Source::Ti && op.x == op.z;
        let value = match op.kind & LOCAL {
            0 => Some(Cell::from_bits(((op.other as i32 as i64) << 3) as u64)),
            // The local that this very operation assigns.
            _ if own => self.top(0),
            _ => self.local(op.z),
        };
        let Some(value) = value.filter(|&value| value != Cell::UNASSIGNED) else { return false };
        if self.left < 2 || self.context.depth >= self.context.deepest {
            return false;
        }
        let Some(to) = self.returnable() else { return false };
        self.take::<S>(op);
        self.put(self.sp, value);
        self.sp += 1;
        self.left -= 2;
        self.leave(to)
    }

    #[inline(always)]
    fn compare_end<const S: u8>(&mut self, op: &Op) -> bool {
        let Some(flag) = self.comparison::<S>(op) else { return false };
        if self.turns(op) && flag {
            self.take::<S>(op);
            return self.turn(op);
        }
        let (_, flags) = self.entry(self.context.top);
        if flags == BLOCK_ONCE || flags == FRAME_ONCE {
            let Some(to) = self.endable() else { return false };
            self.take::<S>(op);
            self.put(self.sp, Cell::flag(flag));
            self.sp += 1;
            return self.pop_entry(to);
        }
        if flags != WHILE_TRUE || flag {
            return false;
        }
        let Some(to) = self.endable() else { return false };
        self.take::<S>(op);
        self.pop_entry(to)
    }

    /// `i 1 + assign: i i n <`: what a loop turns on. The new value, and whether the test holds.
    #[inline(always)]
    fn update<const ADD: bool, const TEST: bool>(&self, op: &Op) -> Option<(Cell, bool)> {
        if self.sp + 2 > self.context.highest {
            return None;
        }
        let a = self.local(op.x)?.to_bits();
        let b = if ADD { self.local(op.y)?.to_bits() } else { op.literal };
        let limit = match TEST {
            true => self.local(op.other as u8)?.to_bits(),
            false => ((op.other as i32 as i64) << 3) as u64,
        };
        if (a | b | limit) & TAG != 0 {
            return None;
        }
        let (a, b) = (a as i64, b as i64);
        let subtract = ADD && op.kind & SUBTRACT != 0;
        let sum = if subtract { a.checked_sub(b) } else { a.checked_add(b) }?;
        Some((Cell::from_bits(sum as u64), holds(op.kind, sum, limit as i64)))
    }

    #[inline(always)]
    fn update_if<const ADD: bool, const TEST: bool>(&mut self, op: &Op) -> bool {
        let Some((value, flag)) = self.update::<ADD, TEST>(op) else { return false };
        if !flag {
            self.set_local(op.z, value);
            return self.next(op);
        }
        let Some(base) = self.enterable(op.target) else { return false };
        self.set_local(op.z, value);
        self.enter(op, op.target, base, BLOCK_ONCE)
    }

    #[inline(always)]
    fn update_end<const ADD: bool, const TEST: bool>(&mut self, op: &Op) -> bool {
        let Some((value, flag)) = self.update::<ADD, TEST>(op) else { return false };
        if !self.turns(op) {
            return false;
        }
        if flag {
            self.set_local(op.z, value);
            return self.turn(op);
        }
        let Some(to) = self.endable() else { return false };
        self.set_local(op.z, value);
        self.pop_entry(to)
    }

    /// Whether the top entry runs the very body of this operation while a flag is true.
    #[inline(always)]
    fn turns(&self, op: &Op) -> bool {
        let own = op.behind >> 32 << 32 | u64::from(WHILE_TRUE);
        self.context.w.get(self.context.top as usize + 2).is_some_and(|word| word.to_bits() == own)
    }

    /// Goes back to the beginning of the body of this operation.
    #[inline(always)]
    fn turn(&mut self, op: &Op) -> bool {
        self.pc = self.pc + op.len as usize - op.behind as u32 as usize;
        true
    }

    #[inline(always)]
    fn compare_return<const S: u8>(&mut self, op: &Op) -> bool {
        let Some(flag) = self.comparison::<S>(op) else { return false };
        if !flag {
            self.take::<S>(op);
            return self.next(op);
        }
        let Some(to) = self.returnable() else { return false };
        self.take::<S>(op);
        self.leave(to)
    }

    #[inline(always)]
    fn alu<const S: u8>(&mut self, op: &Op) -> bool {
        let Some((a, b)) = self.operands::<S>(op) else { return false };
        let Some(value) = calculate(op.kind, a, b) else { return false };
        self.push::<S>(op, value)
    }

    // --- calls and returns ----------------------------------------------------------------------

    #[inline(always)]
    fn target(&self, body: u32) -> Option<Target> {
        let target = *self.context.targets.get(body as usize)?;
        (target.base != NOWHERE).then_some(target)
    }

    /// The function an operation calls, if it is decoded and there is room for a frame.
    #[inline(always)]
    fn callable(&self, op: &Op) -> Option<Target> {
        let target = self.target(op.target)?;
        let room = self.context.wp + HEADER + WINDOW <= self.context.w.len();
        (room && self.context.depth < self.context.deepest).then_some(target)
    }

    /// Pushes the header of an entry; its words and those that a frame's locals may take, if there is
    /// room for them.
    #[inline(always)]
    fn push_header(&mut self, behind: u64, body: u32, flags: u32) -> Option<&mut [Cell; WINDOW]> {
        let context = &mut *self.context;
        let words: &mut [Cell; HEADER + WINDOW] =
            context.w.get_mut(context.wp..)?.first_chunk_mut()?;
        words[0] = Cell::from_bits(behind);
        words[1] = Cell::from_bits(pair(context.top, self.home));
        words[2] = Cell::from_bits(pair(body, flags));
        context.top = context.wp as u32;
        context.wp += HEADER;
        context.depth += 1;
        words[HEADER..].first_chunk_mut()
    }

    #[inline(always)]
    fn call(&mut self, op: &Op, target: Target) -> bool {
        let count = target.locals as usize;
        if let Some(locals) = self.push_header(op.behind, op.target, FRAME_ONCE) {
            locals[0] = Cell::UNASSIGNED;
            // Most functions have one: a loop would cost more than the store.
            if count > 1 {
                locals[..count.min(WINDOW)].fill(Cell::UNASSIGNED);
            }
        }
        self.home = self.context.top;
        self.context.wp += count;
        self.pc = target.base as usize;
        true
    }

    /// Where the operations of a block of this function begin, if they are there and the block can be
    /// entered. (That it is of this function is known from decoding.)
    #[inline(always)]
    fn enterable(&self, block: u32) -> Option<u32> {
        let target = self.target(block)?;
        let room = self.context.wp + HEADER + WINDOW <= self.context.w.len();
        (room && self.context.depth < self.context.deepest).then_some(target.base)
    }

    #[inline(always)]
    fn enter(&mut self, op: &Op, block: u32, base: u32, flags: u32) -> bool {
        self.push_header(op.behind, block, flags);
        self.pc = base as usize;
        true
    }

    /// The body and the flags of an entry.
    #[inline(always)]
    fn entry(&self, index: u32) -> (u32, u32) {
        let word = self.context.w.get(index as usize + 2).map_or(0, |word| word.to_bits());
        ((word >> 32) as u32, word as u32)
    }

    /// Where the entry at `index` returns to, with the registers of the entry below, if all of that is
    /// decoded and consistent.
    #[inline(always)]
    fn below(&self, index: u32) -> Option<Below> {
        let header: &[Cell; HEADER] = self.context.w.get(index as usize..)?.first_chunk()?;
        let (to, saved) = (header[0].to_bits(), header[1].to_bits());
        let target = self.context.targets.get((to >> 32) as usize)?;
        let (top, home) = ((saved >> 32) as u32, saved as u32);
        if index < self.context.trusted {
            let decoded = target.base != NOWHERE && (to as u32) < target.len;
            if !decoded || home == NONE || self.entry(home).0 != target.owner {
                return None;
            }
        }
        Some(Below { pc: target.base as usize + to as u32 as usize, top, home })
    }

    /// Where `return` leads, if the home frame runs once. (The bottom returns to no body there is.)
    #[inline(always)]
    fn returnable(&self) -> Option<Below> {
        if self.entry(self.home).1 != FRAME_ONCE {
            return None;
        }
        self.below(self.home)
    }

    /// Leaves the home frame, and all above it.
    #[inline(always)]
    fn leave(&mut self, to: Below) -> bool {
        let mut entry = self.context.top;
        while entry != self.home {
            self.context.depth -= 1;
            entry = (self.context.w[entry as usize + 1].to_bits() >> 32) as u32;
        }
        self.context.top = self.home;
        self.pop_entry(to)
    }

    /// Where the end of the top entry leads, if it is not the bottom.
    #[inline(always)]
    fn endable(&self) -> Option<Below> {
        if self.context.top == 0 { None } else { self.below(self.context.top) }
    }

    /// Drops the top entry.
    #[inline(always)]
    fn pop_entry(&mut self, to: Below) -> bool {
        self.context.wp = self.context.top as usize;
        (self.pc, self.context.top, self.home) = (to.pc, to.top, to.home);
        self.context.depth -= 1;
        true
    }

    /// Where a body begins that belongs to the function of the home frame.
    #[inline(always)]
    fn own_base(&self, body: u32) -> Option<u32> {
        let target = self.target(body)?;
        (target.owner == self.entry(self.home).0).then_some(target.base)
    }

    /// `end` by itself.
    #[inline(always)]
    fn end(&mut self, _: &Op) -> bool {
        let (body, flags) = self.entry(self.context.top);
        let again = match flags {
            BLOCK_ONCE | FRAME_ONCE => false,
            ALWAYS => true,
            WHILE_TRUE => match self.top(0) {
                Some(flag) => !flag.is_false(),
                None => return false,
            },
            // Frames that run again.
            _ => return false,
        };
        let take = usize::from(flags == WHILE_TRUE);
        if again {
            let Some(base) = self.own_base(body) else { return false };
            self.sp -= take;
            self.pc = base as usize;
            return true;
        }
        let Some(to) = self.endable() else { return false };
        self.sp -= take;
        self.pop_entry(to)
    }

    // --- data -----------------------------------------------------------------------------------

    #[inline(always)]
    fn word(&mut self, address: Cell, index: Cell) -> Option<&mut u64> {
        let BodyId::Data(body) = address.as_data()? else { return None };
        let index = usize::try_from(index.as_integer()?).ok()?;
        self.context.data.get_mut(body as usize)?.word_mut(index)
    }

    #[inline(always)]
    fn get(&mut self, op: &Op, address: Cell, index: Cell, take: usize) -> bool {
        let Some(&mut word) = self.word(address, index) else { return false };
        self.sp -= take;
        self.put(self.sp, Cell::from_bits(word));
        self.sp += 1;
        self.next(op)
    }

    #[inline(always)]
    fn set(&mut self, op: &Op, value: Cell, address: Cell, index: Cell, take: usize) -> bool {
        let Some(word) = self.word(address, index) else { return false };
        *word = value.to_bits();
        self.sp -= take;
        self.next(op)
    }

    // --- everything else ------------------------------------------------------------------------

    #[inline(always)]
    fn grow(&mut self, op: &Op, value: Cell) -> bool {
        if self.sp >= self.context.highest {
            return false;
        }
        self.put(self.sp, value);
        self.sp += 1;
        self.next(op)
    }

    /// Runs a block if a flag says so, dropping what it takes.
    #[inline(always)]
    fn choose(&mut self, op: &Op, block: Option<u32>, take: usize, flags: u32) -> bool {
        let Some(block) = block else {
            self.sp -= take;
            return self.next(op);
        };
        let Some(base) = self.enterable(block) else { return false };
        self.sp -= take;
        self.enter(op, block, base, flags)
    }

    #[inline(always)]
    fn room(&self, values: usize) -> bool {
        self.sp + values <= self.context.highest
    }

    #[inline(always)]
    fn slow(&mut self, _: &Op) -> bool {
        false
    }

    #[inline(always)]
    fn nothing(&mut self, op: &Op) -> bool {
        self.next(op)
    }

    #[inline(always)]
    fn push_literal(&mut self, op: &Op) -> bool {
        self.grow(op, Cell::from_bits(op.literal))
    }

    #[inline(always)]
    fn push_return(&mut self, op: &Op) -> bool {
        if !self.room(1) {
            return false;
        }
        let Some(to) = self.returnable() else { return false };
        self.put(self.sp, Cell::from_bits(op.literal));
        self.sp += 1;
        self.leave(to)
    }

    #[inline(always)]
    fn pick(&mut self, op: &Op) -> bool {
        match self.local(op.x) {
            None | Some(Cell::UNASSIGNED) => false,
            Some(value) => self.grow(op, value),
        }
    }

    #[inline(always)]
    fn assign(&mut self, op: &Op) -> bool {
        let Some(value) = self.top(0) else { return false };
        self.set_local(op.z, value);
        self.sp -= 1;
        self.next(op)
    }

    #[inline(always)]
    fn plain_call(&mut self, op: &Op) -> bool {
        match self.callable(op) {
            Some(target) => self.call(op, target),
            None => false,
        }
    }

    #[inline(always)]
    fn plain_if(&mut self, op: &Op) -> bool {
        match self.top(0) {
            Some(flag) if self.room(1) => {
                self.choose(op, (!flag.is_false()).then_some(op.target), 1, BLOCK_ONCE)
            }
            _ => false,
        }
    }

    #[inline(always)]
    fn if_else(&mut self, op: &Op) -> bool {
        match self.top(0) {
            Some(flag) if self.room(2) => {
                let block = if flag.is_false() { op.other } else { op.target };
                self.choose(op, Some(block), 1, BLOCK_ONCE)
            }
            _ => false,
        }
    }

    #[inline(always)]
    fn repeat(&mut self, op: &Op) -> bool {
        self.room(1) && self.choose(op, Some(op.target), 0, ALWAYS)
    }

    #[inline(always)]
    fn repeat_if(&mut self, op: &Op) -> bool {
        match self.top(0) {
            Some(flag) if self.room(1) => {
                self.choose(op, (!flag.is_false()).then_some(op.target), 1, WHILE_TRUE)
            }
            _ => false,
        }
    }

    #[inline(always)]
    fn plain_return(&mut self, _: &Op) -> bool {
        match self.returnable() {
            Some(to) => self.leave(to),
            None => false,
        }
    }

    #[inline(always)]
    fn return_if(&mut self, op: &Op) -> bool {
        let Some(flag) = self.top(0) else { return false };
        if flag.is_false() {
            return self.shrink(op, 1);
        }
        let Some(to) = self.returnable() else { return false };
        self.sp -= 1;
        self.leave(to)
    }

    #[inline(always)]
    fn dup(&mut self, op: &Op) -> bool {
        self.top(0).is_some_and(|c| self.grow(op, c))
    }

    #[inline(always)]
    fn over(&mut self, op: &Op) -> bool {
        self.top(1).is_some_and(|b| self.grow(op, b))
    }

    #[inline(always)]
    fn drop_one(&mut self, op: &Op) -> bool {
        self.sp >= 1 && self.shrink(op, 1)
    }

    #[inline(always)]
    fn two_drop(&mut self, op: &Op) -> bool {
        self.sp >= 2 && self.shrink(op, 2)
    }

    #[inline(always)]
    fn swap(&mut self, op: &Op) -> bool {
        let (Some(b), Some(c)) = (self.top(1), self.top(0)) else { return false };
        self.arrange(op, [c, b])
    }

    #[inline(always)]
    fn rot(&mut self, op: &Op) -> bool {
        let (Some(a), Some(b), Some(c)) = (self.top(2), self.top(1), self.top(0)) else {
            return false;
        };
        self.arrange(op, [b, c, a])
    }

    #[inline(always)]
    fn not(&mut self, op: &Op) -> bool {
        self.top(0).is_some_and(|c| self.arrange(op, [Cell::flag(c.is_false())]))
    }

    #[inline(always)]
    fn nip(&mut self, op: &Op) -> bool {
        let (Some(_), Some(c)) = (self.top(1), self.top(0)) else { return false };
        self.sp -= 1;
        self.arrange(op, [c])
    }

    #[inline(always)]
    fn tuck(&mut self, op: &Op) -> bool {
        match (self.top(1), self.top(0)) {
            (Some(b), Some(c)) if self.room(1) => {
                self.sp += 1;
                self.arrange(op, [c, b, c])
            }
            _ => false,
        }
    }

    #[inline(always)]
    fn two_dup(&mut self, op: &Op) -> bool {
        match (self.top(1), self.top(0)) {
            (Some(b), Some(c)) if self.room(2) => {
                self.sp += 2;
                self.arrange(op, [b, c])
            }
            _ => false,
        }
    }

    #[inline(always)]
    fn get_top(&mut self, op: &Op) -> bool {
        let (Some(address), Some(index)) = (self.top(1), self.top(0)) else { return false };
        self.get(op, address, index, 2)
    }

    #[inline(always)]
    fn get_locals(&mut self, op: &Op) -> bool {
        match (self.local(op.x), self.local(op.y)) {
            (Some(address), Some(index)) if self.room(2) => self.get(op, address, index, 0),
            _ => false,
        }
    }

    #[inline(always)]
    fn set_top(&mut self, op: &Op) -> bool {
        let (Some(a), Some(b), Some(c)) = (self.top(2), self.top(1), self.top(0)) else {
            return false;
        };
        self.set(op, a, b, c, 3)
    }

    #[inline(always)]
    fn set_literal(&mut self, op: &Op) -> bool {
        self.room(3) && self.set_at_locals(op, Cell::from_bits(op.literal), 0)
    }

    #[inline(always)]
    fn set_locals(&mut self, op: &Op) -> bool {
        match self.top(0) {
            Some(value) if self.room(2) => self.set_at_locals(op, value, 1),
            _ => false,
        }
    }

    #[inline(always)]
    fn set_at_locals(&mut self, op: &Op, value: Cell, take: usize) -> bool {
        let (Some(address), Some(index)) = (self.local(op.x), self.local(op.y)) else {
            return false;
        };
        self.set(op, value, address, index, take)
    }

    #[inline(always)]
    fn get_if(&mut self, op: &Op) -> bool {
        if !self.room(2) {
            return false;
        }
        let (Some(address), Some(index)) = (self.local(op.x), self.local(op.y)) else {
            return false;
        };
        let Some(&mut word) = self.word(address, index) else { return false };
        let taken = (!Cell::from_bits(word).is_false()).then_some(op.target);
        self.choose(op, taken, 0, BLOCK_ONCE)
    }

    #[inline(always)]
    fn shrink(&mut self, op: &Op, values: usize) -> bool {
        self.sp -= values;
        self.next(op)
    }

    /// Replaces the top values.
    #[inline(always)]
    fn arrange<const N: usize>(&mut self, op: &Op, values: [Cell; N]) -> bool {
        let start = self.sp - N;
        if let Some(cells) = self.context.p.get_mut(start..self.sp) {
            cells.copy_from_slice(&values);
        }
        self.next(op)
    }
}

/// Where control goes when an entry ends.
#[derive(Clone, Copy)]
struct Below {
    pc: usize,
    top: u32,
    home: u32,
}

/// An operator on the bits of two integers; nothing where the stepper has to look at it.
#[inline(always)]
fn calculate(kind: u8, a: i64, b: i64) -> Option<Cell> {
    const MULTIPLY: u8 = Primitive::Multiply as u8;
    const DIVIDE: u8 = Primitive::Divide as u8;
    const MODULO: u8 = Primitive::Modulo as u8;
    const AND: u8 = Primitive::BitAnd as u8;
    const OR: u8 = Primitive::BitOr as u8;
    const XOR: u8 = Primitive::BitXor as u8;
    const MINIMUM: u8 = Primitive::Minimum as u8;
    const MAXIMUM: u8 = Primitive::Maximum as u8;
    const LEFT: u8 = Primitive::ShiftLeft as u8;
    const RIGHT: u8 = Primitive::ShiftRight as u8;
    let bits = match kind {
        MULTIPLY => a.checked_mul(b >> 3)?,
        // Both are shifted, so their quotient is not, and their rest is.
        DIVIDE if b != 0 => floor_divide(a, b).checked_mul(8)?,
        MODULO if b != 0 => {
            let rest = a % b;
            if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest }
        }
        AND => a & b,
        OR => a | b,
        XOR => a ^ b,
        MINIMUM => a.min(b),
        MAXIMUM => a.max(b),
        LEFT if (0..=60 << 3).contains(&b) => a.checked_mul(1_i64.checked_shl((b >> 3) as u32)?)?,
        RIGHT if (0..=60 << 3).contains(&b) => (a >> (b >> 3)) & !(TAG as i64),
        _ => return None,
    };
    Some(Cell::from_bits(bits as u64))
}

fn floor_divide(a: i64, b: i64) -> i64 {
    let quotient = a / b;
    if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient }
}
