#!/bin/bash
# keeper.sh ROOT LAB: boots a laptop, prints the pid of its init, and clears everything away once its input closes.
# Its input is a pipe held by the test, so that a test that dies takes its laptop along.
set -e
root=$1 lab=$2
groups=$(findmnt --noheadings --types cgroup2 --output TARGET | head -n 1)
[ -n "$groups" ] || { echo "a laptop needs a mounted cgroup2 hierarchy" > "$lab/console.log"; exit 1; }
group=$groups/$(basename "$lab")
mkdir "$group"
boot() {
  echo "$BASHPID" > "$group/cgroup.procs"
  exec unshare --mount --pid --fork --net --uts --ipc --cgroup --kill-child /bin/bash "$lab/init.sh" "$root" "$lab"
}
boot < /dev/null > "$lab/console.log" 2>&1 &
outer=$!
inner=
for _ in $(seq 600); do
  inner=$(pgrep --parent "$outer" | head -n 1) || true
  [ -n "$inner" ] && [[ "$(readlink "/proc/$inner/exe")" = */systemd/systemd ]] && { echo "$inner"; break; }
  [ -d "/proc/$outer" ] || break
  sleep 0.02
done
exec >&-
cat > /dev/null
exec 2> /dev/null
set +e
[ -n "$inner" ] && kill -KILL "$inner"
kill -KILL "$outer"
wait "$outer"
for _ in $(seq 50); do
  find "$group" -depth -type d -exec rmdir {} + && break
  sleep 0.02
done
rm -rf "$lab"
