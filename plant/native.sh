# ./ioc plant: what docker-compose.yml describes, from Debian's packages and on loopback: PostgreSQL, InfluxDB 1.6, mosquitto, three hosts, nginx
# with TLS, and Grafana where it is installed. Sourced by ./ioc, whose functions it uses. Everything lies below the data directory.

plant_pids=()

# start_part NAME COMMAND …: in the background, in a process group of its own, its output in logs/NAME.log.
start_part() {
    local name=$1
    shift
    set -m
    "$@" >>"$data/logs/$name.log" 2>&1 </dev/null &
    plant_pids+=("$!")
    set +m
}

# await_port NAME PORT: until somebody listens there, for half a minute at most.
await_port() {
    local deadline=$((SECONDS + 30))
    until { exec 8<>"/dev/tcp/127.0.0.1/$2"; } 2>/dev/null; do
        if [ $SECONDS -ge $deadline ] || ! kill -0 "${plant_pids[-1]}" 2>/dev/null; then
            tail -n 20 "$data/logs/$1.log" >&2
            die "$1 未能启动，日志 / did not start, log: $data/logs/$1.log"
        fi
        sleep 0.2
    done
    exec 8>&-
}

# The last started first: what feeds a part ends before it. PostgreSQL ends at once on SIGINT, and waits for its clients on SIGTERM.
stop_plant() {
    trap - EXIT
    trap '' INT TERM
    local i
    for ((i = ${#plant_pids[@]} - 1; i >= 0; i--)); do
        kill -"$([ "$i" -eq 0 ] && echo INT || echo TERM)" -- "-${plant_pids[i]}" 2>/dev/null || continue
        wait "${plant_pids[i]}" 2>/dev/null || true
    done
}

# keep_running COMMAND …: started again when it ends by itself, as the containers' restart policy does; ends with the command on SIGTERM.
keep_running() {
    local child=0 stopping=""
    trap 'stopping=1; kill -TERM "$child" 2>/dev/null' TERM
    until [ -n "$stopping" ]; do
        "$@" &
        child=$!
        # A signal ends the wait before the command has ended.
        while kill -0 "$child" 2>/dev/null; do wait "$child" || true; done
        [ -n "$stopping" ] || { echo "$(date '+%F %T') ended, started again in 2 s"; sleep 2; }
    done
}

# as_server COMMAND …: PostgreSQL refuses to run as root.
as_server() { if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

start_postgres() {
    local folder="$data/postgres" bin
    bin=$(postgres_bin "$folder")
    # Another version does not read its files.
    [ -x "$bin/postgres" ] || die "$folder 由 PostgreSQL $(cat "$folder/PG_VERSION") 写成，本机没有这一版：安装它，或用 pg_upgrade 转换 / was written by PostgreSQL $(cat "$folder/PG_VERSION"), which is not installed: install it, or convert the data with pg_upgrade"
    if [ ! -s "$folder/PG_VERSION" ]; then
        mkdir -p "$folder"
        [ "$(id -u)" -ne 0 ] || chown postgres "$folder"
        # By its own descriptor: the server's user may not look into the folder of secrets.
        as_server "$bin/initdb" -D "$folder" -U luohu --auth=scram-sha-256 --pwfile=/dev/stdin >"$data/logs/initdb.log" <"$secrets/postgres_password" ||
            { cat "$data/logs/initdb.log" >&2; die "initdb 失败 / failed"; }
    fi
    start_part postgres as_server "$bin/postgres" -D "$folder" -p "$postgres_port" -c listen_addresses=127.0.0.1 -c "unix_socket_directories=" -c max_connections=200
    await_port postgres "$postgres_port"
}

# in_sed TEXT: as it is written into the second part of s#…#…#, where & and # and \ are sed's own.
in_sed() { printf '%s' "$1" | sed 's/[\\&#]/\\&/g'; }

start_influx() {
    sed -e "s#@folder@#$(in_sed "$data/influx")#; s#@rpc@#$((influx_port + 2))#; s#@http@#$influx_port#" "$root/plant/influxdb/influxdb-1.conf" >"$data/influxdb.conf"
    start_part influxd influxd -config "$data/influxdb.conf"
    await_port influxd "$influx_port"
}

mosquitto_conf() {
    sed -e "s#/run/secrets/#$(in_sed "$secrets")/#; s#/mosquitto/config/acl#$(in_sed "$root")/firmware-contracts/mosquitto/acl#" \
        -e "s#/mosquitto/data/#$(in_sed "$data")/mosquitto/#; s#^listener 8883#listener $mqtts_port#; s#^listener 1883#listener $mqtt_port 127.0.0.1#" \
        "$root/plant/mosquitto/mosquitto.conf"
    printf 'user %s\n' "$(id -un)"
}

start_mosquitto() {
    mkdir -p "$data/mosquitto"
    mosquitto_conf >"$data/mosquitto.conf"
    start_part mosquitto mosquitto -c "$data/mosquitto.conf"
    mosquitto_pid=${plant_pids[-1]}
    # For whoever has changed its users and lets it read them again.
    echo "$mosquitto_pid" >"$data/mosquitto.pid"
    await_port mosquitto "$mqtts_port"
}

# tell_mosquitto: a gateway's secret is in the file of the host that has made it; the broker learns those of all three and goes on with its connections.
tell_mosquitto() {
    local files=() file status=0
    for file in "$data"/ioc[123]/credentials/gateways.csv; do [ ! -s "$file" ] || files+=("$file"); done
    [ ${#files[@]} -gt 0 ] || return 0
    LUOHU_SECRETS="$secrets" "$root/plant/secrets.sh" localhost "${files[@]}" >&2 || status=$?
    # 3: it has named gateways that cannot be users of the broker; the others can work without them.
    case $status in 0 | 3) ;; *) die "消息服务器的用户未能生成 / the broker's users could not be made" ;; esac
    kill -HUP "$mosquitto_pid"
}

nginx_conf() {
    [ "$(id -u)" -ne 0 ] || echo "user root;"
    # Debian's nginx is older than "http2 on" and than names that are looked up while it runs.
    sed -e '/resolver /d; /zone ioc /d; s/ resolve / /; s/set $grafana .*;//; s#proxy_pass $grafana;#proxy_pass http://grafana:3000;#' \
        -e "s#server ioc\([123]\):8080#server 127.0.0.1:@\1#; s#grafana:3000#127.0.0.1:3000#; s#/run/secrets/#$(in_sed "$secrets")/#; s#/tmp/nginx.pid#$(in_sed "$data")/nginx.pid#" \
        -e "s#listen 80;#listen 127.0.0.1:$((https_port + 1));#; s#return 301 https://\$host#return 301 https://\$host:$https_port#; s#listen 443 ssl;#listen $https_port ssl http2;#; /http2 on;/d" \
        -e "s#:@1#:$http_port#; s#:@2#:$((http_port + 1))#; s#:@3#:$((http_port + 2))#" "$root/plant/nginx/nginx.conf"
}

start_nginx() {
    nginx_conf >"$data/nginx.conf"
    start_part nginx nginx -c "$data/nginx.conf" -e "$data/logs/nginx.log" -g "daemon off;"
    await_port nginx "$https_port"
}

start_grafana() {
    command -v grafana >/dev/null 2>&1 || { say "未安装 Grafana（Debian 无此软件包），已跳过；看板在 dashboards/grafana / Grafana is not installed (not in Debian), left out"; return 0; }
    mkdir -p "$data/grafana"
    local home=${GRAFANA_HOME:-/usr/share/grafana} provisioning="$data/grafana/provisioning"
    rm -rf "$provisioning"
    cp -r "$root/dashboards/grafana/provisioning" "$provisioning"
    sed -i "s#/etc/luohu/dashboards#\"$(in_sed "$root")/dashboards/grafana/dashboards\"#" "$provisioning/dashboards/luohu.yml"
    start_part grafana env GF_PATHS_DATA="$data/grafana" GF_PATHS_PROVISIONING="$provisioning" GF_SERVER_HTTP_ADDR=127.0.0.1 \
        GF_SECURITY_ADMIN_PASSWORD__FILE="$secrets/grafana_password" GF_SERVER_SERVE_FROM_SUB_PATH=true GF_SERVER_ROOT_URL="https://localhost:$https_port/grafana/" \
        LUOHU_INFLUX_URL="http://127.0.0.1:$influx_port" LUOHU_INFLUX_DATABASE=luohu LUOHU_INFLUX_AUTHORIZATION="" grafana server --homepath "$home"
}

start_ioc() {
    local number=$1
    start_part "ioc$number" keep_running dotnet "$host_dll" --DataDirectory="$data/ioc$number" --SecretsDirectory="$secrets" --Http:Bind=127.0.0.1 \
        --Http:Port=$((http_port + number - 1)) --Mqtt:Port=0 --Mqtt:Outside:Url="mqtts://localhost:$mqtts_port" --Mqtt:Outside:User=ioc \
        --Mqtt:Outside:CaFile="$secrets/authority" --Mqtt:Outside:Host="ioc$number" --Cluster:SiloPort=$((http_port + 3030 + number)) \
        --History:Store=Influx --History:Influx:Url="http://127.0.0.1:$influx_port" --History:Influx:Token= "${settings[@]}"
    await_ready $((http_port + number - 1)) "$data/ioc$number/credentials/administrator.token" "${plant_pids[-1]}" ||
        { tail -n 20 "$data/logs/ioc$number.log" >&2; die "主机 ioc$number 未能启动 / did not become ready"; }
}

# The connection string is made once and stays: the port may be another this time, and the database is the one that the cluster's own superuser has.
point_at_postgres() { sed -i "s/Port=[0-9]*;/Port=$postgres_port;/; s/Database=luohu;/Database=postgres;/" "$secrets/Cluster__PostgreSql"; }

# host_settings ARGUMENT …: sets demo, and settings to what all three hosts are given; --Key=value and --Key value are the same. What is the plant's
# own is not among them: one data directory for three hosts would let one start.
host_settings() {
    demo=""
    settings=()
    while [ $# -gt 0 ]; do
        case $1 in
            --demo) demo=1 ;;
            --Plant:*=* | --DataDirectory=*) ;;
            --Plant:* | --DataDirectory) [ $# -gt 1 ] || die "$1 没有值 / has no value" 2; shift ;;
            *) settings+=("$1") ;;
        esac
        shift
    done
}

plant() {
    local demo settings
    host_settings "$@"
    data=$(setting DataDirectory "$root/data/plant" "$@")
    # Nothing that is written into the servers' settings could stand for these.
    case $data in *[\"\$\\]* | *$'\n'*) die "数据目录名不能含有 \" \$ \\ 或换行 / the data directory's name may not have \" \$ \\ or a line break in it: $data" 2 ;; esac
    https_port=$(setting Plant:Https 8443 "$@")
    http_port=$(setting Plant:Http 8081 "$@")
    mqtt_port=$(setting Plant:Mqtt 1883 "$@")
    mqtts_port=$(setting Plant:Mqtts 8883 "$@")
    influx_port=$(setting Plant:Influx 18086 "$@")
    postgres_port=$(setting Plant:Postgres 15432 "$@")
    need_debian "$(postgres_bin)/postgres" postgresql influxd influxdb mosquitto mosquitto nginx nginx openssl openssl
    mkdir -p "$data/logs"
    data=$(cd "$data" && pwd)
    # PostgreSQL runs as another user and has to reach its own folder below this one.
    chmod 711 "$data"
    [ "$(id -u)" -ne 0 ] || as_server test -x "$data" ||
        die "PostgreSQL 以用户 postgres 运行，进不到 $data（上级目录不许）；请把数据目录放到别处 / PostgreSQL runs as the user postgres and cannot reach $data, a folder above is closed to it; choose another place:  ./ioc plant --DataDirectory=/srv/luohu"
    build_app
    place_wall
    secrets="$data/secrets"
    PATH="$PATH:/usr/sbin:/sbin"
    LUOHU_SECRETS="$secrets" LUOHU_POSTGRES="Host=127.0.0.1;Port=$postgres_port" "$root/plant/secrets.sh" localhost >&2
    point_at_postgres
    trap stop_plant EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    say "PostgreSQL、InfluxDB 启动中 / starting; 日志 / logs: $data/logs"
    start_postgres
    start_influx
    start_mosquitto
    say "三台主机启动中 / starting three hosts"
    start_ioc 1
    tell_mosquitto
    start_ioc 2
    start_ioc 3
    tell_mosquitto
    start_nginx
    start_grafana
    say ""
    say "  指挥大屏 / wall:        https://localhost:$https_port/   (证书由 / certificate signed by $secrets/authority)"
    say "  网关接入 / gateways:    mqtts://localhost:$mqtts_port，用户名为网关号 / user name is the gateway's id，密钥 / secrets: $data/ioc?/credentials/gateways.csv"
    say "  访问令牌 / token in:    $data/ioc1/credentials/administrator.token"
    say "  按 Ctrl+C 停止全部 / Ctrl+C stops all"
    say ""
    if [ -n "$demo" ]; then
        save_registry "$http_port" "$data/ioc1/credentials/administrator.token" "$data/registry.csv" || die "无法导出感知设备台账 / could not export the registry"
        start_part simulator dotnet "$simulator_dll" city --broker "127.0.0.1:$mqtt_port" --credentials "$data/ioc1/credentials/gateways.csv" \
            --registry "$data/registry.csv" --speed 60 --storm chicago --return-period 50
    fi
    wait -n "${plant_pids[@]}" || true
    local i
    for i in "${!plant_pids[@]}"; do kill -0 "${plant_pids[i]}" 2>/dev/null || die "有一部分已停止，请看日志 / a part has ended, see $data/logs"; done
}
