using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Listening;
using LuohuIOC.Sensing.Rules;

namespace LuohuIOC.Tests.Sensing;

/// <summary>A sensor whose readings are shown to the evaluator one by one; times are seconds after <see cref="Start"/>.</summary>
internal sealed class Watched
{
    /// <summary>2023-09-07 17:00 in Shenzhen.</summary>
    public const long Start = 1_694_077_200_000;

    public Watched(SensorKind kind, SensorRules? rules = null, string name = "测点", MetricLayout? layout = null)
    {
        Sensor = Of(kind, name, layout);
        Rules = rules ?? RuleCompiler.Compile(Sensor.Layout, DefaultRules.For(kind, name));
    }

    public Sensor Sensor { get; }

    public SensorRules Rules { get; set; }

    public SensorState State { get; set; } = new();

    public List<RuleChange> Changes { get; } = [];

    /// <summary>False where readings of several hosts' journals come, which may be shown again later than what was received after them.</summary>
    public bool InOrder { get; init; } = true;

    /// <summary>Of how many minutes the rain of the readings to come is, as their report says.</summary>
    public int RainMinutes { get; set; }

    /// <summary>Changes of severity as "rule severity@seconds", without the silence rule, and without what only went further.</summary>
    public string Story
    {
        get
        {
            var last = new Dictionary<string, Severity?>(StringComparer.Ordinal);
            var told = new List<string>();
            foreach (var change in Changes.Where(c => c.Rule != "offline"))
            {
                if (last.TryGetValue(change.Rule, out var before) && before == change.Severity && before is not null) continue;
                last[change.Rule] = change.Severity;
                told.Add(Tell(change));
            }
            return string.Join(", ", told);
        }
    }

    public static Sensor Of(SensorKind kind, string name = "测点", MetricLayout? layout = null) => new()
    {
        Number = 0,
        Id = "t-01",
        Kind = kind,
        Name = name,
        Street = "",
        Longitude = 114.13,
        Latitude = 22.55,
        Gateway = "g-1",
        Layout = layout ?? MetricLayout.Of(kind),
    };

    public static string Tell(RuleChange change) =>
        $"{change.Rule} {change.Severity?.ToString().ToLowerInvariant() ?? "ended"}@{(change.ObservedMs - Start) / 1000.0:0.###}";

    /// <summary>A reading received when it was made, or after those that have come before it.</summary>
    public Arrival Observe(double second, long sequence, params (string Metric, double Value)[] values) =>
        Receive(second, State.HeardMs == 0 ? second : Math.Max(second, (State.HeardMs - Start) / 1000.0), sequence, values).Arrival;

    /// <summary>A reading without a sequence, received when it was made.</summary>
    public QualityMark Read(double second, params (string Metric, double Value)[] values) =>
        Receive(second, second, ReadingGroup.NoSequence, values).Mark;

    public (QualityMark Mark, Arrival Arrival) Receive(
        double deviceSecond, double receivedSecond, long sequence, params (string Metric, double Value)[] values)
    {
        Span<byte> slots = stackalloc byte[values.Length];
        for (var i = 0; i < values.Length; i++) slots[i] = (byte)Array.IndexOf([.. Sensor.Layout.Names], values[i].Metric);
        return SensorEvaluator.Observe(
            State, Rules, Sensor, At(deviceSecond), sequence, At(receivedSecond), slots, [.. values.Select(v => v.Value)], Changes, inOrder: InOrder, rainMinutes: RainMinutes);
    }

    /// <summary>Lets the server's clock reach a second; returns the next due time in seconds, infinity for none.</summary>
    public double Tick(double second, double reachableSince = double.NegativeInfinity, ListenedTime? listened = null)
    {
        var since = double.IsFinite(reachableSince) ? At(reachableSince) : 0;
        var due = SensorEvaluator.Tick(State, Rules, Sensor, At(second), Changes, since, listened);
        return due == long.MaxValue ? double.PositiveInfinity : (due - Start) / 1000.0;
    }

    public static long At(double second) => Start + (long)(second * 1000);

    public double Latest(string metric) => State.Latest[Array.IndexOf([.. Sensor.Layout.Names], metric)];
}
