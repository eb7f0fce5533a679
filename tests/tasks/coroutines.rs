//! Coroutines: who gets which values, who rests, and what becomes of a chain.

use super::script::Case;

pub const CASES: &[Case] = &[
    (
        "a generator",
        "[ 1 1 task.yield drop 2 1 task.yield drop 3 1 task.yield drop ] bind: g
         pushf: g task.new assign: c
         0 c task.resume c task.status 0 c task.resume c task.status 0 c task.resume c task.status
         0 c task.resume c task.status",
        "run: finished
         stack 0: 1 1 1 \"rests\" 2 1 1 \"rests\" 3 1 1 \"rests\" 0 0 \"over\"
         status 1: over",
    ),
    (
        "the first values are arguments",
        "[ + 1 task.yield drop ] bind: g pushf: g task.new assign: c 3 4 2 c task.resume",
        "run: finished
         stack 0: 7 1 1
         status 1: rests",
    ),
    (
        "later values are counted",
        "[ 10 1 task.yield ] bind: g pushf: g task.new assign: c
         0 c task.resume drop drop drop 5 6 2 c task.resume",
        "run: finished
         stack 0: 5 6 2 3 0",
    ),
    (
        "one that is over cannot be resumed",
        "[ 1 drop ] bind: g pushf: g task.new assign: c 0 c task.resume 7 1 c task.resume",
        "run: fault rests
         stack 0: 0 0 7 1 task: 1
         retired: 12
         says: `task.resume` needs a task that rests; task 1 is over
         run 1: fault rests
         stack 0: 0 0 7 1 task: 1
         retired: 12",
    ),
    (
        "its own status, and that of who resumed it",
        "[ task.self task.status get: me task.status 2 task.yield ] bind: g
         task.self set: me 0 pushf: g task.new task.resume task.self task.status",
        "run: finished
         stack 0: \"runs\" \"waits\" 2 1 \"runs\"
         status 1: rests",
    ),
    (
        "a symmetric chain",
        "[ \"a\" print 0 get: d task.yieldto drop \"b\" print 0 get: d task.yieldto drop
           \"c\" print 0 get: d task.yieldto drop ] bind: letters
         [ \"1\" print 0 get: l task.yieldto drop \"2\" print 0 get: l task.yieldto drop
           \"3\" print 0 get: l task.yieldto drop ] bind: digits
         pushf: letters task.new set: l pushf: digits task.new set: d 0 get: l task.resume",
        "run: finished
         output: a1b2c3
         stack 0: 0 0
         status 1: over
         status 2: rests",
    ),
    (
        "no switch to one that is over",
        "[ 1 ] bind: g pushf: g task.new set: c 0 get: c task.resume drop drop drop
         [ 5 1 get: c task.yieldto ] task.new assign: d 0 d task.resume",
        "run: fault rests
         stack 2: 5 1 task: 1
         status 2: runs
         status 0: waits
         at: 2
         drop: 1
         push: task:2
         run: fault rests
         says: `task.yieldto` needs a task that rests; task 2 runs
         here: task.yield
         drop: 1
         run: finished
         stack 0: 5 1 1",
    ),
    (
        "a fault in a resumed task is mended there",
        "[ 1 0 / ] bind: g pushf: g task.new assign: c 0 c task.resume",
        "run: fault division
         at: 1
         status 0: waits
         stack 1: 1 0
         here: +
         run: finished
         stack 0: 1 1 0",
    ),
    (
        "closing one that rests",
        "[ 1 ] bind: g pushf: g task.new assign: c c task.close c task.status c task.close
         c task.status 0 c task.join drop",
        "run: finished
         stack 0: \"over\" \"over\" 0",
    ),
    (
        "closing one that stands at a fault tells who resumed it",
        "[ 1 0 / ] bind: bad pushf: bad task.new set: c
         0 [ get: c task.close get: c task.status print ] task.spawn drop
         0 get: c task.resume",
        "run: finished
         stack 0: 0 -1
         output: over
         status 1: over",
    ),
    (
        "closing one that yields loses what it has",
        "[ 1 2 3 1 task.yield ] bind: g pushf: g task.new assign: c 0 c task.resume c task.close
         c task.join",
        "run: finished
         stack 0: 3 1 1 0",
    ),
    (
        "nobody resumed main",
        "5 1 task.yield",
        "run: fault resumer
         stack 0: 5 1
         retired: 2",
    ),
    (
        "nobody resumed one that was spawned",
        "0 [ 8 9 2 task.yield ] task.spawn task.join",
        "run: fault resumer
         stack 1: 8 9 2
         status 0: runs
         turn 1
         here: drop
         run: finished
         stack 0: 8 9 2",
    ),
    (
        "a block gets a copy of the frame",
        "[ 10 assign: i [ i 1+ 1 task.yield drop ] task.new assign: t
           99 assign: i 0 t task.resume i ] bind: f f",
        "run: finished
         stack 0: 11 1 1 99",
    ),
    (
        "what a block assigns, only it sees",
        "[ 10 assign: i [ 20 assign: i i ] task.new assign: t 0 t task.resume i ] bind: f f",
        "run: finished
         stack 0: 20 1 0 10",
    ),
    (
        "return in a block ends its task only",
        "[ 10 assign: i [ i 1 [ 7 return ] if 8 ] task.new assign: t 0 t task.resume i 5 ] bind: f f",
        "run: finished
         stack 0: 10 7 2 0 10 5
         status 1: over",
    ),
    (
        "return_if ends a task too, and takes its flag",
        "0 [ 5 1 return_if ] task.spawn task.join 0 [ 6 0 return_if 7 ] task.new task.resume",
        "run: finished
         stack 0: 5 1 6 7 2 0",
    ),
    (
        "return in a function that a block calls leaves only that",
        "[ 3 return ] bind: three [ three 4 ] task.new assign: t 0 t task.resume",
        "run: finished
         stack 0: 3 4 2 0",
    ),
    (
        "block values among the copied locals are blocks of the copy",
        "[ 1 assign: i [ i 1+ assign: i ] assign: w
           [ w call w call i ] task.new assign: t 0 t task.resume i w call i ] bind: f f",
        "run: finished
         stack 0: 3 1 0 1 2",
    ),
    (
        "a block that is handed over finds no home",
        "[ call ] bind: g [ 1 assign: i [ i ] 1 pushf: g task.new task.resume ] bind: f f",
        "run: fault frame
         at: 1
         status 0: waits",
    ),
    (
        "a block that needs no home can be handed over",
        "[ call ] bind: g [ 1 assign: i [ 5 ] 1 pushf: g task.new task.resume ] bind: f f",
        "run: finished
         stack 0: 5 1 0",
    ),
    (
        "a block whose frame has ended makes no task",
        "[ 1 assign: i [ i ] ] bind: f f task.new",
        "run: fault home
         stack 0: @200/2",
    ),
    (
        "a block of another task makes no task",
        "[ task.new ] bind: g [ 1 assign: i [ i ] 1 pushf: g task.new task.resume ] bind: f f",
        "run: fault home
         at: 1",
    ),
    (
        "no value is left for a second local",
        "[ assign: a assign: b ] bind: two 6 7 1 pushf: two task.new task.resume",
        "run: fault operands
         at: 1
         stack 1:
         stack 0: 6
         push: 8
         run: finished
         stack 0: 6 0 0",
    ),
    (
        "300 values are too many to leave",
        "[ 300 [ 1 ] times ] bind: many 0 pushf: many task.new task.resume",
        "run: fault left
         many 1: 300
         drop: 45
         run: finished
         many 0: 257",
    ),
    (
        "255 values can be handed over, and 0",
        "[ depth 1 task.yield drop ] bind: g pushf: g task.new assign: c
         255 [ 1 ] times 255 c task.resume 0 c task.resume",
        "run: finished
         many 0: 260
         status 1: over",
    ),
    (
        "256 values cannot be handed over",
        "[ depth ] bind: g pushf: g task.new assign: c 256 [ 1 ] times 256 c task.resume",
        "run: fault count
         many 0: 258
         says: `task.resume` can hand over 0 to 255 values; it was given the count 256, and below its operands there are 256",
    ),
    (
        "no more values than there are",
        "[ depth ] bind: g 1 2 3 pushf: g task.new task.resume",
        "run: fault count
         stack 0: 1 2 3 task: 1
         drop: 2
         push: 2 task:1
         run: finished
         stack 0: 1 2 2 3 0",
    ),
    (
        "a yield within loops and blocks goes on there",
        "[ assign: n 2 [ n [ n 1 task.yield [ drop ] call ] times ] times ] bind: g
         pushf: g task.new assign: c 3 1 c task.resume drop drop
         5 [ 0 c task.resume drop drop ] times 0 c task.resume",
        "run: finished
         stack 0: 3 3 3 3 3 3 0 0",
    ),
    (
        "a task resumes another that resumes a third",
        "[ 1 1 task.yield drop ] bind: c1 [ 0 pushf: c1 task.new task.resume 3 task.yield drop ] bind: c2
         [ 0 pushf: c2 task.new task.resume 5 task.yield drop ] bind: c3
         pushf: c3 task.new assign: c 0 c task.resume c task.status",
        "run: finished
         stack 0: 1 1 1 3 1 5 1 \"rests\"",
    ),
    (
        "a resumer can hand on what it resumed",
        "[ 1 1 task.yield drop 2 1 task.yield drop ] bind: g
         [ assign: c 0 c task.resume drop drop 1 task.yield drop c ] bind: h
         pushf: g task.new 1 pushf: h task.new assign: t t task.resume
         0 t task.resume drop drop assign: c 0 c task.resume",
        "run: finished
         stack 0: 1 1 1 2 1 1",
    ),
    (
        "a switch hands over the resumer",
        "[ 5 1 task.yield drop 6 ] bind: b
         [ 0 get: b task.yieldto ] bind: a
         pushf: a task.new set: a pushf: b task.new set: b
         0 get: a task.resume get: a task.status 0 get: b task.resume 1 2 2 get: a task.resume",
        "run: finished
         stack 0: 5 1 1 \"rests\" 6 1 0 1 2 2 3 0
         status 1: over
         status 2: over",
    ),
    (
        "main cannot give up its place",
        "[ 1 ] bind: g 0 pushf: g task.new task.yieldto",
        "run: fault main
         stack 0: 0 task: 1",
    ),
    (
        "a switch in a spawned task",
        "[ 1 2 2 task.pause 7 ] bind: b
         0 [ 3 1 get: b task.yieldto ] pushf: b task.new set: b task.spawn set: a
         get: b task.join get: a task.status",
        "run: finished
         stack 0: 3 1 2 2 7 5 \"rests\"",
    ),
    (
        "a task that was switched away from can be resumed by anybody",
        "0 [ 3 0 get: b task.yieldto ] [ task.pause ] task.new set: b task.spawn set: a
         get: b task.join 8 1 get: a task.resume",
        "run: finished
         stack 0: 0 3 8 1 3 0",
    ),
    (
        "100,000 nested resumes",
        "[ assign: n n 0 > [ n 1- 1 pushf: deep task.new task.resume drop drop ] if ] bind: deep
         99999 1 pushf: deep task.new task.resume",
        "run: limit tasks
         status 0: waits
         limit tasks 1000000
         run: limit calls
         limit calls 10000000
         run: finished
         stack 0: 0 0
         status 1: over",
    ),
    (
        "a chain can be closed from its top only",
        "[ 1 0 / ] bind: bad [ 0 pushf: bad task.new dup set: inner task.resume 2 ] bind: outer
         0 [ get: outer task.close ] task.spawn drop
         pushf: outer task.new set: outer 0 get: outer task.resume",
        "run: fault close
         at: 1
         status 2: waits
         says: `task.close` of task 2: it waits for a task that it resumed; close that first
         drop: 1
         push: task:3
         run: finished
         stack 0: 0 -1 2 3 0",
    ),
    (
        "the data of a task that is over is collected",
        "[ 100000 allocate drop 1 ] bind: big 300 [ 0 pushf: big task.new task.resume drop drop drop ] times",
        "run: finished
         stack 0:",
    ),
    (
        "a task may run main, and its end is no end of the program",
        "depth 0 = [ 7 1 pushf: main task.new task.resume ] if \"end\" print",
        "run: breakpoint
         at: 1
         status 0: waits
         output: end
         here: end
         run: finished
         stack 0: 7 1 0
         output: endend",
    ),
    (
        "a block of main copies its frame, and `return` ends its task",
        "1 assign: a [ a 2 assign: a return ] task.new assign: t 0 t task.resume a",
        "run: finished
         stack 0: 1 1 0 1",
    ),
];
