# Sourced by the scripts beside it: a private PostgreSQL in a temporary folder, reached by a socket there.

# The folder of the newest server's programs.
server_programs() {
  local newest
  newest=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
  if [ -n "$newest" ] && [ -x "$newest/initdb" ]; then
    echo "$newest"
  else
    dirname "$(command -v initdb)"
  fi
}

# PostgreSQL refuses to run as root, so root lends it the account that the package makes.
as_server() {
  if [ "$(id -u)" = 0 ]; then
    (cd / && setpriv --reuid=postgres --regid=postgres --init-groups "$@")
  else
    "$@"
  fi
}

# Starts a server and exports what libpq needs to reach it as its owner. Arguments go to postgres.
server_start() {
  local programs
  programs=$(server_programs)
  server_directory=$(mktemp -d "${TMPDIR:-/tmp}/labs-server.XXXXXX")
  chmod 755 "$server_directory"
  if [ "$(id -u)" = 0 ]; then chown postgres: "$server_directory"; fi
  as_server "$programs/initdb" --pgdata="$server_directory/data" --username=owner --auth=trust --encoding=UTF8 \
    --locale=C --no-sync >"$server_directory.log" 2>&1 || { cat "$server_directory.log" >&2; return 1; }
  as_server "$programs/pg_ctl" start --pgdata="$server_directory/data" --wait --silent \
    --log="$server_directory/data/server.log" \
    --options="-c listen_addresses= -c unix_socket_directories=$server_directory -c fsync=off -c max_connections=60 -c shared_buffers=256MB -c max_wal_size=4GB $*" ||
    { cat "$server_directory/data/server.log" >&2; return 1; }
  export PGHOST=$server_directory PGPORT=5432 PGUSER=owner PGDATABASE=postgres
  unset PGSERVICE PGPASSFILE PGSSLMODE LABS_DATABASE_URL
}

# Ends the server, whatever has happened, and leaves nothing.
server_stop() {
  [ -n "${server_directory:-}" ] || return 0
  as_server "$(server_programs)/pg_ctl" stop --pgdata="$server_directory/data" --mode=immediate --silent \
    >/dev/null 2>&1 || true
  rm -rf "$server_directory" "$server_directory.log"
  server_directory=
}

# Applies the migrations to the database named.
schema_load() {
  local file
  for file in "$1"/Fixtures/schema/*.sql; do
    case $file in *.down.sql) continue ;; esac
    PGOPTIONS='-c client_min_messages=warning' psql -X -q -v ON_ERROR_STOP=1 -d "$2" -f "$file"
  done
}

# Loads a dataset written by `simulate`: its folder, the database, and the source that its rows shall have.
dataset_load() {
  PGOPTIONS='-c client_min_messages=warning' psql -X -q -v ON_ERROR_STOP=1 -d "$2" -v source="$3" \
    -v catalog="$(cat "$1/catalog.json")" -f "$(dirname "${BASH_SOURCE[0]}")/load.sql" <"$1/outcomes.csv"
}
