using System.Runtime.CompilerServices;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.History;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;
using LuohuIOC.Spatial;
using LuohuIOC.Tests.Detection.Nowcast;
using LuohuIOC.Tests.Sensing.Rain;

namespace LuohuIOC.Tests.Sensing.Detectors.Nowcast;

/// <summary>A waterlogging point, a pipe below it and a gauge, and a history of synthetic showers, one a day.</summary>
internal sealed class ForecastDesk : IReadingHistory
{
    public const long MinuteMs = 60_000;

    private static readonly DateTimeOffset Start = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<int, List<StoredReading>> _readings = [];

    public ForecastDesk()
    {
        var here = new GeoPoint(114.10, 22.55);
        Registry.Apply(
        [
            RainDesk.Draft("pipe", SensorKind.Pipe, here.Offset(200, 0)), RainDesk.Draft("point", SensorKind.Waterlogging, here, "pipe"), RainDesk.Draft("gauge", SensorKind.RainGauge, here.Offset(300, 0)),
        ]);
    }

    public SensorRegistry Registry { get; } = new();

    public DateTimeOffset Now { get; private set; } = Start;

    public Sensor Point => Registry.TryFind("point", out var point) ? point : throw new InvalidOperationException();

    public long Cursor => 0;

    public long Readings => _readings.Values.Sum(r => r.Count);

    /// <summary>A day with a shower in its third hour; the point follows the rain as in <see cref="SyntheticStorms"/>.</summary>
    public void Day(int seed)
    {
        var storm = SyntheticStorms.Table(seed);
        for (var t = 0; t < 1440; t++, Now = Now.AddMilliseconds(MinuteMs))
        {
            var minute = t - 120;
            var wet = minute >= 0 && minute < SyntheticStorms.Minutes;
            Add("point", 0, wet ? storm.At(0, minute) : 0.1);
            Add("pipe", 0, wet ? storm.At(1, minute) : 0.1);
            Add("gauge", 0, wet ? storm.At(2, minute) : 0);
        }
    }

    public ValueTask OpenAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask AppendAsync(IReadOnlyList<ReadingGroup> groups, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<long> CountAsync(CancellationToken cancellationToken) => Task.FromResult(Readings);

    public async IAsyncEnumerable<StoredReading> ReadAsync(int sensor, long fromMs, long toMs, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var reading in _readings.GetValueOrDefault(sensor, []))
            if (reading.TimeMs >= fromMs && reading.TimeMs < toMs) yield return reading;
    }

    private void Add(string id, int slot, double value)
    {
        Registry.TryFind(id, out var sensor);
        if (!_readings.TryGetValue(sensor!.Number, out var list)) _readings[sensor.Number] = list = [];
        var values = new double[sensor.Layout.Names.Count];
        Array.Fill(values, double.NaN);
        values[slot] = value;
        list.Add(new StoredReading(Now.ToUnixTimeMilliseconds(), list.Count, default, values));
    }
}
