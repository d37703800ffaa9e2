#!/usr/bin/env bash
# `crmdb migrate up` beside psql doing the same files, each in a transaction with a history row, in the same run.
# Prints medians and ratios. Takes the counts of migrations as arguments (default: 1 100 1000 5000).
set -euo pipefail
cd "$(dirname "$0")/.."

crmdb=$PWD/target/release/crmdb
counts=("$@")
[ ${#counts[@]} -gt 0 ] || counts=(1 100 1000 5000)
runs=${RUNS:-5}
work=$(mktemp -d)
chmod 755 "$work"
export CRMDB_SERVER_HOME=$work/server
trap '(cd "$work/project" && "$crmdb" server stop --quiet >/dev/null 2>&1) || true; rm -rf "$work"' EXIT
mkdir -p "$CRMDB_SERVER_HOME" "$work/project/migrations" "$work/project/rollbacks"
cd "$work/project"

url=$("$crmdb" server url)
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$url" "$@"; }
export PGOPTIONS="-c client_min_messages=warning"

# One table, one index and one foreign key to the table before.
write() {
  rm -rf migrations rollbacks && mkdir migrations rollbacks
  for ((i = 1; i <= $1; i++)); do
    name=$(printf 'V%05d__t.sql' "$i")
    {
      echo "CREATE TABLE t$i (id bigint PRIMARY KEY, parent bigint, name text NOT NULL);"
      echo "CREATE INDEX t${i}_name_idx ON t$i (name);"
      echo "ALTER TABLE t$i ADD CONSTRAINT t${i}_parent_fkey FOREIGN KEY (parent) REFERENCES t$((i > 1 ? i - 1 : 1)) (id);"
    } >"migrations/$name"
    echo "DROP TABLE t$i;" >"rollbacks/$name"
  done
  {
    echo "CREATE TABLE history (version bigint PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());"
    for ((i = 1; i <= $1; i++)); do
      printf 'BEGIN;\n\\i migrations/V%05d__t.sql\nINSERT INTO history (version, name) VALUES (%d, '"'t'"');\nCOMMIT;\n' "$i" "$i"
    done
  } >floor.sql
}

fresh() { sql -d "${url/\/${db:=project}?/\/postgres?}" -c "DROP DATABASE IF EXISTS bench" -c "CREATE DATABASE bench TEMPLATE template0" -c "CHECKPOINT"; }
bench_url=${url/\/project\?/\/bench?}

# Prints wall seconds, the process's own CPU seconds and its peak memory in MB.
measure() { /usr/bin/env time -f '%e %U %S %M' -o "$work/time" "$@" >/dev/null && awk '{printf "%.3f %.3f %.1f\n", $1, $2 + $3, $4 / 1024}' "$work/time"; }
median() { sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
column() { awk -v c="$1" '{print $c}' "$2"; }

printf '%10s %10s %10s %7s %12s %12s %10s\n' migrations "psql s" "crmdb s" ratio "no-op s" "no-op CPU s" "peak MB"
for count in "${counts[@]}"; do
  write "$count"
  : >"$work/psql"; : >"$work/up"; : >"$work/noop"
  for ((run = 0; run < runs; run++)); do
    fresh; measure psql -Xq -v ON_ERROR_STOP=1 -f floor.sql "$bench_url" >>"$work/psql"
    fresh; measure "$crmdb" --quiet --database-url "$bench_url" migrate up >>"$work/up"
    measure "$crmdb" --quiet --database-url "$bench_url" migrate up >>"$work/noop"
  done
  floor=$(column 1 "$work/psql" | median); up=$(column 1 "$work/up" | median)
  ratio=$(awk -v a="$up" -v b="$floor" 'BEGIN {printf "%.2f", (b > 0) ? a / b : 0}')
  printf '%10d %10s %10s %7s %12s %12s %10s\n' "$count" "$floor" "$up" "$ratio" \
    "$(column 1 "$work/noop" | median)" "$(column 2 "$work/noop" | median)" "$(column 3 "$work/up" | median)"
done
