using System.Net;
using LuohuIOC.Identity;
using Microsoft.AspNetCore.Connections;

namespace LuohuIOC.Ingestion.Broker;

/// <summary>
/// Connections that have not yet sent their first packet, the CONNECT. Nobody knows who they are, so they may keep little and wait briefly: whoever can
/// reach the port could otherwise hold the host's memory and its file handles without showing a secret.
/// </summary>
public sealed class Newcomers(TimeProvider time)
{
    /// <summary>Of one address, an IPv6 /64 counting as one; a further one is closed at once. A thousand gateways behind one router may come back together.</summary>
    public const int PerAddressMax = 1_000;

    /// <summary>Of all addresses.</summary>
    public const int Max = 10_000;

    /// <summary>Largest first packet, header included: a name, a secret and a last will of some readings.</summary>
    public const int FirstPacketBytesMax = 64 << 10;

    /// <summary>Within which the first packet has to be there whole; a radio link that repeats its segments needs several seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private int _count;

    /// <summary>Takes a connection in; null when too many wait already. Dispose of it when the first packet has come or the connection ends.</summary>
    public IDisposable? Admit(ConnectionContext connection)
    {
        var address = FailedAttempts.Group((connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None);
        lock (_gate)
        {
            var ofAddress = _byAddress.GetValueOrDefault(address);
            if (_count >= Max || ofAddress >= PerAddressMax) return null;
            _count++;
            _byAddress[address] = ofAddress + 1;
        }
        return new Newcomer(this, address, connection, time);
    }

    private void Leave(IPAddress address)
    {
        lock (_gate)
        {
            _count--;
            if (--_byAddress[address] == 0) _byAddress.Remove(address);
        }
    }

    private sealed class Newcomer : IDisposable
    {
        private readonly Newcomers _all;
        private readonly IPAddress _address;
        private readonly CancellationTokenSource _patience;
        private int _left;

        public Newcomer(Newcomers all, IPAddress address, ConnectionContext connection, TimeProvider time)
        {
            (_all, _address) = (all, address);
            _patience = new CancellationTokenSource(Patience, time);
            _patience.Token.Register(() => connection.Abort(new ConnectionAbortedException($"No whole first packet came within {Patience}.")));
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) != 0) return;
            _patience.Dispose();
            _all.Leave(_address);
        }
    }
}
