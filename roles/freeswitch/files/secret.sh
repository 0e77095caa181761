# shellcheck shell=sh
# Make the password of the event socket, once, and let root's fs_cli know it. It leaves this host on no way.
# Arguments: the port, the group that may read it.
set -eu
umask 077
folder=/etc/freeswitch/dialtone-secrets
file=$folder/event_socket.xml
if ! [ -s "$file" ]; then
  password=$(od -An -N 24 -tx1 /dev/urandom | tr -d ' \n')
  printf '<include>\n  <X-PRE-PROCESS cmd="set" data="event_socket_password=%s"/>\n</include>\n' "$password" >"$file.new"
  chgrp "$2" "$file.new"
  chmod 0640 "$file.new"
  mv "$file.new" "$file"
  echo made
fi
password=$(sed -n 's/.*event_socket_password=\([0-9a-f]*\)".*/\1/p' "$file")
[ -n "$password" ] || { echo "$file holds no password: remove it and run again." >&2; exit 1; }
printf '[default]\nhost => 127.0.0.1\nport => %s\npassword => %s\n' "$1" "$password" >/etc/fs_cli.conf.new
if cmp -s /etc/fs_cli.conf.new /etc/fs_cli.conf; then
  rm -f /etc/fs_cli.conf.new
else
  mv /etc/fs_cli.conf.new /etc/fs_cli.conf
  echo made
fi
