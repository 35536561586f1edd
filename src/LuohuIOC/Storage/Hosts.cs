using Microsoft.Extensions.Options;

namespace LuohuIOC.Storage;

/// <summary>The hosts that form the city now, as this one sees them.</summary>
public sealed class Hosts(IOptions<ClusterOptions> cluster, IServiceProvider services)
{
    private readonly bool _isShared = cluster.Value.IsShared;
    private SiloAddress[] _known = [];
    private SiloAddress? _self;

    /// <summary>True once after every change of <see cref="Others"/>. For one caller.</summary>
    public bool TakeChanged()
    {
        if (!_isShared) return false;
        var now = Living();
        if (now.SequenceEqual(_known)) return false;
        _known = now;
        return true;
    }

    /// <summary>The living hosts beside this one.</summary>
    public IReadOnlyList<SiloAddress> Others => _isShared ? [.. Living().Where(s => !s.Equals(Self))] : [];

    /// <summary>Each id is of exactly one of the living hosts, once all have seen who lives.</summary>
    public bool IsMine(string id)
    {
        if (!_isShared) return true;
        var living = _known.Length > 0 ? _known : Living();
        var at = Array.IndexOf(living, Self);
        return at >= 0 && Spread(id) % (uint)living.Length == at;
    }

    // FNV-1a: the same on all hosts, as numbers of sensors are not.
    private static uint Spread(string id)
    {
        var hash = 2166136261;
        foreach (var letter in id) hash = (hash ^ letter) * 16777619;
        return hash;
    }

    private SiloAddress Self => _self ??= services.GetRequiredService<ILocalSiloDetails>().SiloAddress;

    private SiloAddress[] Living() =>
    [
        .. services.GetRequiredService<IClusterMembershipService>().CurrentSnapshot.Members.Values.Where(m => m.Status == SiloStatus.Active).Select(m => m.SiloAddress).Order(),
    ];
}
