#!/usr/bin/env bash
# Installs Zhoudao from this folder, with no network: to /opt/zhoudao/<version>, settings in /etc/zhoudao, data in /var/lib/zhoudao.
# Run it as root. Running it again with a newer bundle upgrades: data and settings stay, and the version before stays beside it.
#
#   ./install.sh              install, and start the services where systemd runs
#   ./install.sh --prefix D   everything below the folder D, without user and services: for a trial
set -euo pipefail
umask 022
here=$(cd "$(dirname "$0")" && pwd)
version=$(cat "$here/VERSION")
prefix=""
case "${1:-}" in
  "") ;;
  --prefix) prefix=${2:?"--prefix needs a folder"} ;;
  *) echo "usage: install.sh [--prefix FOLDER]" >&2; exit 2 ;;
esac
stop() { echo "install: $*" >&2; exit 2; }

[ -n "$prefix" ] || [ "$(id -u)" = 0 ] || stop "run it as root, or try it out with --prefix FOLDER"
python=$(command -v python3.11 || true)
[ -n "$python" ] || stop "Python 3.11 is missing: install it from your distribution's media (Debian 12: python3 python3-venv)"
[ "$(uname -m)" = "$(cat "$here/ARCH")" ] || stop "this bundle is for $(cat "$here/ARCH"), and this machine is $(uname -m)"
(cd "$here" && sha256sum --quiet --check SHA256SUMS) || stop "the bundle is damaged: copy it again"

home="$prefix/opt/zhoudao/$version"
echo "install: program to $home"
mkdir -p "$home"
cp -a "$here/app/." "$home/"
PIP_NO_INDEX=1 PIP_FIND_LINKS="$here/wheels" "$python" "$home/tools/setup.py" run
# The service's user writes nothing here, so translations and byte code are made now.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
env -i PATH="$PATH" ZHOUDAO_VAR="$scratch" ZHOUDAO_KEYS="$scratch/keys.json" NUMBA_CACHE_DIR="$scratch/compiled" \
  "$home/.venv/bin/zhoudao" translations compile >/dev/null
"$home/.venv/bin/python" -m compileall -q "$home/src"
ln -sfn "$version" "$prefix/opt/zhoudao/current"

echo "install: settings and data"
mkdir -p "$prefix/etc/zhoudao/keys" "$prefix/var/lib/zhoudao" "$prefix/var/lib/zhoudao-heads" "$prefix/var/backups/zhoudao"
if [ ! -e "$prefix/etc/zhoudao/zhoudao.env" ]; then
  cp "$home/deploy/zhoudao.env" "$prefix/etc/zhoudao/zhoudao.env"
  [ -z "$prefix" ] || sed -i "s#=/\(opt\|etc\|var\|run\)/#=$prefix/\1/#" "$prefix/etc/zhoudao/zhoudao.env"
fi
as="runuser -u zhoudao -- "
[ -z "$prefix" ] || as=""
mkdir -p "$prefix/usr/local/bin"
cat > "$prefix/usr/local/bin/zhoudao" <<WRAPPER
#!/bin/sh
# The command with this installation's settings, as the user it runs as.
set -a; . $prefix/etc/zhoudao/zhoudao.env; set +a
exec $as$prefix/opt/zhoudao/current/.venv/bin/zhoudao "\$@"
WRAPPER
chmod 755 "$prefix/usr/local/bin/zhoudao"
chmod 750 "$prefix/etc/zhoudao" && chmod 640 "$prefix/etc/zhoudao/zhoudao.env"
chmod 700 "$prefix/etc/zhoudao/keys" "$prefix/var/lib/zhoudao" "$prefix/var/lib/zhoudao-heads" "$prefix/var/backups/zhoudao"

if [ -n "$prefix" ]; then
  echo "install: done. Go on with $prefix/usr/local/bin/zhoudao (docs/installing.md, First start)"
  exit 0
fi

id zhoudao >/dev/null 2>&1 || useradd --system --home-dir /var/lib/zhoudao --shell /usr/sbin/nologin zhoudao
chown -R zhoudao:zhoudao /var/lib/zhoudao /var/lib/zhoudao-heads /var/backups/zhoudao /etc/zhoudao/keys
chgrp zhoudao /etc/zhoudao /etc/zhoudao/zhoudao.env
if [ -d /run/systemd/system ]; then
  cp "$home/deploy/zhoudao.tmpfiles" /etc/tmpfiles.d/zhoudao.conf
  systemd-tmpfiles --create zhoudao.conf
  cp "$home"/deploy/zhoudao*.service "$home"/deploy/zhoudao*.timer /etc/systemd/system/
  systemctl daemon-reload
  systemctl enable --quiet zhoudao.service zhoudao-backup.timer zhoudao-check.timer
  echo "install: done. Edit /etc/zhoudao/zhoudao.env and go on with docs/installing.md, First start"
else
  echo "install: no systemd here; start it with $home/.venv/bin/zhoudao run under your own supervisor, as the user zhoudao"
  echo "install: make the folder of ZHOUDAO_OPEN_VAULTS at each boot, mode 700, owned by zhoudao"
fi
