# check.sh ROOT COPY SOURCES TARGET CARGO_HOME: checks the crate in COPY, whose sources are SOURCES, with the compiler
# in ROOT. It runs in mounts of its own; what was downloaded is in CARGO_HOME.
set -e
root=$1 copy=$2 sources=$3 target=$4 home=$5
mount --make-rprivate /
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
for passing in tmp mnt; do mount -t tmpfs tmpfs "$root/$passing"; done
lend() { mkdir -p "$1" "$root/mnt/$2"; mount --bind "$1" "$root/mnt/$2"; }
lend "$copy" host
lend "$sources" host/src
lend "$target" target
lend "$home" cargo
# Which compiler, with which flags, is said here alone.
for name in $(compgen -e); do
  case $name in CARGO_HTTP_* | CARGO_NET_* | CARGO_REGISTR* | CARGO_SOURCE_* | CARGO_TERM_*) ;; CARGO* | RUST* | LD_*) unset "$name" ;; esac
done
export CARGO_HOME=/mnt/cargo CARGO_TARGET_DIR=/mnt/target HOME=/tmp PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
# The workspace's compiler knows them; in this one they are behind a gate.
features="feature(let_chains, integer_sign_cast)"
for system in x86_64-pc-windows-gnu aarch64-apple-darwin; do
  chroot "$root" /bin/sh -c 'cd /mnt/host && exec cargo rustc --lib --quiet --locked --offline --profile check \
    --target "$0" -Zbuild-std=std,panic_abort -- -Zcrate-attr="$1"' "$system" "$features"
done
