# shellcheck shell=sh
# Make the running Asterisk present the certificate that is in the file now. A reload of res_pjsip does, as long as the names
# of the files have not changed; calls stay up. Used after a renewal, also without Ansible (/etc/dialtone/tls/renewed.d).
[ "$(systemctl is-active asterisk.service)" = active ] || exit 0
said=$(asterisk -rx 'module reload res_pjsip.so') || exit 1
case $said in
  *successfully*) exit 0 ;;
esac
echo "Asterisk did not take the new certificate: $said" >&2
exit 1
