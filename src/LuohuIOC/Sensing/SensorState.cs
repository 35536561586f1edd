namespace LuohuIOC.Sensing;

/// <summary>What a sensor grain remembers between readings and across restarts.</summary>
[GenerateSerializer, Alias("luohu.sensor-state.v1")]
public sealed class SensorState
{
    /// <summary>Journal position of the last group whose readings are in this state; replays up to it change nothing.</summary>
    [Id(0)]
    public long AppliedPosition;

    /// <summary>Device time of the latest reading, bounded by the server clock, Unix ms; 0 before the first.</summary>
    [Id(1)]
    public long LatestMs;

    /// <summary>Latest good or doubtful value by slot, NaN where none came yet.</summary>
    [Id(2)]
    public double[] Latest = [];
}
