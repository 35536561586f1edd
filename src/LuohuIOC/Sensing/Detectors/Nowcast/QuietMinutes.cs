namespace LuohuIOC.Sensing.Detectors.Nowcast;

/// <summary>
/// What ends an alert: minutes that speak for its end, and minutes in a row of which nothing is known. A silent station does not say that the water
/// has fallen, so its minutes are counted apart and end the alert later and for another reason.
/// </summary>
/// <param name="end">Minutes that speak for the end; not in a row, those between them may be neither.</param>
internal sealed class QuietMinutes(int end)
{
    /// <summary>Minutes without knowledge that end an alert, in a row; more where more quiet minutes are asked for.</summary>
    public const int UnknownMinutes = 30;

    // Looks may skip minutes, which are then like those beside them. Longer pauses are like nothing.
    private const long SkipMax = 10;

    private long? _before;
    private bool _wasQuiet;
    private long _quiet;
    private long _unknown;

    public bool AreEnough => _quiet >= end;

    public bool AreUnknown => _unknown >= Math.Max(UnknownMinutes, end);

    /// <summary>A minute that speaks for the end.</summary>
    public void Quiet(long minute)
    {
        var passed = PassedTo(minute);
        _quiet += _wasQuiet && passed <= SkipMax ? passed : 1;
        (_wasQuiet, _unknown) = (true, 0);
    }

    /// <summary>One that speaks against it: counting begins anew.</summary>
    public void Loud(long minute)
    {
        PassedTo(minute);
        (_wasQuiet, _quiet, _unknown) = (false, 0, 0);
    }

    /// <summary>One that says something, neither for nor against.</summary>
    public void Between(long minute)
    {
        PassedTo(minute);
        (_wasQuiet, _unknown) = (false, 0);
    }

    /// <summary>One of which nothing is known.</summary>
    public void Unknown(long minute)
    {
        // Of a span that nobody looked at, no more is known than that it was short or long.
        _unknown += Math.Min(PassedTo(minute), SkipMax);
        _wasQuiet = false;
    }

    private long PassedTo(long minute)
    {
        var passed = _before is { } before ? Math.Max(0, minute - before) : 1;
        _before = Math.Max(_before ?? minute, minute);
        return passed;
    }
}
