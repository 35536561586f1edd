namespace LuohuIOC.Simulator.Drainage;

/// <summary>
/// Rain to runoff on one node's streets. Sealed ground keeps the first 1.5 mm; open ground soaks up rain at a rate that falls from 60 to
/// 10 mm/h as it fills and recovers in a day; the rest runs through a linear reservoir. All volumes are in m³ and none is lost.
/// </summary>
public struct StreetRunoff
{
    private const double WettingMm = 1.5;
    private const double SoakLow = 10.0 / 3600;
    private const double SoakHigh = 60.0 / 3600;
    private const double SoilMm = 40;
    private const double RecoverySeconds = 86400;

    private double _soilMm;

    /// <summary>Water on its way over the streets.</summary>
    public double Stored { get; private set; }

    /// <summary>Water that wetted surfaces keep; it dries up.</summary>
    public double Wetting { get; private set; }

    public double Infiltrated { get; private set; }

    public double Dried { get; private set; }

    /// <summary>Takes the rain of one step and returns the runoff in m³.</summary>
    public double Step(DrainNode node, double rainMm, double seconds)
    {
        var cubicMetresPerMm = node.AreaHectares * 10;
        var sealedArea = cubicMetresPerMm * node.Impervious;
        var openArea = cubicMetresPerMm - sealedArea;

        var kept = Math.Min(rainMm * sealedArea, (WettingMm * sealedArea) - Wetting);
        var drying = rainMm > 0 ? 0 : Wetting * (1 - Math.Exp(-seconds / 3600));
        Wetting += kept - drying;
        Dried += drying;

        var soakMm = Math.Min(rainMm, (SoakLow + ((SoakHigh - SoakLow) * Math.Exp(-_soilMm / SoilMm))) * seconds);
        _soilMm = (_soilMm * Math.Exp(-seconds / RecoverySeconds)) + soakMm;
        Infiltrated += soakMm * openArea;

        Stored += (rainMm * sealedArea) - kept + ((rainMm - soakMm) * openArea);
        var runoff = Stored * (1 - Math.Exp(-seconds / node.StreetSeconds));
        Stored -= runoff;
        return runoff;
    }
}
