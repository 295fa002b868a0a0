#!/bin/sh
# Makes a new data folder as the database was at a point in time. The old one is not touched.
# restore.sh <base backup> <folder of segments> <new data folder> [<time, such as 2026-11-24 09:30:00+00>]
# Without a time everything that was archived is played back. Start a server on the new folder afterwards:
# it plays the log back, ends recovery automatically, and archives nothing until archive_mode is switched on again.
set -eu
base=$1 archive=$2 data=$3 time=${4:-}

[ ! -e "$data" ] || { echo "restore.sh: $data is there already; name a new folder" >&2; exit 1; }
umask 077
cp -R "$base" "$data"
rm -f "$data/postmaster.pid" "$data/postmaster.opts"
{
    echo "restore_command = 'cp \"$archive/%f\" \"%p\"'"
    if [ -n "$time" ]; then
        echo "recovery_target_time = '$time'"
        echo "recovery_target_action = 'promote'"
    fi
    echo "archive_mode = off"
} >>"$data/postgresql.auto.conf"
touch "$data/recovery.signal"
