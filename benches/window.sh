#!/bin/sh
# Measures the real window: the time to its first frame, the processor time while nothing happens, and
# how fast a program runs in it compared with the same program without a window.
# `docs/performance.md` explains the figures.
#
#     cargo build --release && benches/window.sh [target/release/midflight]
#
# Needs Xvfb, openbox, xdotool and ImageMagick. It reads from the autosaved recording how much has run.
set -eu

program=$(realpath "${1:-target/release/midflight}")
loop=$(realpath "$(dirname "$0")/programs/loop.flpc")
folder=$(mktemp -d)
mkfifo "$folder/display"
Xvfb -displayfd 9 -noreset -screen 0 1280x800x24 +extension GLX 9>"$folder/display" 2>/dev/null &
server=$!
read -r number <"$folder/display"
export DISPLAY=":$number" LIBGL_ALWAYS_SOFTWARE=1 HOME="$folder" DBUS_SESSION_BUS_ADDRESS=disabled:
export XDG_DATA_HOME="$folder" XDG_CONFIG_HOME="$folder" XDG_STATE_HOME="$folder" XDG_RUNTIME_DIR="$folder"
unset WAYLAND_DISPLAY || true
openbox >/dev/null 2>&1 &
manager=$!
window=
trap 'kill $window $manager $server 2>/dev/null; rm -rf "$folder"' EXIT

# Long enough to measure: a hundred thousand times what the comparison runs.
sed 's/10000 run/1000000000 run/' "$loop" >"$folder/loop.flpc"

milliseconds() { echo $(($(date +%s%N) / 1000000)); }

# Starts the window and waits until the pixel at (300, 300) is no longer black.
start() {
    began=$(milliseconds)
    "$program" "$folder/loop.flpc" &
    window=$!
    until id=$(xdotool search --onlyvisible --name Midflight 2>/dev/null); do :; done
    while import -window "$id" -crop 1x1+300+300 txt:- 2>/dev/null | grep -q '#000000'; do :; done
    echo "first frame seen after $(($(milliseconds) - began)) ms"
}

# Processor time so far, in hundredths of a second.
used() { awk '{ print $14 + $15 }' "/proc/$window/stat"; }

# Instructions executed so far, according to the recording.
executed() {
    awk '$1 == "more" || $1 == "run" { sum += $2 } END { printf "%.0f", sum }' "$folder"/midflight/*.session
}

for _ in 1 2; do
    start
    kill "$window"
    wait "$window" 2>/dev/null || true
done
start
sleep 3
before=$(used)
sleep 10
echo "idle: $(($(used) - before)) of 1000 hundredths of a second in ten seconds"
xdotool windowfocus "$id" key F5
sleep 2
before=$(executed) began=$(milliseconds)
sleep 10
rate=$((($(executed) - before) / ($(milliseconds) - began)))
fuel=5000000000
began=$(milliseconds)
"$program" run "$folder/loop.flpc" --fuel "$fuel" >/dev/null 2>&1 || true
alone=$((fuel / ($(milliseconds) - began)))
echo "in the window $rate instructions a millisecond, without $alone: $((100 * rate / alone)) %"
