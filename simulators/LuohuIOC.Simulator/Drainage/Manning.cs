namespace LuohuIOC.Simulator.Drainage;

/// <summary>Flow in a round pipe by Manning's formula, n = 0.013 (concrete).</summary>
public static class Manning
{
    private const double Roughness = 0.013;
    private const int Steps = 200;

    // Index: share of the full flow in 1/Steps. Entry: depth over diameter, on the branch below the crown where depth follows flow.
    private static readonly double[] DepthByFlow = Table();

    /// <summary>Diameter in metres of the pipe that just carries this flow full: 5 m³/s at a slope of 0.004 &gt;&gt; 1.56 m.</summary>
    public static double Diameter(double fullFlow, double slope) => Math.Pow(fullFlow * Roughness / (0.3117 * Math.Sqrt(slope)), 0.375);

    /// <summary>Depth over diameter at a share 0 to 1 of the full flow: half the flow stands half high.</summary>
    public static double Depth(double flowShare)
    {
        var at = Math.Clamp(flowShare, 0, 1) * Steps;
        var below = Math.Min((int)at, Steps - 1);
        return DepthByFlow[below] + ((at - below) * (DepthByFlow[below + 1] - DepthByFlow[below]));
    }

    /// <summary>Wet area in m² of a pipe of this diameter filled to this depth.</summary>
    public static double WetArea(double diameter, double depth)
    {
        var angle = 2 * Math.Acos(1 - (2 * Math.Clamp(depth / diameter, 0, 1)));
        return diameter * diameter / 8 * (angle - Math.Sin(angle));
    }

    // With θ the angle of the wet arc: Q/Qfull = (θ − sin θ)^(5/3) / (2π·θ^(2/3)). It passes 1 before the crown, at θ ≈ 4.5.
    private static double FlowShare(double angle) => Math.Pow(angle - Math.Sin(angle), 5.0 / 3) / (2 * Math.PI * Math.Pow(angle, 2.0 / 3));

    private static double[] Table()
    {
        var table = new double[Steps + 1];
        for (var i = 1; i <= Steps; i++)
        {
            double low = 0, high = 4.6;
            for (var halving = 0; halving < 50; halving++)
            {
                var middle = (low + high) / 2;
                if (FlowShare(middle) < (double)i / Steps) low = middle;
                else high = middle;
            }
            table[i] = (1 - Math.Cos(high / 2)) / 2;
        }
        return table;
    }
}
