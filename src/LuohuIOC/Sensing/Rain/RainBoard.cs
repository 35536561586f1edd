using System.Collections.Concurrent;
using LuohuIOC.Detection;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;

namespace LuohuIOC.Sensing.Rain;

/// <summary>One reading of a gauge.</summary>
/// <param name="TimeMs">The device's time, bounded by the server's clock.</param>
/// <param name="DeviceMs">The device's time as it came.</param>
/// <param name="Sequence">What tells readings of one time apart.</param>
/// <param name="Millimetres">Rain since the reading before.</param>
internal readonly record struct RainReading(long TimeMs, long DeviceMs, long Sequence, double Millimetres)
{
    /// <summary>What a device sent again, by its own clock; a late one may count at another time when it comes again.</summary>
    public bool IsSame(in RainReading other, bool isLate) => DeviceMs == other.DeviceMs && Sequence == other.Sequence && (isLate || TimeMs == other.TimeMs);
}

/// <summary>
/// The undrained rain of every gauge, by the gauge's number: written by the gauges' grains, read by the grains of stations around them. Of several hosts
/// each tells the others of the gauges that live on it.
/// </summary>
public sealed class RainBoard
{
    /// <summary>Slot of the amount in a gauge's reading.</summary>
    private static readonly int AmountSlot = KindCatalogue.Of(SensorKind.RainGauge).Metrics.Select((m, slot) => (m.Name, slot)).Single(m => m.Name == "rain").slot;

    private readonly ConcurrentDictionary<int, GaugeRain> _gauges = new();

    /// <summary>Takes a gauge's reading that its grain does not know; bad values do not count.</summary>
    /// <param name="gauge">Its number.</param>
    /// <param name="arrival">Where it stands in the gauge's time line.</param>
    /// <param name="timeMs">When it counts.</param>
    /// <param name="deviceMs">The device's time as it came: many of a clock that is ahead count at one time.</param>
    /// <param name="sequence">What tells readings of one time apart.</param>
    /// <param name="mark">Its quality.</param>
    /// <param name="slots">Of its values.</param>
    /// <param name="values">Them.</param>
    public void Observe(int gauge, Arrival arrival, long timeMs, long deviceMs, long sequence, QualityMark mark, ReadOnlySpan<byte> slots, ReadOnlySpan<double> values)
    {
        var at = slots.IndexOf((byte)AmountSlot);
        if (at < 0 || (mark.Grade == QualityGrade.Bad && (mark.Slots >> AmountSlot & 1) != 0)) return;
        Of(gauge).Add(new RainReading(timeMs, deviceMs, sequence, values[at]), arrival is Arrival.Late or Arrival.NewestOfItsKind);
    }

    /// <summary>Brings what is stored of a gauge up to date.</summary>
    public void Keep(int gauge, RainState into) => Of(gauge).Keep(into);

    /// <summary>A gauge's grain comes to life here and goes on from what it had stored, which its readings are added to.</summary>
    public void Restore(int gauge, RainState? stored) => Of(gauge).Restore(stored ?? new RainState());

    /// <summary>What a gauge's grain on another host knows, as that host tells it after each reading; older than what is known here it changes nothing.</summary>
    public void Learn(int gauge, RainState told) => Of(gauge).Learn(told);

    /// <summary>What another host may learn of a gauge; null when nothing is known.</summary>
    public RainState? Tell(int gauge)
    {
        if (!_gauges.TryGetValue(gauge, out var rain)) return null;
        var told = new RainState();
        rain.Keep(told);
        return told.AtMs == 0 ? null : told;
    }

    /// <summary>Millimetres left of a gauge's rain, also at a time that has passed long before its newest reading; NaN when it was not heard since <paramref name="staleMs"/>.</summary>
    internal double LeftAt(int gauge, int reservoir, long timeMs, long staleMs) =>
        _gauges.TryGetValue(gauge, out var rain) ? rain.LeftAt(reservoir, timeMs, staleMs) : double.NaN;

    /// <summary>Millimetres of a gauge after <paramref name="sinceMs"/>; NaN when some of it may be forgotten, as after a start, null when it was not heard here since <paramref name="staleMs"/>.</summary>
    internal double? FallenAfter(int gauge, long sinceMs, long staleMs) => _gauges.TryGetValue(gauge, out var rain) ? rain.FallenAfter(sinceMs, staleMs) : null;

    /// <summary>Readings of a gauge that came after the first <paramref name="seen"/>, in the order in which they came; only the newest <see cref="ReadingsKept"/> are remembered.</summary>
    /// <param name="gauge">Its number.</param>
    /// <param name="seen">What the last call returned, 0 at first.</param>
    /// <param name="into">They are added here.</param>
    /// <returns>How many have come in all.</returns>
    internal long ReadingsAfter(int gauge, long seen, List<RainReading> into) => _gauges.TryGetValue(gauge, out var rain) ? rain.ReadingsAfter(seen, into) : 0;

    private GaugeRain Of(int gauge) => _gauges.GetOrAdd(gauge, static _ => new GaugeRain());

    /// <summary>Four hours of a gauge that speaks every minute, 8 KB: more come at once only after an outage, and then history has them.</summary>
    internal const int ReadingsKept = 256;

    /// <summary>Clocks differ, and messages overtake each other, by no more than this.</summary>
    private const long LateMs = 15 * 60_000;

    private sealed class GaugeRain
    {
        private readonly RainReading[] _readings = new RainReading[ReadingsKept];
        private long _count;
        private long _newestMs;

        // Readings before this one may not be in what was restored, and are shown again.
        private long _restoredAt;

        // All that came after it is among the readings, as far as they are kept; 0 until known.
        private long _wholeAfterMs;

        private readonly Lock _lock = new();
        private readonly WaterStore _store = new(RainReach.AllHours);
        private readonly RainBins _bins = new();

        // Told by the host where the gauge's grain lives.
        private bool _isAbroad;

        public void Add(in RainReading reading, bool isLate)
        {
            lock (_lock)
            {
                // A sensor knows few of its own readings again; an hour of minutes that a gateway sends a second time must not be a second cloudburst.
                // The newest are looked for too: a grain that died unsaved judges them a second time, as the newest and at the same time as at first.
                if ((isLate || reading.TimeMs <= _newestMs) && IsKnown(reading, isLate)) return;
                _newestMs = Math.Max(_newestMs, reading.TimeMs);
                if (_wholeAfterMs == 0) _wholeAfterMs = reading.TimeMs;
                _store.Add(reading.TimeMs, reading.Millimetres);
                _bins.Add(reading.TimeMs, reading.Millimetres);
                _readings[_count++ % ReadingsKept] = reading;
            }
        }

        private bool IsKnown(in RainReading reading, bool isLate)
        {
            for (var i = Math.Max(_restoredAt, _count - ReadingsKept); i < _count; i++)
                if (_readings[i % ReadingsKept].IsSame(reading, isLate)) return true;
            return false;
        }

        public long ReadingsAfter(long seen, List<RainReading> into)
        {
            lock (_lock)
            {
                for (var i = Math.Max(seen, _count - ReadingsKept); i < _count; i++) into.Add(_readings[i % ReadingsKept]);
                return _count;
            }
        }

        public double? FallenAfter(long sinceMs, long staleMs)
        {
            lock (_lock)
            {
                if (_isAbroad || _store.AtMs == 0 || _store.AtMs < staleMs) return null;
                var first = Math.Max(_restoredAt, _count - ReadingsKept);
                var wholeAfter = first > _restoredAt ? Math.Max(_wholeAfterMs, _readings[first % ReadingsKept].TimeMs) : _wholeAfterMs;
                if (wholeAfter > sinceMs) return double.NaN;
                var sum = 0.0;
                for (var i = first; i < _count; i++)
                    if (_readings[i % ReadingsKept].TimeMs > sinceMs) sum += _readings[i % ReadingsKept].Millimetres;
                return sum;
            }
        }

        public double LeftAt(int reservoir, long timeMs, long staleMs)
        {
            lock (_lock)
            {
                if (_store.AtMs == 0 || _store.AtMs < staleMs) return double.NaN;
                var past = _isAbroad || timeMs >= _store.AtMs - LateMs ? null : _bins.LeftAt(reservoir, RainReach.AllHours[reservoir] * 3_600_000, timeMs);
                return past ?? _store.LeftAt(reservoir, timeMs);
            }
        }

        public void Keep(RainState into)
        {
            lock (_lock) (into.Hours, into.Millimetres, into.AtMs) = ([.. RainReach.AllHours], _store.Snapshot(), _store.AtMs);
        }

        public void Restore(RainState stored)
        {
            lock (_lock)
            {
                // A grain that fell asleep and woke again has nothing newer than the board. What another host has told goes: its readings since
                // the state was stored are shown again and must not count twice.
                if (_store.AtMs != 0 && !_isAbroad) return;
                _isAbroad = false;
                _restoredAt = _count;
                _wholeAfterMs = stored.AtMs;
                if (IsOfToday(stored)) _store.Restore(stored.AtMs, stored.Millimetres);
                else _store.Restore(0, new double[RainReach.AllHours.Length]);
                _bins.Begin(_store.AtMs, _store.Snapshot());
            }
        }

        public void Learn(RainState told)
        {
            if (!IsOfToday(told)) return;
            lock (_lock)
            {
                // At the same time there may be late rain in it, unless the gauge's grain lives here and knows best.
                if (told.AtMs < _store.AtMs || (told.AtMs == _store.AtMs && !_isAbroad)) return;
                _isAbroad = true;
                _store.Restore(told.AtMs, told.Millimetres);
            }
        }

        private static bool IsOfToday(RainState state) => RainReach.AllHours.SequenceEqual(state.Hours);
    }
}
