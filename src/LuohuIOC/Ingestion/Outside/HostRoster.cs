using System.Security.Cryptography;
using System.Text;

namespace LuohuIOC.Ingestion.Outside;

/// <summary>A session that the broker keeps for a host: number 1, 2, … of its connections.</summary>
internal readonly record struct SessionName(string Host, int Number)
{
    /// <summary>
    /// The one session of Sparkplug B, which is nobody's own: one of the living hosts serves it as it serves a dead one's.
    /// </summary>
    public static readonly SessionName Sparkplug = new("spBv1.0", 1);

    /// <summary>The session that guards a group's share (<see cref="ShareGuard"/>), nobody's own either.</summary>
    public static SessionName GuardOf(string group) => new($"guard.{group}", 1);

    /// <summary>The one session of a group's raw frames, nobody's own either: a message of several packets is put together by whoever has all of them.</summary>
    public static SessionName RawOf(string group) => new($"raw.{group}", 1);

    /// <summary>True for the sessions that a host is dealt messages by, its own or those of a dead one: no host has a dot in its name.</summary>
    public bool IsOfShare => !Host.Contains('.', StringComparison.Ordinal);

    public bool IsGuard => Host.StartsWith("guard.", StringComparison.Ordinal);

    public bool IsRaw => Host.StartsWith("raw.", StringComparison.Ordinal);

    public string ClientId(string prefix) => $"{prefix}-{Host}-{Number}";
}

/// <summary>
/// Which hosts share the broker, which of them live, and who serves whose session. A pure function of what has been heard: every host that
/// has heard the same comes to the same answer, and nobody needs to be asked.
/// </summary>
/// <param name="self">This host.</param>
/// <param name="silenceMax">A host not heard of for so long is dead.</param>
internal sealed class HostRoster(string self, TimeSpan silenceMax)
{
    /// <summary>Hosts remembered; further ones are not listened to.</summary>
    private const int HostsMax = 64;

    /// <summary>Most sessions of one host: a number from the broker is not to be believed blindly.</summary>
    private const int SessionsMax = 64;

    private readonly Dictionary<string, Entry> _hosts = new(StringComparer.Ordinal);

    /// <summary>Hosts other than this one that are known, alive or dead.</summary>
    public int Others => _hosts.Keys.Count(h => h != self && new SessionName(h, 1).IsOfShare);

    /// <summary>A host has said how it is.</summary>
    /// <returns>True when that is news.</returns>
    public bool Heard(string host, bool online, TimeSpan now)
    {
        if (Find(host) is not { } entry) return false;
        var news = entry.Online != online;
        (entry.Online, entry.HeardAt) = (online, now);
        return news;
    }

    /// <summary>How many sessions the broker keeps for a host. They are never forgotten: a session that nobody empties swallows its share of the messages.</summary>
    public bool HasSessions(string host, int count, TimeSpan now)
    {
        if (Find(host) is not { } entry) return false;
        count = Math.Clamp(count, 0, SessionsMax);
        if (entry.HeardAt == default) entry.HeardAt = now;
        var news = entry.Sessions != count;
        entry.Sessions = count;
        return news;
    }

    /// <summary>What was heard may be old: the connection was away. Who lives says so again before the silence is over.</summary>
    public void Anew(TimeSpan now)
    {
        foreach (var entry in _hosts.Values) entry.HeardAt = now;
    }

    public bool IsAlive(string host, TimeSpan now) => host == self || (_hosts.TryGetValue(host, out var entry) && entry.Online && now - entry.HeardAt <= silenceMax);

    public int SessionsOf(string host) => _hosts.TryGetValue(host, out var entry) ? entry.Sessions : 0;

    /// <summary>The sessions that this host serves now: its own, and its part of those of dead hosts.</summary>
    public IReadOnlySet<SessionName> Serves(TimeSpan now)
    {
        var alive = _hosts.Keys.Where(h => IsAlive(h, now)).Append(self).Distinct(StringComparer.Ordinal).ToList();
        // Who stands by has no session of the share to see that it is whole.
        var sharing = alive.Where(h => SessionsOf(h) > 0).ToList() is { Count: > 0 } some ? some : alive;
        var serves = new HashSet<SessionName>();
        foreach (var (host, entry) in _hosts)
            for (var number = 1; number <= entry.Sessions; number++)
            {
                var session = new SessionName(host, number);
                if (host == self || (!alive.Contains(host) && (session.IsGuard ? sharing : alive).MaxBy(h => Weight(h, session)) == self)) serves.Add(session);
            }
        return serves;
    }

    // The heaviest takes it (rendezvous hashing): when one more host dies, only what it served moves.
    private static ulong Weight(string host, SessionName session) =>
        BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes($"{host}\n{session.Host}\n{session.Number}")));

    private Entry? Find(string host)
    {
        if (_hosts.TryGetValue(host, out var known)) return known;
        if (_hosts.Count >= HostsMax) return null;
        return _hosts[host] = new Entry();
    }

    private sealed class Entry
    {
        public bool Online { get; set; }

        public TimeSpan HeardAt { get; set; }

        public int Sessions { get; set; }
    }
}
