namespace LuohuIOC.Simulator.Drainage;

/// <summary>Where the water is, in m³. What came in is what went out and what is still there.</summary>
public sealed record WaterBalance(
    double Rain, double BaseFlow, double Infiltrated, double Dried, double Discharged, double Overflowed, double Streets, double Pipes, double Hollows)
{
    public double In => Rain + BaseFlow;

    public double Out => Infiltrated + Dried + Discharged + Overflowed;

    public double Stored => Streets + Pipes + Hollows;

    /// <summary>Zero but for rounding.</summary>
    public double Missing => In - Out - Stored;
}
