namespace LuohuIOC.Notices;

/// <summary>What servers and errors say, as it may stand in a record.</summary>
internal static class Answers
{
    private const int LengthMax = 200;

    /// <summary>One line of at most 200 characters without control characters.</summary>
    public static string OneLine(string text)
    {
        var line = new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]).Trim();
        return line.Length <= LengthMax ? line : line[..(LengthMax - 1)] + "…";
    }
}
