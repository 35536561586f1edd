using System.Collections.Concurrent;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Ingestion.Stations;

/// <summary>One station on the line.</summary>
/// <param name="Remote">Its network address.</param>
/// <param name="Since">When the connection was made.</param>
/// <param name="Send">Writes a frame to it; one at a time with the connection's own answers.</param>
public sealed record StationLine(string Remote, DateTimeOffset Since, Func<ReadOnlyMemory<byte>, CancellationToken, Task> Send)
{
    /// <summary>The last frame that the station sent; a question repeats its centre, password and version.</summary>
    public byte[] LastFrame { get; set; } = [];

    public DateTimeOffset HeardAt { get; set; } = Since;
}

/// <summary>Stations on the line at this moment, by protocol and address. A station that calls again takes the place of its old connection.</summary>
public sealed class StationBoard
{
    private readonly ConcurrentDictionary<(PayloadForm Form, string Address), StationLine> _lines = new();

    // As many as are registered: nobody else stays on the line.
    private readonly ConcurrentDictionary<(PayloadForm Form, string Address), DateTimeOffset> _gone = new();

    public IEnumerable<(PayloadForm Form, string Address, StationLine Line)> All => _lines.Select(l => (l.Key.Form, l.Key.Address, l.Value));

    public StationLine? Of(PayloadForm form, string address) => _lines.GetValueOrDefault((form, address));

    /// <summary>When a station that is not on the line has left it; null when it has not been since the start.</summary>
    public DateTimeOffset? GoneAt(PayloadForm form, string address) => _gone.TryGetValue((form, address), out var at) ? at : null;

    internal void Set(PayloadForm form, string address, StationLine line) => _lines[(form, address)] = line;

    internal void Remove(PayloadForm form, string address, StationLine line, DateTimeOffset at)
    {
        if (_lines.TryRemove(new KeyValuePair<(PayloadForm, string), StationLine>((form, address), line))) _gone[(form, address)] = at;
    }
}
