//! Tasks beside each other: turns, sleep, shares, channels, joins and deadlocks.

use super::script::Case;

pub const CASES: &[Case] = &[
    (
        "two loops share a cell",
        "[ assign: m [ m 0 memory.get 1 + m 0 memory.set ] repeat ] bind: adder
         [ assign: m [ m 0 memory.get print_line task.pause ] repeat ] bind: printer
         1 allocate assign: m m 1 pushf: adder task.spawn drop m 1 pushf: printer task.spawn drop",
        "run 4039: fuel
         output: 110/222/333/444/
         retired: 4039
         slept: 0",
    ),
    (
        "sleepers wake in their order",
        "[ assign: n n 100000000 * task.sleep n print ] bind: s
         3 1 pushf: s task.spawn drop 1 1 pushf: s task.spawn drop 2 1 pushf: s task.spawn drop",
        "run: finished
         output: 123
         retired: 39",
    ),
    (
        "sleepers that wake together go in the order of their strands",
        "[ assign: n n get: at n 3 * - task.sleep n print ] bind: s 100000 set: at
         [ task.self print get: at task.sleep task.self print ] drop
         0 [ 1000 task.sleep \"a\" print ] task.spawn drop
         0 [ 997 task.sleep \"b\" print ] task.spawn drop",
        "quantum 1
         run: finished
         output: ab",
    ),
    (
        "a spawned task leaves values for whoever joins it",
        "[ + ] bind: add 3 4 2 pushf: add task.spawn task.join",
        "run: finished
         stack 0: 7 1
         status 1: over",
    ),
    (
        "the second join gets nothing",
        "[ 7 8 ] bind: two 0 pushf: two task.spawn assign: t t task.join t task.join",
        "run: finished
         stack 0: 7 8 2 0",
    ),
    (
        "a task that was resumed leaves nothing to join",
        "[ 7 8 ] bind: two pushf: two task.new assign: t 0 t task.resume t task.join",
        "run: finished
         stack 0: 7 8 2 0 0",
    ),
    (
        "a closed task leaves nothing to join",
        "0 [ 7 8 task.pause task.pause ] task.spawn assign: t task.pause t task.close t task.join t task.status",
        "run: finished
         stack 0: 0 \"over\"",
    ),
    (
        "closing one that is over changes nothing",
        "0 [ 7 8 ] task.spawn assign: t task.pause t task.close t task.join",
        "run: finished
         stack 0: 7 8 2",
    ),
    (
        "two tasks that join each other",
        "[ get: b task.join ] bind: one [ get: a task.join ] bind: two
         0 pushf: one task.spawn set: a 0 pushf: two task.spawn set: b",
        "run: deadlock
         says: deadlock: task 1 waits for task 2, task 2 waits for task 1
         status 1: runs
         turn 2
         here: drop
         run: finished
         status 1: over
         status 2: over",
    ),
    (
        "a task that joins itself",
        "task.self task.join",
        "run: deadlock
         says: deadlock: task 0 waits for task 0
         stack 0: task: 0
         retired: 1
         here: drop
         run: finished",
    ),
    (
        "a circle of three, and one that waits for it",
        "[ get: b task.join ] bind: one [ get: c task.join ] bind: two [ get: a task.join ] bind: three
         0 pushf: one task.spawn set: a 0 pushf: two task.spawn set: b 0 pushf: three task.spawn set: c
         get: a task.join",
        "run: deadlock
         says: deadlock: task 1 waits for task 2, task 2 waits for task 3, task 3 waits for task 1",
    ),
    (
        "a circle through a task that waits for one that it resumed",
        "[ get: b task.join ] bind: inner [ 0 pushf: inner task.new task.resume ] bind: one
         [ get: a task.join ] bind: two
         0 pushf: one task.spawn set: a 0 pushf: two task.spawn set: b get: b task.join",
        "run: deadlock
         status 1: waits",
    ),
    (
        "joining one that rests is no circle",
        "[ 1 ] bind: g pushf: g task.new task.join",
        "run: deadlock
         says: deadlock: task 0 waits for task 1, which rests
         stack 0: task: 1",
    ),
    (
        "a deadlock by an empty channel",
        "1 channel.new channel.receive",
        "run: deadlock
         stack 0: @100
         push: 5
         here: drop
         run: finished
         stack 0: @100",
    ),
    (
        "a deadlock by a full channel and a join",
        "1 channel.new set: c
         0 [ 1 get: c channel.send 2 get: c channel.send 3 get: c channel.send ] task.spawn set: t
         get: t task.join",
        "run: deadlock
         stack 1: 2 @200
         turn 1
         run 0: deadlock",
    ),
    (
        "five tasks share one channel",
        "1 channel.new set: c 3 [ 0 [ get: c channel.receive print ] task.spawn drop ] times
         0 [ 1 get: c channel.send 2 get: c channel.send 3 get: c channel.send ] task.spawn task.join",
        "quantum 1
         run: finished
         output: 123",
    ),
    (
        "a channel keeps the order, and its cells become 0",
        "2 channel.new assign: c 5 c channel.send 6 c channel.send c channel.receive 7 c channel.send
         c channel.receive c 0 memory.get c 1 memory.get c 2 memory.get c 3 memory.get",
        "run: finished
         stack 0: 5 6 0 1 7 0",
    ),
    (
        "a channel hands over any value",
        "1 channel.new assign: c \"text\" c channel.send c channel.receive
         c c channel.send c channel.receive c =
         task.self c channel.send c channel.receive [ 1 ] c channel.send c channel.receive call",
        "run: finished
         stack 0: \"text\" 1 task: 0 1",
    ),
    (
        "producer and consumer",
        "3 channel.new assign: c
         0 [ 0 assign: n 20 [ n 1+ assign: n n c channel.send ] times -1 c channel.send ] task.spawn drop
         0 [ 0 assign: sum [ c channel.receive dup 0 < [ drop leave ] if sum + assign: sum ] repeat sum ]
         task.spawn task.join",
        "quantum 7
         run: finished
         stack 0: 210 1",
    ),
    (
        "a missing function parks only those who call it",
        "[ assign: n n base [ 1 return ] if n 1 - fact n * ] bind: fact
         [ 50 [ 1 drop ] times \"done\" print_line ] bind: looping
         0 1 pushf: fact task.spawn assign: a 1 1 pushf: fact task.spawn assign: b
         5 1 pushf: fact task.spawn assign: c 0 pushf: looping task.spawn drop
         a task.join b task.join c task.join",
        "run: missing base
         output: done/
         status 1: runs
         stack 3: 5
         stack 0: task: 1
         define base: 2 < end
         run: finished
         stack 0: 1 1 1 1 120 1",
    ),
    (
        "a missing input parks only those who need it",
        "0 [ input.line ] task.spawn assign: t 0 [ 3 [ 1 drop ] times \"on\" print ] task.spawn drop t task.join",
        "run: input
         output: on
         status 1: runs",
    ),
    (
        "what stops first is told first: the current task's own stop",
        "0 [ hole ] task.spawn drop task.pause 1 0 /",
        "run: fault division
         at: 0
         here: +
         run: missing hole",
    ),
    (
        "exit ends everything",
        "0 [ 1000 [ 1 drop ] times \"never\" print ] task.spawn drop 3 exit",
        "run: exit 3
         output:
         run 5: exit 3
         here: drop
         run: finished
         output: never",
    ),
    (
        "exit in another task ends everything",
        "0 [ 2 exit ] task.spawn drop 5 [ task.pause ] times \"never\" print",
        "run: exit 2
         output:",
    ),
    (
        "exit at the end of a turn is not put off",
        "0 [ \"never\" print ] task.spawn drop 1 1 1 1 exit",
        "quantum 5
         run: exit 1
         output:",
    ),
    (
        "a program that sleeps before its exit sleeps first",
        "0 [ 10 [ 1 drop ] times \"work\" print ] task.spawn drop 1000000 task.sleep \"late\" print 4 exit",
        "run: exit 4
         output: worklate",
    ),
    (
        "a sleeper on exit lets the others work first",
        "0 [ 10 [ 1 drop ] times \"work\" print ] task.spawn drop 4 1000000 task.sleep exit",
        "run: exit 4
         output: work",
    ),
    (
        "a lone task that sleeps wakes at once, and time has passed",
        "1000 task.sleep 5 task.sleep 0 task.sleep \"x\" print",
        "run: finished
         output: x
         retired: 8
         slept: 1005",
    ),
    (
        "sleep is not for less than nothing",
        "-1 task.sleep",
        "run: fault negative
         stack 0: -1
         slept: 0",
    ),
    (
        "no sleep is too long",
        "40 [ 1152921504606846975 task.sleep ] times \"x\" print",
        "run: finished
         output: x",
    ),
    (
        "turns of one instruction",
        "[ \"a\" print \"b\" print ] bind: x 0 pushf: x task.spawn drop \"1\" print \"2\" print",
        "quantum 1
         run: finished
         output: a1b2",
    ),
    (
        "a share of three takes three turns at once",
        "0 [ 12 [ \"a\" print ] times ] task.spawn assign: t 3 t task.share
         0 [ 12 [ \"b\" print ] times ] task.spawn drop",
        "quantum 3
         run: finished
         output: aaaaaaaaabaaabbbbbbbbbbb",
    ),
    (
        "a share of 0 holds a task",
        "0 [ \"held\" print ] task.spawn assign: t 0 t task.share 3 [ task.pause ] times \"on\" print t task.status",
        "run: finished
         output: on
         stack 0: \"runs\"
         push: 1 task:1
         here: task.share
         run: finished
         output: onheld",
    ),
    (
        "waiting for one that is held is a deadlock",
        "0 [ \"held\" print ] task.spawn assign: t 0 t task.share t task.join",
        "run: deadlock
         output:",
    ),
    (
        "one that holds itself goes on when it is the only one",
        "0 task.self task.share \"on\" print",
        "run: finished
         output: on",
    ),
    (
        "one that holds itself lets the others run, and cannot be woken by nobody",
        "0 [ 5 [ \"a\" print ] times ] task.spawn drop 0 task.self task.share \"on\" print",
        "run: finished
         output: aaaaaon",
    ),
    (
        "everybody is held",
        "0 [ \"a\" print ] task.spawn dup 0 swap task.share drop 0 task.self task.share \"on\" print",
        "run: deadlock
         says: deadlock: every task is held: its share is 0
         output:",
    ),
    (
        "a held task that stands at a hole stops nobody",
        "0 [ hole ] task.spawn assign: t task.pause 0 t task.share",
        "run: finished
         turn 1
         run: missing hole",
    ),
    (
        "a share of a chain is that of its strand",
        "0 [ 0 [ 0 task.yield ] task.new dup set: inner task.resume ] task.spawn drop task.pause
         2 get: inner task.share",
        "run: fault turns
         stack 0: 2 task: 2
         drop: 1
         push: task:0
         run: finished",
    ),
    (
        "shares from 0 to 1,000",
        "1000 task.self task.share 1001 task.self task.share",
        "run: fault share
         drop: 2
         push: -1 task:0
         run: fault share
         drop: 2
         push: 0 task:0
         run: finished",
    ),
    (
        "no share for one that is over",
        "[ 1 drop ] bind: g 0 pushf: g task.spawn assign: t t task.join drop 1 t task.share",
        "run: fault turns
         stack 0: 1 task: 1",
    ),
    (
        "the strand after one that ends is next",
        "[ \"a\" print ] bind: a [ \"b\" print \"B\" print ] bind: b
         0 pushf: a task.spawn drop 0 pushf: b task.spawn drop 5 [ \".\" print ] times",
        "quantum 4
         run: finished
         output: abB.....",
    ),
    (
        "strands are asked in the order in which they were made",
        "0 [ 0 [ \"c\" print ] task.spawn drop \"a\" print task.pause \"d\" print ] task.spawn drop
         0 [ \"b\" print ] task.spawn drop",
        "run: finished
         output: abcd",
    ),
    (
        "a pause lets everybody have a turn",
        "0 [ 2 [ \"a\" print task.pause ] times ] task.spawn drop
         0 [ 2 [ \"b\" print task.pause ] times ] task.spawn drop
         2 [ \"m\" print task.pause ] times",
        "run: finished
         output: mabmab",
    ),
    (
        "a lone task may pause",
        "task.pause \"x\" print",
        "run: finished
         output: x
         turn: 0",
    ),
    (
        "a task alone freezes the others",
        "0 [ \"a\" print 5 [ \"x\" print ] times ] task.spawn assign: t 8 [ \"m\" print ] times t task.join",
        "quantum 2
         run 9: fuel
         turn 0 alone
         run: blocked
         says: waits for task 1; let the others run
         free
         run: finished
         stack 0: 0",
    ),
    (
        "a task alone that ends sets the others free",
        "0 [ \"a\" print ] task.spawn drop \"m\" print \"n\" print",
        "quantum 1
         run 4: fuel
         turn 1 alone
         run: finished
         output: amn",
    ),
    (
        "only the top of a strand can have the turn",
        "[ 1 ] bind: g pushf: g task.new assign: r [ hole ] task.new assign: t 0 t task.resume",
        "run: missing hole
         no turn 0
         no turn 0 alone
         no turn 1
         no turn 7
         turn 2
         turn 2 alone
         no quantum 0",
    ),
    (
        "the total of all parameters is limited",
        "[ 1 2 3 4 5 6 gate ] bind: six 0 pushf: six task.spawn drop task.pause 1 2 3 4 5",
        "limit parameters 10
         run: limit parameters
         at: 0
         stack 0: 1 2 3 4
         many 1: 6
         limit parameters 11
         run: missing gate
         stack 0: 1 2 3 4 5",
    ),
    (
        "values that were left count too, and taking them needs no room",
        "0 [ 1 2 3 4 5 6 ] task.spawn assign: t task.pause t task.join",
        "limit parameters 6
         run: limit parameters
         status 1: over
         stack 0:
         limit parameters 7
         run: finished
         stack 0: 1 2 3 4 5 6 6",
    ),
    (
        "the total of all activations is limited",
        "[ 3 gate ] bind: g 0 pushf: g task.spawn drop 0 pushf: g task.spawn drop task.pause [ 1 ] call",
        "limit calls 3
         run: limit calls
         limit calls 4
         run: missing gate
         stack 0: 1",
    ),
    (
        "the number of tasks is limited",
        "[ 1 drop ] bind: g pushf: g task.new assign: a 0 [ 7 ] task.spawn assign: b task.pause
         pushf: g task.new drop",
        "limit tasks 1
         run: limit tasks
         retired: 1
         limit tasks 2
         run: limit tasks
         limit tasks 3
         run: limit tasks
         status 2: over
         limit tasks 4
         run: finished",
    ),
    (
        "one that is over and has left nothing does not count",
        "[ 1 drop ] bind: g 5 [ 0 pushf: g task.spawn task.join drop ] times",
        "limit tasks 2
         run: finished
         stack 0:",
    ),
    (
        "tasks that nobody can come to make room for others",
        "[ 1 1 task.yield drop ] bind: g 100 [ pushf: g task.new assign: c 0 c task.resume 2drop drop ] times
         c task.status",
        "limit tasks 20
         run: finished
         stack 0: \"rests\"
         status 100: rests
         status 99: rests
         status 1: over",
    ),
    (
        "tasks that somebody could come to make no room",
        "[ 1 1 task.yield drop ] bind: g 200 allocate assign: all
         100 [ pushf: g task.new dup all depth memory.set ] times",
        "limit tasks 20
         run: limit tasks
         limit tasks 101
         run: finished
         many 0: 100",
    ),
    (
        "values that are handed to a new task are not lost",
        "[ assign: t assign: u task.pause ] bind: g [ 1 ] bind: r
         30 [ pushf: r task.new pushf: r task.new 2 pushf: g task.spawn drop task.pause task.pause ] times",
        "limit tasks 5
         run: finished",
    ),
    (
        "one that is over and has left something counts as long as somebody can join it",
        "[ 1 ] bind: g 5 [ 0 pushf: g task.spawn task.pause ] times",
        "limit tasks 4
         run: limit tasks
         stack 0: task: 1 task: 2 task: 3 0 @100",
    ),
    (
        "a function in which a task stands cannot be removed",
        "[ 1 gate ] bind: g 0 pushf: g task.spawn drop",
        "run: missing gate
         no remove 1",
    ),
    (
        "a task is a value",
        "task.self dup print task.self = [ 1 drop ] task.new dup print task.self <> task.self is_int
         task.self is_data task.self is_block task.self is_str task.self [ 5 ] [ 6 ] if-else",
        "run: finished
         output: task 0task 1
         stack 0: 1 1 0 0 0 0 5",
    ),
    (
        "a task is no address and no number",
        "task.self memory.len",
        "run: fault operands
         stack 0: task: 0
         here: 1+
         run: fault operands",
    ),
];
