namespace LuohuIOC.Sensing.Rain;

/// <summary>What a gauge's grain remembers of its rain. Stored: append fields with new ids, never renumber.</summary>
[GenerateSerializer, Alias("luohu.rain-state.v1")]
public sealed class RainState
{
    /// <summary>Drain times of the reservoirs in hours; others than today's settings begin anew.</summary>
    [Id(0)]
    public double[] Hours = [];

    /// <summary>Millimetres left in each at <see cref="AtMs"/>.</summary>
    [Id(1)]
    public double[] Millimetres = [];

    /// <summary>Unix ms.</summary>
    [Id(2)]
    public long AtMs;
}
