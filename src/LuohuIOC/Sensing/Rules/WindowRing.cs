namespace LuohuIOC.Sensing.Rules;

/// <summary>
/// A moving window over one metric in 36 bins inside an array of longs: [0] number of the newest bin since 1970, [1] width of
/// a bin in milliseconds, then the bins as the bits of doubles: sums, or lowest values with NaN for an empty bin.
/// </summary>
internal static class WindowRing
{
    public const int Bins = 36;

    public const int Length = Bins + 2;

    public static long BinOf(CompiledRule rule, long timeMs) => timeMs / (rule.WindowMs / Bins);

    /// <summary>Time at which a bin begins.</summary>
    public static long BeginOf(CompiledRule rule, long bin) => bin * (rule.WindowMs / Bins);

    /// <summary>An empty ring for the rule.</summary>
    public static long[] Create(CompiledRule rule)
    {
        var ring = new long[Length];
        ring[1] = rule.WindowMs / Bins;
        Empty(rule, ring);
        return ring;
    }

    /// <summary>Moves the window so that its newest bin is the given one; bins that come in are empty.</summary>
    public static void MoveTo(CompiledRule rule, long[] ring, long bin)
    {
        if (bin - ring[0] >= Bins) Empty(rule, ring);
        else
            for (var b = ring[0] + 1; b <= bin; b++) ring[2 + (int)(b % Bins)] = EmptyBin(rule);
        if (bin > ring[0]) ring[0] = bin;
    }

    /// <summary>The clock was set back: the bins as they are lie so much earlier, rounded to a bin's width and none behind the present.</summary>
    public static void SetBack(CompiledRule rule, long[] ring, long byMs, long nowMs)
    {
        var before = ring.AsSpan(2).ToArray();
        var newest = Math.Min(BinOf(rule, nowMs), ring[0] - (byMs / ring[1]));
        if (newest < Bins) return;
        for (var back = 0; back < Bins; back++) ring[2 + (int)((newest - back) % Bins)] = before[(int)((ring[0] - back) % Bins)];
        ring[0] = newest;
    }

    /// <summary>Takes a value at the newest bin.</summary>
    public static void Add(CompiledRule rule, long[] ring, double value)
    {
        ref var bits = ref ring[2 + (int)(ring[0] % Bins)];
        var bin = BitConverter.Int64BitsToDouble(bits);
        bits = BitConverter.DoubleToInt64Bits(rule.Form == RuleForm.Sum ? bin + value : double.MinNumber(bin, value));
    }

    /// <summary>The sum in the window, or how far <paramref name="latest"/> stands above the lowest in it; NaN when nothing is in it.</summary>
    public static double Measure(CompiledRule rule, long[] ring, double latest)
    {
        var sum = 0.0;
        var lowest = double.NaN;
        for (var i = 2; i < Length; i++)
        {
            var bin = BitConverter.Int64BitsToDouble(ring[i]);
            sum += bin;
            lowest = double.MinNumber(lowest, bin);
        }
        // 250 tips of 0.2 mm are 50 mm, not 49.99999999999999.
        return Math.Round(rule.Form == RuleForm.Sum ? sum : latest - lowest, 6);
    }

    /// <summary>Whether no value of a rise is in the window.</summary>
    public static bool IsEmpty(long[] ring)
    {
        for (var i = 2; i < Length; i++)
            if (!double.IsNaN(BitConverter.Int64BitsToDouble(ring[i]))) return false;
        return true;
    }

    private static long EmptyBin(CompiledRule rule) => BitConverter.DoubleToInt64Bits(rule.Form == RuleForm.Sum ? 0 : double.NaN);

    private static void Empty(CompiledRule rule, long[] ring) => ring.AsSpan(2).Fill(EmptyBin(rule));
}
