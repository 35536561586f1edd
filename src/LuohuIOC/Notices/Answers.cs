namespace LuohuIOC.Notices;

/// <summary>What servers and errors say, as it may stand in a record.</summary>
internal static class Answers
{
    private const int LengthMax = 200;

    /// <summary>Parts of an address that are shorter are words of its server, not keys.</summary>
    private const int KeyMin = 8;

    /// <summary>As <see cref="OneLine"/>, without what a server repeats of the address that it was asked at: that holds a key.</summary>
    public static string Without(string address, string text)
    {
        foreach (var part in Uri.UnescapeDataString(new Uri(address).PathAndQuery).Split('/', '?', '&', '=').Where(part => part.Length >= KeyMin).OrderByDescending(part => part.Length))
            text = text.Replace(part, "…", StringComparison.OrdinalIgnoreCase);
        return OneLine(text);
    }

    /// <summary>One line of at most 200 characters without control characters.</summary>
    public static string OneLine(string text)
    {
        var line = new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]).Trim();
        return line.Length <= LengthMax ? line : line[..(LengthMax - 1)] + "…";
    }
}
