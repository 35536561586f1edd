using System.Net;
using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion.Rejections;
using LuohuIOC.Storage;

namespace LuohuIOC.Ingestion.Broker;

/// <summary>
/// Connections that are not let in. Each is counted by its reason; a row for people and a line in the log are made of the first one of a gateway and address,
/// and of the next a minute later, which says how many there were between: a gateway with a wrong secret comes back every second, for months.
/// </summary>
public sealed class RefusedConnections(RejectionStore rejections, TimeProvider time, ILogger<RefusedConnections> log)
{
    /// <summary>Gateways and addresses remembered, some 200 bytes each; beyond, refusals of further ones are counted only, until a minute has passed.</summary>
    public const int KnownMax = 4_096;

    public static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(RejectionReason, string Gateway, IPAddress?), Told> _known = [];

    /// <param name="reason">Why.</param>
    /// <param name="gateway">Whom the connection claims to be; empty when it names nobody.</param>
    /// <param name="remote">Where it comes from; null when that is not known.</param>
    /// <param name="more">What else the log should say, for example whose certificate it was.</param>
    /// <param name="evidence">What is kept as the row's first bytes; null for the address.</param>
    /// <param name="bytes">Length of what was refused, where that is the reason.</param>
    /// <returns>Completes when the row that is kept of it is durable; null when it is counted only.</returns>
    public Task? Refuse(RejectionReason reason, string gateway, EndPoint? remote, string more = "", byte[]? evidence = null, long bytes = 0)
    {
        // A name that no gateway can have is a stranger's bytes, of any length.
        if (!Topic.IsId(gateway)) gateway = "";
        var now = time.GetUtcNow();
        if (Untold((reason, gateway, (remote as IPEndPoint)?.Address)) is not { } before)
        {
            rejections.Count(reason);
            return null;
        }
        log.LogWarning("MQTT: {Remote} refused, {Reason}: gateway '{Gateway}'{More}; {Before} more since it was last told", remote, reason.WireName(), gateway, more, before);
        return rejections.Add(new Rejection(now.ToUnixTimeMilliseconds(), gateway, "", reason, "", -1, "", (int)Math.Min(bytes, int.MaxValue), evidence ?? Encoding.ASCII.GetBytes(remote?.ToString() ?? "")));
    }

    // How many were not told since the last that was; null when this one is not told either.
    private long? Untold((RejectionReason, string, IPAddress?) key)
    {
        lock (_gate)
        {
            if (_known.TryGetValue(key, out var told))
            {
                if (!told.Again.HasCome(time))
                {
                    told.Since++;
                    return null;
                }
                var since = told.Since;
                (told.Again, told.Since) = (Moment.After(time, Between), 0);
                return since;
            }
            if (_known.Count >= KnownMax)
            {
                foreach (var (other, old) in _known)
                {
                    if (old.Again.HasCome(time)) _known.Remove(other);
                }
                if (_known.Count >= KnownMax) return null;
            }
            _known[key] = new Told { Again = Moment.After(time, Between) };
            return 0;
        }
    }

    private sealed class Told
    {
        public Moment Again { get; set; }
        public long Since { get; set; }
    }
}
