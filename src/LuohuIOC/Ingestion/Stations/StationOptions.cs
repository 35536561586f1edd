using System.ComponentModel.DataAnnotations;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Ingestion.Stations;

/// <summary>Stations that speak a national protocol over TCP, section <c>Stations</c>. Every listener is off until it has a port.</summary>
public sealed class StationOptions
{
    public StationListenerOptions Sl651 { get; } = new();

    public StationListenerOptions Hj212 { get; } = new();

    public StationListenerOptions Gb26875 { get; } = new();

    /// <summary>Connections of one listener; for a further one the oldest that no registered station has spoken on
    /// is ended, and without such a one it is closed at once. Default 5,000.</summary>
    [Range(1, 100_000)]
    public int ConnectionsMax { get; set; } = 5_000;

    /// <summary>A connection that sends nothing for this long is closed. Default 30 minutes: an hourly reporter calls again.</summary>
    public TimeSpan Idle { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>True sets an SL 651 station's clock (4A) when its send time is more than <see cref="ClockTolerance"/> off. Default false.</summary>
    public bool SetClock { get; set; }

    /// <summary>Default 5 minutes.</summary>
    public TimeSpan ClockTolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>True answers SL 651 reports with ESC (stay on the line), false with EOT (the station may hang up). Default false.</summary>
    public bool StayOnline { get; set; }

    public StationListenerOptions Of(PayloadForm form) => form switch
    {
        PayloadForm.Sl651 => Sl651,
        PayloadForm.Hj212 => Hj212,
        _ => Gb26875,
    };
}

/// <summary>One listener.</summary>
public sealed class StationListenerOptions
{
    /// <summary>TCP port on all addresses; 0 is off, the default. The protocols have no encryption: keep the port inside the operator's own network.</summary>
    [Range(0, 65535)]
    public int Port { get; set; }

    /// <summary>
    /// Which sensor a station address is: ten hex digits of SL 651, MN of HJ 212, twelve hex digits of the source address of
    /// GB/T 26875.3, or that, a slash and eight hex digits of a component's. Rows of <c>stations.csv</c> in the data directory
    /// (<c>protocol,address,sensor</c>) come on top. Nobody else is listened to.
    /// </summary>
    public Dictionary<string, string> Sensors { get; } = new(StringComparer.OrdinalIgnoreCase);
}
