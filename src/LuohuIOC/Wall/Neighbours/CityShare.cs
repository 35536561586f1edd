using System.Collections.Concurrent;
using LuohuIOC.Alerts;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Storage;

namespace LuohuIOC.Wall.Neighbours;

/// <summary>
/// Tells the other hosts what this one's grains show, and learns what theirs show. Now and then, and whenever a host has come or gone, the alerts on
/// the board are compared with the ledger: that makes up for whatever a dying host did not tell.
/// </summary>
internal sealed class CityShare(
    LuohuIOC.Storage.Hosts hosts, HostWalls walls, SensorRegistry registry, LatestBoard latest, AlertBoard board, AlertQueries ledger, RuleBook rules, SiloStarted silo, TimeProvider time,
    ILogger<CityShare> log) : BackgroundService
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan CompareEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RulesEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CompareAfterChange = TimeSpan.FromSeconds(1);

    /// <summary>Sensors of one tick at most; the others stay for the next.</summary>
    private const int ChangedMax = 20_000;

    private readonly ConcurrentDictionary<SiloAddress, (Neighbour Neighbour, Task Running)> _neighbours = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await silo.WaitAsync(stoppingToken);
        board.HappenedHere += Tell;
        var changed = new int[ChangedMax];
        var compareAt = time.GetUtcNow();
        var rulesAt = compareAt;
        using var timer = new PeriodicTimer(TellEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (Meet(stoppingToken)) compareAt = time.GetUtcNow() + CompareAfterChange;
            var count = latest.TakeChangedHere(changed);
            foreach (var (_, known) in _neighbours) known.Neighbour.Put(changed.AsSpan(0, count));
            if (time.GetUtcNow() >= rulesAt)
            {
                rulesAt = time.GetUtcNow() + RulesEvery;
                Look(rules.Refresh, "What other hosts have set of the rules");
            }
            if (time.GetUtcNow() < compareAt) continue;
            compareAt = time.GetUtcNow() + CompareEvery;
            Look(Compare, "The alerts of the ledger");
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
            var neighbour = new Neighbour(walls.Of(host), registry, latest, log);
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

    private void Compare()
    {
        var open = ledger.Open();
        foreach (var alert in open) board.Learn(AlertView.Of(alert));
        var ids = open.Select(alert => alert.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var shown in board.Open.Where(view => !ids.Contains(view.Id)).ToList())
            if (ledger.Find(shown.Id) is { State: AlertState.Closed } closed) board.Learn(AlertView.Of(closed));
    }

    private void Look(Action look, string what)
    {
        try
        {
            look();
        }
        catch (Exception e)
        {
            log.LogWarning("{What} could not be read, it is tried again: {Cause}", what, e.Message);
        }
    }
}
