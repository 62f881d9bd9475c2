#!/bin/sh
# Installs the system libraries that Qt needs on bare Debian or Ubuntu, if missing and run as root.
set -eu
[ "$(uname -s)" = Linux ] || exit 0
needed="libGL.so.1 libEGL.so.1 libxkbcommon.so.0 libdbus-1.so.3 libfontconfig.so.1 libglib-2.0.so.0"
# Needed for a window on an X display.
needed="$needed libxcb-cursor.so.0 libxkbcommon-x11.so.0 libxcb-icccm.so.4 libxcb-image.so.0 libxcb-keysyms.so.1"
needed="$needed libxcb-render-util.so.0 libxcb-shape.so.0 libxcb-xkb.so.1"
missing=""
known=$(ldconfig -p 2>/dev/null || /sbin/ldconfig -p 2>/dev/null || true)
for library in $needed; do
  case "$known" in *"$library"*) ;; *) missing="$missing $library" ;; esac
done
# Without any font Qt draws boxes.
fc-list 2>/dev/null | grep -q . || missing="$missing fonts"
[ -n "$missing" ] || exit 0
packages="libgl1 libegl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0 fontconfig fonts-dejavu-core"
packages="$packages libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-render-util0"
packages="$packages libxcb-shape0 libxcb-xkb1"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -q >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q $packages >/dev/null
else
  echo "Missing system libraries:$missing. On Debian or Ubuntu: sudo apt-get install $packages" >&2
fi
