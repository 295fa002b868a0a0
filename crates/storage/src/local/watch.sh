# Stops a private cluster after its last user, however that user ended; started by every user, one stays.
# A user is a file in users/ that a living process holds locked; the kernel lets go of it with the process.
# Arguments: folder of the cluster, linger in seconds, pg_ctl, keep or remove, folder of the socket.
trap '' HUP INT
cd "$1" || exit 0
exec 8<watch.lock || exit 0
# Taken by another loop, or only for a moment: by somebody who looks whether there is one, or by the last tool of one killed.
tries=0
until flock -n 8; do
    tries=$((tries + 1))
    [ "$tries" -lt 5 ] || exit 0
    sleep 0.2 8<&-
done
while :; do
    for user in users/*; do
        [ -e "$user" ] || continue
        flock "$user" true 8<&-
        rm -f "$user" 8<&-
    done
    sleep "$2" 8<&-
    # From here on nobody starts or joins: they wait for this lock.
    exec 9<lock || exit 0
    flock 9 8<&- || exit 0
    set -- "$1" "$2" "$3" "$4" "$5" users/*
    if [ ! -e "$6" ]; then
        if [ "$4" = remove ]; then how=immediate; else how=fast; fi
        if [ -e data/postmaster.pid ]; then
            "$3" stop -s -w -t 120 -D "$1/data" -m "$how" 8<&- 9<&- || kill -INT "$(head -n 1 data/postmaster.pid)"
        fi
        [ "$4" = remove ] && rm -rf "$1" "$5"
        exit 0
    fi
    exec 9<&-
    set -- "$1" "$2" "$3" "$4" "$5"
done
