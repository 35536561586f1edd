# The host with its wall, in three stages; the last one has neither a compiler nor root.
FROM node:20.19-bookworm-slim AS wall
WORKDIR /wall
COPY dashboards/wall/package.json dashboards/wall/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY dashboards/wall ./
RUN npm run build

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS host
ARG TARGETARCH=amd64
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY firmware-contracts firmware-contracts
COPY src src
RUN case "$TARGETARCH" in arm64) rid=linux-arm64 ;; *) rid=linux-x64 ;; esac \
    && dotnet publish src/LuohuIOC -c Release -o /host --nologo -r "$rid" --self-contained false -p:PublishReadyToRun=true

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=host /host ./
COPY --from=wall /wall/dist ./wall
RUN install -d -o "$APP_UID" -g "$APP_UID" -m 0750 /data /backup
USER $APP_UID
ENV DataDirectory=/data SecretsDirectory=/run/secrets
VOLUME /data /backup
EXPOSE 8080 1883
# The image has no curl; bash speaks TCP by itself.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /healthz/live HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["dotnet", "LuohuIOC.dll"]
