namespace LuohuIOC.Sensing;

/// <summary>The rules in force for one sensor, compiled: defaults of its kind with the sensor's own overrides.</summary>
public sealed class SensorRules
{
    /// <summary>Changes with every override, so that a grain knows when to reconcile its rule states.</summary>
    public int Version { get; init; }
}
