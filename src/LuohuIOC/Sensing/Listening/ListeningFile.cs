using System.Globalization;

namespace LuohuIOC.Sensing.Listening;

/// <summary>What a host knows of its listening, and until when it has listened, Unix ms.</summary>
internal sealed record ListeningNote(ListenedTime Time, long LastMs);

/// <summary>
/// When the host has listened, in the file <c>listening.csv</c>: <c>since,1732262400000</c>, <c>last,…</c> and a line <c>pause,…,…</c> for each time in which it
/// did not. Replaced whole, so that it is there as it was or as it is.
/// </summary>
internal sealed class ListeningFile(string path)
{
    public const string Name = "listening.csv";

    /// <summary>What was kept; null when there is nothing, or a line that cannot be read: a pause less would make sensors silent that were not heard.</summary>
    /// <exception cref="IOException">The file is there and cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor may it be.</exception>
    public ListeningNote? Read()
    {
        if (!File.Exists(path)) return null;
        var (since, last) = (-1L, -1L);
        var pauses = new List<ListeningPause>();
        foreach (var line in File.ReadLines(path))
        {
            switch (line.Split(','))
            {
                case ["since", var ms] when TimeOf(ms) is { } known:
                    since = known;
                    break;
                case ["last", var ms] when TimeOf(ms) is { } known:
                    last = known;
                    break;
                case ["pause", var from, var to] when TimeOf(from) is { } fromMs && TimeOf(to) is { } toMs && fromMs < toMs && (pauses.Count == 0 || pauses[^1].ToMs <= fromMs):
                    pauses.Add(new ListeningPause(fromMs, toMs));
                    break;
                default:
                    return null;
            }
        }
        if (since < 0 || last < 0) return null;
        return new ListeningNote(new ListenedTime(since, pauses.Count > 0 ? pauses[^1].ToMs : since, [.. pauses]), last);
    }

    /// <exception cref="IOException">The file cannot be written; what it held stays.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor may it be.</exception>
    public void Keep(ListeningNote note)
    {
        var fresh = path + ".new";
        using (var stream = new FileStream(fresh, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            using (var text = new StreamWriter(stream, leaveOpen: true))
            {
                text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"since,{note.Time.SinceMs}\nlast,{note.LastMs}"));
                foreach (var pause in note.Time.Pauses) text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"pause,{pause.FromMs},{pause.ToMs}"));
            }
            stream.Flush(flushToDisk: true);
        }
        File.Move(fresh, path, overwrite: true);
    }

    private static long? TimeOf(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms <= 253_402_300_799_999 ? ms : null;
}
