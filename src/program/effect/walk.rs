//! A walk through a function along every way that it can take, with the number of values on the stack.
//!
//! Blocks are followed where they are written beside the instruction that runs them. What is not known ends a
//! way: an empty cell, a missing function, `call` of a value, a block that leaves more or fewer values than it
//! should. The other ways go on, so that an unfinished function has the effect of what is finished. How sure the
//! result is, is said beside it.

use super::outline::{Control, Op, Outline};

/// Effects of more values than this are taken for unknown: functions that call each other can double them.
const MANY: i64 = 1 << 32;

/// What is known of a function that is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Callee {
    /// How many values it takes on some way.
    pub takes: i64,
    /// How many more values there are after it than before.
    pub net: Option<i64>,
    /// How many values it takes on every way.
    pub surely_takes: i64,
    /// Whether all its ways are known.
    pub is_certain: bool,
}

/// What came of a walk.
#[derive(Clone, Debug, Default)]
pub(super) struct Walked {
    /// How many values it takes on some way.
    pub takes: i64,
    /// How many more values there are at the first exit than at the start.
    pub net: Option<i64>,
    /// Whether other exits leave another number.
    pub varies: bool,
    /// How many values it takes on every way.
    pub surely_takes: i64,
    /// Whether a way ended where something is not known.
    pub is_partial: bool,
    /// What is surely odd.
    pub oddities: Vec<Oddity>,
}

/// What is odd at a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Oddity {
    /// The cell, by its number in the outline.
    pub op: usize,
    /// What is odd.
    pub kind: OddityKind,
}

/// A kind of oddity; all numbers are of values more than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OddityKind {
    /// The block of an `if` leaves so many.
    Branch { net: i64 },
    /// The blocks of an `if-else` do not leave the same.
    Branches { then: i64, otherwise: i64 },
    /// The function ends here with other results than at its first exit.
    Exits { first: usize, there: i64, here: i64 },
    /// The stack has fewer values than are taken.
    TooFew { takes: i64, has: i64 },
}

/// A body that is being walked through.
#[derive(Clone, Copy, Debug)]
struct Open {
    /// The next cell, and the end of the body.
    next: usize,
    end: usize,
    /// The instruction that runs it.
    by: usize,
    then: Then,
    /// The height of the stack before it.
    before: i64,
    /// The height with which `leave` left this loop.
    left: Option<i64>,
}

/// What comes after a body.
#[derive(Clone, Copy, Debug)]
enum Then {
    Function,
    Inline,
    If,
    /// The other block of an `if-else`.
    Else(u32),
    /// After both blocks; the height after the first, if it comes to its end.
    Join(Option<i64>),
    Repeat,
    RepeatIf,
    /// The body of a `while`, whose condition this is.
    Condition(u32),
    /// A turn that leaves what it found.
    Turn,
}

impl Then {
    fn is_loop(self) -> bool {
        matches!(self, Then::Repeat | Then::RepeatIf | Then::Condition(_) | Then::Turn)
    }
}

/// Where a walk is.
pub(super) struct Walk<'w> {
    outline: &'w Outline,
    callees: &'w [Callee],
    open: Vec<Open>,
    /// Which of the open bodies are loops.
    loops: Vec<usize>,
    height: i64,
    lowest: i64,
    /// Whether the function is run with an empty stack.
    from_empty: bool,
    /// Whether the height is only a guess.
    is_guess: bool,
    /// Whether the function may have ended before.
    may_have_ended: bool,
    first_exit: Option<usize>,
    walked: Walked,
}

impl<'w> Walk<'w> {
    /// Walks through a function.
    pub fn through(
        outline: &'w Outline,
        callees: &'w [Callee],
        function: usize,
        from_empty: bool,
    ) -> Walked {
        let mut walk = Walk {
            outline,
            callees,
            open: Vec::new(),
            loops: Vec::new(),
            height: 0,
            lowest: 0,
            from_empty,
            is_guess: false,
            may_have_ended: false,
            first_exit: None,
            walked: Walked::default(),
        };
        walk.enter(outline.functions[function].bodies.start, 0, Then::Function);
        while let Some(open) = walk.open.last_mut() {
            if open.next == open.end {
                // The machine waits at the empty cell there.
                walk.lose();
                continue;
            }
            let at = open.next;
            open.next += 1;
            walk.step(at);
        }
        walk.walked.takes = -walk.lowest;
        walk.walked
    }

    fn step(&mut self, at: usize) {
        match self.outline.ops[at] {
            Op::Plain { takes, gives } => {
                if self.take(at, i64::from(takes)) {
                    self.height += i64::from(gives);
                }
            }
            Op::True => self.height += 1,
            Op::Depth => {
                self.height += 1;
                self.is_guess = true;
            }
            Op::Unknown { takes } => {
                if self.take(at, i64::from(takes)) {
                    self.lose();
                }
            }
            Op::Call(function) => self.call(at, self.callees[function as usize]),
            Op::Block(block) => self.block(at, block),
            Op::Control(control) => self.control(at, control),
        }
    }

    fn call(&mut self, at: usize, callee: Callee) {
        let surely = callee.surely_takes;
        if !self.has(at, surely) {
            return;
        }
        self.note_taken(surely);
        // It may take more than there is, but on some ways only.
        self.is_guess |= self.from_empty && callee.takes > self.height;
        self.lowest = self.lowest.min(self.height - callee.takes);
        self.is_guess |= !callee.is_certain;
        self.may_have_ended |= !callee.is_certain;
        match callee.net {
            Some(net) if (self.height + net).abs() < MANY && self.lowest > -MANY => {
                self.height += net;
            }
            Some(_) | None => self.lose(),
        }
    }

    /// A block: what runs it usually stands beside it.
    fn block(&mut self, at: usize, block: u32) {
        let (first, second) = (self.peek(0), self.peek(1));
        let flags = match (first, second) {
            (Some(Op::Control(Control::If | Control::RepeatIf | Control::Times)), _)
            | (Some(Op::Block(_)), Some(Op::Control(Control::IfElse))) => 1,
            _ => 0,
        };
        let (cells, then) = match (first, second) {
            (Some(Op::Control(Control::If)), _) => (1, Then::If),
            (Some(Op::Control(Control::Repeat)), _) => (1, Then::Repeat),
            (Some(Op::Control(Control::RepeatIf)), _) => (1, Then::RepeatIf),
            (Some(Op::Control(Control::Times)), _) => (1, Then::Turn),
            (Some(Op::Control(Control::Call)), _) => (1, Then::Inline),
            (Some(Op::Block(other)), Some(Op::Control(Control::IfElse))) => (2, Then::Else(other)),
            (Some(Op::Block(body)), Some(Op::Control(Control::While))) if self.is_true(block) => {
                // The condition does nothing else: it is a `repeat`.
                let by = at + 2;
                self.open.last_mut().expect("the cell is in an open body").next = by + 1;
                return self.enter(body as usize, by, Then::Repeat);
            }
            (Some(Op::Block(body)), Some(Op::Control(Control::While))) => {
                (2, Then::Condition(body))
            }
            _ => {
                // It may run anywhere, and leave this function from there.
                let escapes = self.outline.bodies[block as usize].escapes;
                self.walked.is_partial |= escapes;
                self.may_have_ended |= escapes;
                self.height += 1;
                return;
            }
        };
        let by = at + cells;
        if self.take(by, flags) {
            self.open.last_mut().expect("the cell is in an open body").next = by + 1;
            self.enter(block as usize, by, then);
        }
    }

    /// Whether a condition is always true.
    fn is_true(&self, block: u32) -> bool {
        let ops = self.outline.bodies[block as usize].ops.clone();
        self.outline.ops[ops] == [Op::True, Op::Control(Control::End)]
    }

    fn control(&mut self, at: usize, control: Control) {
        let (takes, goes) = match control {
            Control::End => return self.close(true),
            Control::Leave => return self.leave(),
            Control::Return => (0, false),
            Control::ReturnIf => (1, true),
            Control::Exit => (1, false),
            // They run values.
            Control::Call | Control::Repeat => return self.lose_taking(at, 1),
            Control::If | Control::RepeatIf | Control::While | Control::Times => {
                return self.lose_taking(at, 2);
            }
            Control::IfElse => return self.lose_taking(at, 3),
        };
        if !self.take(at, takes) {
            return;
        }
        self.may_have_ended = true;
        if control != Control::Exit {
            self.exit(at);
        }
        if !goes {
            self.close(false);
        }
    }

    fn lose_taking(&mut self, at: usize, takes: i64) {
        if self.take(at, takes) {
            self.lose();
        }
    }

    fn leave(&mut self) {
        let Some(&number) = self.loops.last() else { return self.lose() };
        let height = self.height;
        let left = *self.open[number].left.get_or_insert(height);
        if left == height { self.close(false) } else { self.lose() }
    }

    fn exit(&mut self, at: usize) {
        let first = *self.first_exit.get_or_insert(at);
        let here = self.height;
        let there = *self.walked.net.get_or_insert(here);
        if there != here {
            self.walked.varies = true;
            self.note(at, OddityKind::Exits { first, there, here });
        }
    }

    /// Takes values from the stack; false if there are surely too few.
    fn take(&mut self, at: usize, count: i64) -> bool {
        if !self.has(at, count) {
            return false;
        }
        self.note_taken(count);
        self.height -= count;
        self.lowest = self.lowest.min(self.height);
        true
    }

    /// Whether the stack may have this many values. Otherwise this way ends.
    fn has(&mut self, at: usize, count: i64) -> bool {
        let too_few = self.from_empty && !self.is_guess && count > self.height;
        if too_few {
            self.note(at, OddityKind::TooFew { takes: count, has: self.height });
            self.lose();
        }
        !too_few
    }

    fn note_taken(&mut self, count: i64) {
        if self.open.len() == 1 && !self.may_have_ended && !self.is_guess {
            self.walked.surely_takes = self.walked.surely_takes.max(count - self.height);
        }
    }

    fn note(&mut self, op: usize, kind: OddityKind) {
        if !self.is_guess {
            self.walked.oddities.push(Oddity { op, kind });
        }
    }

    fn peek(&self, ahead: usize) -> Option<Op> {
        let open = self.open.last()?;
        let at = open.next + ahead;
        (at < open.end).then(|| self.outline.ops[at])
    }

    fn enter(&mut self, body: usize, by: usize, then: Then) {
        if then.is_loop() {
            self.loops.push(self.open.len());
        }
        let (before, ops) = (self.height, &self.outline.bodies[body].ops);
        self.open.push(Open { next: ops.start, end: ops.end, by, then, before, left: None });
    }

    /// Ends this way, because it is not known how it goes on.
    fn lose(&mut self) {
        self.walked.is_partial = true;
        self.is_guess = true;
        self.may_have_ended = true;
        self.close(false);
    }

    /// Closes the innermost body. `falls` says whether execution comes to its end; if it does not go on after it
    /// either, closes the body around it too.
    fn close(&mut self, mut falls: bool) {
        while let Some(open) = self.open.pop() {
            if self.loops.last() == Some(&self.open.len()) {
                self.loops.pop();
            }
            falls = match open.then {
                Then::Function => {
                    if falls {
                        self.exit(open.next - 1);
                    }
                    return;
                }
                Then::Else(other) => {
                    let after = falls.then_some(self.height);
                    self.height = open.before;
                    return self.enter(other as usize, open.by, Then::Join(after));
                }
                Then::Condition(body) if falls && self.height == open.before + 1 => {
                    self.height = open.before;
                    self.enter(body as usize, open.by, Then::Turn);
                    self.open.last_mut().expect("it was just opened").left = open.left;
                    return;
                }
                Then::Inline => falls,
                Then::If => self.after_if(open, falls),
                Then::Join(then) => self.after_both(open, then, falls),
                Then::Repeat | Then::Condition(_) => {
                    let is_even = !falls || self.height == open.before;
                    let is_condition = matches!(open.then, Then::Condition(_));
                    self.after_loop(open.left, is_even && !(is_condition && falls))
                }
                Then::RepeatIf | Then::Turn => {
                    let flag = i64::from(matches!(open.then, Then::RepeatIf));
                    let is_even = !falls || self.height == open.before + flag;
                    let is_left_even = open.left.is_none_or(|left| left == open.before);
                    self.after_loop(Some(open.before), is_even && is_left_even)
                }
            };
            if falls {
                return;
            }
        }
    }

    fn after_if(&mut self, open: Open, falls: bool) -> bool {
        let net = self.height - open.before;
        self.height = open.before;
        if falls && net != 0 {
            self.note(open.by, OddityKind::Branch { net });
            self.miss();
            return false;
        }
        true
    }

    fn after_both(&mut self, open: Open, then: Option<i64>, falls: bool) -> bool {
        let otherwise = falls.then_some(self.height);
        if let (Some(then), Some(otherwise)) = (then, otherwise)
            && then != otherwise
        {
            let (then, otherwise) = (then - open.before, otherwise - open.before);
            self.note(open.by, OddityKind::Branches { then, otherwise });
            self.miss();
            return false;
        }
        self.height = then.or(otherwise).unwrap_or(open.before);
        then.or(otherwise).is_some()
    }

    /// After a loop; `height` is the one that it ends with, if it does.
    fn after_loop(&mut self, height: Option<i64>, is_even: bool) -> bool {
        if !is_even {
            self.miss();
            return false;
        }
        self.height = height.unwrap_or(self.height);
        height.is_some()
    }

    /// As [`Walk::lose`], of a body that is closed already.
    fn miss(&mut self) {
        self.walked.is_partial = true;
        self.is_guess = true;
        self.may_have_ended = true;
    }
}
