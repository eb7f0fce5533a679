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
. "$here/../docs/stage.sh"

# show SHAPE SIZE: the posters of one size, in both themes. In parentheses, because the display ends with its shell.
show() (
    shape=$1 size=$2
    stage "$size"
    for theme in dark light; do walk; done
)

# walk: opens the recording and goes through it, a gesture at a time.
walk() {
    "$program" "$recording" &
    window=$!
    opened
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
