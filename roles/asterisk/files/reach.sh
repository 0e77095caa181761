# shellcheck shell=sh
# Fetch the smallest file that installing Asterisk would fetch. Fails, with a sentence on standard error, only if that
# shows that the package sources cannot be reached; anything else is for apt to judge.
LC_ALL=C
export LC_ALL
file=$(apt-get install --print-uris -qq --no-install-recommends asterisk 2>/dev/null | sort -k 3n | sed -n "1s/^'\([^']*\)'.*/\1/p")
[ -n "$file" ] || exit 0
target=$(mktemp -d) || exit 0
trap 'rm -rf "$target"' EXIT
said=$(timeout 30 /usr/lib/apt/apt-helper -o Acquire::Retries=0 -o Acquire::http::Timeout=10 -o Acquire::https::Timeout=10 \
  download-file "$file" "$target/file" 2>&1)
case $? in
  0) exit 0 ;;
  124) echo "no answer from the package sources within 30 seconds ($file)." >&2; exit 1 ;;
esac
case $said in
  *resolv* | *onnect* | *unreachable* | *"timed out"* | *roxy*) printf '%s\n' "$said" | grep -m 1 '^E:' >&2; exit 1 ;;
esac
exit 0
