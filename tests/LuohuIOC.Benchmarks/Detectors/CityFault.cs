using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.Seeds;

namespace LuohuIOC.Benchmarks.Detectors;

internal enum CityFaultKind
{
    /// <summary>Water that nobody expects: half a metre more and twice the flow, as of a discharge or a blockage below.</summary>
    Rise,

    /// <summary>The flow ends and the level falls to the sill, as behind a blockage or of a probe that left the water.</summary>
    Fall,

    /// <summary>The level alone jumps by a metre, as of a probe that slipped.</summary>
    Step,
}

/// <summary>One fault made into one sensor's readings, two hours long.</summary>
internal sealed record CityFault(CityFaultKind Kind, int FromMinute)
{
    public const int Minutes = 120;

    public bool IsOn(int minute) => minute >= FromMinute && minute < FromMinute + Minutes;

    /// <summary>Every fourth sensor gets one, at a time of its own within the minutes given.</summary>
    public static CityFault? For(string sensor, int number, int seed, int fromMinute, int toMinute, CityFaultKind? only)
    {
        if (number % 4 != 0 || toMinute - Minutes <= fromMinute) return null;
        var random = new Seeded(seed, $"{sensor} city fault");
        var kind = only ?? (CityFaultKind)(number / 4 % 3);
        return new CityFault(kind, fromMinute + random.Below(toMinute - Minutes - fromMinute));
    }

    public void Spoil(KindDefinition kind, Span<double> values)
    {
        for (var m = 0; m < kind.Metrics.Count; m++)
        {
            var level = kind.Metrics[m].Name == "level";
            if (!level && kind.Metrics[m].Name is not ("flow" or "velocity")) continue;
            values[m] = (Kind, level) switch
            {
                (CityFaultKind.Rise, true) => values[m] + 0.5,
                (CityFaultKind.Rise, false) => (values[m] * 2) + 0.05,
                (CityFaultKind.Fall, true) => Math.Min(values[m], 0.01),
                (CityFaultKind.Fall, false) => 0,
                (_, true) => values[m] + 1,
                _ => values[m],
            };
        }
    }
}
