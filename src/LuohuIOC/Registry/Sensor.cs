using LuohuIOC.DeviceProtocol;
using LuohuIOC.Spatial;

namespace LuohuIOC.Registry;

/// <summary>One registered sensor. Rows are replaced, never changed; only the layout of a generic sensor grows.</summary>
public sealed record Sensor
{
    /// <summary>Dense number from 0, given once and never reused: the key in groups, history and arrays.</summary>
    public required int Number { get; init; }

    public required string Id { get; init; }

    public required SensorKind Kind { get; init; }

    public required string Name { get; init; }

    /// <summary>Name of one of the ten streets, empty when unknown.</summary>
    public required string Street { get; init; }

    /// <summary>
    /// The community (社区) or, when it is a name of the national list, the residents' committee (社区居民委员会): two different
    /// divisions, told apart by <see cref="StreetMap.IsResidentsCommittee"/>. Empty when unknown.
    /// </summary>
    public string Community { get; init; } = "";

    /// <summary>Degrees, WGS84. Longitude and latitude are both 0 while the place is unknown.</summary>
    public required double Longitude { get; init; }

    /// <summary>Degrees, WGS84.</summary>
    public required double Latitude { get; init; }

    /// <summary>The one gateway that may publish for this sensor.</summary>
    public required string Gateway { get; init; }

    public DateOnly? InstalledOn { get; init; }

    /// <summary>True when the position was generated and not surveyed.</summary>
    public bool Synthetic { get; init; }

    /// <summary>Next sensor downstream in the drainage network, null at an end or off the network.</summary>
    public string? Downstream { get; init; }

    /// <summary>When the sensor left service: it may publish no more, its history stays. A date ahead is a plan, and until then it serves.</summary>
    public DateTimeOffset? RetiredAt { get; init; }

    /// <summary>Which metric is in which slot.</summary>
    public required MetricLayout Layout { get; init; }

    /// <summary>Null while the place is unknown, as of a sensor that registered itself.</summary>
    public GeoPoint? Place => Longitude == 0 && Latitude == 0 ? null : new GeoPoint(Longitude, Latitude);

    /// <summary>True once the sensor has left service; a date ahead does not count yet.</summary>
    public bool IsRetired(DateTimeOffset now) => RetiredAt <= now;

    /// <inheritdoc cref="IsRetired(DateTimeOffset)"/>
    public bool IsRetired(long nowMs) => RetiredAt is { } at && at.ToUnixTimeMilliseconds() <= nowMs;
}
