#!/usr/bin/env bash
# Builds the page into web/dist: self-contained, with relative paths, for any host of static files.
# With --serve, also serves it on http://localhost:8000 (or the port that follows).
#
# It needs Rust from rustup, which brings the target wasm32-unknown-unknown, and wasm-bindgen of the version in
# Cargo.lock, which it installs. wasm-opt makes the module smaller, where it is installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target=wasm32-unknown-unknown
has_target() { rustc --print target-libdir --target "$target" | xargs test -d; }
has_target || rustup target add "$target"

version=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)
if [ "$(wasm-bindgen --version 2>/dev/null || true)" != "wasm-bindgen $version" ]; then
    cargo install wasm-bindgen-cli --version "$version" --locked
fi

cargo build --locked --package midflight-web --target "$target" --profile web

dist=web/dist
rm -rf "$dist.new"
mkdir -p "$dist.new"
cp -r web/static/. programs assets/icon.svg "$dist.new"
mkdir "$dist.new/fonts"
cp web/fonts/*-licence.txt "$dist.new/fonts"
rm -rf "$dist.new/programs/expected"
wasm-bindgen --target web --no-typescript --remove-name-section --remove-producers-section --out-dir "$dist.new" \
    "${CARGO_TARGET_DIR:-target}/$target/web/midflight_web.wasm"

# An older wasm-opt than 120 does not know what the compiler uses.
module="$dist.new/midflight_web_bg.wasm"
if number=$(wasm-opt --version 2>/dev/null | sed 's/[^0-9]*\([0-9]*\).*/\1/') && [ "$number" -ge 120 ]; then
    wasm-opt -Os --enable-bulk-memory --enable-reference-types --enable-sign-ext --enable-mutable-globals \
        --enable-nontrapping-float-to-int --enable-multivalue "$module" -o "$module.small"
    mv "$module.small" "$module"
fi
rm -rf "$dist"
mv "$dist.new" "$dist"
echo "web/dist is built: the module has $(gzip -9c "$dist/midflight_web_bg.wasm" | wc -c) bytes, gzipped"

if [ "${1:-}" = --serve ]; then
    port=${2:-8000}
    echo "http://localhost:$port"
    exec python3 -m http.server "$port" --bind localhost --directory "$dist"
fi
