# A display for pictures of the real window: a server without a screen, and openbox, which makes the window as large as
# the display. The state of programs, the preferences and the desktop of whoever runs this are not touched.
#
#     stage 1180x820      sets the display up; it ends with the script
#
# docs/pictures.sh, docs/animation.sh and web/posters.sh read this file. Needs Xvfb, xdotool, openbox and ImageMagick.

stage() {
    folder=$(mktemp -d)
    mkfifo "$folder/display"
    Xvfb -displayfd 9 -noreset -screen 0 "$1x24" +extension GLX 9>"$folder/display" 2>/dev/null &
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
}

# Waits until two screenshots in a row are the same; the second is $folder/two.png.
settled() {
    while :; do
        import -window root "$folder/one.png"
        import -window root "$folder/two.png"
        cmp -s "$folder/one.png" "$folder/two.png" && return
    done
}

# opened: waits for the window of the process $window, and gives it the keyboard.
opened() {
    until xdotool search --onlyvisible --name Midflight windowfocus >/dev/null 2>&1; do
        kill -0 "$window" || exit 1
    done
    settled
}
