using System.Collections.Concurrent;
using LuohuIOC.Alerts;
using LuohuIOC.Identity;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Texts;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Wall;

/// <summary>All browsers that watch. Showing something costs its caller one queue entry a browser and never waits for one.</summary>
internal sealed class WallRoom
{
    /// <summary>Of the last tenth of the places, one token has as many: a page that opens its connection again and again locks nobody else out.</summary>
    public const int LastPlacesOfToken = 5;

    private readonly ConcurrentDictionary<string, (WallConnection Connection, Task Running)> _connections = new(StringComparer.Ordinal);
    private readonly WallOptions _options;
    private readonly SensorRegistry _registry;
    private readonly LatestBoard _latest;
    private readonly WallMeters _meters;
    private readonly TokenBook _tokens;
    private readonly TimeProvider _time;
    private readonly ILogger<WallRoom> _logger;

    public WallRoom(
        AlertBoard alerts, TokenBook tokens, SensorRegistry registry, LatestBoard latest, IOptions<WallOptions> options, WallMeters meters, TimeProvider time,
        ILogger<WallRoom> logger)
    {
        (_options, _tokens, _registry, _latest, _meters, _time, _logger) = (options.Value, tokens, registry, latest, meters, time, logger);
        alerts.Changed += Show;
        tokens.Revoked += TurnOut;
    }

    public bool IsEmpty => _connections.IsEmpty;

    public int Count => _connections.Count;

    public IEnumerable<WallStats> Stats => _connections.Select(entry => entry.Value.Connection.Stats);

    /// <summary>Lets a browser in, or turns it away when the room is full.</summary>
    public void Join(HubConnectionContext connection)
    {
        if (!HasPlaceFor(connection.UserIdentifier))
        {
            _meters.Refused();
            _logger.LogWarning("A browser of {User} is turned away: {Max} are connected (Wall:ConnectionsMax).", connection.UserIdentifier, _options.ConnectionsMax);
            connection.Abort();
            return;
        }
        var joined = new WallConnection(connection, LanguageOf(connection), _options, _registry, _latest, _meters, _time, _logger);
        _connections[connection.ConnectionId] = (joined, joined.RunAsync());
        _meters.Joined();
        // Revoked between the request and this: nobody would turn it out any more.
        if (joined.TokenId is { } token && _tokens.Find(token)?.IsUsable(_time.GetUtcNow()) is false) joined.Abort();
    }

    // The user's identifier is his token's.
    private bool HasPlaceFor(string? token)
    {
        var free = _options.ConnectionsMax - _connections.Count;
        return free > _options.ConnectionsMax / 10 || (free > 0 && _connections.Count(c => c.Value.Connection.TokenId == token) < LastPlacesOfToken);
    }

    public async Task LeaveAsync(HubConnectionContext connection)
    {
        if (!_connections.TryRemove(connection.ConnectionId, out var entry)) return;
        _meters.Left();
        entry.Connection.Stop();
        await entry.Running;
    }

    public WallStats? StatsOf(string connectionId) => _connections.TryGetValue(connectionId, out var entry) ? entry.Connection.Stats : null;

    public void Show(AlertView view)
    {
        if (_connections.IsEmpty) return;
        var notice = new AlertNotice(view);
        foreach (var (_, entry) in _connections) entry.Connection.Put(notice);
    }

    /// <summary>A revoked token ends what was opened with it, not only what comes next.</summary>
    private void TurnOut(string tokenId)
    {
        foreach (var (_, entry) in _connections)
            if (entry.Connection.TokenId == tokenId) entry.Connection.Abort();
    }

    public void Show(ReadingsFrame frame)
    {
        foreach (var (_, entry) in _connections) entry.Connection.Put(frame);
    }

    /// <summary><c>?lang=en</c> if given, else the browser's own language, as for HTTP.</summary>
    public static string LanguageOf(HubConnectionContext connection) => connection.GetHttpContext() is { } http ? LanguageOf(http) : TextBook.Chinese;

    public static string LanguageOf(HttpContext http) => http.Request.Query["lang"].ToString() switch
    {
        "" => TextBook.LanguageOf(http.Request),
        var chosen => chosen.StartsWith("en", StringComparison.OrdinalIgnoreCase) ? TextBook.English : TextBook.Chinese,
    };
}
