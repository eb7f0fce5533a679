#!/usr/bin/env bash
# Makes the fonts of the page again: those of egui (the folder `fonts` of the crate epaint_default_fonts, the argument),
# with the characters of European writing and the signs that the window uses, and without names. They are half as long
# as the originals; whatever else a program prints, the browser draws. Needs pyftsubset (fonttools).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

characters="U+0020-007E,U+00A0-017F,U+0192,U+02C6-02DD,U+0370-03FF,U+2010-2027,U+2030-203A,U+2044"
characters+=",U+2070-209C,U+20AC,U+2122,U+2190-22FF,U+2300-23FF,U+2500-25FF,U+2600-27BF,U+2B00-2BFF,U+FFFD"
pyftsubset "$1/Hack-Regular.ttf" --unicodes="$characters" --name-IDs='' --no-hinting --output-file=mono.ttf
pyftsubset "$1/Ubuntu-Light.ttf" --unicodes="$characters" --name-IDs='' --no-hinting --output-file=plain.ttf
cp "$1/Hack-Regular.txt" mono-licence.txt
cp "$1/UFL.txt" plain-licence.txt
