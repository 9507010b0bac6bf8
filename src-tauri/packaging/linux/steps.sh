# What is done beside files when Pullgate comes, is replaced, goes, or shall leave nothing. The scripts of both kinds
# of package begin with this text and end with the few lines of `deb/` or `rpm/`.

SOCKETS="pullgate-control.socket pullgate-proxy.socket pullgate-mirror.socket pullgate-steward.socket"
SERVICES="pullgate.service pullgate-steward.service"
STEWARD_STATE=/var/lib/pullgate-steward

# In the root of an image or a container there are units, and nothing that runs them.
systemd_runs() {
  [ -d /run/systemd/system ]
}

# Whether anything makes this machine an organization's.
enrolled() {
  for file in /etc/pullgate/enrollment.toml /etc/pullgate/enrollment.d/*.toml; do
    if [ -e "$file" ]; then return 0; fi
  done
  return 1
}

# The engines that have files of ours, one a line.
routed() {
  [ -d "$STEWARD_STATE/originals" ] || return 0
  find "$STEWARD_STATE/originals" -name '*.original.json' -exec sed -n 's/^ *"engine": "\([a-z0-9-]*\)",\{0,1\}$/\1/p' {} + | sort -u
}

lay_out() {
  systemd-sysusers pullgate.conf
  systemd-tmpfiles --create pullgate.conf
  if systemd_runs; then systemctl daemon-reload; fi
}

# The first time, and again after it was removed. An enrollment that is there already is followed at once.
begin() {
  lay_out
  rm -f "$STEWARD_STATE/removed"
  systemctl enable --quiet pullgate.service
  systemd_runs || return 0
  # A port that somebody else has is no reason to leave a package half installed.
  systemctl start $SOCKETS pullgate.service \
    || echo "Pullgate: not everything started; \`systemctl status 'pullgate*'\` says what, \`journalctl -u pullgate\` why" >&2
  if enrolled && ! pullgate engines apply; then
    echo "Pullgate: not every engine is routed; settle what stands above, then run \`sudo pullgate engines apply\`" >&2
  fi
}

# Another version is in place. The steward ends what it has begun and goes first, while the old service still has all
# the certificates that pulls need; the new one asks for them at once. The sockets stay, so that pulls wait.
renew() {
  lay_out
  systemd_runs || return 0
  for unit in pullgate-steward.service pullgate.service; do
    systemctl try-restart "$unit" \
      || echo "Pullgate: \`$unit\` did not come back; \`systemctl status $unit\` says why" >&2
  done
}

# While the program is still there: an engine that went on asking a gateway that is gone would bring in nothing.
leave() {
  if systemd_runs; then
    give_back || return 1
    systemctl disable --now --quiet $SOCKETS $SERVICES
    systemctl reset-failed $SOCKETS $SERVICES 2>/dev/null || true
  else
    systemctl disable --quiet pullgate.service
  fi
}

give_back() {
  pullgate engines restore || true
  # An engine that is not found any longer has its files still.
  for engine in $(routed); do pullgate engines restore "$engine" || true; done
  [ -n "$(routed)" ] || return 0
  echo "Pullgate stays: not every engine has its own configuration back. Settle what stands above, for example with" >&2
  echo "\`sudo pullgate engines restore ENGINE --may-stop-containers\`, then remove it again" >&2
  return 1
}

# The program is gone; what the organization decided and what people did stay for a next time.
gone() {
  rm -rf /run/pullgate
  mkdir -p -m 700 "$STEWARD_STATE"
  touch "$STEWARD_STATE/removed"
  if systemd_runs; then systemctl daemon-reload; fi
}

forget() {
  rm -rf /etc/pullgate /run/pullgate /var/lib/pullgate "$STEWARD_STATE"
  rm -f /etc/credstore/pullgate.session-key /etc/credstore.encrypted/pullgate.session-key
  if getent passwd pullgate > /dev/null; then userdel pullgate; fi
  if getent group pullgate > /dev/null; then groupdel pullgate; fi
}
