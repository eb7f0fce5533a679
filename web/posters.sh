#!/bin/sh
# Takes the posters of web/static/article.html: what each step's window shows before a reader takes it over.
#
#     cargo build --release && web/posters.sh [target/release/midflight]
#
# The steps are the gestures in STEPS, which the page repeats as data-at. Each poster is taken from the real window in
# the size in which the page embeds it, for wide screens and for phones, dark and light. The files are lossless WebP
# of few colours, so all of them together stay below a megabyte; the script fails if they do not. It does not compare
# them with the text, so look at the pictures.
#
# Needs Xvfb, xdotool, openbox and ImageMagick with WebP.
set -eu

STEPS="0 1 2 3 7 8 13 15 19 20 22"
MOST=1000000

program=$(realpath "${1:-target/release/midflight}")
here=$(realpath "$(dirname "$0")")
posters=$here/static/posters
recording=$here/../programs/fib.session
mkdir -p "$posters"

# show SHAPE SIZE: the posters of one size, in both themes.
show() {
    shape=$1 size=$2
    folder=$(mktemp -d)
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
    for theme in dark light; do walk; done
    kill $manager $server
    wait $manager $server 2>/dev/null || true
    rm -rf "$folder"
    trap - EXIT
}

# Waits until two screenshots in a row are the same.
settled() {
    while :; do
        import -window root "$folder/one.png"
        import -window root "$folder/two.png"
        cmp -s "$folder/one.png" "$folder/two.png" && return
    done
}

# walk: opens the recording and goes through it, a gesture at a time.
walk() {
    "$program" "$recording" &
    window=$!
    until xdotool search --onlyvisible --name Midflight windowfocus >/dev/null 2>&1; do :; done
    settled
    # The pointer rests on the status bar, where it shows nothing.
    xdotool mousemove $((${size%x*} / 2)) $((${size#*x} - 4))
    [ "$theme" = dark ] || xdotool key ctrl+shift+l
    at=0
    for step in $STEPS; do
        while [ $at -lt "$step" ]; do
            xdotool key ctrl+shift+Right
            settled
            at=$((at + 1))
        done
        settled
        convert "$folder/two.png" -dither None -colors 160 -strip -define webp:lossless=true \
            -define webp:method=6 "$posters/$(printf %02d "$step")-$shape-$theme.webp"
    done
    kill $window
    wait $window 2>/dev/null || true
    rm -rf "$folder/midflight"
}

show wide 760x600
show narrow 640x640

bytes=$(cat "$posters"/*.webp | wc -c)
echo "$(ls "$posters" | wc -l) posters, $bytes bytes"
[ "$bytes" -lt $MOST ] || { echo "more than $MOST bytes: use fewer colours" >&2; exit 1; }
