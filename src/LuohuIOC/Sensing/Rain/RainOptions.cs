namespace LuohuIOC.Sensing.Rain;

/// <summary>Configuration section <c>Detection:Rain</c>: when detectors take what water does for rain.</summary>
public sealed class RainOptions
{
    /// <summary>False: detectors raise in rain as in dry weather, hundreds of alerts in a storm.</summary>
    public bool Gate { get; set; } = true;

    /// <summary>Gauges nearest to a station that speak for it, and for each station upstream of it the nearest one.</summary>
    public int Gauges { get; set; } = 3;

    /// <summary>So many gauges must say that it rained, fewer only where fewer are alive: one broken gauge must not silence its neighbourhood.</summary>
    public int Agreeing { get; set; } = 2;

    /// <summary>A gauge that was not heard for so long says nothing; its silence is an alert of its own after two hours.</summary>
    public TimeSpan Stale { get; set; } = TimeSpan.FromHours(2);

    /// <summary>Throws at start when a value makes no sense, naming its key.</summary>
    public RainOptions Checked()
    {
        Demand(Gauges is >= 1 and <= 20, nameof(Gauges), "1 to 20");
        Demand(Agreeing >= 1 && Agreeing <= Gauges, nameof(Agreeing), "at least 1, no more than Gauges");
        Demand(Stale >= TimeSpan.FromMinutes(5), nameof(Stale), "at least 00:05:00");
        return this;
    }

    private static void Demand(bool holds, string key, string wanted)
    {
        if (!holds) throw new InvalidOperationException($"Configuration Detection:Rain:{key} must be {wanted}.");
    }
}
