#!/bin/sh
# Takes the pictures of docs/walkthrough.md from the real window, in the dark and the light theme.
#
#     cargo build --release && docs/pictures.sh [target/release/midflight]
#
# Needs Xvfb, xdotool, openbox and ImageMagick. It checks nothing, so look at the pictures.
set -eu

program=$(realpath "${1:-target/release/midflight}")
programs=$(realpath "$(dirname "$0")/../programs")
pictures=$(realpath "$(dirname "$0")/pictures")
folder=$(mktemp -d)
size=1180x820
mkfifo "$folder/display"
Xvfb -displayfd 9 -noreset -screen 0 "${size}x24" +extension GLX 9>"$folder/display" 2>/dev/null &
server=$!
read -r number <"$folder/display"
export DISPLAY=":$number" LIBGL_ALWAYS_SOFTWARE=1 HOME="$folder" DBUS_SESSION_BUS_ADDRESS=disabled:
export XDG_DATA_HOME="$folder" XDG_CONFIG_HOME="$folder" XDG_STATE_HOME="$folder" XDG_RUNTIME_DIR="$folder"
unset WAYLAND_DISPLAY || true
mkdir -p "$folder/openbox"
cat >"$folder/openbox/rc.xml" <<'RC'
<openbox_config xmlns="http://openbox.org/3.4/rc"><applications>
<application class="*"><decor>no</decor><maximized>yes</maximized></application>
</applications></openbox_config>
RC
openbox >/dev/null 2>&1 &
manager=$!
trap 'kill $manager $server 2>/dev/null; rm -rf "$folder"' EXIT

# Waits until two screenshots in a row are the same.
settled() {
    while :; do
        import -window root "$folder/one.png"
        import -window root "$folder/two.png"
        cmp -s "$folder/one.png" "$folder/two.png" && return
    done
}

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
    until xdotool search --onlyvisible --name Midflight windowfocus >/dev/null 2>&1; do :; done
    settled
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
