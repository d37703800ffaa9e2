#!/bin/sh
# Loads a million rows of CSV with psql's \copy and with `crmdb seed`, in turn, into the same empty table, and prints the
# medians and their ratio. Then makes up a million rows of ten columns.
#
# Usage: benches/seed.sh URL [ROWS [ROUNDS]]; URL names an empty database. `CRMDB` may name the binary.
set -eu

url=$1
rows=${2:-1000000}
rounds=${3:-5}
crmdb=${CRMDB:-target/release/crmdb}
case $crmdb in /*) ;; *) crmdb=$PWD/$crmdb ;; esac

project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
mkdir -p "$project/migrations" "$project/rollbacks" "$project/seeds/dev"
columns="email text NOT NULL, full_name text NOT NULL, phone text, company text,
  status text NOT NULL CHECK (status IN ('new', 'active', 'gone')), score integer CHECK (score BETWEEN 0 AND 100),
  amount numeric(12,2), created_at timestamptz NOT NULL, note text"
cat > "$project/migrations/V1__people.sql" <<SQL
CREATE TABLE people (id bigint PRIMARY KEY, $columns);
CREATE TABLE leads (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, $columns, UNIQUE (email));
SQL
echo 'DROP TABLE leads, people;' > "$project/rollbacks/V1__people.sql"
csv=$project/seeds/dev/01_people.csv
select="SELECT g AS id, 'user' || g || '@mail.example' AS email, 'First Last ' || g AS full_name, '+1555' || g AS phone,
  'Company ' || g % 1000 AS company, (ARRAY['new', 'active', 'gone'])[1 + g % 3] AS status, g % 101 AS score,
  (g % 10000) / 100.0 AS amount, timestamptz '2024-01-01' + g * interval '1 second' AS created_at,
  CASE WHEN g % 3 > 0 THEN 'note, ' || g END AS note FROM generate_series(1, $rows) AS g"
psql -qX "$url" -c "COPY ($select) TO STDOUT CSV HEADER" > "$csv"
cd "$project"
"$crmdb" --quiet --database-url "$url" migrate up > /dev/null
"$crmdb" --quiet --database-url "$url" seed > /dev/null

# Runs the command and prints the milliseconds it took.
milliseconds() {
  start=$(date +%s%N)
  "$@" > /dev/null
  end=$(date +%s%N)
  echo $(((end - start) / 1000000))
}

empty() {
  psql -qX "$url" -c 'TRUNCATE people' -c 'DELETE FROM crmdb.seed' -c 'CHECKPOINT'
}

median() {
  sort -n "$1" | awk '{ times[NR] = $1 } END { print times[int((NR + 1) / 2)] }'
}

round=0
while [ "$round" -lt "$rounds" ]; do
  empty
  milliseconds psql -qX "$url" -c "\\copy people FROM '$csv' CSV HEADER" >> psql.times
  empty
  milliseconds "$crmdb" --quiet --database-url "$url" seed >> crmdb.times
  round=$((round + 1))
done
psql=$(median psql.times)
seed=$(median crmdb.times)
ratio=$(awk "BEGIN { printf \"%.2f\", $seed / $psql }")
printf '%s\n' "$rows rows of CSV, median of $rounds: psql \\copy $psql ms, crmdb seed $seed ms, ratio $ratio"
made=$(milliseconds "$crmdb" --quiet --database-url "$url" seed --generate "$rows" --table leads)
echo "$rows made-up rows of ten columns: $made ms"
