# shellcheck shell=sh
# Loads the driver of KVM's clock, now and at each start, and prints the device. Prints nothing where there is no such clock.
PATH=$PATH:/usr/sbin:/sbin
modprobe ptp_kvm 2>/dev/null || exit 0
udevadm settle --timeout=5 2>/dev/null
for clock in /sys/class/ptp/ptp*; do
  [ "$(cat "$clock/clock_name" 2>/dev/null)" = 'KVM virtual PTP' ] || continue
  name=/dev/ptp_kvm
  [ -e "$name" ] || name=/dev/${clock##*/}
  [ -e "$name" ] || continue
  echo ptp_kvm >/etc/modules-load.d/dialtone-clock.conf
  echo "$name"
  break
done
exit 0
