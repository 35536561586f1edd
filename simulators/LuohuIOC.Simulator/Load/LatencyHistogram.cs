using System.Numerics;

namespace LuohuIOC.Simulator.Load;

/// <summary>
/// Counts of latencies in buckets of at most 3 % width: 32 to each power of two of microseconds. 1 kB a connection, no allocation
/// while running; one connection's own thread writes, and the results are added up at the end.
/// </summary>
public sealed class LatencyHistogram
{
    private const int BucketsPerOctave = 32;
    private readonly long[] _counts = new long[BucketsPerOctave * 40];

    public long Count { get; private set; }

    public TimeSpan Largest { get; private set; }

    public void Add(TimeSpan latency)
    {
        _counts[BucketOf(latency.Ticks)]++;
        Count++;
        if (latency > Largest) Largest = latency;
    }

    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++) _counts[i] += other._counts[i];
        Count += other.Count;
        if (other.Largest > Largest) Largest = other.Largest;
    }

    /// <summary>The latency that this share of messages did not exceed; zero when nothing was counted.</summary>
    /// <param name="share">0.99 for the 99th percentile.</param>
    public TimeSpan Percentile(double share)
    {
        var rank = (long)Math.Ceiling(share * Count);
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            rank -= _counts[bucket];
            if (rank <= 0 && Count > 0) return TimeSpan.FromTicks(Math.Min(UpperTicks(bucket), Largest.Ticks));
        }
        return TimeSpan.Zero;
    }

    private static int BucketOf(long ticks)
    {
        if (ticks < BucketsPerOctave) return (int)Math.Max(ticks, 0);
        var octave = BitOperations.Log2((ulong)ticks) - 5;
        return Math.Min((octave * BucketsPerOctave) + (int)(ticks >> octave), (BucketsPerOctave * 40) - 1);
    }

    private static long UpperTicks(int bucket)
    {
        if (bucket < 2 * BucketsPerOctave) return bucket;
        var octave = (bucket / BucketsPerOctave) - 1;
        return ((long)(bucket - (octave * BucketsPerOctave) + 1) << octave) - 1;
    }
}
