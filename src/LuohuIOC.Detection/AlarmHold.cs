namespace LuohuIOC.Detection;

/// <summary>
/// Turns single scores into a steady one: the <c>count</c>-th largest of the last <c>window</c> scores. It exceeds a threshold
/// exactly when that many of them do, so one spike never alarms and one good reading never ends an alarm.
/// </summary>
public sealed class AlarmHold
{
    /// <summary>Largest window: the ring is searched anew for every reading.</summary>
    public const int WindowMax = 16;

    private readonly double[] _ring;
    private readonly double[] _sorted;
    private readonly int _count;
    private int _next;
    private int _filled;

    public AlarmHold(int count, int window)
    {
        if (count < 1 || count > window || window > WindowMax) throw new ArgumentOutOfRangeException(nameof(count), $"{count} of {window}");
        _count = count;
        _ring = new double[window];
        _sorted = new double[window];
    }

    /// <summary>Scores pushed since the start, at most the window.</summary>
    public int Filled => _filled;

    /// <summary>The held score; 0 until enough scores are there.</summary>
    public double Push(double score)
    {
        _ring[_next] = score;
        _next = (_next + 1) % _ring.Length;
        _filled = Math.Min(_filled + 1, _ring.Length);
        if (_filled < _count) return 0;
        _ring.CopyTo(_sorted, 0);
        Array.Sort(_sorted, 0, _filled);
        return _sorted[_filled - _count];
    }

    public void Clear()
    {
        _next = 0;
        _filled = 0;
        Array.Clear(_ring);
    }
}
