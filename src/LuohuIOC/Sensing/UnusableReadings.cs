using System.Globalization;
using LuohuIOC.Ingestion;
using LuohuIOC.Sensing.Quality;

namespace LuohuIOC.Sensing;

/// <summary>Readings in a row of which nothing that was measured can be used. Stored: append fields with new ids, never renumber.</summary>
[GenerateSerializer, Alias("luohu.unusable-run.v1")]
public sealed class UnusableRun
{
    /// <summary>Receipt of the first, Unix ms.</summary>
    [Id(0)]
    public long SinceMs;

    /// <summary>How many, up to 255.</summary>
    [Id(1)]
    public byte Count;

    /// <summary>Why; none where not all have the same reason.</summary>
    [Id(2)]
    public QualityReason Reason;

    /// <summary>People have been told.</summary>
    [Id(3)]
    public bool IsTold;

    /// <summary>The first metric that the last of them measured.</summary>
    [Id(4)]
    public byte Slot;

    /// <summary>Its value, in the metric's unit.</summary>
    [Id(5)]
    public double Value;
}

/// <summary>
/// A sensor that sends, and for as long as its kind may be silent nothing that can be used, is told by the rule of silence, with its reason. Its battery alone
/// says nothing for it then; what ends it is a measurement that can be used.
/// </summary>
internal static class UnusableReadings
{
    /// <summary>A garbled frame, or two, before a silence are no more than that.</summary>
    private const byte CountMin = 3;

    /// <summary>Takes note of the newest reading.</summary>
    /// <param name="state">The sensor's state, with the reading's mark.</param>
    /// <param name="profile">Checks of the sensor's kind.</param>
    /// <param name="slots">Its metrics.</param>
    /// <param name="values">Their values.</param>
    /// <param name="usable">Those that feed the rules.</param>
    /// <param name="receivedMs">Its receipt, Unix ms.</param>
    /// <returns>False when it is one more of those of which people have been told: then it ends nothing.</returns>
    public static bool Take(SensorState state, QualityProfile profile, ReadOnlySpan<byte> slots, ReadOnlySpan<double> values, ulong usable, long receivedMs)
    {
        var first = -1;
        for (var i = 0; i < slots.Length; i++)
        {
            var bit = 1UL << slots[i] & profile.MeasuredSlots;
            if ((bit & usable) != 0)
            {
                state.Unusable = null;
                return true;
            }
            if (bit != 0 && first < 0) first = i;
        }
        if (first >= 0)
        {
            var run = state.Unusable ??= new UnusableRun { SinceMs = receivedMs, Reason = state.LatestReason };
            if (run.Count < byte.MaxValue) run.Count++;
            if (run.Reason != state.LatestReason) run.Reason = QualityReason.None;
            (run.Slot, run.Value) = (slots[first], values[first]);
        }
        return state.Unusable is not { IsTold: true };
    }

    /// <summary>Whether people are to be told, now that one more has come.</summary>
    public static bool IsDue(SensorState state, SensorRules rules, long receivedMs) =>
        state.Unusable is { Count: >= CountMin } run && rules.NoData >= 0 && state.Rules[rules.NoData].On == 0 && receivedMs - run.SinceMs >= rules.SilenceMs;

    /// <summary>Whether that was told, and holds by the rules in force.</summary>
    public static bool Holds(SensorState state, SensorRules rules) => state.Unusable is { IsTold: true } run && state.HeardMs - run.SinceMs >= rules.SilenceMs;

    /// <summary><c>,"unusable":"out-of-range","unusableSeconds":2400,"metric":"level","last":99</c>; nothing of a sensor that is silent.</summary>
    public static string Evidence(SensorState state)
    {
        if (state.Unusable is not { IsTold: true } run) return "";
        var last = double.IsFinite(run.Value) && state.Bound?.Layout is { } layout && run.Slot < layout.Names.Count
            ? string.Create(CultureInfo.InvariantCulture, $",\"metric\":\"{layout.Names[run.Slot]}\",\"last\":{run.Value:R}") : "";
        return $",\"unusable\":\"{NameOf(run.Reason)}\",\"unusableSeconds\":{(state.HeardMs - run.SinceMs) / 1000}{last}";
    }

    private static string NameOf(QualityReason reason) => reason switch
    {
        QualityReason.OutOfRange => "out-of-range",
        QualityReason.ImpossibleRate => "impossible-rate",
        QualityReason.Device => "device",
        _ => "mixed",
    };
}
