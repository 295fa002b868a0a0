#!/bin/sh
# Takes one base backup, checks it, and clears away what is older than the newest few, or than 30 days.
# base-backup.sh <backup folder> <file with the database's address>; LUVHIVE_PG_BIN names PostgreSQL's programs if PATH does
# not, LUVHIVE_BACKUP_KEEP how many base backups stay (7), LUVHIVE_BACKUP_METRICS the folder of the node exporter's text files.
# Segments of the write-ahead log lie in <backup folder>/wal.
set -eu
folder=$1 url=$(cat "$2") keep=${LUVHIVE_BACKUP_KEEP:-7} metrics=${LUVHIVE_BACKUP_METRICS:-}
PATH=${LUVHIVE_PG_BIN:+$LUVHIVE_PG_BIN:}$PATH

umask 077
mkdir -p "$folder/wal"

# Tells the node exporter how it went, and when the newest backup was finished; 0 = never.
note() {
    [ -n "$metrics" ] || return 0
    newest=$(ls -d "$folder"/base-[0-9]*Z 2>/dev/null | tail -n 1)
    {
        echo "luvhive_backup_failed $1"
        echo "luvhive_backup_finished_timestamp_seconds $(if [ -n "$newest" ]; then date -r "$newest" +%s; else echo 0; fi)"
    } >"$metrics/luvhive_backup.prom.new"
    chmod 0644 "$metrics/luvhive_backup.prom.new"
    mv "$metrics/luvhive_backup.prom.new" "$metrics/luvhive_backup.prom"
}
private=
trap 'outcome=$?; [ -z "$private" ] || rm -rf "$private"; if [ $outcome = 0 ]; then note 0; else note 1; fi' EXIT
trap 'exit 1' HUP INT TERM

# Turns %41 into A.
decode() {
    rest=$1
    while [ -n "$rest" ]; do
        case $rest in
            %[0-9A-Fa-f][0-9A-Fa-f]*)
                code=${rest#%}
                code=${code%"${code#??}"}
                rest=${rest#%??}
                # shellcheck disable=SC2059
                printf "\\$(printf %03o "0x$code")"
                ;;
            *)
                printf %s "${rest%"${rest#?}"}"
                rest=${rest#?}
                ;;
        esac
    done
}

# Arguments are everybody's to see, and an environment goes on to every child, so the password goes by a file that only this
# account can read. It stands before the host or among the options.
secret=$(printf '%s\n' "$url" \
    | sed -nE -e 's,^[^/]*//[^:/@?]*:([^@/?]*)@.*,\1,p' -e 's,^.*[?&]password=([^&]*).*,\1,p' | head -n 1)
if [ -n "$secret" ]; then
    private=$(mktemp -d)
    decode "$secret" | sed 's/[\\:]/\\&/g; s/^/*:*:*:*:/' >"$private/password"
    export PGPASSFILE="$private/password"
fi
url=$(printf '%s\n' "$url" \
    | sed -E -e 's,^([^/]*//[^:/@?]*):[^@/?]*@,\1@,' -e 's,([?&])password=[^&]*&?,\1,' -e 's,[?&]$,,')

fresh=$folder/.base.new
rm -rf "$fresh"
pg_basebackup --dbname="$url" --pgdata="$fresh" --format=plain --wal-method=stream --checkpoint=fast
pg_verifybackup --quiet "$fresh"
name=base-$(date -u +%Y%m%dT%H%M%SZ)
mv "$fresh" "$folder/$name"
touch "$folder/$name"
sync "$folder"

# Newest last by name; older backups than the ones to keep are removed, with the segments that only they need.
count=$(ls -d "$folder"/base-[0-9]*Z | wc -l)
# None stays for more than 30 days, however few there are: people who were erased since are still in it.
last=base-$(date -u -d '30 days ago' +%Y%m%dT%H%M%SZ)
ls -d "$folder"/base-[0-9]*Z | awk -v spare="$((count > keep ? count - keep : 0))" -v last="$last" \
    '{ name = $0; sub(/.*\//, "", name) } NR <= spare || name < last' | while read -r old; do
    rm -rf "$old"
done
oldest=$(ls -d "$folder"/base-[0-9]*Z | head -n 1)
first=$(sed -n 's/^START WAL LOCATION: .*(file \([0-9A-F]*\))$/\1/p' "$oldest/backup_label")
pg_archivecleanup "$folder/wal" "$first"
echo "$folder/$name"
