#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What OSS-Fuzz runs in a clone: CC, CFLAGS, LIB_FUZZING_ENGINE, OUT and WORK are
# in the environment. Works with any clang that has libFuzzer; see try.
set -eu

root=$(git rev-parse --show-toplevel)
here=$root/tests/fuzz
build=${WORK:-/tmp}/build-oss-fuzz
engine=$LIB_FUZZING_ENGINE
# An engine that is a library is C++ inside, and was built with libc++ there.
[ "$engine" = -fsanitize=fuzzer ] || engine="$engine ${CXX_LIBRARY:--lc++}"
# Casts of callbacks are GLib's way, and newer clangs would stop at each.
export CFLAGS="$CFLAGS -fno-sanitize=function"

# Whoever runs the targets has nothing but OUT, and what a library needs is looked
# for where the program says only with the older of the two tags.
export LDFLAGS="${LDFLAGS-} -Wl,--disable-new-dtags -Wl,-rpath,\$ORIGIN/lib"
rm -rf "$build"
meson setup "$build" "$root" -Dfuzzing=true -Dfuzzing_engine="$engine" \
  -Dintrospection=disabled -Dredis=enabled -Db_lundef=false
mapfile -t targets < <(
  cd "$here" && for source in fuzz-*.c; do echo "tests/fuzz/${source%.c}"; done
)
ninja -C "$build" "${targets[@]}"

mkdir -p "$OUT/lib"
for target in "${targets[@]}"; do
  name=${target##*/}
  cp "$build/$target" "$OUT/"
  ldd "$build/$target" | sed -n 's/.* => \(\/.*\) (0x.*/\1/p' |
    grep -vE '/lib(c|m|dl|rt|pthread|gcc_s|stdc\+\+)\.so' |
    xargs -r -I FILE cp -L FILE "$OUT/lib/"
  (
    cd "$here/corpus/${name#fuzz-}"
    rm -f "$OUT/${name}_seed_corpus.zip"
    python3 -m zipfile -c "$OUT/${name}_seed_corpus.zip" ./*
  )
done
cp "$here"/oss-fuzz/*.options "$here"/oss-fuzz/*.dict "$OUT/"
