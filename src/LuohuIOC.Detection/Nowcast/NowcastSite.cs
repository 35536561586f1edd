namespace LuohuIOC.Detection.Nowcast;

/// <summary>
/// Which columns of a <see cref="MinuteTable"/> speak of one station: its own, the gauges around it, its neighbours on the drainage network.
/// A neighbour or tide of <see cref="Nobody"/> keeps its place in a row and is always silent.
/// </summary>
public sealed record NowcastSite
{
    /// <summary>Neighbours used on either side; more make rows longer than a season of storms can fill.</summary>
    public const int NeighboursMax = 3;

    /// <summary>The column of a neighbour that there is not.</summary>
    public const int Nobody = -1;

    /// <summary>The station's level or depth in metres.</summary>
    public required int Own { get; init; }

    /// <summary>The nearest gauges, mm a minute, and their weights.</summary>
    public required (int Column, double Weight)[] NearGauges { get; init; }

    /// <summary>All gauges of the district.</summary>
    public required int[] DistrictGauges { get; init; }

    /// <summary>Levels of the nearest stations whose water passes this one; at most <see cref="NeighboursMax"/>.</summary>
    public required int[] Upstream { get; init; }

    /// <summary>Levels of the next stations that this one's water passes: a full pipe below backs up; at most <see cref="NeighboursMax"/>.</summary>
    public required int[] Downstream { get; init; }

    /// <summary>Tide level, or none.</summary>
    public int? Tide { get; init; }

    /// <summary>A forecast never lies below this: 0 for the depth of water on a street.</summary>
    public double Floor { get; init; } = double.NegativeInfinity;

    /// <summary>The same station with every place taken, so that stations with few and with many neighbours share one model.</summary>
    public NowcastSite Padded() => this with { Upstream = Filled(Upstream), Downstream = Filled(Downstream), Tide = Tide ?? Nobody };

    private static int[] Filled(int[] columns) => [.. columns, .. Enumerable.Repeat(Nobody, Math.Max(0, NeighboursMax - columns.Length))];
}
