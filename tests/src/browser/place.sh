#!/bin/bash
# place.sh FOLDER: runs chromedriver in mounts and processes of its own, and ends with all it started once its input,
# a pipe held by the test, closes.
set -e
folder=$1
mount --bind "$folder/hosts" /etc/hosts
mount -t tmpfs tmpfs /etc/chromium
mkdir -p /etc/chromium/policies/managed
cp "$folder/policies.json" /etc/chromium/policies/managed/
export HOME=$folder TMPDIR=$folder XDG_CONFIG_HOME=$folder XDG_CACHE_HOME=$folder
chromedriver --port=0 --log-level=WARNING < /dev/null 2> "$folder/errors" &
exec > /dev/null
cat
