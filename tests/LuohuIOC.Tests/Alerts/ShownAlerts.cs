using LuohuIOC.Alerts;

namespace LuohuIOC.Tests.Alerts;

/// <summary>Alerts that are open because a test says so.</summary>
internal sealed class ShownAlerts : IOpenAlerts
{
    public event Action<AlertView>? Changed
    {
        add { }
        remove { }
    }

    public IEnumerable<AlertView> Open { get; set; } = [];

    /// <summary>Of whichever sensor.</summary>
    public IReadOnlyList<StandingAlert> Standing { get; set; } = [];

    public IReadOnlyList<StandingAlert> StandingOf(string sensorId) => Standing;
}
