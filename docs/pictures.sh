#!/bin/sh
# Takes the pictures of docs/walkthrough.md from the real window, in the dark and the light theme.
#
#     cargo build --release && docs/pictures.sh [target/release/midflight]
#
# Needs what docs/stage.sh needs. It checks nothing, so look at the pictures.
set -eu

. "$(dirname "$0")/stage.sh"
program=$(realpath "${1:-target/release/midflight}")
programs=$(realpath "$(dirname "$0")/../programs")
pictures=$(realpath "$(dirname "$0")/pictures")
stage 1180x820

# picture NAME: saves what the window shows now.
picture() {
    settled
    convert "$folder/two.png" -dither None -colors 200 -strip "PNG8:$pictures/$1-$theme.png"
}

# enter LINE: types the line, unless it is empty, and presses Enter.
enter() {
    [ -z "$1" ] || xdotool type --delay 15 "$1"
    settled
    xdotool key --delay 15 Return
}

# start [FILE]: opens the window.
start() {
    "$program" "$@" &
    window=$!
    opened
    [ "$theme" = dark ] || xdotool key ctrl+shift+l
    xdotool mousemove 640 812
}

stop() {
    kill "$window"
    wait "$window" 2>/dev/null || true
    rm -rf "$folder/midflight"
}

walk() {
    start
    picture 01-empty
    enter "3 fib"; picture 02-call
    enter ""; picture 03-create
    enter "assign: i"; picture 04-argument
    enter "i 2 - fib"; picture 05-half
    enter ""; picture 06-recursive-call
    xdotool type --delay 15 "i 3 < [ ] if"; picture 07-typing
    enter ""; picture 08-base-case
    enter "1 return"; picture 09-returned
    enter "i 1 - fib"; picture 10-other-half
    xdotool key F5; picture 11-run
    enter "+ return"; picture 12-result
    xdotool key Escape
    for _ in 1 2 3 4; do xdotool key ctrl+z; settled; done
    picture 13-back
    enter "2 return"; enter "i 1 - fib"; xdotool key F5; settled
    enter "+ return"; picture 14-other-history
    stop
    start "$programs/sets.flpc"
    xdotool key F5; settled
    xdotool type --delay 15 "0 1 | ^ *"; picture 15-trial
    stop
    start
    xdotool key ctrl+t; settled; xdotool key ctrl+u; settled; xdotool key ctrl+u; settled
    enter "fib(3)"; enter ""
    xdotool key ctrl+a; enter "i = _"
    enter "fib(i - 2) +"; picture 16-source-half
    enter ""; enter "if i < 3:"; picture 17-source-base
    enter "return(1)"; enter "fib(i - 1)"; xdotool key F5; settled
    enter "return(_)"; picture 18-source-result
    stop
    start "$programs/sort.flpy"
    xdotool key ctrl+u; settled; xdotool key ctrl+u; settled
    for _ in $(seq 62); do xdotool key F11; settled; done
    picture 19-source-sort
    stop
    start
    xdotool key Escape
    for example in "0 fact -- 1" "1 fact -- 1" "5 fact -- 120"; do
        xdotool key ctrl+shift+x; settled
        enter "$example"
    done
    picture 20-examples
    for _ in 1 2 3; do xdotool key ctrl+Next; settled; done
    enter ""; enter "assign: n n 0 = base"; picture 21-example-shown
    xdotool key F2 ctrl+a; enter "[ 1 return ] if"
    enter "n n 1 - fact * return"; picture 22-examples-hold
    stop
    start --grant clock
    xdotool key Escape
    enter "clock.now 60000 clock.wait clock.now swap -"; picture 23-host
    stop
}

for theme in dark light; do walk; done
