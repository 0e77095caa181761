# shellcheck shell=sh
# Make a secret and write it as an option of a file that Asterisk includes. Arguments: directory, file, name of the option.
set -eu
umask 077
install -d -o root -g asterisk -m 0750 "$1"
secret=$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')
[ ${#secret} -eq 48 ] || exit 1
printf '; made on this host, once\n%s = %s\n' "$3" "$secret" >"$1/.$2.new"
chown root:asterisk "$1/.$2.new"
chmod 0640 "$1/.$2.new"
mv "$1/.$2.new" "$1/$2"
