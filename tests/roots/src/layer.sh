# layer.sh LOWER FOLDER PACKAGE…: installs packages over LOWER, which stays as it is; what they add is FOLDER/layer.
# It runs in mounts of its own. FOLDER must lie on a file system that can be the upper of an overlay, such as ext4.
set -e
lower=$1 folder=$2
shift 2
mount --make-rprivate /
m=$folder/m
mkdir -p "$folder/layer" "$folder/work" "$m"
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$folder/layer,workdir=$folder/work" "$m"
mount -t proc proc "$m/proc"
mount --rbind /dev "$m/dev"
for passing in run tmp var/tmp var/log var/cache/apt var/lib/apt/lists; do mount -t tmpfs tmpfs "$m/$passing"; done
mount --bind /etc/resolv.conf "$m/etc/resolv.conf"
printf '#!/bin/sh\nexit 101\n' > "$m/usr/sbin/policy-rc.d"
chmod 755 "$m/usr/sbin/policy-rc.d"
export DEBIAN_FRONTEND=noninteractive LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin
apt() { chroot "$m" apt-get --quiet --assume-yes -o Dpkg::Options::=--force-unsafe-io "$@"; }
apt update
apt install --no-install-recommends "$@"
rm "$m/usr/sbin/policy-rc.d"
