using LuohuIOC.DeviceProtocol;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Ingestion.Stations;

/// <summary>Station addresses that are listened to, and whose sensor each is. The file is read again when it has changed.</summary>
public sealed class StationBook(IOptions<StationOptions> options, IConfiguration configuration, ILogger<StationBook> log)
{
    private readonly string _path = Path.Combine(configuration["DataDirectory"] ?? "data", "stations.csv");
    private const long RetryMs = 5_000;

    private readonly Lock _gate = new();
    private volatile Dictionary<(PayloadForm, string), string> _rows = [];
    private (DateTime WrittenAt, long Length) _read;
    private (DateTime WrittenAt, long Length)? _unread;
    private long _again;

    /// <summary>The sensor of an address; null when nobody may speak under it.</summary>
    public string? SensorOf(PayloadForm form, string address) =>
        options.Value.Of(form).Sensors.TryGetValue(address, out var sensor) ? sensor : _rows.GetValueOrDefault((form, address.ToUpperInvariant()));

    /// <summary>True when the station, or one of its components, has a sensor.</summary>
    public bool Knows(PayloadForm form, string address)
    {
        Refresh();
        if (SensorOf(form, address) is not null) return true;
        var prefix = address.ToUpperInvariant() + "/";
        return options.Value.Of(form).Sensors.Keys.Any(k => k.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            || _rows.Keys.Any(k => k.Item1 == form && k.Item2.StartsWith(prefix, StringComparison.Ordinal));
    }

    private void Refresh()
    {
        var file = new FileInfo(_path);
        // A file that is written in two goes within one tick of its clock is longer afterwards.
        var present = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        lock (_gate)
        {
            if (present == _read || (present == _unread && Environment.TickCount64 < _again)) return;
            try
            {
                _rows = file.Exists ? Read(File.ReadLines(_path)) : [];
                (_read, _unread) = (present, null);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Looked at for every frame, strangers' too: told once.
                var isKnown = present == _unread;
                (_unread, _again) = (present, Environment.TickCount64 + RetryMs);
                if (!isKnown) log.LogError(e, "Stations: {Path} cannot be read, the rows read before stay in force", _path);
            }
        }
    }

    // sl651,0012345678,river-001 — the header and anything else that is no row is passed over and told
    private Dictionary<(PayloadForm, string), string> Read(IEnumerable<string> lines)
    {
        var rows = new Dictionary<(PayloadForm, string), string>();
        foreach (var line in lines)
        {
            var fields = line.Split(',', StringSplitOptions.TrimEntries);
            if (fields is ["protocol", ..] || line.Length == 0) continue;
            if (fields.Length == 3 && PayloadForms.TryParseRaw(fields[0], out var form) && Topic.IsId(fields[2])) rows[(form, fields[1].ToUpperInvariant())] = fields[2];
            else log.LogWarning("Stations: '{Line}' in {Path} is not protocol,address,sensor", line, _path);
        }
        return rows;
    }
}
