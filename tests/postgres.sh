#!/usr/bin/env bash
# Runs a command beside a throw-away PostgreSQL server on loopback, whose URL is in PSSGLASS_TEST_POSTGRES.
# A test may do with it what it likes: bash -c "$PSSGLASS_TEST_POSTGRES_CONTROL restart".
# Usage, where Debian's package postgresql is installed: bash tests/postgres.sh COMMAND [ARGUMENT...]
set -euo pipefail

programs=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
[[ $programs ]] || { echo "PostgreSQL is missing: apt-get install postgresql" >&2; exit 1; }
folder=$(mktemp -d)
password=$(python3 -c 'import secrets; print(secrets.token_hex(16))')
echo "$password" >"$folder/password"
as_user=()  # the server refuses to run as root
if [[ $(id -u) == 0 ]]; then
  chown -R postgres "$folder"
  as_user=(runuser -u postgres --)
fi
control() { (cd "$folder" && "${as_user[@]}" "$programs/pg_ctl" -s -w -D data "$@"); }
trap 'control -m immediate stop || true; rm -rf "$folder"' EXIT

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
(
  cd "$folder"
  "${as_user[@]}" "$programs/initdb" -D data -U pssglass -A scram-sha-256 -E UTF8 --no-locale --no-sync \
    --pwfile=password >/dev/null
)
# What is thrown away need not be synced to the disk.
"${as_user[@]}" tee -a "$folder/data/postgresql.conf" >/dev/null <<END
port = $port
listen_addresses = '127.0.0.1'
unix_socket_directories = '$folder'
fsync = off
full_page_writes = off
END
control -l log start
export PSSGLASS_TEST_POSTGRES="postgresql://pssglass:$password@127.0.0.1:$port/postgres"
export PSSGLASS_TEST_POSTGRES_CONTROL="cd $folder && ${as_user[*]} $programs/pg_ctl -s -w -D data -l log"
"$@"
