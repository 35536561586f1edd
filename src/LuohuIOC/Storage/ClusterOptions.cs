using System.ComponentModel.DataAnnotations;
using System.Net;

namespace LuohuIOC.Storage;

/// <summary>Section <c>Cluster</c>: one host alone, or several that form one city.</summary>
public sealed class ClusterOptions
{
    public const string Section = "Cluster";

    /// <summary>
    /// Connection string of the database that the hosts share, for example <c>Host=db;Database=luohu;Username=luohu;Password=…</c>.
    /// Empty: one host, everything in its data directory.
    /// </summary>
    public string PostgreSql { get; set; } = "";

    /// <summary>
    /// The city that the hosts form, by which they find each other. Never change it: grain states lie under it. One database holds one city: alerts,
    /// sensors, rules, tokens and commands do not bear its name.
    /// </summary>
    [Required]
    public string City { get; set; } = "luohu";

    /// <summary>Name or address under which the other hosts reach this one. The default suits several hosts on one machine only.</summary>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Where silos talk to each other. Not encrypted: a network of the hosts' own.</summary>
    [Range(1, 65535)]
    public int SiloPort { get; set; } = 11111;

    /// <summary>Door for Orleans clients outside the hosts; 0 for none.</summary>
    [Range(0, 65535)]
    public int GatewayPort { get; set; }

    /// <summary>
    /// How long one look at another host may take; three in vain, and it is declared dead. Shorter: sensors of a dead host are taken over
    /// sooner; longer: a host that is only busy is left alone.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.2", "00:01:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// True: Orleans' dashboard at <c>/admin/orleans</c>, for administrators. Every grain call is then measured, which costs some of the throughput. Default false.
    /// </summary>
    public bool Dashboard { get; set; }

    public bool IsShared => PostgreSql.Length > 0;

    /// <summary>The address that <see cref="Address"/> stands for.</summary>
    internal IPAddress ResolveAddress() => IPAddress.TryParse(Address, out var address) ? address
        : Dns.GetHostAddresses(Address).OrderBy(a => a.AddressFamily).FirstOrDefault() ?? throw new IOException($"Cluster:Address: {Address} has no address.");
}
