#!/usr/bin/env bash
# Makes what the plant keeps secret, in plant/secrets; what is there stays as it is. A certificate of the site's own goes to
# plant/secrets/certificate, certificate_key and authority before the first start.
#   plant/secrets.sh [NAME [GATEWAYS.CSV …]]
# NAME: under which browsers and gateways reach the plant, default localhost. GATEWAYS.CSV: gateway,secret, as a host writes it to
# credentials/gateways.csv, one file or one of each host; they become mosquitto's users, in place of those of before. Ends with 3 when a row
# cannot be a user there; the others are written all the same.
set -euo pipefail
umask 077
folder=${LUOHU_SECRETS:-$(dirname "${BASH_SOURCE[0]}")/secrets}
name=${1:-localhost}
gateways=()
for file in "${@:2}"; do gateways+=("$(realpath "$file")"); done
mkdir -p "$folder"
cd "$folder"

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
make() { [ -s "$1" ] || { printf '%s' "$2" >"$1"; echo "$folder/$1"; }; }

make postgres_password "$(random)"
make Cluster__PostgreSql "${LUOHU_POSTGRES:-Host=postgres};Database=luohu;Username=luohu;Password=$(cat postgres_password)"
make influx_password "$(random)"
make History__Influx__Token "$(random)"
make grafana_password "$(random)"
make Mqtt__Outside__Password "$(random)"

if [ ! -s certificate ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj "/CN=LuohuIOC plant authority" \
        -keyout authority_key -out authority 2>/dev/null
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$name" -keyout certificate_key -out request 2>/dev/null
    openssl x509 -req -in request -CA authority -CAkey authority_key -CAcreateserial -days 825 -out certificate \
        -extfile <(printf 'subjectAltName=DNS:%s,DNS:localhost,IP:127.0.0.1' "$name") 2>/dev/null
    rm -f request authority.srl
    echo "$folder/certificate (for $name, signed by $folder/authority, which gateways and browsers must trust)"
fi

# gateway_users FILE …: "gateway:secret" of every row that may be a user of mosquitto; of two rows for one gateway the later counts. Ends with
# 3 when it has named rows that may not: the hosts' own name opens every topic, and a colon ends the name in a file of passwords.
gateway_users() {
    awk '
        { gsub(/[\r"]/, "") }
        $0 == "" || $0 == "gateway,secret" { next }
        {
            comma = index($0, ",")
            id = comma ? substr($0, 1, comma - 1) : $0
            if (id == "ioc") why = "ioc 是主机自己的用户名 / ioc is the name of the hosts themselves"
            else if (id !~ /^[A-Za-z0-9._-]+$/) why = "用户名只能有字母、数字与 . _ - / a user name has letters, digits and . _ - only"
            else if (comma == 0 || comma == length($0)) why = "没有密钥 / no secret"
            else why = ""
            if (why != "") { printf "%s:%d: 网关 / gateway %s 未写入 / was left out: %s\n", FILENAME, FNR, id, why >"/dev/stderr"; refused = 3; next }
            if (!(id in secret)) ids[++count] = id
            secret[id] = substr($0, comma + 1)
        }
        END { for (i = 1; i <= count; i++) print ids[i] ":" secret[ids[i]]; exit refused }' "$@"
}

# mosquitto's users: every gateway of the lists, and the hosts' own last, because of two lines for one user the last counts.
refused=0
if [ ${#gateways[@]} -gt 0 ] || [ ! -s mosquitto_passwords ]; then
    command -v mosquitto_passwd >/dev/null || { echo "mosquitto_passwd is missing: apt-get install mosquitto" >&2; exit 1; }
    : >mosquitto_passwords.new
    [ ${#gateways[@]} -eq 0 ] || gateway_users "${gateways[@]}" >mosquitto_passwords.new || refused=$?
    case $refused in 0 | 3) ;; *) exit "$refused" ;; esac
    printf 'ioc:%s\n' "$(cat Mqtt__Outside__Password)" >>mosquitto_passwords.new
    mosquitto_passwd -U mosquitto_passwords.new
    # Into the same file: a container that has it mounted would go on with the old one.
    cat mosquitto_passwords.new >mosquitto_passwords
    rm mosquitto_passwords.new
    echo "$folder/mosquitto_passwords ($(wc -l <mosquitto_passwords) users)"
fi
# The containers' users are not this one.
chmod 644 ./*
chmod 700 .
exit "$refused"
