using System.Diagnostics.Metrics;

namespace LuohuIOC.History.Influx.Meters;

/// <summary>
/// Writes what the host measures of itself beside the readings, so that one data source shows both:
/// <c>luohu.ingestion.readings,host=ioc-1:8080 value=12345 …</c>. Counters are sums since the start. What cannot be written because the
/// store is away is not kept: these are for looking at, not evidence.
/// </summary>
internal sealed class MeterPoints : BackgroundService
{
    public const string Prefix = "luohu.";

    private static readonly string[] OfTheProcess = ["dotnet.process.cpu.time", "dotnet.process.memory.working_set", "dotnet.gc.pause.time"];

    private readonly InfluxClient _client;
    private readonly MeterSums _sums;
    private readonly TimeSpan _every;
    private readonly string _host;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private bool _isAway;

    public MeterPoints(InfluxHistory history, HistoryOptions options, IMeterFactory factory, IConfiguration configuration, TimeProvider time, ILogger<MeterPoints> log)
    {
        (_client, _every, _time, _log) = (history.Client, options.Influx.MetersEvery, time, log);
        _host = $"{Environment.MachineName}:{configuration["Http:Port"] ?? "8080"}";
        _sums = new MeterSums(i => i.Name.StartsWith(Prefix, StringComparison.Ordinal) ? i.Meter.Scope == factory : OfTheProcess.Contains(i.Name));
    }

    public override void Dispose()
    {
        _sums.Dispose();
        base.Dispose();
    }

    /// <summary>The host's instruments in line protocol.</summary>
    internal static LineWriter Lines(IEnumerable<MeterSums.Point> points, string host, long timeNs)
    {
        var lines = new LineWriter();
        foreach (var point in points)
        {
            // Names of labels and their values are ours; a line break or an empty text cannot be among them.
            lines.Measurement(point.Instrument.StartsWith(Prefix, StringComparison.Ordinal) ? point.Instrument : Prefix + point.Instrument);
            lines.Tag("host", host);
            foreach (var (key, value) in point.Tags) lines.Tag(key, value);
            lines.Field("value", point.Value);
            if (point.Count is { } count) lines.Field("count", count);
            lines.Time(timeNs);
        }
        return lines;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_every == TimeSpan.Zero) return;
        using var tick = new PeriodicTimer(_every, _time);
        while (await tick.WaitForNextTickAsync(stoppingToken)) await WriteAsync(stoppingToken);
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var lines = Lines(_sums.Read(), _host, PointTime.OfMs(_time.GetUtcNow().ToUnixTimeMilliseconds()));
        if (lines.Length == 0) return;
        try
        {
            if (await _client.WriteAsync(lines.Written, cancellationToken) is { } refused) throw new HistoryUnavailableException(refused.Message);
            _isAway = false;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (!_isAway) _log.LogWarning("The host's own measurements are not written, and those of this time will be missing: {Reason}", e.Message);
            _isAway = true;
        }
    }
}
