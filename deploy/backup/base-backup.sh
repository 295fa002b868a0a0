#!/bin/sh
# Takes one base backup, checks it, and clears away what is older than the newest few.
# base-backup.sh <backup folder> <database URL>; LUVHIVE_PG_BIN names PostgreSQL's programs if PATH does not,
# LUVHIVE_BACKUP_KEEP how many base backups stay (7). Segments of the write-ahead log lie in <backup folder>/wal.
set -eu
folder=$1 url=$2 keep=${LUVHIVE_BACKUP_KEEP:-7}
PATH=${LUVHIVE_PG_BIN:+$LUVHIVE_PG_BIN:}$PATH

umask 077
mkdir -p "$folder/wal"
fresh=$folder/.base.new
rm -rf "$fresh"
pg_basebackup --dbname="$url" --pgdata="$fresh" --format=plain --wal-method=stream --checkpoint=fast
pg_verifybackup --quiet "$fresh"
name=base-$(date -u +%Y%m%dT%H%M%SZ)
mv "$fresh" "$folder/$name"
sync "$folder"

# Newest last by name; older backups than the ones to keep are removed, with the segments that only they need.
count=$(ls -d "$folder"/base-[0-9]*Z | wc -l)
ls -d "$folder"/base-[0-9]*Z | head -n "$((count > keep ? count - keep : 0))" | while read -r old; do
    rm -rf "$old"
done
oldest=$(ls -d "$folder"/base-[0-9]*Z | head -n 1)
first=$(sed -n 's/^START WAL LOCATION: .*(file \([0-9A-F]*\))$/\1/p' "$oldest/backup_label")
pg_archivecleanup "$folder/wal" "$first"
echo "$folder/$name"
