using System.Numerics;

namespace LuohuIOC.Wall;

/// <summary>A set of sensor numbers, one bit each. Not for several threads.</summary>
internal sealed class SensorSet
{
    private ulong[] _bits = [];
    private int _count;

    // Taking goes on where it stopped, so that low numbers do not crowd high ones out.
    private int _next;

    public bool IsEmpty => _count == 0;

    public int Count => _count;

    public void Add(ReadOnlySpan<int> sensors)
    {
        foreach (var sensor in sensors)
        {
            var word = sensor >> 6;
            if (word >= _bits.Length) Array.Resize(ref _bits, Math.Max(word + 1, _bits.Length * 2));
            var bit = 1UL << (sensor & 63);
            if ((_bits[word] & bit) != 0) continue;
            _bits[word] |= bit;
            _count++;
        }
    }

    /// <summary>Removes and returns at most <paramref name="max"/> sensors.</summary>
    public int[] Take(int max)
    {
        var taken = new int[Math.Min(max, _count)];
        for (var i = 0; i < taken.Length; _next++)
        {
            if (_next >= _bits.Length) _next = 0;
            while (_bits[_next] != 0 && i < taken.Length)
            {
                taken[i++] = (_next << 6) + BitOperations.TrailingZeroCount(_bits[_next]);
                _bits[_next] &= _bits[_next] - 1;
                _count--;
            }
            if (i == taken.Length) break;
        }
        return taken;
    }
}
