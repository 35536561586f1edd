using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using LuohuIOC.Ingestion.Sparkplug;

namespace LuohuIOC.Ingestion.Outside;

/// <summary>
/// Keeps this host serving the sessions that are its to serve: its own, and those of hosts that have died until they are back. A broker goes on
/// putting a share of the messages into the session of a dead host, so somebody must empty it.
/// </summary>
internal sealed class OutsideBroker(
    OutsideSetup setup, OutsideLink link, PublishIntake intake, SparkplugHost sparkplug, IHostApplicationLifetime lifetime, IMeterFactory meters, TimeProvider time, ILogger<OutsideBroker> log)
    : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    // Written by the one loop, read by whoever asks how things are.
    private readonly ConcurrentDictionary<SessionName, OutsideSession> _sessions = new();
    private readonly Channel<bool> _look = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private long _receivedBefore;
    private long _guardedBefore;
    private long _redeliveredBefore;
    private long _failuresBefore;

    public IReadOnlyCollection<OutsideSession> Sessions => [.. _sessions.Values.Where(s => !s.Name.IsGuard).OrderBy(s => !s.Name.IsOfShare).ThenBy(s => s.ClientId, StringComparer.Ordinal)];

    /// <summary>The share's guard, while this host is the one that serves it.</summary>
    public OutsideSession? Guard => _sessions.Values.FirstOrDefault(s => s.Name.IsGuard);

    /// <summary>True while this host is the one that takes Sparkplug.</summary>
    public bool TakesSparkplug => _sessions.ContainsKey(SessionName.Sparkplug);

    public OutsideLink Link => link;

    public OutsideSetup Setup => setup;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!setup.Options.IsOn) return;
        CreateMeters();
        // Messages may come once everything stands that they pass through.
        using (var started = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStarted, stoppingToken))
            await Task.Delay(Timeout.InfiniteTimeSpan, time, started.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        link.Changed = () => _look.Writer.TryWrite(true);
        await using var timer = time.CreateTimer(_ => _look.Writer.TryWrite(true), null, LookEvery, LookEvery);
        using var linkStop = new CancellationTokenSource();
        var linked = link.RunAsync(linkStop.Token);
        try
        {
            await foreach (var _ in _look.Reader.ReadAllAsync(stoppingToken)) await ServeAsync();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What has been taken is acknowledged first; then the others are told, and take over.
            await StopAsync([.. _sessions.Values]);
            await linkStop.CancelAsync();
            await linked;
        }
    }

    private async Task ServeAsync()
    {
        // Without the link nobody knows who lives; what runs goes on running.
        if (!link.IsConfirmed) return;
        var wanted = link.Serves();
        await StopAsync([.. _sessions.Values.Where(s => !wanted.Contains(s.Name))]);
        foreach (var name in wanted.Where(n => !_sessions.ContainsKey(n)))
        {
            if (!name.IsOfShare) log.LogInformation("Outside broker {Address}: this host {What} for all", setup.Address, WhatOf(name));
            else if (name.Host != setup.Host) log.LogWarning("Outside broker {Address}: host '{Host}' is away, this host takes over its session {Number}", setup.Address, name.Host, name.Number);
            // Births that this host saw when it took Sparkplug before may be out of date.
            if (name == SessionName.Sparkplug) sparkplug.Forget();
            var session = new OutsideSession(name, setup, intake, link, sparkplug, ShareStandsAsync, time, log);
            _sessions[name] = session;
            session.Start();
        }
    }

    private async Task<bool> ShareStandsAsync(CancellationToken cancellation)
    {
        foreach (var session in _sessions.Values.Where(s => s.Name.IsOfShare))
            if (await session.IsSubscribedAsync(cancellation)) return true;
        return false;
    }

    private async Task StopAsync(OutsideSession[] sessions)
    {
        await Task.WhenAll(sessions.Select(s => s.StopAsync()));
        foreach (var session in sessions)
        {
            if (!session.Name.IsOfShare) log.LogInformation("Outside broker {Address}: another host {What} from now on", setup.Address, WhatOf(session.Name));
            else if (session.Name.Host != setup.Host) log.LogInformation("Outside broker {Address}: session {Number} of host '{Host}' is given back", setup.Address, session.Name.Number, session.Name.Host);
            if (session.Name.IsGuard) _guardedBefore += session.Received;
            else _receivedBefore += session.Received;
            _redeliveredBefore += session.Redelivered;
            _failuresBefore += session.Failures;
            _sessions.TryRemove(session.Name, out _);
        }
    }

    private static string WhatOf(SessionName name) => name.IsGuard ? "guards the share" : name.IsRaw ? "takes raw frames" : "takes Sparkplug";

    private void CreateMeters()
    {
        var meter = meters.Create(new MeterOptions("LuohuIOC.Ingestion"));
        meter.CreateObservableGauge("luohu.outside.connected", () => link.IsConfirmed ? 1 : 0, "{connection}", "1 while this host has its own connection to the outside broker");
        meter.CreateObservableGauge("luohu.outside.sessions", () => Sessions.Count(s => s.ConnectedSince is not null), "{connection}", "Connections that take messages from the outside broker");
        meter.CreateObservableGauge("luohu.outside.taken_over", () => _sessions.Keys.Count(n => n.Host != setup.Host && n.IsOfShare), "{session}", "Sessions served for hosts that are away");
        meter.CreateObservableGauge("luohu.outside.unacknowledged", () => _sessions.Values.Sum(s => s.Unacknowledged), "{message}", "Messages not yet acknowledged to the outside broker");
        meter.CreateObservableCounter("luohu.outside.received", () => _receivedBefore + Sessions.Sum(s => s.Received), "{message}", "Messages from the outside broker");
        meter.CreateObservableCounter("luohu.outside.guarded", () => _guardedBefore + (Guard?.Received ?? 0), "{message}", "Messages taken by the share's guard, most of which come by the share too");
        meter.CreateObservableCounter("luohu.outside.redelivered", () => _redeliveredBefore + _sessions.Values.Sum(s => s.Redelivered), "{message}", "Messages that the outside broker has sent again");
        meter.CreateObservableCounter("luohu.outside.failures", () => _failuresBefore + link.Failures + _sessions.Values.Sum(s => s.Failures), "{connection}", "Connections to the outside broker lost or not come about");
        meter.CreateObservableCounter("luohu.outside.dropped", () => link.Dropped ?? 0, "{message}", "Messages that the outside broker says it has thrown away");
    }
}
