//! Every fault of the instructions for tasks and channels, what it says, and that nothing changes.

use super::script::Case;

pub const CASES: &[Case] = &[
    ("task.new of no code", "1 task.new", "run: fault operands\nstack 0: 1\nretired: 1"),
    ("task.new of nothing", "task.new", "run: fault operands\nretired: 0"),
    ("task.resume of no task", "0 1 task.resume", "run: fault operands\nstack 0: 0 1"),
    (
        "task.resume of no count",
        "[ 1 ] bind: g \"1\" pushf: g task.new task.resume",
        "run: fault operands
         stack 0: \"1\" task: 1
         says: `task.resume` needs an integer and a task; the stack holds \"1\" task: 1",
    ),
    (
        "task.resume of fewer than no values",
        "[ 1 ] bind: g -1 pushf: g task.new task.resume",
        "run: fault count
         stack 0: -1 task: 1
         status 1: rests",
    ),
    (
        "task.resume of itself",
        "0 task.self task.resume",
        "run: fault rests
         says: `task.resume` needs a task that rests; task 0 runs",
    ),
    (
        "task.resume of who resumed it",
        "task.self set: m [ 0 get: m task.resume ] bind: g 0 pushf: g task.new task.resume",
        "run: fault rests
         says: `task.resume` needs a task that rests; task 0 waits
         status 0: waits
         status 1: runs",
    ),
    (
        "task.resume of one that takes turns",
        "0 [ hole ] task.spawn 0 swap task.resume",
        "run: fault rests
         stack 0: 0 task: 1",
    ),
    ("task.yield of no count", "\"x\" task.yield", "run: fault operands"),
    (
        "task.yield of more than there is",
        "[ 1 2 task.yield ] bind: g 0 pushf: g task.new task.resume",
        "run: fault count
         stack 1: 1 2
         drop: 1
         push: 1
         run: finished
         stack 0: 1 1 1",
    ),
    (
        "task.yield of 256",
        "[ 256 [ 1 ] times 256 task.yield ] bind: g 0 pushf: g task.new task.resume",
        "run: fault count
         many 1: 257
         here: drop
         run: fault left",
    ),
    (
        "task.yieldto itself",
        "[ 0 task.self task.yieldto ] bind: g 0 pushf: g task.new task.resume",
        "run: fault rests
         at: 1",
    ),
    (
        "task.yieldto main",
        "task.self set: m [ 0 get: m task.yieldto ] bind: g 0 pushf: g task.new task.resume",
        "run: fault rests
         at: 1
         status 0: waits",
    ),
    (
        "task.close of itself",
        "[ task.self task.close ] bind: g 0 pushf: g task.new task.resume",
        "run: fault close
         at: 1",
    ),
    ("task.close of main by main", "task.self task.close", "run: fault close\nstack 0: task: 0"),
    (
        "task.close of main by another",
        "task.self set: m 0 [ get: m task.close ] task.spawn drop",
        "run: fault close
         status 0: runs",
    ),
    (
        "task.close of main while it waits",
        "task.self set: m [ get: m task.close ] bind: g 0 pushf: g task.new task.resume",
        "run: fault close
         status 0: waits",
    ),
    (
        "task.close of one that takes turns",
        "0 [ [ 1 drop ] repeat ] task.spawn assign: t task.pause t task.close t task.status",
        "run: finished
         stack 0: \"over\"
         turn: 0",
    ),
    (
        "task.close of one that sleeps",
        "0 [ 1000 task.sleep 1 ] task.spawn assign: t task.pause t task.close t task.join",
        "run: finished
         stack 0: 0
         slept: 0",
    ),
    (
        "task.close of one that sleeps above another",
        "[ 1000000 task.sleep ] task.new set: s
         0 [ 0 get: s task.resume print print \"told\" print ] task.spawn drop
         task.pause get: s task.close",
        "run: finished
         output: -10told
         slept: 0",
    ),
    (
        "task.close of one that waits for a channel",
        "1 channel.new set: c 0 [ get: c channel.receive ] task.spawn assign: t
         task.pause t task.close t task.join 5 get: c channel.send get: c channel.receive",
        "run: finished
         stack 0: 0 5",
    ),
    ("task.status of no task", "0 task.status", "run: fault operands"),
    ("task.join of no task", "0 task.join", "run: fault operands"),
    ("task.spawn of no code", "0 0 task.spawn", "run: fault operands\nstack 0: 0 0"),
    (
        "task.spawn of more than there is",
        "[ 1 ] bind: g 2 2 pushf: g task.spawn",
        "run: fault count
         stack 0: 2 2 @100
         drop: 2
         push: 1 &g
         run: finished
         stack 0: task: 1",
    ),
    ("task.sleep of a text", "\"x\" task.sleep", "run: fault operands"),
    (
        "task.share of one that rests",
        "[ 1 ] bind: g 1 pushf: g task.new task.share",
        "run: fault turns
         stack 0: 1 task: 1",
    ),
    ("channel.new of no room", "0 channel.new", "run: fault room\nstack 0: 0"),
    ("channel.new of less than no room", "-1 channel.new", "run: fault room"),
    ("channel.new of too much room", "1152921504606846975 channel.new", "run: fault room\nretired: 1"),
    ("channel.new of more than fits", "100000000 channel.new", "run: limit memory\nretired: 1"),
    (
        "channel.new at its limit",
        "100 channel.new memory.len",
        "limit memory 201
         run: limit memory
         limit memory 202
         run: finished
         stack 0: 102",
    ),
    ("channel.send to no data", "1 2 channel.send", "run: fault operands\nstack 0: 1 2"),
    (
        "channel.send to data of two cells",
        "1 2 allocate channel.send",
        "run: fault channel
         retired: 3",
    ),
    ("channel.send to no cells", "1 0 allocate channel.send", "run: fault channel"),
    ("channel.receive of no cells", "0 allocate channel.receive", "run: fault channel"),
    (
        "any data of three cells is a channel",
        "3 allocate assign: c 5 c channel.send c channel.receive",
        "run: finished
         stack 0: 5",
    ),
    (
        "a forged channel",
        "2 channel.new assign: c 2 c 0 memory.set c channel.receive",
        "run: fault channel
         stack 0: @100",
    ),
    ("a forged count", "2 channel.new assign: c 3 c 1 memory.set c channel.receive", "run: fault channel"),
    ("a forged text", "2 channel.new assign: c \"1\" c 1 memory.set 5 c channel.send", "run: fault channel"),
    ("a forged negative", "2 channel.new assign: c -1 c 0 memory.set 5 c channel.send", "run: fault channel"),
    (
        "a forged number beyond all memory",
        "2 channel.new assign: c 1152921504606846975 c 0 memory.set 5 c channel.send",
        "run: fault channel",
    ),
    (
        "a channel that was resized under a sender",
        "1 channel.new set: c 0 [ 1 get: c channel.send 2 get: c channel.send ] task.spawn assign: t
         task.pause get: c 6 memory.resize t task.join get: c channel.receive get: c channel.receive",
        "run: finished
         stack 0: 0 1 2",
    ),
];
