using System.Runtime.CompilerServices;
using LuohuIOC.Alerts;
using LuohuIOC.Detection;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.History;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;
using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Tests.Detection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LuohuIOC.Tests.Sensing.Detectors;

internal static class Some
{
    public static Sensor Station(SensorKind kind = SensorKind.WaterQuality, string id = "wq-1") => new()
    {
        Number = 0,
        Id = id,
        Kind = kind,
        Name = id,
        Street = "",
        Longitude = 114.1,
        Latitude = 22.5,
        Gateway = "g",
        Layout = MetricLayout.Of(kind),
    };

    /// <summary>A model of pH (slot 1) and ammonia (slot 4) that expects 7.5 and 1 and alarms at once; window of one reading.</summary>
    public static PcaModel Model(double threshold = 2, int hold = 1, int trainedDay = 1) => new()
    {
        TrainedAt = new DateTimeOffset(2025, 1, trainedDay, 0, 0, 0, TimeSpan.Zero),
        Rows = 1000,
        FromMs = 0,
        ToMs = 1,
        Metrics = ["ph", "ammonia_nitrogen"],
        Excluded = [],
        WindowReadings = 1,
        SampleMs = 0,
        IntervalMs = 60_000,
        GapMs = 240_000,
        Features = [new PcaFeature(0, FeatureKind.Level, 7.5, 0.5, 1), new PcaFeature(1, FeatureKind.Level, 1, 0.5, 1)],
        Mean = [0, 0],
        Components = [],
        Threshold = threshold,
        HoldCount = hold,
        HoldWindow = hold,
        AlarmsPerDay = 0.1,
        ScoreQuantiles = [1, 1, 1, 1, 1],
    };

    public static ModelStore<PcaModel, ModelEvaluation> Store(out string folder) => Store(folder = Directory.CreateTempSubdirectory("luohu-models-").FullName);

    /// <summary>As after a restart.</summary>
    public static ModelStore<PcaModel, ModelEvaluation> Store(string folder) => new(ModelsDatabase.Open(folder), ModelsDatabase.Anomaly, NullLogger.Instance);

    /// <summary>The past of a synthetic water-quality station; bad readings carry a value that would spoil any model.</summary>
    public static List<StoredReading> Past(int days, bool withBad = false)
    {
        var station = new SyntheticStation(11);
        var past = new List<StoredReading>();
        for (var i = 0; i < days * station.ReadingsPerDay; i++)
        {
            var values = new double[10];
            var timeMs = station.Next(values);
            past.Add(new StoredReading(timeMs, i, default, values));
            if (!withBad || i % 10 != 0) continue;
            past.Add(new StoredReading(timeMs + 60_000, i, new QualityMark(QualityGrade.Bad, QualityReason.OutOfRange, ulong.MaxValue), [.. values.Select(_ => 1e9)]));
        }
        return past;
    }
}

/// <summary>A history that holds what it is given, for one sensor; something may happen when it is read.</summary>
internal sealed class FixedHistory(List<StoredReading> readings, Action? read = null) : IReadingHistory
{
    public long Cursor => 0;

    public long Readings => readings.Count;

    public ValueTask OpenAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask AppendAsync(IReadOnlyList<ReadingGroup> groups, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<long> CountAsync(CancellationToken cancellationToken) => Task.FromResult(Readings);

    public async IAsyncEnumerable<StoredReading> ReadAsync(
        int sensor, long fromMs, long toMs, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        read?.Invoke();
        foreach (var reading in readings)
            if (reading.TimeMs >= fromMs && reading.TimeMs < toMs) yield return reading;
    }
}

/// <summary>A ledger that has what it is given, for one sensor.</summary>
internal sealed class FixedPast(params AlertSpan[] spans) : IAlertPast
{
    public IReadOnlyList<AlertVerdict?> VerdictsOf(string sensor, string rule, DateTimeOffset since) => [.. spans.Where(s => s.Rule == rule).Select(s => s.Verdict)];

    public IReadOnlyList<AlertSpan> SpansOf(string sensor, DateTimeOffset since) => spans;
}

internal sealed class FixedClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
