# Owns one throw-away cluster, for as long as the test process holds the other end of this shell's stdin.
# A pipe closes however its holder ends, `kill -9` included; a parent-death signal would follow the test's thread.
#
# sh -c "$(cat cluster.sh)" cluster <bin folder> <folder to make the cluster in> [<folder of the primary it is to follow>]
# Prints `ready`, or the reason why there is no server.
trap '' HUP INT TERM
bin=$1 folder=$2 data=$2/data primary=$3

make() {
    if [ -n "$primary" ]
    then
        "$bin/pg_basebackup" --pgdata "$data" --host "$primary" --username postgres --checkpoint fast --no-sync \
            --write-recovery-conf
    else
        "$bin/initdb" --pgdata "$data" --username postgres --auth trust --encoding UTF8 --locale C --no-sync
    fi
}

if make >"$folder/initdb.log" 2>&1
then
    cat >>"$data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$folder'
max_connections = 200
max_locks_per_transaction = 256
max_prepared_transactions = 4
shared_buffers = 64MB
fsync = off
CONF
    if "$bin/pg_ctl" start --wait --silent --pgdata "$data" --log "$folder/server.log" </dev/null >"$folder/start.log" 2>&1
    then
        echo ready
    else
        cat "$folder/start.log" "$folder/server.log"
    fi
else
    cat "$folder/initdb.log"
fi
exec >/dev/null 2>&1

cat >/dev/null
[ -f "$data/postmaster.pid" ] && "$bin/pg_ctl" stop --mode immediate --silent --pgdata "$data" </dev/null
rm -rf "$folder"
