#!/usr/bin/env bash
# Makes what the plant keeps secret, in plant/secrets; what is there stays as it is. A certificate of the site's own goes to
# plant/secrets/certificate, certificate_key and authority before the first start.
#   plant/secrets.sh [NAME [GATEWAYS.CSV]]
# NAME: under which browsers and gateways reach the plant, default localhost. GATEWAYS.CSV: gateway,secret, as a host writes it to
# credentials/gateways.csv, or those of several hosts one after the other; they become mosquitto's users.
set -euo pipefail
umask 077
folder=${LUOHU_SECRETS:-$(dirname "${BASH_SOURCE[0]}")/secrets}
name=${1:-localhost}
gateways=${2:+$(realpath "$2")}
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

# mosquitto's users: the hosts' own, and every gateway of a list "gateway,secret" (data/credentials/gateways.csv of a host).
if [ -n "$gateways" ] || [ ! -s mosquitto_passwords ]; then
    command -v mosquitto_passwd >/dev/null || { echo "mosquitto_passwd is missing: apt-get install mosquitto" >&2; exit 1; }
    { printf 'ioc:%s\n' "$(cat Mqtt__Outside__Password)"; [ -z "$gateways" ] || tr -d '\r"' <"$gateways" | sed '/^gateway,secret$/d; /^$/d; s/,/:/'; } >mosquitto_passwords.new
    mosquitto_passwd -U mosquitto_passwords.new
    # Into the same file: a container that has it mounted would go on with the old one.
    cat mosquitto_passwords.new >mosquitto_passwords
    rm mosquitto_passwords.new
    echo "$folder/mosquitto_passwords ($(wc -l <mosquitto_passwords) users)"
fi
# The containers' users are not this one.
chmod 644 ./*
chmod 700 .
