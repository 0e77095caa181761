# shellcheck shell=sh
# What the running Asterisk has loaded, each answer under a heading. Arguments: the certificate that it has to present, or
# nothing, and the port where. Fails if it cannot be asked.
set -e
asterisk -rx 'core waitfullybooted' >/dev/null
for question in 'core show version' 'module show' 'pjsip show endpoints' 'pjsip show identifies' 'pjsip show auths' \
  'pjsip show transports' 'pjsip show contacts' 'dialplan show dialtone-numbers' \
  'manager show settings' 'http show status'; do
  printf '== %s\n' "$question"
  asterisk -rx "$question"
done
printf '== certificate\n'
[ -z "${1-}" ] || python3 - "$1" "$2" <<'PYTHON' || true
import ssl
import sys

wanted = open(sys.argv[1], encoding="ascii").read().partition("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----\n"
wanted = wanted[wanted.index("-----BEGIN") :]
try:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    import socket

    with socket.create_connection(("127.0.0.1", int(sys.argv[2])), 5) as plain, context.wrap_socket(plain) as secure:
        shown = secure.getpeercert(binary_form=True)
except OSError as error:
    print("none", error)
else:
    print("same" if shown == ssl.PEM_cert_to_DER_cert(wanted) else "other")
PYTHON
