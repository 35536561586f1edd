using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.Seeds;

namespace LuohuIOC.Simulator.Faults;

/// <summary>What a fault does to a reading. Values of states and amounts stay: a detector's alarm is not for a drifting sensor to raise.</summary>
public sealed class FaultyReading(int seed)
{
    private readonly Dictionary<SensorFault, double[]> _stuck = [];
    private Seeded _random = new(seed, "faulty readings");

    /// <summary>Changes values and time in place; false when the sensor is silent.</summary>
    public bool Spoil(SensorFault fault, KindDefinition kind, Span<double> values, ref DateTimeOffset time)
    {
        switch (fault.Kind)
        {
            case FaultKind.Silence:
                return false;
            case FaultKind.Stuck:
                if (_stuck.TryGetValue(fault, out var first)) first.CopyTo(values);
                else _stuck[fault] = values.ToArray();
                break;
            case FaultKind.Drift:
                for (var i = 0; i < values.Length; i++)
                    if (Measured(kind.Metrics[i])) values[i] = Within(kind.Metrics[i], values[i] + (DriftPerMinute(kind.Metrics[i], values[i]) * (time - fault.From).TotalMinutes));
                break;
            case FaultKind.Spike when _random.Chance(0.2):
                var slot = _random.Below(values.Length);
                if (!Measured(kind.Metrics[slot])) break;
                var metric = kind.Metrics[slot];
                values[slot] = Math.Round(values[slot] + ((metric.Maximum - metric.Minimum) * _random.Between(0.2, 0.7)), 3);
                break;
            case FaultKind.ClockAhead:
                time += ClockError(fault);
                break;
            case FaultKind.ClockBehind:
                time -= ClockError(fault);
                break;
        }
        return true;
    }

    /// <summary>Bytes that no gateway should send: cut JSON, text for a number, or noise.</summary>
    public byte[] Garbage(string sensor) => _random.Below(3) switch
    {
        0 => Encoding.UTF8.GetBytes($$"""{"{{sensor}}":[{"ts":17322"""),
        1 => """{"ts":"now","values":{"level":"high"}}"""u8.ToArray(),
        _ => [.. Enumerable.Range(0, 24).Select(_ => (byte)_random.Below(256))],
    };

    // The same error for the whole fault, 1 to 30 hours.
    private static TimeSpan ClockError(SensorFault fault) => TimeSpan.FromMinutes(60 + (fault.From.ToUnixTimeSeconds() % 1740));

    private static bool Measured(MetricDefinition metric) => metric.Shape == MetricShape.Level && metric.Name is not ("battery" or "signal");

    private static double DriftPerMinute(MetricDefinition metric, double value) => Math.Max(Math.Abs(value) * 0.03, (metric.Maximum - metric.Minimum) * 0.0005);

    private static double Within(MetricDefinition metric, double value) => Math.Round(Math.Clamp(value, metric.Minimum, metric.Maximum), 4);
}
