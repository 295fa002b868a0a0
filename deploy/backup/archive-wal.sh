#!/bin/sh
# Keeps one segment of the write-ahead log: archive_command = '…/archive-wal.sh /var/backups/luvhive/wal %p %f'
# PostgreSQL calls it again until it ends well, so a file is there whole or not at all, and is never replaced by another.
set -eu
archive=$1 segment=$2 name=$3

mkdir -p "$archive"
if [ -e "$archive/$name" ]; then
    # The same segment again, after a crash between our end and PostgreSQL's note of it.
    cmp -s "$segment" "$archive/$name"
    exit
fi
cp "$segment" "$archive/.$name.new"
sync "$archive/.$name.new"
mv "$archive/.$name.new" "$archive/$name"
sync "$archive"
