namespace LuohuIOC.Sensing.Health;

/// <summary>Configuration section <c>Sensing:Health</c>: how sensors are compared with their neighbours.</summary>
public sealed class HealthOptions
{
    /// <summary>False: nobody is compared; single readings are judged as ever.</summary>
    public bool Watch { get; set; } = true;

    /// <summary>One look at all sensors. Faults last hours: more often finds nothing sooner and costs more.</summary>
    public TimeSpan Every { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often what was learned is stored; a crash forgets so much of it, which weeks of learning do not notice.</summary>
    public TimeSpan SaveEvery { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Nearest sensors of the same kind that a sensor is compared with; fewer than two alive judge nobody.</summary>
    public int Neighbours { get; set; } = 5;

    /// <summary>Further away is no neighbour.</summary>
    public double WithinMetres { get; set; } = 6000;

    /// <summary>A reading older than this is none.</summary>
    public TimeSpan Stale { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>A battery that reaches <see cref="BatteryEmpty"/> within so many days is told.</summary>
    public double BatteryDays { get; set; } = 14;

    /// <summary>Percent at which devices fall silent.</summary>
    public double BatteryEmpty { get; set; } = 10;

    /// <summary>Throws at start when a value makes no sense, naming its key.</summary>
    public HealthOptions Checked()
    {
        Demand(Every >= TimeSpan.FromSeconds(10), nameof(Every), "at least 00:00:10");
        Demand(SaveEvery >= Every, nameof(SaveEvery), "no shorter than Every");
        Demand(Neighbours is >= 2 and <= 50, nameof(Neighbours), "2 to 50");
        Demand(WithinMetres > 0, nameof(WithinMetres), "above 0");
        Demand(BatteryDays > 0 && BatteryEmpty is >= 0 and < 100, nameof(BatteryDays), "above 0, BatteryEmpty 0 to 100");
        return this;
    }

    private static void Demand(bool holds, string key, string wanted)
    {
        if (!holds) throw new InvalidOperationException($"Configuration Sensing:Health:{key} must be {wanted}.");
    }
}
