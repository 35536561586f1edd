namespace LuohuIOC.Sensing.Witnesses;

/// <summary>Configuration section <c>Sensing:Witnesses</c>: what is looked up around a sensor when its alert was raised.</summary>
public sealed class WitnessOptions
{
    /// <summary>Nearest sensors of the same kind that are asked.</summary>
    public int Near { get; set; } = 4;

    /// <summary>Stations whose water comes next to the sensor that are asked.</summary>
    public int Upstream { get; set; } = 3;

    /// <summary>Further away is no neighbour.</summary>
    public double WithinMetres { get; set; } = 6000;

    /// <summary>A station moves from so many of its usual spreads on: off what is usual, or within <see cref="TrendBook.Minutes"/>.</summary>
    public double Spreads { get; set; } = 2.5;

    /// <summary>Where no spread is known: from so much of the sensor's own change on.</summary>
    public double Share { get; set; } = 0.25;

    /// <summary>Throws at start when a value makes no sense, naming its key.</summary>
    public WitnessOptions Checked()
    {
        Demand(Near is >= 0 and <= 20, nameof(Near), "0 to 20");
        Demand(Upstream is >= 0 and <= 20, nameof(Upstream), "0 to 20");
        Demand(WithinMetres > 0, nameof(WithinMetres), "above 0");
        Demand(Spreads > 0, nameof(Spreads), "above 0");
        Demand(Share is > 0 and <= 1, nameof(Share), "above 0, at most 1");
        return this;
    }

    private static void Demand(bool holds, string key, string wanted)
    {
        if (!holds) throw new InvalidOperationException($"Configuration Sensing:Witnesses:{key} must be {wanted}.");
    }
}
