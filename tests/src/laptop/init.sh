#!/bin/bash
# init.sh ROOT LAB: runs in the laptop's new namespaces, lays a memory over ROOT (one folder or several, joined by
# colons) and becomes its systemd.
set -e
root=$1 lab=$2
mount --make-rprivate /
base=$lab/base
mkdir "$base"
mount -t tmpfs -o mode=755 tmpfs "$base"
mkdir "$base/up" "$base/work" "$base/m"
mount -t overlay overlay -o "lowerdir=$root,upperdir=$base/up,workdir=$base/work" "$base/m"
m=$base/m

mount -t proc proc "$m/proc"
mount -t sysfs sysfs "$m/sys"
for folder in run tmp var/tmp var/lib/docker var/lib/containerd var/lib/containers var/lib/warehouse; do
  mkdir -p "$m/$folder"
  mount -t tmpfs tmpfs "$m/$folder"
done
chmod 755 "$m/run"
mkdir "$base/home"
mount -t tmpfs -o mode=755 tmpfs "$base/home"
cp -a "$m/home/." "$base/home/"
mount --move "$base/home" "$m/home"
mount -t tmpfs -o mode=755 tmpfs "$m/dev"
mkdir "$m/dev/pts" "$m/dev/shm"
for device in null zero full random urandom tty; do
  touch "$m/dev/$device"
  mount --bind "/dev/$device" "$m/dev/$device"
done
if [ -e /dev/fuse ]; then touch "$m/dev/fuse"; mount --bind /dev/fuse "$m/dev/fuse"; fi
mount -t devpts devpts "$m/dev/pts" -o newinstance,ptmxmode=0666
ln -s pts/ptmx "$m/dev/ptmx"
ln -s /proc/self/fd "$m/dev/fd"
mount -t tmpfs tmpfs "$m/dev/shm"
mount -t tmpfs tmpfs "$m/sys/fs/cgroup"
mount -t cgroup2 cgroup2 "$m/sys/fs/cgroup"

mkdir -p "$m/lab" "$m/opt/lab"
mount --bind "$lab" "$m/lab"
while read -r name path; do
  if [ -d "$path" ]; then mkdir "$m/opt/lab/$name"; else touch "$m/opt/lab/$name"; fi
  mount --bind "$path" "$m/opt/lab/$name"
  mount -o remount,bind,ro "$m/opt/lab/$name"
done < "$lab/binaries"
cp -r --no-dereference --preserve=mode,links --remove-destination "$lab/overlay/." "$m/"
tr -d - < /proc/sys/kernel/random/uuid > "$m/etc/machine-id"
echo laptop > "$m/etc/hostname"
hostname laptop
for person in ada:1000 bob:1001; do
  mkdir -p "$m/run/user/${person#*:}"
  chmod 700 "$m/run/user/${person#*:}"
  chown "${person#*:}:${person#*:}" "$m/run/user/${person#*:}"
done

ip link set lo up
for address in 10 11 12 13 14 20; do ip address add "203.0.113.$address/32" dev lo; done

cd "$m"
mkdir -p .old
pivot_root . .old
umount -l /.old
mount --make-rshared /
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
/opt/lab/internet prepare
container=laptop exec /lib/systemd/systemd --log-target=console --show-status=false
