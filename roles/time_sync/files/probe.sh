# shellcheck shell=sh
# What the role has to know of the host, in one round trip; changes nothing. Prints lines of KEY VALUE…
LC_ALL=C PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export LC_ALL PATH

newer() { [ -n "$(find "$1" -newer "$2" 2>/dev/null)" ]; }

if command -v apt-get >/dev/null 2>&1; then
  echo 'family debian'
  unit=chrony folder=/etc/chrony main=/etc/chrony/chrony.conf sources=/etc/chrony/dialtone/dialtone.sources
elif command -v dnf >/dev/null 2>&1; then
  echo 'family redhat'
  unit=chronyd folder=/etc main=/etc/chrony.conf sources=/etc/chrony.dialtone/dialtone.sources
fi
[ -n "${unit:-}" ] || exit 0
[ -d /run/systemd/system ] && echo 'systemd running'
command -v chronyd >/dev/null 2>&1 && echo "installed $(chronyd --version 2>/dev/null | sed 's/.*version \([0-9.]*\).*/\1/')"
kind=$(systemd-detect-virt 2>/dev/null)
printf 'virtualization %s\n' "${kind:-none}"
systemd-detect-virt --quiet --container 2>/dev/null && echo 'container yes'

# The hypervisor's clock. Numbers of devices change, so a name that udev gives goes before them.
for clock in /sys/class/ptp/ptp*; do
  case $(cat "$clock/clock_name" 2>/dev/null) in
    'KVM virtual PTP') name=/dev/ptp_kvm ;;
    hyperv) name=/dev/ptp_hyperv ;;
    *) continue ;;
  esac
  [ -e "$name" ] || name=/dev/${clock##*/}
  [ -e "$name" ] && printf 'clock %s\n' "$name"
done
[ "$kind" = kvm ] && [ ! -d /sys/module/ptp_kvm ] && modinfo ptp_kvm >/dev/null 2>&1 && echo 'loadable ptp_kvm'

# Others that set the clock.
for other in systemd-timesyncd ntp ntpd ntpsec openntpd ntpdate; do
  # A package that is gone but not purged leaves links behind, which count as enabled.
  [ "$(systemctl show --property LoadState --value "$other.service" 2>/dev/null)" = loaded ] || continue
  active=$(systemctl is-active "$other.service" 2>/dev/null)
  enabled=$(systemctl is-enabled "$other.service" 2>/dev/null)
  case $active/$enabled in
    active/* | activating/* | */enabled | */enabled-runtime) printf 'rival %s\n' "$other" ;;
  esac
done
for package in ntpdate ntpsec-ntpdate; do
  [ -e "/etc/network/if-up.d/$package" ] && printf 'stepper %s\n' "$package"
done
if [ "$(vmware-toolbox-cmd timesync status 2>/dev/null)" = Enabled ]; then
  echo 'meddler VMware Tools (switch it off: vmware-toolbox-cmd timesync disable)'
fi
if pgrep -x VBoxService >/dev/null 2>&1; then
  echo 'meddler the VirtualBox Guest Additions (switch it off: VBoxService --disable-timesync in its unit)'
fi

# What there is now, to go back to; and whether the daemon has read it.
for file in "$main" "$sources" "$folder/dialtone-authorities.pem" "/etc/systemd/system/$unit.service.d/dialtone.conf"; do
  [ -f "$file" ] && printf 'file %s %s\n' "$file" "$(base64 <"$file" | tr -d '\n')"
done
printf 'state %s\n' "$(systemctl is-active "$unit.service" 2>/dev/null)"
pid=/run/chrony/chronyd.pid
for file in "$main" "$folder/dialtone-authorities.pem" "/etc/systemd/system/$unit.service.d/dialtone.conf"; do
  newer "$file" "$pid" && echo 'stale daemon'
done
newer "$sources" "$pid" && ! newer /run/dialtone-time-sources "$sources" && echo 'stale sources'
exit 0
