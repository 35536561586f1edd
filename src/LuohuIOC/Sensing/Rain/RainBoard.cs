using System.Collections.Concurrent;
using LuohuIOC.Detection;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;

namespace LuohuIOC.Sensing.Rain;

/// <summary>One reading of a gauge.</summary>
/// <param name="TimeMs">The device's time, bounded by the server's clock.</param>
/// <param name="Millimetres">Rain since the reading before.</param>
internal readonly record struct RainReading(long TimeMs, double Millimetres);

/// <summary>The undrained rain of every gauge, by the gauge's number: written by the gauges' grains, read by the grains of stations around them.</summary>
public sealed class RainBoard
{
    /// <summary>Slot of the amount in a gauge's reading.</summary>
    private static readonly int AmountSlot = KindCatalogue.Of(SensorKind.RainGauge).Metrics.Select((m, slot) => (m.Name, slot)).Single(m => m.Name == "rain").slot;

    private readonly ConcurrentDictionary<int, GaugeRain> _gauges = new();

    /// <summary>Takes a gauge's reading that was not seen before; bad values do not count.</summary>
    public void Observe(int gauge, long timeMs, QualityMark mark, ReadOnlySpan<byte> slots, ReadOnlySpan<double> values)
    {
        var at = slots.IndexOf((byte)AmountSlot);
        if (at < 0 || (mark.Grade == QualityGrade.Bad && (mark.Slots >> AmountSlot & 1) != 0)) return;
        Of(gauge).Add(timeMs, values[at]);
    }

    /// <summary>Brings what is stored of a gauge up to date.</summary>
    public void Keep(int gauge, RainState into) => Of(gauge).Keep(into);

    public void Restore(int gauge, RainState stored) => Of(gauge).Restore(stored);

    /// <summary>Millimetres left of a gauge's rain; NaN when it was not heard since <paramref name="staleMs"/>.</summary>
    internal double LeftAt(int gauge, int reservoir, long timeMs, long staleMs) =>
        _gauges.TryGetValue(gauge, out var rain) ? rain.LeftAt(reservoir, timeMs, staleMs) : double.NaN;

    /// <summary>Readings of a gauge that came after the first <paramref name="seen"/>, in the order in which they came; only the newest <see cref="ReadingsKept"/> are remembered.</summary>
    /// <param name="gauge">Its number.</param>
    /// <param name="seen">What the last call returned, 0 at first.</param>
    /// <param name="into">They are added here.</param>
    /// <returns>How many have come in all.</returns>
    internal long ReadingsAfter(int gauge, long seen, List<RainReading> into) => _gauges.TryGetValue(gauge, out var rain) ? rain.ReadingsAfter(seen, into) : 0;

    private GaugeRain Of(int gauge) => _gauges.GetOrAdd(gauge, static _ => new GaugeRain());

    /// <summary>Four hours of a gauge that speaks every minute, 4 KB: more come at once only after an outage, and then history has them.</summary>
    internal const int ReadingsKept = 256;

    private sealed class GaugeRain
    {
        private readonly RainReading[] _readings = new RainReading[ReadingsKept];
        private long _count;

        private readonly Lock _lock = new();
        private readonly WaterStore _store = new(RainReach.AllHours);

        public void Add(long timeMs, double mm)
        {
            lock (_lock)
            {
                _store.Add(timeMs, mm);
                _readings[_count++ % ReadingsKept] = new RainReading(timeMs, mm);
            }
        }

        public long ReadingsAfter(long seen, List<RainReading> into)
        {
            lock (_lock)
            {
                for (var i = Math.Max(seen, _count - ReadingsKept); i < _count; i++) into.Add(_readings[i % ReadingsKept]);
                return _count;
            }
        }

        public double LeftAt(int reservoir, long timeMs, long staleMs)
        {
            lock (_lock) return _store.AtMs == 0 || _store.AtMs < staleMs ? double.NaN : _store.LeftAt(reservoir, timeMs);
        }

        public void Keep(RainState into)
        {
            lock (_lock) (into.Hours, into.Millimetres, into.AtMs) = ([.. RainReach.AllHours], _store.Snapshot(), _store.AtMs);
        }

        public void Restore(RainState stored)
        {
            if (!RainReach.AllHours.SequenceEqual(stored.Hours)) return;
            lock (_lock)
            {
                // A grain that fell asleep and woke again has nothing newer than the board.
                if (_store.AtMs == 0) _store.Restore(stored.AtMs, stored.Millimetres);
            }
        }
    }
}
