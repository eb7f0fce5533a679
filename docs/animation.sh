#!/bin/bash
# Makes docs/pictures/fib.gif, with which the README begins, and fib-still.png, its end, for those who want no motion.
#
#     cargo build --release && docs/animation.sh [target/release/midflight]
#
# Each paragraph of programs/fib.session is a step: what it writes is typed into the real window, word by word, and Enter
# does it. The window's own tour says why. A picture is taken after each word and each step, and carries the time for
# which it is shown, so a slow machine makes the same animation. Needs what docs/stage.sh needs, and gifsicle. It checks
# nothing, so look at the frames.
set -eu

here=$(dirname "$(realpath "$0")")
program=$(realpath "${1:-target/release/midflight}")
recording=$here/../programs/fib.session
pictures=$here/pictures
. "$here/stage.sh"

size=900x660
# Hundredths of a second: at the start, after a word, before Enter, after it, and at the end.
start=180 word=18 line=40 step=112 end=420
# Steps at which more is to be seen: the base case, and what comes of it.
long='6 7' longer=210

stage "$size"
mkdir "$folder/frames" "$folder/midflight"
# Few panels and large letters. The form is that of src/desk/preferences.rs.
cat >"$folder/midflight/app.ron" <<'RON'
{"preferences": "(dark:Some(true),zoom:1.2,hidden:[Names,Holes,Timeline],sizes:(side:184.0,console:48.0))"}
RON

count=0
frames=()
# frame HUNDREDTHS: takes a picture, which is shown so long.
frame() {
    settled
    count=$((count + 1))
    file=$folder/frames/$(printf %03d "$count")
    cp "$folder/two.png" "$file.png"
    frames+=("-d$1" "$file.gif")
}

# The steps of the recording: what a paragraph writes, or the key that does what it does.
steps() {
    awk -v RS= '{
        text = ""; key = ""
        count = split($0, rows, "\n")
        for (i = 1; i <= count; i++) {
            if (rows[i] ~ /^write/) { split(rows[i], parts, "`"); text = text (text == "" ? "" : " ") parts[2] }
            if (rows[i] ~ /^(define|run 1$)/) key = "Return"
            if (rows[i] ~ /^run [2-9]/) key = "F5"
        }
        if (text != "") print "type " text; else if (key != "") print "press " key
    }' "$recording"
}

"$program" &
window=$!
opened
xdotool mousemove "${size%x*}" "${size#*x}"
frame $start
done=0
while read -r how what; do
    key=$what
    if [ "$how" = type ]; then
        key=Return
        for next in $what; do
            # The blank says that the word is complete, so nothing is offered for it.
            xdotool type -- "$next "
            frame $word
        done
        frames[-2]=-d$line
    fi
    xdotool key "$key"
    done=$((done + 1))
    case " $long " in *" $done "*) frame $longer ;; *) frame $step ;; esac
done < <(steps)
frames[-2]=-d$end
kill "$window"
wait "$window" 2>/dev/null || true

# All frames have the same colours, so what stays the same is not drawn again.
montage "$folder"/frames/*.png -tile 6x -geometry +0+0 "$folder/all.png"
convert "$folder/all.png" -dither None -colors 200 -unique-colors "$folder/colours.png"
for file in "$folder"/frames/*.png; do
    convert "$file" -dither None -remap "$folder/colours.png" "${file%.png}.gif"
done
convert "$file" -dither None -remap "$folder/colours.png" -strip "PNG8:$pictures/fib-still.png"
gifsicle --no-warnings --loopcount=forever -O3 "${frames[@]}" -o "$pictures/fib.gif"
du -b "$pictures/fib.gif" "$pictures/fib-still.png"
