using System.Net;
using System.Net.Sockets;

namespace LuohuIOC.Identity;

/// <summary>
/// Counts wrong tokens per address in one-minute windows. Beyond <see cref="PerWindow"/> the address is told to wait. A right token is always
/// accepted, so that a forgotten dashboard behind the same router cannot lock the duty desk out; guessing 256 bits needs no other fence.
/// </summary>
public sealed class FailedAttempts(TimeProvider clock)
{
    /// <summary>Wrong tokens of one address in one window before it is told to wait.</summary>
    public const int PerWindow = 10;

    /// <summary>Addresses remembered, about 200 bytes each; the oldest window gives way.</summary>
    public const int AddressesMax = 4096;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, LinkedListNode<Attempts>> _byAddress = [];
    private readonly LinkedList<Attempts> _oldestFirst = [];

    public int Addresses
    {
        get { lock (_lock) return _byAddress.Count; }
    }

    /// <summary>Counts one wrong token; returns how long the address has to wait, null while it need not.</summary>
    public TimeSpan? Record(IPAddress address)
    {
        var key = Group(address);
        var now = clock.GetTimestamp();
        lock (_lock)
        {
            if (_byAddress.TryGetValue(key, out var node) && clock.GetElapsedTime(node.Value.Since, now) >= Window)
            {
                Forget(node);
                node = null;
            }
            if (node is null)
            {
                if (_byAddress.Count >= AddressesMax) Forget(_oldestFirst.First!);
                node = _oldestFirst.AddLast(new Attempts(key, now));
                _byAddress[key] = node;
            }
            if (++node.Value.Count <= PerWindow) return null;
            return Window - clock.GetElapsedTime(node.Value.Since, now);
        }
    }

    /// <summary>One IPv6 customer holds a whole /64: <c>2001:db8::1</c> and <c>2001:db8::2</c> count together.</summary>
    internal static IPAddress Group(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private void Forget(LinkedListNode<Attempts> node)
    {
        _oldestFirst.Remove(node);
        _byAddress.Remove(node.Value.Address);
    }

    private sealed class Attempts(IPAddress address, long since)
    {
        public IPAddress Address => address;
        public long Since => since;
        public int Count { get; set; }
    }
}
