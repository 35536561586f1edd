using System.Runtime.CompilerServices;
using LuohuIOC.Ingestion;

namespace LuohuIOC.History.DuckDb;

/// <summary>Whether history has a reading already.</summary>
internal enum Novelty : byte
{
    /// <summary>Surely not in history.</summary>
    New,

    /// <summary>Surely in history.</summary>
    Known,

    /// <summary>Memory does not reach that far back: the table must be asked.</summary>
    Suspect,
}

/// <summary>
/// Tells readings that history cannot have yet from those that must be looked up, so that in-order readings cost no query.
/// Per sensor it holds the newest identities (device time, sequence) and a floor; all stored identities above the floor are among the
/// held ones. Readings of clocks far ahead are kept out of them, because ten minutes in 2038 would make all that follows old;
/// of those only the range of device times is held, and whatever falls into it is looked up.
/// 168 bytes a sensor. Never ahead of the store: after a transaction failed it is thrown away and made anew.
/// </summary>
internal sealed class KnownIdentities
{
    private const int Held = 8;

    private Entry[] _entries = [];
    private readonly long _floorMs;

    /// <param name="sensorsInHistory">Numbers that have rows in the store.</param>
    /// <param name="newestMs">Newest time in the store; older readings of these sensors must be looked up.</param>
    public KnownIdentities(IEnumerable<int> sensorsInHistory, long newestMs)
    {
        _floorMs = newestMs;
        foreach (var sensor in sensorsInHistory)
        {
            Reserve(sensor);
            ref var entry = ref _entries[sensor];
            entry.FloorMs = _floorMs;
            entry.FloorSequence = long.MaxValue;
        }
    }

    /// <summary>At start: the range of device times of a sensor's stored readings whose clock was ahead.</summary>
    public void SetAhead(int sensor, long fromMs, long toMs)
    {
        Reserve(sensor);
        _entries[sensor].AheadFromMs = fromMs;
        _entries[sensor].AheadToMs = toMs;
    }

    /// <summary>Judges a reading and, when it is new, remembers it.</summary>
    /// <param name="sensor">Sensor number.</param>
    /// <param name="deviceMs">Device time.</param>
    /// <param name="sequence">Sequence or <see cref="ReadingGroup.NoSequence"/>.</param>
    /// <param name="ahead">The clock is not believed (<see cref="ReadingClock"/>).</param>
    public Novelty Judge(int sensor, long deviceMs, long sequence, bool ahead)
    {
        if (sensor >= _entries.Length) Reserve(sensor);
        ref var entry = ref _entries[sensor];
        if (!Above(deviceMs, sequence, entry.FloorMs, entry.FloorSequence)) return Novelty.Suspect;
        var place = entry.Count;
        while (place > 0)
        {
            var (ms, seq) = (entry.Times[place - 1], entry.Sequences[place - 1]);
            if (Above(deviceMs, sequence, ms, seq)) break;
            // Without a sequence it may be the rest of a moment's metrics, in a message of its own.
            if (deviceMs == ms && sequence == seq) return sequence == ReadingGroup.NoSequence ? Novelty.Suspect : Novelty.Known;
            place--;
        }
        if (deviceMs >= entry.AheadFromMs && deviceMs <= entry.AheadToMs) return Novelty.Suspect;
        if (ahead) entry.WidenAhead(deviceMs);
        else entry.Insert(place, deviceMs, sequence);
        return Novelty.New;
    }

    /// <summary>Remembers a suspect that turned out to be new.</summary>
    public void Remember(int sensor, long deviceMs, long sequence, bool ahead)
    {
        ref var entry = ref _entries[sensor];
        if (ahead)
        {
            entry.WidenAhead(deviceMs);
            return;
        }
        if (!Above(deviceMs, sequence, entry.FloorMs, entry.FloorSequence)) return;
        var place = entry.Count;
        while (place > 0 && !Above(deviceMs, sequence, entry.Times[place - 1], entry.Sequences[place - 1])) place--;
        entry.Insert(place, deviceMs, sequence);
    }

    private static bool Above(long ms, long sequence, long otherMs, long otherSequence) =>
        ms > otherMs || (ms == otherMs && sequence > otherSequence);

    private void Reserve(int sensor)
    {
        if (sensor < _entries.Length) return;
        var from = _entries.Length;
        Array.Resize(ref _entries, Math.Max(sensor + 1, Math.Max(1024, _entries.Length * 2)));
        for (var i = from; i < _entries.Length; i++) _entries[i] = Entry.Empty;
    }

    [InlineArray(Held)]
    private struct Longs
    {
        private long _first;
    }

    private struct Entry
    {
        public static readonly Entry Empty = new()
        {
            FloorMs = long.MinValue,
            FloorSequence = long.MinValue,
            AheadFromMs = long.MaxValue,
            AheadToMs = long.MinValue,
        };

        public long FloorMs;
        public long FloorSequence;
        public long AheadFromMs;
        public long AheadToMs;
        public int Count;

        /// <summary>Ascending, with <see cref="Sequences"/>.</summary>
        public Longs Times;
        public Longs Sequences;

        public void WidenAhead(long deviceMs)
        {
            AheadFromMs = Math.Min(AheadFromMs, deviceMs);
            AheadToMs = Math.Max(AheadToMs, deviceMs);
        }

        /// <summary>Puts an identity at its place; the smallest gives way when all places are taken and becomes the floor.</summary>
        public void Insert(int place, long deviceMs, long sequence)
        {
            Span<long> times = Times;
            Span<long> sequences = Sequences;
            if (Count < Held)
            {
                times[place..Count].CopyTo(times[(place + 1)..]);
                sequences[place..Count].CopyTo(sequences[(place + 1)..]);
                Count++;
            }
            else if (place == 0)
            {
                (FloorMs, FloorSequence) = (deviceMs, sequence);
                return;
            }
            else
            {
                (FloorMs, FloorSequence) = (times[0], sequences[0]);
                place--;
                times[1..(place + 1)].CopyTo(times);
                sequences[1..(place + 1)].CopyTo(sequences);
            }
            times[place] = deviceMs;
            sequences[place] = sequence;
        }
    }
}
