using System.Collections.Concurrent;
using System.Threading.Channels;
using LuohuIOC.Registry;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LuohuIOC.Identity;

/// <summary>
/// Gives every gateway in the registry a secret: those known at start before the host reports ready, later ones as an import brings them.
/// Not ready until the first pass is through, because a gateway without a secret would be refused.
/// </summary>
public sealed partial class GatewayEnrolment(SensorRegistry registry, GatewaySecrets secrets, TimeProvider clock, ILogger<GatewayEnrolment> log)
    : BackgroundService, IHostedLifecycleService, IHealthCheck
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    /// <summary>Gateways still without a secret; never more than the registry has gateways.</summary>
    private readonly ConcurrentDictionary<string, byte> _waiting = new(StringComparer.Ordinal);

    private readonly Channel<byte> _wake = Channel.CreateBounded<byte>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private bool _scanned;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        registry.Changed += Notice;
        await ScanAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Again after every feature has started: the registry may have loaded its rows after us.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        await ScanAsync(cancellationToken);
        Volatile.Write(ref _scanned, true);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        registry.Changed -= Notice;
        return Task.CompletedTask;
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!Volatile.Read(ref _scanned)) return Task.FromResult(HealthCheckResult.Unhealthy("gateways-unscanned"));
        return Task.FromResult(_waiting.IsEmpty ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded("gateways-without-secret"));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in _wake.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await EnrolWaitingAsync(stoppingToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException or System.Data.Common.DbException)
            {
                // A full disk or a server that is away, mostly. The gateways stay in the set, so nothing is lost by trying again later.
                LogFailed(_waiting.Count, e);
                await Task.Delay(RetryAfter, clock, stoppingToken);
                _wake.Writer.TryWrite(0);
            }
        }
    }

    /// <summary>Called under the registry's lock, 100,000 times during an import: look, note, return.</summary>
    private void Notice(Sensor sensor)
    {
        if (sensor.IsRetired(clock.GetUtcNow()) || sensor.Gateway.Length == 0 || secrets.Knows(sensor.Gateway)) return;
        if (_waiting.TryAdd(sensor.Gateway, 0)) _wake.Writer.TryWrite(0);
    }

    private async Task ScanAsync(CancellationToken cancel)
    {
        for (var number = 0; number < registry.Count; number++) Notice(registry[number]);
        await EnrolWaitingAsync(cancel);
    }

    private async Task EnrolWaitingAsync(CancellationToken cancel)
    {
        var gateways = _waiting.Keys.ToList();
        if (gateways.Count == 0) return;
        var made = await secrets.EnsureAsync(gateways, cancel);
        foreach (var gateway in gateways) _waiting.TryRemove(gateway, out _);
        LogEnrolled(made);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} gateways have a new secret in credentials/gateways.csv.")]
    private partial void LogEnrolled(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} gateways are still without a secret; trying again in ten seconds.")]
    private partial void LogFailed(int count, Exception e);
}
