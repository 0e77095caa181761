# shellcheck shell=sh
# What the running Asterisk has loaded, each answer under a heading.
# Fails if it cannot be asked.
set -e
asterisk -rx 'core waitfullybooted' >/dev/null
for question in 'core show version' 'module show' 'pjsip show endpoints' 'pjsip show identifies' 'pjsip show auths' \
  'dialplan show dialtone-from-carrier' 'dialplan show dialtone-extensions' 'manager show settings' 'http show status'; do
  printf '== %s\n' "$question"
  asterisk -rx "$question"
done
