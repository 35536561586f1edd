using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.Weather;

namespace LuohuIOC.Simulator.Drainage;

/// <summary>
/// One station of the drainage network: the streets that drain to it, the pipe that leads away from it, and the hollow of the street above.
/// Everything but id, kind, place and downstream is synthetic.
/// </summary>
public sealed record DrainNode
{
    public required string SensorId { get; init; }

    public required SensorKind Kind { get; init; }

    public required Place Place { get; init; }

    /// <summary>Index of the next node, -1 where the water leaves the network.</summary>
    public required int Downstream { get; init; }

    public required double AreaHectares { get; init; }

    /// <summary>Share of the area that is sealed.</summary>
    public required double Impervious { get; init; }

    /// <summary>Time constant of the streets as a linear reservoir.</summary>
    public required double StreetSeconds { get; init; }

    /// <summary>Time constant of the pipe as a linear reservoir.</summary>
    public required double PipeSeconds { get; init; }

    /// <summary>m³/s that the pipe carries when full.</summary>
    public required double Capacity { get; init; }

    /// <summary>m³/s that the street's inlets swallow.</summary>
    public required double InletCapacity { get; init; }

    public required double Diameter { get; init; }

    /// <summary>Height of the pipe's bottom in the tide's datum; only outfalls meet the tide.</summary>
    public required double InvertMetres { get; init; }

    /// <summary>The hollow's volume is this times the square of its depth.</summary>
    public required double HollowCoefficient { get; init; }

    /// <summary>Depth above which water runs off over the hollow's rim.</summary>
    public required double RimMetres { get; init; }

    /// <summary>Dry-weather inflow in m³/s: springs, leaks, and what should not be there.</summary>
    public required double BaseFlow { get; init; }

    public double PipeVolume => Capacity * PipeSeconds;

    /// <summary>A hollow as a paraboloid: depth grows with the square root of the volume.</summary>
    public double DepthOf(double volume) => Math.Sqrt(volume / HollowCoefficient);

    public double VolumeAt(double depth) => HollowCoefficient * depth * depth;
}
