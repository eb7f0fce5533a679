#!/bin/bash
# Makes the release archive for Linux, target/midflight-VERSION-ARCHITECTURE-linux.tar.gz, and tries it.
#
#     packaging/release.sh             builds the program first
#     packaging/release.sh BINARY      takes this one
#
# The same commit, compiler and paths give the same archive, byte for byte: the files are sorted, belong to nobody and
# have the time of the commit. No path of the machine that builds is in the program. Needs git, GNU tar and strip.
set -euo pipefail

cd "$(dirname "$(realpath "$0")")/.."
target=${CARGO_TARGET_DIR:-target}
cargo=${CARGO_HOME:-$HOME/.cargo}

if [ $# -gt 0 ]; then
    binary=$(realpath "$1")
else
    RUSTFLAGS="--remap-path-prefix=$cargo=cargo --remap-path-prefix=$PWD=midflight" \
        cargo build --release --locked --target-dir "$target/release-archive"
    binary=$target/release-archive/release/midflight
fi
version=$("$binary" --version)
version=${version#midflight }
grep -q "^version = \"$version\"$" Cargo.toml || { echo "the program is of version $version, the sources are not" >&2; exit 1; }
name=midflight-$version-$(uname -m)-linux
time=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022

# What the licences of the libraries demand: the text of each, with the names of the libraries that it is of. Several
# have the same text.
licences() {
    echo "Midflight is compiled with these libraries, under these licences. Their sources are at https://crates.io."
    mkdir "$work/texts"
    local library licence folder text sum
    while IFS='|' read -r library licence; do
        library=${library% (\*)}
        printf '\n%s: %s' "$library" "$licence"
        folder=$(echo "$cargo"/registry/src/*/"${library% v*}-${library##* v}")
        while read -r text; do
            sum=$(sha256sum <"$text" | cut -c1-16)
            cp "$text" "$work/texts/$sum"
            echo "$library" >>"$work/texts/$sum.of"
        done < <(find "$folder" -maxdepth 2 -type f \
            \( -iname '*licen[cs]e*' -o -iname 'copying*' -o -iname 'notice*' -o -path '*/fonts/*.txt' \) | LC_ALL=C sort)
    done < <(cargo tree --locked -p midflight -e normal --prefix none -f '{p}|{l}' |
        sed 's/ (proc-macro)//; s/ (\*)$//' | grep -v '^midflight \|^$' | LC_ALL=C sort -u)
    printf '\n'
    for text in $(cd "$work/texts" && LC_ALL=C ls | grep -v '\.of$'); do
        printf '\n%s\n' "--------------------------------------------------------------------------------"
        tr '\n' ',' <"$work/texts/$text.of" | sed 's/,$//; s/,/, /g' | fold -s -w 100
        printf '\n\n'
        tr -d '\r' <"$work/texts/$text"
    done
}

# put FILE PLACE: copies a file into the archive, with its folders.
put() { install -D -m "${3:-644}" "$1" "$work/$name/$2"; }

put "$binary" bin/midflight 755
strip "$work/$name/bin/midflight"
put packaging/install.sh install.sh 755
put packaging/midflight.desktop share/applications/midflight.desktop
put packaging/midflight.xml share/mime/packages/midflight.xml
put assets/icon.svg share/icons/hicolor/scalable/apps/midflight.svg
put assets/icon.png share/icons/hicolor/128x128/apps/midflight.png
for shell in bash:bash-completion/completions/midflight zsh:zsh/site-functions/_midflight \
    fish:fish/vendor_completions.d/midflight.fish; do
    "$binary" completions "${shell%%:*}" >"$work/completions"
    put "$work/completions" "share/${shell#*:}"
done
for file in README.md CHANGELOG.md CONTRIBUTING.md LICENSE-MIT LICENSE-APACHE; do put "$file" "$file"; done
licences >"$work/licences"
put "$work/licences" LICENSES-OF-LIBRARIES.txt
git ls-files -z docs/ programs/ | while IFS= read -r -d '' file; do
    case $file in docs/*.sh) ;; *) put "$file" "$file" ;; esac
done

archive=$target/$name.tar.gz
mkdir -p "$target"
tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner --mode=u+w,go=rX --mtime="@$time" --format=ustar \
    -cf - "$name" | gzip -9n >"$work/archive"
mv "$work/archive" "$archive"

# The archive is unpacked, installed, run and removed again, where no desktop hears of it.
check() {
    local folder="$work/a b" said
    mkdir "$folder"
    tar -C "$folder" -xzf "$archive"
    cd "$folder/$name"
    DESTDIR=$folder/root PREFIX=/usr ./install.sh
    local root=$folder/root/usr
    cd "$root/share/doc/midflight"
    said=$("$root/bin/midflight" run programs/fib.flpc)
    [ "$said" = 55 ]
    "$root/bin/midflight" play programs/fib.session >/dev/null
    bash -n "$root/share/bash-completion/completions/midflight"
    if command -v zsh >/dev/null; then zsh -n "$root/share/zsh/site-functions/_midflight"; fi
    if command -v fish >/dev/null; then fish -n "$root/share/fish/vendor_completions.d/midflight.fish"; fi
    if command -v desktop-file-validate >/dev/null; then
        desktop-file-validate "$root/share/applications/midflight.desktop"
    fi
    if command -v update-mime-database >/dev/null; then update-mime-database "$root/share/mime" >/dev/null 2>&1; fi
    local page link
    for page in README.md CHANGELOG.md CONTRIBUTING.md docs/*.md; do
        for link in $(sed -n 's/](\([^)#]*\)/\n](\1\n/gp' "$page" | sed -n 's/^](//p' | grep -v '^http' || true); do
            [ -e "$(dirname "$page")/$link" ] || { echo "$page: $link is not in the archive" >&2; exit 1; }
        done
    done
    DESTDIR=$folder/root PREFIX=/usr "$folder/$name/install.sh" --uninstall
    [ -z "$(find "$root" -name '*midflight*' -not -path '*/mime/text/*')" ]
}
trap 'echo "release.sh: the archive is not as it should be" >&2' ERR
(check)
ls -l "$archive"
