using System.Globalization;

namespace LuohuIOC.Sensing.Gateways;

/// <summary>A gateway that has said that it is gone.</summary>
internal readonly record struct AwayNote(string Gateway, DateTimeOffset Since, bool IsSparkplug);

/// <summary>
/// Who has said that it is gone, in the file <c>gateways-away.csv</c>: a wait that a restart interrupts goes on. One line a gateway,
/// <c>gw-1,1732262400000,will</c> or <c>…,node</c> for the death of a Sparkplug node; replaced whole when something changes, which is rare.
/// </summary>
internal sealed class AwayFile(string path)
{
    public const string Name = "gateways-away.csv";

    private HashSet<AwayNote> _kept = [];

    /// <summary>What was kept; lines that cannot be read are passed over, their gateways are silent at worst.</summary>
    /// <exception cref="IOException">The file is there and cannot be read.</exception>
    public IReadOnlyCollection<AwayNote> Read()
    {
        if (!File.Exists(path)) return [];
        return _kept = [.. File.ReadLines(path).Select(Parse).OfType<AwayNote>()];
    }

    /// <summary>Keeps these and no others; looks at the disk only when they have changed.</summary>
    /// <exception cref="IOException">The file cannot be written; what it held stays.</exception>
    public void Keep(IReadOnlyCollection<AwayNote> away)
    {
        if (_kept.SetEquals(away)) return;
        var fresh = path + ".new";
        using (var stream = new FileStream(fresh, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            using (var text = new StreamWriter(stream, leaveOpen: true))
                foreach (var note in away) text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{note.Gateway},{note.Since.ToUnixTimeMilliseconds()},{(note.IsSparkplug ? "node" : "will")}"));
            stream.Flush(flushToDisk: true);
        }
        File.Move(fresh, path, overwrite: true);
        _kept = [.. away];
    }

    // gw-1,1732262400000,will
    private static AwayNote? Parse(string line) =>
        line.Split(',') is [var gateway, var since, ("will" or "node") and var by] && long.TryParse(since, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms < 253_402_300_799_999
            ? new AwayNote(gateway, DateTimeOffset.FromUnixTimeMilliseconds(ms), by == "node") : null;
}
