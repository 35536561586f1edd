namespace LuohuIOC.Sensing.Rules;

/// <summary>
/// A moving window over one metric in 36 bins inside an array of longs: number of the newest bin since 1970, width of a bin in milliseconds, the bins as the bits of
/// doubles (sums, or lowest values with NaN for an empty bin), time of the newest value and how long after the one before it came. A rise keeps besides when each bin's
/// lowest value was, and the last value before the window: who reports every hour has one value in a window of an hour, and what it rose from is the one before.
/// </summary>
internal static class WindowRing
{
    public const int Bins = 36;

    private const int FirstBin = 2;
    private const int Newest = FirstBin + Bins;
    private const int Pause = Newest + 1;
    private const int FirstTime = Pause + 1;
    private const int BaseTime = FirstTime + Bins;
    private const int Base = BaseTime + 1;

    /// <summary>Longs in a rule's ring.</summary>
    public static int LengthOf(RuleForm form) => form == RuleForm.Rise ? Base + 1 : FirstTime;

    public static long BinOf(CompiledRule rule, long timeMs) => timeMs / (rule.WindowMs / Bins);

    /// <summary>Time at which a bin begins.</summary>
    public static long BeginOf(CompiledRule rule, long bin) => bin * (rule.WindowMs / Bins);

    /// <summary>An empty ring for the rule.</summary>
    public static long[] Create(CompiledRule rule)
    {
        var ring = new long[LengthOf(rule.Form)];
        ring[1] = rule.WindowMs / Bins;
        ring.AsSpan(FirstBin, Bins).Fill(EmptyBin(rule));
        return ring;
    }

    /// <summary>The ring that an older version stored in this one's form: a bin's value was when the bin began, for all that is known.</summary>
    public static long[] Upgrade(CompiledRule rule, long[] ring)
    {
        if (ring.Length >= LengthOf(rule.Form)) return ring;
        var known = ring.Length;
        Array.Resize(ref ring, LengthOf(rule.Form));
        if (known > FirstTime || rule.Form != RuleForm.Rise) return ring;
        for (var bin = ring[0] - Bins + 1; bin <= ring[0]; bin++) ring[FirstTime + At(bin)] = BeginOf(rule, bin);
        return ring;
    }

    /// <summary>Moves the window so that its newest bin is the given one; bins that come in are empty.</summary>
    public static void MoveTo(CompiledRule rule, long[] ring, long bin)
    {
        if (bin <= ring[0]) return;
        if (rule.Form == RuleForm.Rise)
            for (var leaving = ring[0] - Bins + 1; leaving <= Math.Min(ring[0], bin - Bins); leaving++)
                if (!double.IsNaN(ValueAt(ring, FirstBin + At(leaving)))) (ring[BaseTime], ring[Base]) = (ring[FirstTime + At(leaving)], ring[FirstBin + At(leaving)]);
        for (var coming = Math.Max(ring[0] + 1, bin - Bins + 1); coming <= bin; coming++) ring[FirstBin + At(coming)] = EmptyBin(rule);
        ring[0] = bin;
    }

    /// <summary>The clock was set back: the bins as they are lie so much earlier, rounded to a bin's width and none behind the present.</summary>
    public static void SetBack(CompiledRule rule, long[] ring, long byMs, long nowMs)
    {
        var before = ring.ToArray();
        var newest = Math.Min(BinOf(rule, nowMs), ring[0] - (byMs / ring[1]));
        if (newest < Bins) return;
        for (var back = 0; back < Bins; back++)
        {
            ring[FirstBin + At(newest - back)] = before[FirstBin + At(ring[0] - back)];
            if (rule.Form == RuleForm.Rise) ring[FirstTime + At(newest - back)] = before[FirstTime + At(before[0] - back)] - byMs;
        }
        ring[0] = newest;
        if (ring[Newest] != 0) ring[Newest] -= byMs;
        if (rule.Form == RuleForm.Rise && ring[BaseTime] != 0) ring[BaseTime] -= byMs;
    }

    /// <summary>Takes a value at the newest bin.</summary>
    public static void Add(CompiledRule rule, long[] ring, long timeMs, double value)
    {
        if (timeMs > ring[Newest])
        {
            // Before the second one comes nobody knows how long it takes.
            ring[Pause] = Math.Min(timeMs - ring[Newest], rule.WindowMs);
            ring[Newest] = timeMs;
        }
        var at = FirstBin + At(ring[0]);
        var bin = ValueAt(ring, at);
        if (rule.Form == RuleForm.Sum) ring[at] = BitConverter.DoubleToInt64Bits(bin + value);
        else if (!(bin <= value)) (ring[at], ring[FirstTime + At(ring[0])]) = (BitConverter.DoubleToInt64Bits(value), timeMs);
    }

    /// <summary>Takes an amount of a while ago, spread evenly over its time; what lies before the window is left out.</summary>
    /// <returns>Whether any of it is in the window.</returns>
    public static bool AddPast(CompiledRule rule, long[] ring, long fromMs, long toMs, double amount)
    {
        var (first, last) = (BinOf(rule, fromMs), BinOf(rule, toMs));
        if (last > ring[0] || last <= ring[0] - Bins) return false;
        for (var bin = Math.Max(first, ring[0] - Bins + 1); bin <= last; bin++)
        {
            var share = first == last ? 1 : (Math.Min(toMs, BeginOf(rule, bin + 1)) - Math.Max(fromMs, BeginOf(rule, bin))) / (double)(toMs - fromMs);
            ring[FirstBin + At(bin)] = BitConverter.DoubleToInt64Bits(ValueAt(ring, FirstBin + At(bin)) + (amount * share));
        }
        return true;
    }

    /// <summary>
    /// When the window moves on by time alone. Not before the next value has had time to come, half as late again as the last one: of a gauge that reports every hour an hour's rain would end
    /// with the hour, and begin again with the report.
    /// </summary>
    public static long DueOf(CompiledRule rule, long[] ring) => Math.Max(BeginOf(rule, ring[0] + 1), ring[Newest] + ring[Pause] + (ring[Pause] / 2));

    /// <summary>The sum in the window, or how far <paramref name="latest"/> stands above the lowest in it; NaN when nothing has ever been in it.</summary>
    public static double Measure(CompiledRule rule, long[] ring, double latest) =>
        // 250 tips of 0.2 mm are 50 mm, not 49.99999999999999.
        Math.Round(rule.Form == RuleForm.Sum ? Sum(ring) : latest - LowestOf(rule, ring, latest), 6);

    /// <summary>Whether no value of a rise is in the window.</summary>
    public static bool IsEmpty(long[] ring)
    {
        for (var i = FirstBin; i < FirstBin + Bins; i++)
            if (!double.IsNaN(ValueAt(ring, i))) return false;
        return true;
    }

    private static double Sum(long[] ring)
    {
        var sum = 0.0;
        for (var i = FirstBin; i < FirstBin + Bins; i++) sum += ValueAt(ring, i);
        return sum;
    }

    /// <summary>The lowest in the window, also at its beginning: there the value lies between the last one before it and the first one in it.</summary>
    private static double LowestOf(CompiledRule rule, long[] ring, double latest)
    {
        var lowest = double.NaN;
        var (firstMs, first) = (long.MaxValue, double.NaN);
        for (var i = 0; i < Bins; i++)
        {
            var bin = ValueAt(ring, FirstBin + i);
            if (double.IsNaN(bin)) continue;
            lowest = double.MinNumber(lowest, bin);
            if (ring[FirstTime + i] < firstMs) (firstMs, first) = (ring[FirstTime + i], bin);
        }
        if (ring[BaseTime] == 0) return lowest;
        // Nothing has come for a whole window: for all that is known it stands where it stood.
        if (double.IsNaN(first)) return latest;
        var (beginMs, before) = (Math.Max(ring[Newest], BeginOf(rule, ring[0])) - rule.WindowMs, ValueAt(ring, Base));
        var share = Math.Max(0, beginMs - ring[BaseTime]) / (double)Math.Max(1, firstMs - ring[BaseTime]);
        return Math.Min(lowest, before + ((first - before) * Math.Min(1, share)));
    }

    private static double ValueAt(long[] ring, int at) => BitConverter.Int64BitsToDouble(ring[at]);

    private static int At(long bin) => (int)(((bin % Bins) + Bins) % Bins);

    private static long EmptyBin(CompiledRule rule) => BitConverter.DoubleToInt64Bits(rule.Form == RuleForm.Sum ? 0 : double.NaN);
}
