//! The instruction set as one table.
//!
//! Parser, printer, completion, faults, documentation and tests all read [`table`]. To add an
//! instruction, add a row here and an arm in `plan`. The table says what kinds of values each
//! instruction takes, so one function checks the operands of every instruction before anything changes,
//! and writes the fault. (Wasmtime's Pulley and Wren's virtual machine also define their opcodes in one
//! table.)
//!
//! There is no column for a key: instructions are typed by name in the entry line, which completes
//! them.

use std::sync::Arc;

use super::index::{Body, BodyId, FrameNumber, TaskId};
use super::vocabulary::Vocabulary;

/// What an instruction takes from the parameter stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any value.
    Any,
    /// An integer.
    Integer,
    /// A text.
    Text,
    /// The address of a data body.
    Data,
    /// The address of a block or function.
    Code,
    /// A task.
    Task,
}

/// What the cell holds besides the instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// Nothing.
    None,
    /// A name, written after the instruction.
    Name,
    /// The word itself is the operand: a number, a text, an address, a name.
    Word,
}

/// Chapters of the instruction set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Literals, locals and calls, which have an operand.
    Words,
    /// Calls of addresses, branches, loops and returns.
    Control,
    /// Integers.
    Arithmetic,
    /// Comparing values.
    Comparison,
    /// Bits and truth.
    Logic,
    /// Copying, dropping and reordering values of the parameter stack.
    Stack,
    /// Data bodies.
    Memory,
    /// Texts.
    Text,
    /// Input and output.
    InputOutput,
    /// Tasks and the channels between them.
    Task,
}

impl Group {
    /// All chapters, in the order of the manual.
    pub const ALL: [Group; 10] = [
        Group::Words,
        Group::Control,
        Group::Arithmetic,
        Group::Comparison,
        Group::Logic,
        Group::Stack,
        Group::Memory,
        Group::Text,
        Group::InputOutput,
        Group::Task,
    ];

    /// The title of the chapter.
    pub fn title(self) -> &'static str {
        match self {
            Group::Words => "Literals, locals and calls",
            Group::Control => "Control",
            Group::Arithmetic => "Arithmetic",
            Group::Comparison => "Comparison",
            Group::Logic => "Bits and truth",
            Group::Stack => "Parameter stack",
            Group::Memory => "Data",
            Group::Text => "Text",
            Group::InputOutput => "Input and output",
            Group::Task => "Tasks and channels",
        }
    }
}

/// One row of the instruction set.
#[derive(Clone, Copy, Debug)]
pub struct InstructionRow {
    /// How it is written.
    pub name: &'static str,
    /// The operand in its cell.
    pub operand: Operand,
    /// What it takes from the parameter stack, bottom first.
    pub takes: &'static [Kind],
    /// The stack effect in Forth's notation.
    pub effect: &'static str,
    /// The chapter.
    pub group: Group,
    /// The formal meaning, in one line.
    pub meaning: &'static str,
    /// Further help; may be empty.
    pub help: &'static str,
    /// The first vocabulary that has it.
    pub since: Vocabulary,
}

/// The rows that have an operand, in the order of the manual.
const WITH_OPERAND: &[InstructionRow] = &[
    row("3", Operand::Word, &[], "( -- n )", "Pushes the integer.", "From -2^60 to 2^60 - 1."),
    row(
        "\"text\"",
        Operand::Word,
        &[],
        "( -- text )",
        "Pushes the text.",
        "Escapes: \\n \\t \\r \\0 \\\\ \\\" and \\u{1F600}. At most 65,536 bytes.",
    ),
    row(
        "[ ... ]",
        Operand::Word,
        &[],
        "( -- address )",
        "Pushes the block. It will run in the frame that pushes it now.",
        "So it sees the locals of this call, and `return` in it leaves this call. `[ ]` leaves it open: you fill it when the counter gets there.",
    ),
    row(
        "@200",
        Operand::Word,
        &[],
        "( -- address )",
        "Pushes the address of the block or function that starts there.",
        "Does not call it. Only the start of a body has an address that can be pushed.",
    ),
    row(
        "name",
        Operand::Word,
        &[],
        "( ... -- ... )",
        "Pushes the value of a local, or calls a function. If it is neither, the machine waits here until the function is defined.",
        "Looked up when it is written, in this order: number, local, function, instruction.",
    ),
    row(
        "assign:",
        Operand::Name,
        &[Kind::Any],
        "( value -- )",
        "Stores the top of the stack in a local.",
        "The first `assign:` creates the local.",
    ),
    row(
        "pick:",
        Operand::Name,
        &[],
        "( -- value )",
        "Pushes the value of the local.",
        "The long form of the bare name, for locals named like a number.",
    ),
    row(
        "call:",
        Operand::Name,
        &[],
        "( ... -- ... )",
        "Calls the function: opens a frame with its own locals.",
        "The long form of the bare name, for functions named like a local or a number, and for holes named like an instruction.",
    ),
    row(
        "pushf:",
        Operand::Name,
        &[],
        "( -- address )",
        "Pushes the address of the function without calling it.",
        "",
    ),
    row(
        "prim:",
        Operand::Name,
        &[],
        "( ... -- ... )",
        "Executes the instruction of this name.",
        "The long form of the bare word, where a local or a function has the name of the instruction.",
    ),
    InstructionRow {
        since: Vocabulary::Two,
        ..row(
            "set:",
            Operand::Name,
            &[Kind::Any],
            "( value -- )",
            "Stores the top of the stack in a global.",
            "There is one table of globals for the whole program. The first `set:` creates the global.",
        )
    },
    InstructionRow {
        since: Vocabulary::Two,
        ..row(
            "get:",
            Operand::Name,
            &[],
            "( -- value )",
            "Pushes the value of the global.",
            "One that was never set is a fault.",
        )
    },
    row("label:", Operand::Name, &[], "( -- )", "Does nothing.", "Marks a place for the reader."),
    row(
        "breakpoint",
        Operand::None,
        &[],
        "( -- )",
        "Never executes: the machine waits here.",
        "An empty cell. Fill it, delete it, or move the counter.",
    ),
];

const fn row(
    name: &'static str,
    operand: Operand,
    takes: &'static [Kind],
    effect: &'static str,
    meaning: &'static str,
    help: &'static str,
) -> InstructionRow {
    let (group, since) = (Group::Words, Vocabulary::One);
    InstructionRow { name, operand, takes, effect, group, meaning, help, since }
}

/// The vocabulary that a row names; rows that name none are as old as the first.
macro_rules! since {
    () => {
        Vocabulary::One
    };
    ($vocabulary:ident) => {
        Vocabulary::$vocabulary
    };
}

macro_rules! primitives {
    ($(
        $variant:ident $name:literal [$($kind:ident)*] $effect:literal $group:ident
        $(since $since:ident)? $meaning:literal $help:literal;
    )*) => {
        /// An instruction without an operand.
        #[allow(missing_docs, reason = "the table documents each: name, effect, meaning")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Primitive { $($variant),* }

        impl Primitive {
            /// All primitives, in the order of the table; the index is the number in the cell.
            pub const ALL: &'static [Primitive] = &[$(Primitive::$variant),*];
        }

        const PRIMITIVES: &[InstructionRow] = &[$(InstructionRow {
            name: $name,
            operand: Operand::None,
            takes: &[$(Kind::$kind),*],
            effect: $effect,
            group: Group::$group,
            meaning: $meaning,
            help: $help,
            since: since!($($since)?),
        }),*];
    };
}

primitives! {
    Call "call" [Code] "( address -- ... )" Control
        "Runs the block or calls the function at the address." "";
    If "if" [Any Code] "( flag address -- ... )" Control
        "Runs the block if the flag is true." "Zero is false, everything else is true.";
    IfElse "if-else" [Any Code Code] "( flag then else -- ... )" Control
        "Runs the first block if the flag is true, else the second." "";
    Repeat "repeat" [Code] "( address -- ... )" Control
        "Runs the block again and again." "Leave it with `leave`, `return` or `return_if`.";
    RepeatIf "repeat_if" [Any Code] "( flag address -- ... )" Control
        "Runs the block while the flag is true; the block pushes the next flag."
        "`i 0 > [ ... i 0 > ] repeat_if`: the first flag decides whether it runs at all.";
    While "while" [Code Code] "( condition body -- ... )" Control since Two
        "Runs the condition, and while that leaves a true flag, the body and the condition again."
        "`[ i 0 > ] [ ... ] while`. Each of the two runs in the frame that it was made in.";
    Times "times" [Integer Code] "( n body -- ... )" Control since Two
        "Runs the body n times." "A negative n is a fault.";
    Leave "leave" [] "( -- )" Control since Two
        "Ends the innermost loop that this call of the function began, from inside any number of blocks."
        "Loops are run by `repeat`, `repeat_if`, `while` and `times`. Outside of one, it is a fault.";
    Return "return" [] "( -- )" Control
        "Leaves the function, from inside any number of blocks." "What is on the parameter stack is its result.";
    ReturnIf "return_if" [Any] "( flag -- )" Control
        "Leaves the function if the flag is true." "";
    End "end" [] "( -- )" Control
        "Ends a block or a function." "A closing bracket writes it.";
    Exit "exit" [Integer] "( code -- )" Control since Two
        "Ends the program with an exit code from 0 to 255." "It never completes: the machine stays on it, with the code on the stack.";

    Add "+" [Integer Integer] "( a b -- a+b )" Arithmetic "Pushes a + b." "A sum that does not fit in 61 bits is a fault.";
    Subtract "-" [Integer Integer] "( a b -- a-b )" Arithmetic "Pushes a - b." "";
    Multiply "*" [Integer Integer] "( a b -- a*b )" Arithmetic "Pushes a * b." "";
    Divide "/" [Integer Integer] "( a b -- a/b )" Arithmetic
        "Pushes the quotient a / b, rounded down." "Division by zero is a fault.";
    Modulo "mod" [Integer Integer] "( a b -- remainder )" Arithmetic
        "Pushes a - b * (a / b): the remainder, with the sign of b." "";
    Negate "negate" [Integer] "( a -- -a )" Arithmetic "Pushes -a." "";
    Absolute "abs" [Integer] "( a -- |a| )" Arithmetic "Pushes the absolute value of a." "";
    Minimum "min" [Integer Integer] "( a b -- n )" Arithmetic "Pushes the smaller of the two." "";
    Maximum "max" [Integer Integer] "( a b -- n )" Arithmetic "Pushes the larger of the two." "";
    Increment "1+" [Integer] "( a -- a+1 )" Arithmetic "Pushes a + 1." "";
    Decrement "1-" [Integer] "( a -- a-1 )" Arithmetic "Pushes a - 1." "";
    Scale "*/" [Integer Integer Integer] "( a b c -- a*b/c )" Arithmetic since Two
        "Pushes the quotient a * b / c, rounded down." "The product may have 121 bits; only the quotient must fit.";
    ScaleModulo "*/mod" [Integer Integer Integer] "( a b c -- remainder quotient )" Arithmetic since Two
        "Pushes the remainder and the quotient of a * b by c." "As `*/` and `mod`.";

    Equal "=" [Any Any] "( a b -- flag )" Comparison
        "Pushes 1 if the two are the same value, else 0." "Values of different kinds are never the same.";
    Unequal "<>" [Any Any] "( a b -- flag )" Comparison "Pushes 0 if the two are the same value, else 1." "";
    Less "<" [Integer Integer] "( a b -- flag )" Comparison "Pushes 1 if a < b, else 0." "";
    Greater ">" [Integer Integer] "( a b -- flag )" Comparison "Pushes 1 if a > b, else 0." "";
    LessEqual "<=" [Integer Integer] "( a b -- flag )" Comparison "Pushes 1 if a <= b, else 0." "";
    GreaterEqual ">=" [Integer Integer] "( a b -- flag )" Comparison "Pushes 1 if a >= b, else 0." "";
    Within "within" [Integer Integer Integer] "( n low high -- flag )" Comparison since Two
        "Pushes 1 if low <= n < high, else 0." "";

    Not "not" [Any] "( a -- flag )" Logic "Pushes 1 if a is false, else 0." "";
    LogicalAnd "&&" [Any Any] "( a b -- flag )" Logic "Pushes 1 if both are true, else 0." "";
    LogicalOr "||" [Any Any] "( a b -- flag )" Logic "Pushes 1 if at least one is true, else 0." "";
    BitAnd "and" [Integer Integer] "( a b -- n )" Logic "Pushes a AND b, bit by bit." "";
    BitOr "or" [Integer Integer] "( a b -- n )" Logic "Pushes a OR b, bit by bit." "";
    BitXor "xor" [Integer Integer] "( a b -- n )" Logic "Pushes a XOR b, bit by bit." "";
    Invert "invert" [Integer] "( a -- n )" Logic "Pushes a with every bit inverted: -a - 1." "";
    ShiftLeft "lshift" [Integer Integer] "( a n -- a*2^n )" Logic
        "Pushes a * 2^n, n from 0 to 60." "A result that does not fit is a fault, as for `*`.";
    ShiftRight "rshift" [Integer Integer] "( a n -- a/2^n )" Logic
        "Pushes a / 2^n rounded down, n from 0 to 60." "Keeps the sign.";

    Dup "dup" [Any] "( a -- a a )" Stack "Pushes a copy of the top." "";
    Drop "drop" [Any] "( a -- )" Stack "Pops the top." "";
    Swap "swap" [Any Any] "( a b -- b a )" Stack "Swaps the top two." "";
    Over "over" [Any Any] "( a b -- a b a )" Stack "Pushes a copy of the second." "";
    Rot "rot" [Any Any Any] "( a b c -- b c a )" Stack "Moves the third to the top." "";
    RotBack "-rot" [Any Any Any] "( a b c -- c a b )" Stack "Moves the top below the next two." "";
    Nip "nip" [Any Any] "( a b -- b )" Stack "Drops the second." "";
    Tuck "tuck" [Any Any] "( a b -- b a b )" Stack "Puts a copy of the top below the second." "";
    TwoDup "2dup" [Any Any] "( a b -- a b a b )" Stack "Pushes copies of the top two." "";
    TwoDrop "2drop" [Any Any] "( a b -- )" Stack "Pops the top two." "";
    Depth "depth" [] "( -- n )" Stack "Pushes the number of values that were on the stack." "";
    DupTrue "?dup" [Any] "( a -- 0 | a a )" Stack since Two
        "Pushes a copy of the top if it is true." "";
    TwoOver "2over" [Any Any Any Any] "( a b c d -- a b c d a b )" Stack since Two
        "Pushes copies of the third and fourth." "";
    TwoSwap "2swap" [Any Any Any Any] "( a b c d -- c d a b )" Stack since Two
        "Swaps the top two with the next two." "";
    PickValue "pick" [Integer] "( n -- value )" Stack since Two
        "Pushes a copy of the value that is n values below the top, once n is popped." "`0 pick` is `dup`, `1 pick` is `over`.";
    Roll "roll" [Integer] "( n -- )" Stack since Two
        "Moves the value that is n values below the top, once n is popped, to the top." "`1 roll` is `swap`, `2 roll` is `rot`. n is at most 65,535.";

    Allocate "allocate" [Integer] "( n -- address )" Memory
        "Makes a data body of n cells, all 0, and pushes its address." "";
    MemoryGet "memory.get" [Data Integer] "( address index -- value )" Memory
        "Pushes the value at the index, counted from 0." "";
    MemorySet "memory.set" [Any Data Integer] "( value address index -- )" Memory
        "Stores the value at the index, counted from 0." "";
    MemoryLength "memory.len" [Data] "( address -- n )" Memory "Pushes the number of cells." "";
    MemoryCopy "memory.copy" [Data Integer Data Integer Integer] "( from i to j n -- )" Memory since Two
        "Copies n cells, from index i of the first data to index j of the second." "Also within the same data. At most 65,536 cells.";
    MemoryFill "memory.fill" [Any Data Integer Integer] "( value address index n -- )" Memory since Two
        "Stores the value in n cells from the index on." "At most 65,536 cells.";
    MemoryResize "memory.resize" [Data Integer] "( address n -- )" Memory since Two
        "Gives the data n cells: new ones are 0, and those beyond the end are gone." "At most 65,536 cells can be kept.";

    TextLength "str_len" [Text] "( text -- n )" Text "Pushes the number of characters." "";
    TextJoin "str_join" [Text Text] "( a b -- ab )" Text "Joins two texts." "";
    TextPart "sub_str" [Text Integer Integer] "( text start end -- part )" Text
        "Pushes the characters from start up to, not including, end." "0 <= start <= end <= length.";
    TextCode "str_code" [Text Integer] "( text index -- code )" Text
        "Pushes the Unicode code point of the character at the index." "";
    CodeText "code_to_str" [Integer] "( code -- text )" Text
        "Pushes the character with this Unicode code point, as a text." "";
    TextCompare "str_compare" [Text Text] "( a b -- n )" Text
        "Pushes -1 if a sorts before b, 0 if they are equal, 1 if a sorts after b." "Compares bytes.";
    IntegerText "int_to_str" [Integer] "( n -- text )" Text "Pushes the number as text, in decimal." "";
    TextInteger "str_to_int" [Text] "( text -- n )" Text
        "Pushes the integer that the text spells." "Spaces around it are allowed; anything else is a fault. Test with `is_number` first.";
    IsNumber "is_number" [Any] "( a -- flag )" Text
        "Pushes 1 if a is an integer or a text that spells one, else 0." "";
    IsText "is_str" [Any] "( a -- flag )" Text "Pushes 1 if a is a text, else 0." "";
    IsInteger "is_int" [Any] "( a -- flag )" Text since Two "Pushes 1 if a is an integer, else 0." "";
    IsBlock "is_block" [Any] "( a -- flag )" Text since Two
        "Pushes 1 if a is the address of a block or function, else 0." "";
    IsData "is_data" [Any] "( a -- flag )" Text since Two "Pushes 1 if a is the address of data, else 0." "";
    TextFind "str_find" [Text Text] "( text part -- index )" Text since Two
        "Pushes where the part first begins in the text, counted in characters from 0, or -1." "";
    TextSplit "str_split" [Text Text] "( text separator -- address )" Text since Two
        "Makes data of the parts of the text between the separators." "An empty separator is a fault.";
    TextReplace "str_replace" [Text Text Text] "( text part new -- text )" Text since Two
        "Replaces each occurrence of the part, from left to right." "An empty part is a fault.";
    TextUpper "str_upper" [Text] "( text -- text )" Text since Two
        "Changes each letter to upper case." "";
    TextLower "str_lower" [Text] "( text -- text )" Text since Two
        "Changes each letter to lower case." "";
    TextRepeat "str_repeat" [Text Integer] "( text n -- text )" Text since Two
        "Joins n copies of the text." "A negative n is a fault.";
    IntegerBase "int_to_base" [Integer Integer] "( n base -- text )" Text since Two
        "Pushes the number as text in a base from 2 to 36." "Digits above 9 are small letters.";
    BaseInteger "base_to_int" [Text Integer] "( text base -- n )" Text since Two
        "Pushes the integer that the text spells in a base from 2 to 36." "As `str_to_int`; letters may be small or capital.";

    Print "print" [Any] "( a -- )" InputOutput "Writes the value to the output." "A text is written as it is.";
    PrintLine "print_line" [Any] "( a -- )" InputOutput "Writes the value and a newline." "";
    InputLine "input.line" [] "( -- text )" InputOutput
        "Reads the next line of the input, without its newline." "Waits until there is one.";
    InputChar "input.char" [] "( -- text )" InputOutput
        "Reads the next character of the input." "Waits until there is one.";
    InputEnded "input.ended" [] "( -- flag )" InputOutput
        "Pushes 1 if the input has ended and all of it was taken, else 0." "Waits until this is known.";

    TaskNew "task.new" [Code] "( code -- task )" Task since Three
        "Makes a task that rests before the first cell of the function or block."
        "A block gets a copy of the frame it was made in: what it assigns, only it sees.";
    TaskResume "task.resume" [Integer Task] "( n task -- ... )" Task since Three
        "Hands n values to a task that rests and waits until it yields or ends: `( v.. n task -- w.. m flag )`."
        "The m values below the flag come back. The flag is 1 if it yielded, 0 if it is over, -1 if it was closed. At most 255 values.";
    TaskYield "task.yield" [Integer] "( n -- ... )" Task since Three
        "Hands n values to whoever resumed this task, and rests: `( v.. n -- w.. m )`."
        "It goes on with the m values of whoever resumes it next.";
    TaskYieldTo "task.yieldto" [Integer Task] "( n task -- ... )" Task since Three
        "Hands n values to another task that rests, which takes the place of this one: `( v.. n task -- w.. m )`."
        "Whoever resumed this one now waits for the other.";
    TaskClose "task.close" [Task] "( task -- )" Task since Three
        "Ends another task where it is." "Whoever resumed it gets `0 -1`. One that waits for another cannot be closed, nor can main.";
    TaskStatus "task.status" [Task] "( task -- text )" Task since Three
        "Pushes what the task does: `rests`, `runs`, `waits` or `over`." "It waits when it has resumed another.";
    TaskSelf "task.self" [] "( -- task )" Task since Three
        "Pushes the task that executes this." "";
    TaskSpawn "task.spawn" [Integer Code] "( n code -- ... )" Task since Three
        "Makes a task that runs beside this one, and hands it n values: `( v.. n code -- task )`."
        "Tasks take turns of 1,000 instructions.";
    TaskJoin "task.join" [Task] "( task -- ... )" Task since Three
        "Waits until a task is over, and takes the values it left: `( task -- w.. m )`."
        "Only the first join gets them; after that, m is 0.";
    TaskPause "task.pause" [] "( -- )" Task since Three
        "Ends the turn of this task." "";
    TaskSleep "task.sleep" [Integer] "( n -- )" Task since Three
        "Lets this task sleep until n more instructions have been executed." "If all sleep, the time is skipped.";
    TaskShare "task.share" [Integer Task] "( n task -- )" Task since Three
        "Makes the turns of a task n times as long, from 0 to 1,000." "0 holds it.";
    ChannelNew "channel.new" [Integer] "( n -- address )" Task since Three
        "Makes a channel with room for n values, and pushes its address."
        "It is data of n + 2 cells: the index of the oldest value, how many there are, and the values.";
    ChannelSend "channel.send" [Any Data] "( value address -- )" Task since Three
        "Puts a value into a channel." "Waits while it is full.";
    ChannelReceive "channel.receive" [Data] "( address -- value )" Task since Three
        "Takes the oldest value out of a channel." "Waits while it is empty.";
}

impl Primitive {
    /// The row of the table.
    pub fn row(self) -> &'static InstructionRow {
        &PRIMITIVES[self as usize]
    }

    /// How it is written.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The primitive with this name.
    pub fn find(name: &str) -> Option<Primitive> {
        Primitive::find_in(name, Vocabulary::NEWEST)
    }

    /// The primitive with this name, if a vocabulary has it.
    pub fn find_in(name: &str, vocabulary: Vocabulary) -> Option<Primitive> {
        let at =
            BY_NAME.binary_search_by(|&number| PRIMITIVES[number as usize].name.cmp(name)).ok()?;
        let primitive = Primitive::ALL[BY_NAME[at] as usize];
        (primitive.row().since <= vocabulary).then_some(primitive)
    }
}

/// The numbers of all primitives, sorted by name: every word that is parsed is looked up.
static BY_NAME: [u8; PRIMITIVES.len()] = {
    let mut sorted = [0; PRIMITIVES.len()];
    let mut count = 0;
    while count < sorted.len() {
        let mut at = count;
        while at > 0 && is_before(PRIMITIVES[count].name, PRIMITIVES[sorted[at - 1] as usize].name)
        {
            sorted[at] = sorted[at - 1];
            at -= 1;
        }
        sorted[at] = count as u8;
        count += 1;
    }
    sorted
};

/// Whether a text sorts before another, by its bytes.
const fn is_before(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut at = 0;
    while at < a.len() && at < b.len() {
        if a[at] != b[at] {
            return a[at] < b[at];
        }
        at += 1;
    }
    a.len() < b.len()
}

/// Every row of the instruction set: those with operands, then the primitives.
pub fn table() -> impl Iterator<Item = &'static InstructionRow> {
    WITH_OPERAND.iter().chain(PRIMITIVES)
}

/// The content of a cell, independent of its machine: names and texts are spelled out, so it can be
/// printed, saved and written into another machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Instruction {
    /// Pushes an integer, -2^60 to 2^60 - 1.
    Integer(i64),
    /// Pushes a text of at most 65,536 bytes.
    Text(Arc<str>),
    /// A new block: the number of its body in the [`Fragment`]. Only in fragments: a cell that is read
    /// back is an `Address`.
    Block(u32),
    /// Pushes the address of a body that exists. As a value, the address of a block means the block in the
    /// frame of the counter, or in the innermost frame of its function: see `home`.
    Address(BodyId),
    /// A block and the frame it was made in. Only a value, never in code.
    BlockValue(Body, FrameNumber),
    /// A task. Only a value, never in code.
    Task(TaskId),
    /// Calls the function with this name. Becomes a hole if there is none when it is written.
    Call(Box<str>),
    /// Pushes the address of the function with this name. Becomes a hole if there is none when it is
    /// written.
    PushFunction(Box<str>),
    /// Pushes the value of a local.
    Pick(Box<str>),
    /// Pops a value into a local.
    Assign(Box<str>),
    /// Pops a value into a global.
    SetGlobal(Box<str>),
    /// Pushes the value of a global.
    GetGlobal(Box<str>),
    /// Does nothing.
    Label(Box<str>),
    /// An instruction without an operand.
    Primitive(Primitive),
    /// A call of a function that is not implemented yet.
    Hole(Box<str>),
    /// The address of a function that is not implemented yet.
    FunctionHole(Box<str>),
    /// An empty cell.
    Breakpoint,
}

impl From<i64> for Instruction {
    fn from(value: i64) -> Instruction {
        Instruction::Integer(value)
    }
}

impl From<&str> for Instruction {
    fn from(text: &str) -> Instruction {
        Instruction::Text(text.into())
    }
}

impl From<String> for Instruction {
    fn from(text: String) -> Instruction {
        Instruction::Text(text.into())
    }
}

impl Instruction {
    /// The local that this assigns, if any.
    pub fn assigned(&self) -> Option<&str> {
        if let Instruction::Assign(name) = self { Some(name) } else { None }
    }

    /// The name of the missing function, if this is a hole.
    pub fn missing(&self) -> Option<&str> {
        if let Instruction::Hole(name) | Instruction::FunctionHole(name) = self {
            Some(name)
        } else {
            None
        }
    }
}

/// A piece of a program: `bodies[0]` holds the instructions themselves. Every other body is the block of
/// exactly one [`Instruction::Block`]. The list is flat, so that a million nested brackets need no
/// recursion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// The bodies, at least one.
    pub bodies: Vec<Vec<Instruction>>,
}

impl Default for Fragment {
    /// A fragment of no instructions.
    fn default() -> Fragment {
        Fragment::line(Vec::new())
    }
}

impl Fragment {
    /// A fragment of a few instructions without blocks.
    pub fn line(instructions: Vec<Instruction>) -> Fragment {
        Fragment { bodies: vec![instructions] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_unique() {
        let names: HashSet<_> = table().map(|row| row.name).collect();
        assert_eq!(names.len(), table().count());
        for &primitive in Primitive::ALL {
            assert_eq!(Primitive::find(primitive.name()), Some(primitive));
        }
    }

    #[test]
    fn every_effect_takes_what_the_table_says() {
        for row in PRIMITIVES {
            let before = row.effect.trim_start_matches('(').split("--").next().unwrap();
            assert_eq!(before.split_whitespace().count(), row.takes.len(), "{}", row.name);
            assert!(row.meaning.ends_with('.') && !row.meaning.contains('\n'), "{}", row.name);
        }
    }
}
