using System.Net;
using System.Net.Sockets;

namespace LuohuIOC.Tests;

/// <summary>
/// Ports for servers that tests start. They lie below those that the kernel gives to outgoing connections (<c>net.ipv4.ip_local_port_range</c>), of which one
/// could otherwise be taken between the choice and the server's start, and none is given twice.
/// </summary>
internal static class Ports
{
    private const int First = 20_000;
    private const int Last = 32_000;
    private static readonly HashSet<int> Given = [];

    public static int Next()
    {
        lock (Given)
        {
            while (true)
            {
                var port = Random.Shared.Next(First, Last);
                if (!Given.Add(port)) continue;
                using var listener = new TcpListener(IPAddress.Any, port);
                try
                {
                    listener.Start();
                    return port;
                }
                catch (SocketException)
                {
                    // Somebody else's.
                }
            }
        }
    }
}
