# Owns one PgBouncer, for as long as the test process holds the other end of this shell's stdin.
#
# sh -c "$(cat pooler.sh)" pooler <pgbouncer> <folder with pgbouncer.ini>
trap '' HUP INT TERM
"$1" --quiet "$2/pgbouncer.ini" </dev/null >"$2/out.log" 2>&1 &
pooler=$!
exec >/dev/null 2>&1

cat >/dev/null
kill -9 "$pooler"
wait "$pooler"
rm -rf "$2"
