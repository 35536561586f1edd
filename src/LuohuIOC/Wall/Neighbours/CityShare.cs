using System.Collections.Concurrent;
using LuohuIOC.Alerts;
using LuohuIOC.Ingestion.Broker;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Sensing.Rain;
using LuohuIOC.Storage;

namespace LuohuIOC.Wall.Neighbours;

/// <summary>
/// Tells the other hosts what this one's grains show, and learns what theirs show. Now and then, and whenever a host has come or gone, the alerts on
/// the board are compared with the ledger: that makes up for whatever a dying host did not tell.
/// </summary>
internal sealed class CityShare(
    LuohuIOC.Storage.Hosts hosts, HostWalls walls, SensorRegistry registry, LatestBoard latest, RainBoard rain, AlertBoard board, AlertQueries ledger, RuleBook rules, Thresholds thresholds, GatewayBoard gateways, SiloStarted silo,
    TimeProvider time, ILogger<CityShare> log) : BackgroundService
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan CompareEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RulesEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CompareAfterChange = TimeSpan.FromSeconds(1);

    /// <summary>Sensors of one tick at most; the others stay for the next.</summary>
    private const int ChangedMax = 20_000;

    private readonly ConcurrentDictionary<string, bool> _failing = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<SiloAddress, (Neighbour Neighbour, Task Running)> _neighbours = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await silo.WaitAsync(stoppingToken);
        board.HappenedHere += Tell;
        var compare = new LedgerLook(board, ledger, OwnedElsewhere);
        var (refreshing, marking, comparing, asking) = (Task.CompletedTask, Task.CompletedTask, Task.CompletedTask, Task.CompletedTask);
        var changed = new int[ChangedMax];
        var (compareAt, rulesAt) = (default(Moment), default(Moment));
        using var timer = new PeriodicTimer(TellEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (Meet(stoppingToken)) compareAt = Moment.After(time, CompareAfterChange);
            var count = latest.TakeChangedHere(changed);
            foreach (var (_, known) in _neighbours) known.Neighbour.Put(changed.AsSpan(0, count));
            if (rulesAt.HasCome(time))
            {
                rulesAt = Moment.After(time, RulesEvery);
                LookBeside(ref refreshing, () => { rules.Refresh(); return Task.CompletedTask; }, "What other hosts have set of the rules");
                LookBeside(ref marking, () => { thresholds.Refresh(); return Task.CompletedTask; }, "What marks on other hosts have made of thresholds");
                LookBeside(ref asking, AskForGateways, "Which gateways are online by other hosts");
            }
            if (!compareAt.HasCome(time)) continue;
            compareAt = Moment.After(time, CompareEvery);
            LookBeside(ref comparing, compare.LookAsync, "The alerts of the ledger");
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        board.HappenedHere -= Tell;
        await base.StopAsync(cancellationToken);
        foreach (var (_, known) in _neighbours) known.Neighbour.Dispose();
    }

    private void Tell(AlertView alert)
    {
        foreach (var (_, known) in _neighbours) known.Neighbour.Put(alert);
    }

    /// <summary>True when a host has come or gone.</summary>
    private bool Meet(CancellationToken stopping)
    {
        var living = hosts.Others;
        var changed = false;
        foreach (var host in living)
        {
            if (_neighbours.ContainsKey(host)) continue;
            var neighbour = new Neighbour(walls.Of(host), registry, latest, rain, time, log);
            neighbour.PutAll();
            _neighbours[host] = (neighbour, neighbour.RunAsync(stopping));
            log.LogInformation("Host {Host} is part of the city", host.Endpoint);
            changed = true;
        }
        foreach (var host in _neighbours.Keys.Except(living))
        {
            if (!_neighbours.TryRemove(host, out var gone)) continue;
            gone.Neighbour.Dispose();
            log.LogWarning("Host {Host} has gone; its sensors and alerts are taken over", host.Endpoint);
            changed = true;
        }
        return changed;
    }

    private async Task<IReadOnlySet<string>> OwnedElsewhere(string[] ids)
    {
        var owned = new HashSet<string>(StringComparer.Ordinal);
        foreach (var host in hosts.Others) owned.UnionWith(await walls.Of(host).OwnAlerts(ids));
        return owned;
    }

    private async Task AskForGateways()
    {
        var others = hosts.Others;
        if (others.Count > 0) gateways.Learn((await Task.WhenAll(others.Select(host => walls.Of(host).OnlineGateways()))).SelectMany(online => online));
        else gateways.Learn([]);
    }

    // A database or a host that is slow to answer holds up no reading.
    private void LookBeside(ref Task running, Func<Task> look, string what)
    {
        if (running.IsCompleted) running = Task.Run(() => Look(look, what));
    }

    private async Task Look(Func<Task> look, string what)
    {
        try
        {
            await look();
            _failing.TryRemove(what, out _);
        }
        catch (Exception e)
        {
            // Told when it begins, not at every try.
            if (_failing.TryAdd(what, true)) log.LogWarning("{What} could not be read, it is tried again: {Cause}", what, e.Message);
        }
    }
}
