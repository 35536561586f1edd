using LuohuIOC.Alerts;
using LuohuIOC.Ingestion.Broker;
using LuohuIOC.Registry;
using LuohuIOC.Sensing.Listening;
using LuohuIOC.Storage;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Sensing.Gateways;

/// <summary>
/// Looks every second at which gateways have said that they are gone (the last will on their status topic): what is known of their sensors is stale, and one
/// that stays away is one alert, which ends when it is back. Costs nothing while all are there.
/// </summary>
internal sealed class GatewayWatch(
    GatewayBoard gateways, AwayGateways away, DueBoard dues, LatestBoard latest, SensorRegistry registry, IOpenAlerts alerts, IGrainFactory grains, SiloStarted silo, IOptions<SensingOptions> options,
    HostListening listening, IConfiguration configuration, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<GatewayWatch> log) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly GatewayRound _round = new(options.Value.GatewayAwayAfter, listening.StartedMs);
    private readonly AwayFile _file = new(Path.Combine(configuration["DataDirectory"] ?? "data", AwayFile.Name));
    private bool _unkept;

    /// <summary>Before the ports open: who comes back then is not taken for gone.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var note in _file.Read()) gateways.Remember(note.Gateway, note.Since, note.IsSparkplug);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.LogWarning("Gateways: who was away before the start cannot be read ({Cause})", e.Message);
        }
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await silo.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await LookAsync();
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogError(e, "Gateways: a look at who is away failed; the next one comes");
            }
        }
    }

    private async Task LookAsync()
    {
        var now = time.GetUtcNow();
        var nowMs = now.ToUnixTimeMilliseconds();
        gateways.SetBack(now);
        // What the ledger has open is known after a restart too, and what another host has told.
        var standing = alerts.Open.Where(a => a.Rule == GatewayRound.Rule && a.ClearedAt is null).Select(a => AlertSubject.GatewayOf(a.SensorId)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var said = gateways.Away;
        Keep(said);
        var found = _round.Look(said, standing, gateways.IsOnline, SensorsOf, nowMs);
        away.Set(found.Away, found.Over, nowMs);
        foreach (var gateway in found.Gone) Mark(gateway, true);
        foreach (var gateway in found.Back)
        {
            Mark(gateway, false);
            // Who was asked while nobody could be heard would be asked again only after another silence.
            foreach (var sensor in registry.All)
                if (sensor.Gateway == gateway) dues.Hasten(sensor.Number, nowMs, onlyDue: true);
        }
        foreach (var (gateway, change) in found.Changes) await grains.GetGrain<IAlertGrain>(AlertSubject.IdOfGateway(gateway)).Observe([change]);
    }

    private void Keep(IReadOnlyDictionary<string, DateTimeOffset> said)
    {
        // The host's own end ends the connections of all, and their wills say nothing of them.
        if (lifetime.ApplicationStopping.IsCancellationRequested) return;
        try
        {
            _file.Keep([.. said.Select(s => new AwayNote(s.Key, s.Value, gateways.IsSparkplug(s.Key)))]);
            _unkept = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_unkept) log.LogWarning("Gateways: who is away cannot be kept, a restart would forget it ({Cause})", e.Message);
            _unkept = true;
        }
    }

    private void Mark(string gateway, bool stale)
    {
        // A Sparkplug node's births say which of its devices live.
        if (gateways.IsSparkplug(gateway)) return;
        foreach (var sensor in registry.All)
            if (sensor.Gateway == gateway) latest.SetStale(sensor.Number, stale);
    }

    private int SensorsOf(string gateway)
    {
        var (now, sensors) = (time.GetUtcNow(), 0);
        foreach (var sensor in registry.All)
            if (sensor.Gateway == gateway && !sensor.IsRetired(now)) sensors++;
        return sensors;
    }
}
