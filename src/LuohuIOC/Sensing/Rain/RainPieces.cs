namespace LuohuIOC.Sensing.Rain;

/// <summary>
/// What a gauge's rain was counted for, piece by piece: SL 651's element 22 tells the five minutes before its report, and reports in successive minutes tell four of
/// them again. Of a window that overlaps pieces only the rest counts. The newest 64, an hour of reports every minute, 1.5 KB.
/// </summary>
[GenerateSerializer, Alias("luohu.rain-pieces.v1")]
public sealed class RainPieces
{
    private const int Max = 64;

    /// <summary>Where each piece begins, Unix ms, exclusive.</summary>
    [Id(0)]
    public long[] From = [];

    /// <summary>Where it ends, Unix ms, inclusive.</summary>
    [Id(1)]
    public long[] To = [];

    /// <summary>Rain counted in it, mm.</summary>
    [Id(2)]
    public double[] Millimetres = [];

    [Id(3)]
    public int Next;

    /// <summary>Rain of a window, less what was counted of it, mm: pieces rained evenly, for all that is known. What is new of the window becomes a piece.</summary>
    /// <param name="fromMs">Where the window begins, Unix ms.</param>
    /// <param name="toMs">Where it ends, Unix ms.</param>
    /// <param name="millimetres">Rain in it.</param>
    internal double Take(long fromMs, long toMs, double millimetres)
    {
        var counted = 0.0;
        var (newFromMs, newToMs) = (fromMs, toMs);
        for (var i = 0; i < From.Length; i++)
        {
            if (SharedMs(i, fromMs, toMs) is not (> 0 and var shared)) continue;
            counted += Millimetres[i] * shared / (To[i] - From[i]);
            // The rest fell where nothing had been counted.
            if (To[i] < toMs) newFromMs = Math.Max(newFromMs, To[i]);
            else if (From[i] > fromMs) newToMs = Math.Min(newToMs, From[i]);
        }
        var rest = Math.Round(Math.Max(0, millimetres - counted), 3);
        if (newFromMs < newToMs) Add(newFromMs, newToMs, rest);
        else if (rest > 0) Add(fromMs, toMs, rest);
        return rest;
    }

    /// <summary>The least that must have fallen in a window beside what was counted in pieces that overlap it, mm.</summary>
    internal double LeastNew(long fromMs, long toMs, double millimetres)
    {
        for (var i = 0; i < From.Length; i++)
            if (SharedMs(i, fromMs, toMs) > 0) millimetres -= Millimetres[i];
        return Math.Round(Math.Max(0, millimetres), 3);
    }

    /// <summary>Remembers what was counted.</summary>
    internal void Add(long fromMs, long toMs, double millimetres)
    {
        if (fromMs >= toMs) return;
        if (From.Length < Max)
        {
            Next = From.Length;
            Array.Resize(ref From, Next + 1);
            Array.Resize(ref To, Next + 1);
            Array.Resize(ref Millimetres, Next + 1);
        }
        (From[Next], To[Next], Millimetres[Next]) = (fromMs, toMs, millimetres);
        Next = (Next + 1) % Max;
    }

    private long SharedMs(int piece, long fromMs, long toMs) => Math.Min(To[piece], toMs) - Math.Max(From[piece], fromMs);
}
