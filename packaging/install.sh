#!/bin/sh
# Installs Midflight from the archive that this file is in, or removes it again.
#
#     ./install.sh                          for you alone, in ~/.local; for all if you are root, in /usr/local
#     PREFIX=/opt/midflight ./install.sh    elsewhere
#     ./install.sh --uninstall              removes what was installed there
#
# DESTDIR, for who makes packages, is put before every path, and the databases of the desktop are left alone.
# Your programs, preferences and unsaved work are never touched.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
doc=share/doc/midflight
# All that is installed, besides the folder of documents.
files='bin/midflight
share/applications/midflight.desktop
share/mime/packages/midflight.xml
share/icons/hicolor/scalable/apps/midflight.svg
share/icons/hicolor/128x128/apps/midflight.png
share/bash-completion/completions/midflight
share/zsh/site-functions/_midflight
share/fish/vendor_completions.d/midflight.fish'

fail() {
    echo "install.sh: $*" >&2
    exit 1
}

# The copy that was installed removes what it was installed with.
case $here in
*/$doc) default=${here%/"$doc"} ;;
*) if [ "$(id -u)" -eq 0 ]; then default=/usr/local; else default=${HOME:?set PREFIX or HOME}/.local; fi ;;
esac
prefix=${PREFIX:-$default}
case $prefix in
/*) ;;
*) prefix=$(pwd)/$prefix ;;
esac
root=${DESTDIR:-}$prefix

# Tells the desktop what is new. Without one, there is nothing to tell.
refresh() {
    [ -z "${DESTDIR:-}" ] || return 0
    if command -v update-mime-database >/dev/null; then update-mime-database "$root/share/mime" || true; fi
    if command -v update-desktop-database >/dev/null; then
        update-desktop-database -q "$root/share/applications" || true
    fi
    # A cache is only refreshed where there is one: a new one would have to be kept up by everybody.
    if [ -f "$root/share/icons/hicolor/icon-theme.cache" ] && command -v gtk-update-icon-cache >/dev/null; then
        gtk-update-icon-cache -q -t -f "$root/share/icons/hicolor" || true
    fi
}

# Says what the shells do not search by themselves.
tell() {
    case :$PATH: in
    *":$prefix/bin:"*) ;;
    *) echo "Your shell does not search $prefix/bin: add it to PATH, or write $prefix/bin/midflight" ;;
    esac
    case $prefix in
    /usr | /usr/local) ;;
    *) ! command -v zsh >/dev/null ||
        echo "For completions in zsh, write fpath+=($prefix/share/zsh/site-functions) before compinit in ~/.zshrc" ;;
    esac
    case $prefix/share in
    /usr/share | "${XDG_DATA_HOME:-${HOME:-}/.local/share}") ;;
    *) case :${XDG_DATA_DIRS:-}: in *":$prefix/share:"*) return ;; esac
        ! command -v fish >/dev/null ||
        echo "For completions in fish, add $prefix/share to XDG_DATA_DIRS" ;;
    esac
}

uninstall() {
    [ -e "$root/bin/midflight" ] || fail "there is no Midflight in $root; set PREFIX to where it is"
    echo "$files" | while read -r file; do rm -f "$root/$file"; done
    rm -rf "${root:?}/$doc"
    refresh
    echo "Midflight is removed from $root"
}

install_all() {
    [ -x "$here/bin/midflight" ] || fail "this is not in an unpacked archive; --uninstall removes what is installed"
    # All folders first, so that nothing is copied if one cannot be written.
    { echo "$files"; echo "$doc/README.md"; } | while read -r file; do
        folder=$root/$(dirname "$file")
        mkdir -p "$folder" && [ -w "$folder" ] || fail "$folder cannot be written; set PREFIX, or be root"
    done
    echo "$files" | while read -r file; do
        # Put in place at once: the program may be running.
        cp "$here/$file" "$root/$file.new"
        mv -f "$root/$file.new" "$root/$file"
    done
    rm -rf "${root:?}/$doc"
    mkdir -p "$root/$doc"
    for file in README.md CHANGELOG.md CONTRIBUTING.md LICENSE-MIT LICENSE-APACHE LICENSES-OF-LIBRARIES.txt docs programs \
        install.sh; do
        cp -R "$here/$file" "$root/$doc/"
    done
    # The desktop may search other folders than your shell. A path with stranger characters would need more than quotes.
    case $prefix in
    *[!A-Za-z0-9/._+\ -]*) ;;
    *) sed "s|^TryExec=.*|TryExec=$prefix/bin/midflight|; s|^Exec=midflight|Exec=\"$prefix/bin/midflight\"|" \
        "$here/share/applications/midflight.desktop" >"$root/share/applications/midflight.desktop" ;;
    esac
    refresh
    echo "Midflight is installed in $root"
    tell
}

case ${1:-} in
'') install_all ;;
--uninstall) uninstall ;;
*) fail "usage: [PREFIX=FOLDER] ./install.sh [--uninstall]" ;;
esac
