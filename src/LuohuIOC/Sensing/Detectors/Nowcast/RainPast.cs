using LuohuIOC.Detection.Nowcast;
using LuohuIOC.History;
using LuohuIOC.Ingestion;

namespace LuohuIOC.Sensing.Detectors.Nowcast;

/// <summary>One rain event in history, in minutes since 1970 on the devices' clocks.</summary>
/// <param name="From">First minute at which a forecast is learned; the minutes before it are there to look back on.</param>
/// <param name="To">Last minute.</param>
internal readonly record struct RainEvent(long From, long To);

/// <summary>Every gauge's rain, minute by minute, and the rain events in it: 4 bytes a gauge and minute, 23 MB for 33 gauges and 120 days.</summary>
internal sealed class RainPast
{
    /// <summary>Minutes before the first rain and after the last that belong to an event: the street dries.</summary>
    public const int Before = 40;
    public const int After = 150;

    /// <summary>A longer pause ends an event.</summary>
    public const int PauseMax = 180;

    /// <summary>A longer event is cut: a week of drizzle teaches nothing more.</summary>
    public const int LengthMax = 1440;

    private RainPast(long first, float[][] gauges, RainEvent[] events) => (First, Gauges, Events) = (first, gauges, events);

    /// <summary>The first minute.</summary>
    public long First { get; }

    /// <summary>Millimetres by gauge, in the order of the map's columns, and minute since <see cref="First"/>.</summary>
    public float[][] Gauges { get; }

    /// <summary>Oldest first; one that has not ended is none yet.</summary>
    public RainEvent[] Events { get; }

    public static async Task<RainPast> ReadAsync(IReadingHistory history, NowcastMap map, NowcastSettings settings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var toMs = now.ToUnixTimeMilliseconds();
        var fromMs = (now - settings.History).ToUnixTimeMilliseconds();
        // A fast city's minutes are short: not more of them than a real one's.
        var minutes = (int)Math.Min((toMs - fromMs) / settings.MinuteMs, (long)settings.History.TotalMinutes);
        var first = (toMs / settings.MinuteMs) - minutes + 1;
        var gauges = new float[map.GaugeColumns.Length][];
        for (var g = 0; g < gauges.Length; g++)
        {
            Array.Fill(gauges[g] = new float[minutes], float.NaN);
            var (column, before) = (map.Columns[map.GaugeColumns[g]], RainMinutes.Nothing);
            await foreach (var reading in history.ReadAsync(column.Sensor, first * settings.MinuteMs, toMs, cancellationToken))
                if (MinuteBook.IsUsable(column.Slot, reading.Mark, reading.Values))
                    before = RainMinutes.Spread(before, reading.TimeMs / settings.MinuteMs, reading.Values[column.Slot], first, gauges[g]);
        }
        return new RainPast(first, gauges, Find(gauges, first, settings.EventMillimetres));
    }

    /// <summary>Stretches with so much district rain in an hour, joined over short pauses, with what comes before and after.</summary>
    internal static RainEvent[] Find(float[][] gauges, long first, double millimetres)
    {
        var minutes = gauges.Length == 0 ? 0 : gauges[0].Length;
        var mean = new double[minutes];
        for (var t = 0; t < minutes; t++)
        {
            var (sum, alive) = (0.0, 0);
            foreach (var gauge in gauges)
                if (!float.IsNaN(gauge[t])) (sum, alive) = (sum + gauge[t], alive + 1);
            mean[t] = alive == 0 ? 0 : sum / alive;
        }
        var events = new List<RainEvent>();
        var (hour, begin, last) = (0.0, -1, -1);
        for (var t = 0; t < minutes; t++)
        {
            hour += mean[t] - (t >= 60 ? mean[t - 60] : 0);
            var wet = hour >= millimetres;
            if (wet && begin < 0) begin = Math.Max(0, t - 60);
            if (wet) last = t;
            if (begin < 0 || t - last < PauseMax) continue;
            Add(begin, last);
            begin = -1;
        }
        return [.. events];

        void Add(int from, int to)
        {
            var start = Math.Max(NowcastFeatures.HistoryMinutes, from - Before);
            events.Add(new RainEvent(first + start, first + Math.Min(to + After, start + LengthMax)));
        }
    }
}
