namespace LuohuIOC.Sensing;

/// <summary>
/// The readings of an amount (rain) that were counted, by the time that the device gave and the sequence: what comes late counts where it fell, and what a gateway sends again after a lost
/// acknowledgement must not fall twice. Four hours of a gauge that reports every minute, 4 KB.
/// </summary>
[GenerateSerializer, Alias("luohu.amounts-seen.v1")]
public sealed class AmountsSeen
{
    private const int Max = 256;

    [Id(0)]
    public long[] Times = [];

    [Id(1)]
    public long[] Sequences = [];

    [Id(2)]
    public int Next;

    /// <summary>Of this time and before not all are remembered, Unix ms.</summary>
    [Id(3)]
    public long ForgottenMs = long.MinValue;

    /// <summary>Remembers a reading.</summary>
    /// <returns>False: it was counted before, or may have been.</returns>
    public bool Take(long timeMs, long sequence)
    {
        if (timeMs <= ForgottenMs) return false;
        for (var i = 0; i < Times.Length; i++)
            if (Times[i] == timeMs && Sequences[i] == sequence) return false;
        if (Times.Length < Max)
        {
            Next = Times.Length;
            Array.Resize(ref Times, Next + 1);
            Array.Resize(ref Sequences, Next + 1);
        }
        else ForgottenMs = Math.Max(ForgottenMs, Times[Next]);
        (Times[Next], Sequences[Next]) = (timeMs, sequence);
        Next = (Next + 1) % Max;
        return true;
    }
}
